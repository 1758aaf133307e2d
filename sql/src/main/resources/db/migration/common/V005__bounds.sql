-- What an agent may make others compute has an end.

ALTER TABLE parked ADD COLUMN cells bigint;
COMMENT ON COLUMN parked.cells IS 'Rows times series it decodes to; null for what was parked before this column was.';
CREATE INDEX parked_partition ON parked (partition, id);

CREATE FUNCTION sentinel_bigint(value numeric) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT greatest(least(value, 9223372036854775807), -9223372036854775808)::bigint $$;
COMMENT ON FUNCTION sentinel_bigint(numeric) IS 'The nearest bigint: sums of what agents claim may go beyond.';

CREATE OR REPLACE VIEW v_balance AS
  SELECT agent, epoch, collected, stored, quarantined, lost, overflow,
         CASE WHEN cardinality(ranges) > 0 THEN 0
              ELSE sentinel_bigint(collected::numeric - stored - quarantined - lost - overflow - moved) END
           AS unaccounted,
         closed, forked, moved,
         CASE WHEN cardinality(ranges) > 0
              THEN sentinel_bigint(collected::numeric - stored - quarantined - lost - overflow - moved) ELSE 0 END
           AS in_flight
  FROM agent_progress;
