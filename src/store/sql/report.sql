-- name: report_name_of
SELECT key, cpe_version, cpe_update FROM derived_name
WHERE vendor = $vendor AND product = $product AND version = $version AND build = $build
-- name: report_since
SELECT min(since) FROM derived_finding WHERE vuln = $vuln AND asset = $asset
