-- name: outage_asset
SELECT a.ledger, a.key, a.name,
  coalesce((SELECT f.value FROM decision_asset_field f WHERE f.ledger = a.ledger AND f.asset_key = a.key AND f.field = 'kind'), a.kind),
  coalesce((SELECT f.value FROM decision_asset_field f WHERE f.ledger = a.ledger AND f.asset_key = a.key AND f.field = 'purpose'), a.purpose)
FROM fact_asset a WHERE a.id = $id AND a.retired IS NULL
-- name: outage_of_product
SELECT DISTINCT a.ledger, a.key FROM derived_name n
JOIN fact_component c ON c.product = n.product AND c.version = n.version AND c.build = n.build AND c.vendor = n.vendor
JOIN fact_asset a ON a.id = c.asset AND a.retired IS NULL WHERE n.key = $key
-- name: outage_pressing
SELECT DISTINCT asset FROM derived_finding WHERE status >= $status AND deadline IS NOT NULL AND deadline <= $until ORDER BY asset
