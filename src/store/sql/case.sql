-- name: case_put
INSERT INTO decision_case(title, origin, opened, who) VALUES ($title, $origin, $opened, $who)
-- name: case_list
SELECT id, title, origin, who, opened FROM decision_case WHERE ($id = 0 OR id = $id) ORDER BY id
-- name: case_step_put
INSERT INTO decision_case_step(case_id, ledger, asset_key, kind, at, who, value, detail, component, owner, why, until)
VALUES ($case_id, $ledger, $asset_key, $kind, $at, $who, $value, $detail, $component, $owner, $why, $until)
-- name: case_step_of
SELECT id, case_id, ledger, asset_key, kind, at, who, value, detail, component, owner, why, until
FROM decision_case_step WHERE case_id = $case_id ORDER BY id
-- name: case_of_asset
SELECT DISTINCT case_id FROM decision_case_step WHERE ledger = $ledger AND asset_key = $asset_key AND kind = 'joined' ORDER BY case_id
-- name: case_look_put
INSERT INTO derived_case_look(case_id, ledger, asset_key, asset, name, gone, status, product, component, fixed, missing, why,
  asks, asks_why, seen, deadline, deadline_by, deadline_why)
VALUES ($case_id, $ledger, $asset_key, $asset, $name, $gone, $status, $product, $component, $fixed, $missing, $why,
  $asks, $asks_why, $seen, $deadline, $deadline_by, $deadline_why)
-- name: case_look_of
SELECT ledger, asset_key, asset, name, gone, status, product, component, fixed, missing, why, asks, asks_why, seen,
  deadline, deadline_by, deadline_why FROM derived_case_look WHERE case_id = $case_id ORDER BY asset, ledger, asset_key
-- name: case_look_clear
DELETE FROM derived_case_look WHERE case_id = $case_id
-- name: case_look_clear_all
DELETE FROM derived_case_look
-- name: plan_put
INSERT INTO decision_plan(case_id, product, fixed, track, test, rollback, trigger_text, owner, window, who, at)
VALUES ($case_id, $product, $fixed, $track, $test, $rollback, $trigger, $owner, $window, $who, $at)
-- name: plan_set
UPDATE decision_plan SET fixed = $fixed, track = $track, test = $test, rollback = $rollback, trigger_text = $trigger,
  owner = $owner, window = $window, who = $who, at = $at WHERE id = $id
-- name: plan_list
SELECT id, case_id, product, fixed, track, test, rollback, trigger_text, owner, window, who, at FROM decision_plan
WHERE ($case_id = 0 OR case_id = $case_id) ORDER BY id
-- name: window_put
INSERT INTO decision_window(name, rule, who, at, removed) VALUES ($name, $rule, $who, $at, NULL)
-- name: window_list
SELECT id, name, rule, who, at FROM decision_window WHERE removed IS NULL ORDER BY id
-- name: window_remove
UPDATE decision_window SET removed = $at WHERE id = $id AND removed IS NULL
-- name: freeze_put
INSERT INTO decision_freeze(first, until, why, who, at, removed) VALUES ($first, $until, $why, $who, $at, NULL)
-- name: freeze_list
SELECT id, first, until, why, who, at FROM decision_freeze WHERE removed IS NULL ORDER BY first, id
-- name: freeze_remove
UPDATE decision_freeze SET removed = $at WHERE id = $id AND removed IS NULL
-- name: audit_last
SELECT hash FROM fact_audit ORDER BY id DESC LIMIT 1
-- name: audit_put
INSERT INTO fact_audit(at, who, action, object, detail, previous, hash)
VALUES ($at, $who, $action, $object, $detail, $previous, $hash)
-- name: audit_list
SELECT id, at, who, action, object, detail, previous, hash FROM fact_audit WHERE id > $after ORDER BY id
