-- The tables that are cut by time, on native day partitions. A TimescaleDB installation takes db/timescale/V002 in place
-- of this file: the same columns and index, hypertables, and a sentinel_ensure_partitions that has nothing to do.
-- There is no default partition: a time stamp nobody allowed for must fail, not pile up where no retention finds it.

CREATE TABLE samples (
  time      timestamptz NOT NULL,
  series_id bigint NOT NULL,
  value     double precision NOT NULL
) PARTITION BY RANGE (time);
CREATE INDEX samples_series_time ON samples (series_id, time);

CREATE TABLE metrics_raw (
  received_at timestamptz NOT NULL,
  partition   integer NOT NULL,
  lane        smallint NOT NULL,
  generation  bigint NOT NULL,
  sequence    bigint NOT NULL,
  idx         integer NOT NULL,
  sent_at_ms  bigint NOT NULL,
  attempt     bigint NOT NULL,
  last_tick   bigint NOT NULL,
  agent       text COLLATE "C" NOT NULL,
  epoch       bigint NOT NULL,
  seq         bigint NOT NULL,
  least_ms    bigint NOT NULL,
  greatest_ms bigint NOT NULL,
  header      bytea NOT NULL,
  content_key text NOT NULL,
  content_mac bytea NOT NULL,
  body        bytea NOT NULL,
  PRIMARY KEY (partition, lane, generation, sequence, idx, received_at)
) PARTITION BY RANGE (received_at);
COMMENT ON TABLE metrics_raw IS 'The journal: one row per stored batch, in the order of the bus, with the bytes the agent signed.';
-- Bodies are packed already; trying to compress them again costs time and wins nothing.
ALTER TABLE metrics_raw ALTER COLUMN body SET STORAGE EXTERNAL;

CREATE FUNCTION sentinel_ensure_partitions(parent text, days date[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  day   date;
  child text;
BEGIN
  IF parent NOT IN ('samples', 'metrics_raw') THEN
    RAISE EXCEPTION 'no table of ours is cut by time under this name: %', parent;
  END IF;
  PERFORM sentinel_lock('partitions');
  FOREACH day IN ARRAY days LOOP
    child := parent || '_p' || to_char(day, 'YYYYMMDD');
    IF to_regclass(quote_ident(child)) IS NULL THEN
      -- Attaching does not wait for those who write to other days; CREATE TABLE ... PARTITION OF would.
      EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING STORAGE)', child, parent);
      EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        parent, child, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
    END IF;
  END LOOP;
END $$;
COMMENT ON FUNCTION sentinel_ensure_partitions(text, date[]) IS 'Makes room in a table for these days (UTC).';

CREATE FUNCTION sentinel_drop_partitions(parent text, before date) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  child   regclass;
  dropped integer := 0;
BEGIN
  IF parent NOT IN ('samples', 'metrics_raw') THEN
    RAISE EXCEPTION 'no table of ours is cut by time under this name: %', parent;
  END IF;
  PERFORM sentinel_lock('partitions');
  FOR child IN
    SELECT i.inhrelid::regclass FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = parent::regclass AND c.relname < parent || '_p' || to_char(before, 'YYYYMMDD')
  LOOP
    EXECUTE format('DROP TABLE %s', child);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END $$;
COMMENT ON FUNCTION sentinel_drop_partitions(text, date) IS 'Retention: drops the days before this one; says how many.';
