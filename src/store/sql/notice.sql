-- name: notice_put
INSERT INTO fact_notice(source, key, heard) VALUES ($source, $key, $heard) ON CONFLICT(source, key) DO NOTHING
-- name: notice_id
SELECT id FROM fact_notice WHERE source = $source AND key = $key
-- name: notice_rev_put
INSERT INTO fact_notice_rev(notice, hash, url, title, text, lang, published, updated, known, heard, complete, sha256, cves, products)
VALUES ($notice, $hash, $url, $title, $text, $lang, $published, $updated, $known, $heard, $complete, $sha256, $cves, $products)
ON CONFLICT(notice, hash) DO NOTHING
-- name: notice_rev_complete
SELECT count(*) FROM fact_notice_rev WHERE notice = $notice AND complete = 1 AND known >= $known
-- name: notice_list
SELECT r.id, n.id, n.source, n.key, r.url, r.title, r.text, r.lang, r.published, r.updated, k.known AS newest, n.heard, r.complete, r.sha256, r.cves, r.products
FROM fact_notice n
JOIN (SELECT notice, max(known) AS known FROM fact_notice_rev WHERE known <= $as_of GROUP BY notice) k ON k.notice = n.id
JOIN fact_notice_rev r ON r.id = (
  SELECT x.id FROM fact_notice_rev x WHERE x.notice = n.id AND x.known <= $as_of
  ORDER BY x.complete DESC, x.known DESC, x.id DESC LIMIT 1)
WHERE k.known >= $since ORDER BY k.known DESC, r.id DESC LIMIT $limit
-- name: notice_of_vuln
SELECT r.id, n.id, n.source, n.key, r.url, r.title, r.text, r.lang, r.published, r.updated, k.known AS newest, n.heard, r.complete, r.sha256, r.cves, r.products
FROM fact_notice n
JOIN (SELECT notice, max(known) AS known FROM fact_notice_rev
  WHERE known <= $as_of AND (instr(' ' || cves || ' ', ' ' || $vuln || ' ') > 0 OR notice IN (SELECT id FROM fact_notice WHERE key = $vuln))
  GROUP BY notice) k ON k.notice = n.id
JOIN fact_notice_rev r ON r.id = (
  SELECT x.id FROM fact_notice_rev x WHERE x.notice = n.id AND x.known <= $as_of
  ORDER BY x.complete DESC, x.known DESC, x.id DESC LIMIT 1)
ORDER BY k.known DESC, r.id DESC LIMIT $limit
-- name: notice_get
SELECT r.id, n.id, n.source, n.key, r.url, r.title, r.text, r.lang, r.published, r.updated, r.known, n.heard, r.complete, r.sha256, r.cves, r.products
FROM fact_notice n JOIN fact_notice_rev r ON r.notice = n.id WHERE n.id = $id ORDER BY r.complete DESC, r.known DESC, r.id DESC
-- name: notice_rev_get
SELECT r.id, n.id, n.source, n.key, r.url, r.title, r.text, r.lang, r.published, r.updated, r.known, n.heard, r.complete, r.sha256, r.cves, r.products
FROM fact_notice n JOIN fact_notice_rev r ON r.notice = n.id WHERE r.id = $rev
-- name: notice_by_key
SELECT id FROM fact_notice WHERE key = $key ORDER BY id LIMIT 1
-- name: notice_unassessed
SELECT r.id, n.id, n.source, n.key, r.url, r.title, r.text, r.lang, r.published, r.updated, r.known, n.heard, r.complete, r.sha256, r.cves, r.products
FROM fact_notice_rev r JOIN fact_notice n ON n.id = r.notice LEFT JOIN derived_assessment a ON a.rev = r.id
WHERE a.rev IS NULL OR a.rules <> $rules ORDER BY r.id
-- name: assessment_put
INSERT INTO derived_assessment(rev, exploited, urgent, signals, evidence, scope, products, rules)
VALUES ($rev, $exploited, $urgent, $signals, $evidence, $scope, $products, $rules)
ON CONFLICT(rev) DO UPDATE SET exploited = excluded.exploited, urgent = excluded.urgent, signals = excluded.signals,
  evidence = excluded.evidence, scope = excluded.scope, products = excluded.products, rules = excluded.rules
-- name: assessment_get
SELECT exploited, urgent, signals, evidence, scope, products FROM derived_assessment WHERE rev = $rev
-- name: assessment_clear
DELETE FROM derived_assessment
