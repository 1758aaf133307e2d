-- Everything but the tables that are cut by time (see native/V002). Text that is a key sorts by bytes, as the code does.
-- Times of people are timestamptz; times that an agent claims are milliseconds in a bigint, because any value must fit.

CREATE TABLE installation (
  singleton          boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  partitions         integer NOT NULL CHECK (partitions BETWEEN 1 AND 1024),
  identity           uuid NOT NULL DEFAULT gen_random_uuid(),
  restore_generation bigint NOT NULL DEFAULT 1,
  created_at         timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE installation IS 'One row: how many partitions there are for ever, and which database this is.';

-- Series -------------------------------------------------------------------------------------------------------------

CREATE TABLE series (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  agent      text COLLATE "C" NOT NULL,
  identity   bytea NOT NULL,
  name       text COLLATE "C" NOT NULL,
  type       smallint NOT NULL,
  unit       text NOT NULL,
  labels     jsonb NOT NULL,
  label_order text COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (agent, identity)
);
COMMENT ON COLUMN series.label_order IS 'Labels as text that sorts by key, then value, label by label.';
COMMENT ON COLUMN series.identity IS 'SHA-256 of the series set that holds this one series: name, type, unit and labels.';
CREATE INDEX series_agent_name ON series (agent, name);

CREATE TABLE series_sets (
  agent      text COLLATE "C" NOT NULL,
  hash       bytea NOT NULL,
  bytes      bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (agent, hash)
);

-- Batches ------------------------------------------------------------------------------------------------------------

CREATE TABLE batch_ledger (
  agent        text COLLATE "C" NOT NULL,
  epoch        bigint NOT NULL,
  seq          bigint NOT NULL,
  content_hash bytea NOT NULL,
  samples      bigint NOT NULL,
  committed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (agent, epoch, seq)
);
COMMENT ON TABLE batch_ledger IS 'Decides alone what is a duplicate: one row per batch, in the transaction of its samples.';

CREATE TABLE losses (
  agent       text COLLATE "C" NOT NULL,
  epoch       bigint NOT NULL,
  seq_from    bigint NOT NULL,
  seq_to      bigint NOT NULL,
  samples     bigint NOT NULL,
  counted     bigint NOT NULL,
  reason      text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (agent, epoch, seq_from, seq_to)
);
COMMENT ON COLUMN losses.samples IS 'What the loss record says.';
COMMENT ON COLUMN losses.counted IS 'The same without the samples of seqs that the ledger has: these are lost.';

CREATE TABLE quarantine (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  agent       text COLLATE "C",
  epoch       bigint,
  seq         bigint,
  reason      text NOT NULL,
  detail      text NOT NULL,
  received_at timestamptz NOT NULL,
  samples     bigint NOT NULL,
  bytes       bytea NOT NULL,
  kept_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX quarantine_agent ON quarantine (agent, id);

CREATE TABLE parked (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  agent        text COLLATE "C" NOT NULL,
  epoch        bigint NOT NULL,
  seq          bigint NOT NULL,
  content_hash bytea NOT NULL,
  missing_set  bytea NOT NULL,
  received_at  timestamptz NOT NULL,
  lane         smallint NOT NULL,
  generation   bigint NOT NULL,
  sequence     bigint NOT NULL,
  stamp_ms     bigint NOT NULL,
  idx          integer NOT NULL,
  attempt      bigint NOT NULL,
  sent_at_ms   bigint NOT NULL,
  last_tick    bigint NOT NULL,
  body_bytes   bigint NOT NULL,
  bytes        bytea NOT NULL,
  UNIQUE (agent, epoch, seq, content_hash, missing_set)
);
COMMENT ON COLUMN parked.bytes IS 'The signed batch in its stored form.';
CREATE INDEX parked_set ON parked (agent, missing_set, id);

CREATE TABLE agent_progress (
  ordinal     bigint GENERATED ALWAYS AS IDENTITY,
  agent       text COLLATE "C" NOT NULL,
  epoch       bigint NOT NULL,
  through     bigint NOT NULL DEFAULT 0,
  ranges      bigint[] NOT NULL DEFAULT '{}',
  collected   bigint NOT NULL DEFAULT 0,
  stored      bigint NOT NULL DEFAULT 0,
  quarantined bigint NOT NULL DEFAULT 0,
  lost        bigint NOT NULL DEFAULT 0,
  overflow    bigint NOT NULL DEFAULT 0,
  closed      boolean NOT NULL DEFAULT false,
  forked      boolean NOT NULL DEFAULT false,
  changed     bigint NOT NULL,
  changed_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (agent, epoch)
) WITH (fillfactor = 70);
COMMENT ON COLUMN agent_progress.ranges IS 'Ranges above through: from, to, from, to, ...';
COMMENT ON COLUMN agent_progress.changed IS 'Transaction id of the last change: a feed asks for all at or above an older snapshot''s xmin.';
CREATE INDEX agent_progress_changed ON agent_progress (changed);

CREATE TABLE bus_positions (
  partition  integer NOT NULL,
  lane       smallint NOT NULL,
  generation bigint NOT NULL DEFAULT 0,
  sequence   bigint NOT NULL DEFAULT 0,
  stamp_ms   bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (partition, lane)
) WITH (fillfactor = 20);

CREATE TABLE partition_leases (
  partition     integer PRIMARY KEY,
  owner         text NOT NULL,
  token         bigint NOT NULL,
  expires_at    timestamptz NOT NULL,
  backend_pid   integer,
  backend_start timestamptz
) WITH (fillfactor = 20);
COMMENT ON COLUMN partition_leases.token IS 'Random; whoever cannot show it cannot commit. 0: released.';

-- Agents -------------------------------------------------------------------------------------------------------------

CREATE TABLE agents (
  id            text COLLATE "C" PRIMARY KEY,
  hardware_id   text NOT NULL,
  version       text NOT NULL,
  labels        jsonb NOT NULL DEFAULT '{}',
  registered_at timestamptz NOT NULL,
  last_heard_at timestamptz,
  deleted_at    timestamptz
);

CREATE TABLE agent_keys (
  ordinal       bigint GENERATED ALWAYS AS IDENTITY,
  agent         text COLLATE "C" NOT NULL REFERENCES agents (id),
  key_id        text COLLATE "C" NOT NULL,
  sealed_secret bytea NOT NULL,
  proved        boolean NOT NULL DEFAULT false,
  created_at    timestamptz NOT NULL,
  rotated_at    timestamptz,
  revoked_at    timestamptz,
  PRIMARY KEY (agent, key_id)
);

CREATE TABLE join_tokens (
  digest     text COLLATE "C" PRIMARY KEY,
  agent      text COLLATE "C",
  labels     jsonb NOT NULL DEFAULT '{}',
  uses       integer NOT NULL CHECK (uses > 0),
  used       integer NOT NULL DEFAULT 0,
  expires_at timestamptz NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE join_token_uses (
  digest      text COLLATE "C" NOT NULL REFERENCES join_tokens (digest) ON DELETE CASCADE,
  hardware_id text COLLATE "C" NOT NULL,
  agent       text COLLATE "C" NOT NULL,
  key_id      text COLLATE "C" NOT NULL,
  used_at     timestamptz NOT NULL,
  PRIMARY KEY (digest, hardware_id)
);

-- Operators ----------------------------------------------------------------------------------------------------------

CREATE TABLE users (
  name          text COLLATE "C" PRIMARY KEY,
  role          text NOT NULL,
  password_hash text NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE api_tokens (
  id         text COLLATE "C" PRIMARY KEY,
  digest     text COLLATE "C" NOT NULL UNIQUE,
  name       text NOT NULL,
  operator   text NOT NULL,
  role       text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz
);

CREATE TABLE audit_log (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at        timestamptz NOT NULL DEFAULT now(),
  principal text NOT NULL,
  action    text NOT NULL,
  subject   text NOT NULL,
  detail    jsonb NOT NULL DEFAULT '{}'
);

-- Functions ----------------------------------------------------------------------------------------------------------

CREATE FUNCTION sentinel_xid() RETURNS bigint LANGUAGE sql VOLATILE AS
$$ SELECT pg_current_xact_id()::text::bigint $$;
COMMENT ON FUNCTION sentinel_xid() IS 'Id of this transaction.';

CREATE FUNCTION sentinel_xmin() RETURNS bigint LANGUAGE sql VOLATILE AS
$$ SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint $$;
COMMENT ON FUNCTION sentinel_xmin() IS 'Every transaction this snapshot does not see yet has an id at or above this one.';

CREATE FUNCTION sentinel_lock(what text) RETURNS void LANGUAGE plpgsql VOLATILE AS
$$ BEGIN PERFORM pg_advisory_xact_lock(hashtextextended('sentinel/' || what, 0)); END $$;
COMMENT ON FUNCTION sentinel_lock(text) IS 'Waits for, then holds a named lock until this transaction ends.';

CREATE FUNCTION sentinel_metric_type(type smallint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE type WHEN 1 THEN 'gauge' WHEN 2 THEN 'counter' WHEN 3 THEN 'histogram' END $$;
