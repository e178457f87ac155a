-- name: review_put
INSERT INTO fact_review(at, who, score, lines) VALUES ($at, $who, $score, $lines)
-- name: review_list
SELECT id, at, who, score, lines FROM fact_review ORDER BY id DESC LIMIT $max
-- name: review_visits
SELECT source, (started + $zone) / 86400000000 AS day FROM fact_visit
WHERE outcome IN ('ok', 'unchanged', 'partial') AND started >= $since AND started <= $now GROUP BY source, day
-- name: review_first_visits
SELECT source, (min(started) + $zone) / 86400000000 FROM fact_visit WHERE started <= $now GROUP BY source
-- name: review_rounds
SELECT DISTINCT (at + $zone) / 86400000000 FROM fact_round WHERE at >= $since AND at <= $now
-- name: review_first_round
SELECT (min(at) + $zone) / 86400000000 FROM fact_round WHERE at <= $now
-- name: review_notices
SELECT count(*) FROM fact_notice WHERE heard >= $since AND heard <= $now
-- name: review_urgent
SELECT n.id, n.source, n.key, r.title, r.heard, r.cves, a.scope FROM fact_notice n JOIN fact_notice_rev r ON r.notice = n.id
JOIN derived_assessment a ON a.rev = r.id WHERE (a.exploited <> 0 OR a.urgent <> 0) AND r.heard >= $since AND r.known >= $since
  AND r.heard <= $now ORDER BY n.id, r.heard, r.id
-- name: review_found
SELECT DISTINCT vuln FROM derived_finding WHERE status IN ($possible, $affected)
-- name: review_exercised
SELECT max(at) FROM fact_audit WHERE action = $action AND at <= $now
