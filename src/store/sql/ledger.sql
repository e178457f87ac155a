-- name: import_put
INSERT INTO fact_import(ledger, file, sha256, at, who, rows_read, rows_bad)
VALUES ($ledger, $file, $sha256, $at, $who, $rows_read, $rows_bad)
-- name: import_error_put
INSERT INTO fact_import_error(import, line, field, cell, reason, row) VALUES ($import, $line, $field, $cell, $reason, $row)
-- name: import_last
SELECT id, ledger, file, at, who, rows_read, rows_bad FROM fact_import ORDER BY id DESC LIMIT 1
-- name: import_newest_at
SELECT max(at) FROM fact_import
-- name: import_errors
SELECT e.line, e.field, e.cell, e.reason, e.row, i.file, i.at FROM fact_import_error e JOIN fact_import i ON i.id = e.import
WHERE i.id IN (SELECT max(id) FROM fact_import GROUP BY ledger) ORDER BY e.id
-- name: asset_put
INSERT INTO fact_asset(ledger, key, name, kind, place, purpose, owner, department, organisation, contact, os, ip, serial,
  exposure, criticality, count, first_import, last_import, retired)
VALUES ($ledger, $key, $name, $kind, $place, $purpose, $owner, $department, $organisation, $contact, $os, $ip, $serial,
  $exposure, $criticality, $count, $import, $import, NULL)
ON CONFLICT(ledger, key) DO UPDATE SET name = excluded.name, kind = excluded.kind, place = excluded.place,
  purpose = excluded.purpose, owner = excluded.owner, department = excluded.department, organisation = excluded.organisation,
  contact = excluded.contact, os = excluded.os, ip = excluded.ip, serial = excluded.serial, exposure = excluded.exposure,
  criticality = excluded.criticality, count = excluded.count, last_import = excluded.last_import, retired = NULL
RETURNING id, first_import = last_import
-- name: component_clear
DELETE FROM fact_component WHERE asset = $asset
-- name: component_put
INSERT INTO fact_component(asset, product, version, build, vendor, cpe, purl, source, seen, import)
VALUES ($asset, $product, $version, $build, $vendor, $cpe, $purl, $source, $seen, $import)
-- name: asset_retire_missing
UPDATE fact_asset SET retired = $now WHERE ledger = $ledger AND last_import <> $import AND retired IS NULL
-- name: asset_count_missing
SELECT count(*) FROM fact_asset WHERE ledger = $ledger AND last_import <> $import AND retired IS NULL
-- name: asset_list
SELECT id, ledger, key, name, kind, place, purpose, owner, department, organisation, contact, os, ip, serial,
  exposure, criticality, count, last_import FROM fact_asset WHERE retired IS NULL ORDER BY id
-- name: asset_get
SELECT id, ledger, key, name, kind, place, purpose, owner, department, organisation, contact, os, ip, serial,
  exposure, criticality, count, last_import FROM fact_asset WHERE retired IS NULL AND id = $id
-- name: asset_find
SELECT id FROM fact_asset WHERE retired IS NULL AND (key = $text OR name = $text) ORDER BY id
-- name: asset_by_product
SELECT DISTINCT c.asset FROM derived_name n JOIN fact_component c
  ON c.product = n.product AND c.version = n.version AND c.build = n.build AND c.vendor = n.vendor
WHERE (n.key = $key AND $key <> '') OR (n.key = '' AND $words <> '' AND instr(lower(n.product), lower($words)) > 0)
ORDER BY c.asset
-- name: asset_field_of
SELECT ledger, asset_key, field, value FROM decision_asset_field WHERE ledger = $ledger AND asset_key = $key
-- name: component_all
SELECT c.id, c.asset, c.product, c.version, c.build, c.vendor, c.cpe, c.purl, c.source, c.seen
FROM fact_component c JOIN fact_asset a ON a.id = c.asset WHERE a.retired IS NULL ORDER BY c.asset, c.id
-- name: component_of
SELECT id, asset, product, version, build, vendor, cpe, purl, source, seen FROM fact_component WHERE asset = $asset ORDER BY id
-- name: component_written
SELECT c.vendor, c.product, c.version, c.build, c.cpe, count(*) FROM fact_component c JOIN fact_asset a ON a.id = c.asset
WHERE a.retired IS NULL GROUP BY c.vendor, c.product, c.version, c.build, c.cpe
-- name: asset_field_put
INSERT INTO decision_asset_field(ledger, asset_key, field, value, who, at) VALUES ($ledger, $key, $field, $value, $who, $at)
ON CONFLICT(ledger, asset_key, field) DO UPDATE SET value = excluded.value, who = excluded.who, at = excluded.at
-- name: asset_field_clear
DELETE FROM decision_asset_field WHERE ledger = $ledger AND asset_key = $key AND field = $field
-- name: asset_field_all
SELECT ledger, asset_key, field, value FROM decision_asset_field ORDER BY ledger, asset_key
-- name: name_confirm_put
INSERT INTO decision_name(name, written, cpe, who, at) VALUES ($name, $written, $cpe, $who, $at)
ON CONFLICT(name) DO UPDATE SET written = excluded.written, cpe = excluded.cpe, who = excluded.who, at = excluded.at
-- name: name_confirm_clear
DELETE FROM decision_name WHERE name = $name
-- name: name_confirm_all
SELECT name, written, cpe FROM decision_name ORDER BY name
-- name: derived_name_put
INSERT INTO derived_name(vendor, product, version, build, status, key, cpe_version, cpe_update, exact, also, reason)
VALUES ($vendor, $product, $version, $build, $status, $key, $cpe_version, $cpe_update, $exact, $also, $reason)
ON CONFLICT(vendor, product, version, build) DO UPDATE SET status = excluded.status, key = excluded.key,
  cpe_version = excluded.cpe_version, cpe_update = excluded.cpe_update, exact = excluded.exact, also = excluded.also,
  reason = excluded.reason
-- name: derived_name_clear
DELETE FROM derived_name
-- name: derived_name_all
SELECT vendor, product, version, build, status, key, cpe_version, cpe_update, exact, also, reason FROM derived_name
-- name: derived_name_queue
SELECT n.vendor, n.product, n.version, n.build, n.status, n.key, n.reason, sum(a.count), count(*) FROM derived_name n
JOIN fact_component c ON c.product = n.product AND c.version = n.version AND c.build = n.build AND c.vendor = n.vendor
JOIN fact_asset a ON a.id = c.asset AND a.retired IS NULL
WHERE n.status IN ('none', 'candidate') GROUP BY n.vendor, n.product, n.version, n.build ORDER BY 8 DESC, 2
