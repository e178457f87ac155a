-- name: containment_put
INSERT INTO decision_containment(case_id, playbook, title, intro, who, at) VALUES ($case_id, $playbook, $title, $intro, $who, $at)
-- name: containment_action_put
INSERT INTO decision_containment_action(plan, number, ledger, asset_key, name, title, effect, undo, commands, owner, required, undo_days)
VALUES ($plan, $number, $ledger, $asset_key, $name, $title, $effect, $undo, $commands, $owner, $required, $undo_days)
-- name: containment_event_put
INSERT INTO decision_containment_event(plan, number, kind, at, who, why, undo_by) VALUES ($plan, $number, $kind, $at, $who, $why, $undo_by)
-- name: containment_list
SELECT id, case_id, playbook, title, intro, who, at FROM decision_containment WHERE ($case_id = 0 OR case_id = $case_id) ORDER BY id
-- name: containment_action_of
SELECT id, plan, number, ledger, asset_key, name, title, effect, undo, commands, owner, required, undo_days
FROM decision_containment_action WHERE plan = $plan ORDER BY number
-- name: containment_event_of
SELECT id, plan, number, kind, at, who, why, undo_by FROM decision_containment_event WHERE plan = $plan ORDER BY id
