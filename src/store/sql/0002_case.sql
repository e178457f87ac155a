-- Migration 2. Cases, their steps and plans, patch windows, and the audit chain.
-- A case is its steps; nobody changes or removes one. Steps by "toban" are taken by rule (a mitigation
-- ran out, an inventory proved a fix) and are kept with the people's: a closed machine stays closed by them.

CREATE TABLE decision_case (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL,
  origin TEXT NOT NULL,              -- F-1, N-2, CVE-…, or '' by hand
  opened INTEGER NOT NULL,
  who TEXT NOT NULL
) STRICT;

CREATE TABLE decision_case_step (
  id INTEGER PRIMARY KEY,
  case_id INTEGER NOT NULL REFERENCES decision_case(id),
  ledger TEXT NOT NULL,              -- with asset_key: a machine; '' = the case itself
  asset_key TEXT NOT NULL,
  kind TEXT NOT NULL,                -- case_step_name()
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  value TEXT NOT NULL, detail TEXT NOT NULL, component TEXT NOT NULL, owner TEXT NOT NULL, why TEXT NOT NULL,
  until INTEGER
) STRICT;
CREATE INDEX decision_case_step_case ON decision_case_step(case_id, id);
CREATE TRIGGER decision_case_step_kept BEFORE UPDATE ON decision_case_step
BEGIN SELECT RAISE(ABORT, 'steps of a case are never changed'); END;
CREATE TRIGGER decision_case_step_stays BEFORE DELETE ON decision_case_step
BEGIN SELECT RAISE(ABORT, 'steps of a case are never removed'); END;

CREATE TABLE decision_plan (
  id INTEGER PRIMARY KEY,
  case_id INTEGER NOT NULL REFERENCES decision_case(id),
  product TEXT NOT NULL, fixed TEXT NOT NULL, track TEXT NOT NULL,
  test TEXT NOT NULL, rollback TEXT NOT NULL, trigger_text TEXT NOT NULL, owner TEXT NOT NULL, window TEXT NOT NULL,
  who TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX decision_plan_case ON decision_plan(case_id, id);

CREATE TABLE decision_window (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  rule TEXT NOT NULL,                -- remediate/window.h
  who TEXT NOT NULL,
  at INTEGER NOT NULL,
  removed INTEGER
) STRICT;

CREATE TABLE decision_freeze (       -- no window opens in it
  id INTEGER PRIMARY KEY,
  first INTEGER NOT NULL,
  until INTEGER NOT NULL,
  why TEXT NOT NULL,
  who TEXT NOT NULL,
  at INTEGER NOT NULL,
  removed INTEGER
) STRICT;

CREATE TABLE derived_case_look (     -- what toban sees of a machine now: struct case_look
  case_id INTEGER NOT NULL REFERENCES decision_case(id),
  ledger TEXT NOT NULL, asset_key TEXT NOT NULL,
  asset INTEGER NOT NULL, name TEXT NOT NULL, gone INTEGER NOT NULL,
  status INTEGER NOT NULL,
  product TEXT NOT NULL, component TEXT NOT NULL, fixed TEXT NOT NULL, missing TEXT NOT NULL, why TEXT NOT NULL,
  asks INTEGER NOT NULL, asks_why TEXT NOT NULL,
  seen INTEGER, deadline INTEGER, deadline_by TEXT NOT NULL, deadline_why TEXT NOT NULL,
  PRIMARY KEY(case_id, ledger, asset_key)
) STRICT;

CREATE TABLE fact_audit (            -- what was done; each row carries the hash of the one before (loop/audit.h)
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  detail TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE
) STRICT;
CREATE TRIGGER fact_audit_kept BEFORE UPDATE ON fact_audit
BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;
CREATE TRIGGER fact_audit_stays BEFORE DELETE ON fact_audit
BEGIN SELECT RAISE(ABORT, 'audit rows are never removed'); END;
