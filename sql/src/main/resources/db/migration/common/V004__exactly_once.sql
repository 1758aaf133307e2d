-- Forks, copies, breaks in the running count, poison that kills its reader, and the replay of what was kept aside.

ALTER TABLE batch_ledger ADD COLUMN sample_to bigint;
COMMENT ON COLUMN batch_ledger.sample_to IS 'The agent''s signed running count of samples behind this batch; null before this column was.';

CREATE TABLE batch_origins (
  agent        text COLLATE "C" NOT NULL,
  epoch        bigint NOT NULL,
  seq          bigint NOT NULL,
  content_hash bytea NOT NULL,
  copy_epoch   bigint NOT NULL,
  copy_seq     bigint NOT NULL,
  PRIMARY KEY (agent, epoch, seq, content_hash)
);
COMMENT ON TABLE batch_origins IS 'Contents that were carried over from a closed epoch: one content comes in once, under whatever id.';

CREATE TABLE epoch_moves (
  agent       text COLLATE "C" NOT NULL,
  epoch       bigint NOT NULL,
  new_epoch   bigint NOT NULL,
  last_seq    bigint NOT NULL,
  samples     bigint NOT NULL,
  moved       bigint NOT NULL,
  difference  bigint NOT NULL,
  record      bytea NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (agent, epoch, new_epoch)
);
COMMENT ON TABLE epoch_moves IS 'The last word of each log on an epoch that was closed.';
COMMENT ON COLUMN epoch_moves.difference IS
  'Samples the log counted that are neither in the ledger, nor lost, nor moved; counted anew with every late row.';
COMMENT ON COLUMN epoch_moves.record IS 'The moved record itself.';

ALTER TABLE agent_progress
  ADD COLUMN moved bigint NOT NULL DEFAULT 0,
  ADD COLUMN torn  bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN agent_progress.torn IS
  'Samples of rows inside torn losses: part of collected, which is else the greatest sample_to of the other rows.';

ALTER TABLE parked ADD COLUMN partition integer;
COMMENT ON COLUMN parked.partition IS 'Null for what was parked before this column was.';
CREATE INDEX parked_received ON parked (received_at);

ALTER TABLE bus_positions
  ADD COLUMN begun          integer NOT NULL DEFAULT 0,
  ADD COLUMN try_generation bigint,
  ADD COLUMN try_sequence   bigint,
  ADD COLUMN try_stamp_ms   bigint,
  ADD COLUMN try_index      integer,
  ADD COLUMN tries          integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN bus_positions.begun IS 'How often work on the lane was begun since its position last moved.';
COMMENT ON COLUMN bus_positions.try_index IS
  'The batch tried last on its own, in the message named by the three columns before; null when none was since the position moved.';

ALTER TABLE quarantine
  ADD COLUMN replayed_at timestamptz,
  ADD COLUMN replayed_by text;
CREATE INDEX quarantine_batch ON quarantine (agent, epoch, seq);

-- While seqs are missing below a later one, what is left over is in flight.
CREATE OR REPLACE VIEW v_balance AS
  SELECT agent, epoch, collected, stored, quarantined, lost, overflow,
         CASE WHEN cardinality(ranges) > 0 THEN 0
              ELSE collected - stored - quarantined - lost - overflow - moved END AS unaccounted,
         closed, forked, moved,
         CASE WHEN cardinality(ranges) > 0
              THEN collected - stored - quarantined - lost - overflow - moved ELSE 0 END AS in_flight
  FROM agent_progress;
