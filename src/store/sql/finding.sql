-- name: finding_key_put
INSERT INTO fact_finding_id(ledger, asset_key, product, vuln) VALUES ($ledger, $asset_key, $product, $vuln)
ON CONFLICT(ledger, asset_key, product, vuln) DO NOTHING
-- name: finding_key_get
SELECT id FROM fact_finding_id WHERE ledger = $ledger AND asset_key = $asset_key AND product = $product AND vuln = $vuln
-- name: finding_key_of
SELECT ledger, asset_key, product, vuln FROM fact_finding_id WHERE id = $id
-- name: finding_put
INSERT INTO derived_finding(id, asset, component, vuln, status, confidence, conditional, source, rule, criteria, fixed,
  missing, why, outcome, deadline, notice_rev, since, seen)
VALUES ($id, $asset, $component, $vuln, $status, $confidence, $conditional, $source, $rule, $criteria, $fixed,
  $missing, $why, $outcome, $deadline, $notice_rev, $since, 1)
ON CONFLICT(id) DO UPDATE SET asset = excluded.asset, component = excluded.component, vuln = excluded.vuln,
  confidence = excluded.confidence, conditional = excluded.conditional, source = excluded.source, rule = excluded.rule,
  criteria = excluded.criteria, fixed = excluded.fixed, missing = excluded.missing, why = excluded.why,
  outcome = excluded.outcome, deadline = excluded.deadline, notice_rev = excluded.notice_rev, seen = 1,
  since = CASE WHEN status = excluded.status THEN since ELSE excluded.since END, status = excluded.status
-- name: finding_get
SELECT id, asset, component, vuln, status, confidence, conditional, source, rule, criteria, fixed, missing, why,
  outcome, deadline, notice_rev, since FROM derived_finding WHERE id = $id
-- name: finding_of_vuln
SELECT id, asset, component, vuln, status, confidence, conditional, source, rule, criteria, fixed, missing, why,
  outcome, deadline, notice_rev, since FROM derived_finding WHERE vuln = $vuln ORDER BY id
-- name: finding_mark
UPDATE derived_finding SET seen = 0
-- name: finding_sweep
DELETE FROM derived_finding WHERE seen = 0
-- name: finding_clear
DELETE FROM derived_finding
-- name: finding_count
SELECT count(*) FROM derived_finding
-- name: round_put
INSERT INTO fact_round(at, items) VALUES ($at, $items)
-- name: round_last
SELECT at FROM fact_round WHERE at < $before ORDER BY id DESC LIMIT 1
