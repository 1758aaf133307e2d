-- What people and queries read. The names and columns of the original stay.

CREATE VIEW metrics_time AS
  SELECT s.time, r.agent AS agent_id, r.name, r.labels, sentinel_metric_type(r.type) AS metric_type, s.value
  FROM samples s JOIN series r ON r.id = s.series_id;

-- One look-up in (series_id, time) per series, newest day first; never a scan of the samples.
CREATE VIEW v_recent_values AS
  SELECT r.id AS series_id, r.agent AS agent_id, r.name, r.labels, r.unit,
         sentinel_metric_type(r.type) AS metric_type, newest.time, newest.value
  FROM series r
  CROSS JOIN LATERAL (
    SELECT s.time, s.value FROM samples s WHERE s.series_id = r.id ORDER BY s.time DESC LIMIT 1) newest;

CREATE VIEW v_top_metrics AS
  SELECT name, agent_id, count(*) AS series, max(time) AS last_time FROM v_recent_values GROUP BY name, agent_id;

CREATE VIEW v_agents AS
  SELECT id, hardware_id, version, labels, registered_at, last_heard_at FROM agents WHERE deleted_at IS NULL;

CREATE VIEW v_balance AS
  SELECT agent, epoch, collected, stored, quarantined, lost, overflow,
         collected - stored - quarantined - lost - overflow AS unaccounted, closed, forked
  FROM agent_progress;

CREATE VIEW v_store AS
  SELECT current_setting('server_version') AS version,
         (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb') AS timescaledb,
         current_setting('fsync') AS fsync,
         current_setting('synchronous_commit') AS synchronous_commit;
