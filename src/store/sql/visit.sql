-- name: visit_start
INSERT INTO fact_visit(source, started, outcome) VALUES ($source, $started, 'running')
-- name: visit_end
UPDATE fact_visit SET ended = $ended, outcome = $outcome, good = $good, bad = $bad,  newest = $newest, document_time = $document_time, text = $text WHERE id = $id
-- name: visit_last
SELECT id, started, ended, outcome, good, bad, newest, document_time, text
FROM fact_visit WHERE source = $source AND started <= $as_of AND outcome <> 'running' ORDER BY id DESC LIMIT 1
-- name: visit_last_ok
SELECT id, started, ended, outcome, good, bad, newest, document_time, text
FROM fact_visit WHERE source = $source AND started <= $as_of AND outcome IN ('ok', 'unchanged', 'partial') ORDER BY id DESC LIMIT 1
-- name: visit_newest
SELECT max(newest) FROM fact_visit WHERE source = $source AND outcome IN ('ok', 'unchanged', 'partial')
-- name: visit_close_running
UPDATE fact_visit SET outcome = 'failed', ended = $now, text = $text WHERE outcome = 'running' AND started < $before
-- name: document_put
INSERT INTO fact_document(visit, source, url, sha256, bytes, content_type, kind, context, fetched, records, full, newest, document_time)
VALUES ($visit, $source, $url, $sha256, $bytes, $content_type, $kind, $context, $fetched, $records, $full, $newest, $document_time)
-- name: document_last_full
SELECT records, newest, document_time FROM fact_document WHERE source = $source AND ($url = '' OR url = $url) AND full = 1
ORDER BY id DESC LIMIT 1
-- name: document_list
SELECT d.source, d.url, d.sha256, d.content_type, d.kind, d.context, d.fetched FROM fact_document d ORDER BY d.id
-- name: document_seen
SELECT count(*) FROM fact_document WHERE source = $source AND url = $url AND sha256 = $sha256
-- name: validator_get
SELECT etag, last_modified, sha256 FROM fact_validator WHERE url = $url
-- name: validator_put
INSERT INTO fact_validator(url, etag, last_modified, sha256) VALUES ($url, $etag, $last_modified, $sha256)
ON CONFLICT(url) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified, sha256 = excluded.sha256
-- name: validator_clear
DELETE FROM fact_validator
-- name: cursor_get
SELECT cursor, last_ok FROM fact_cursor WHERE source = $source
-- name: cursor_put
INSERT INTO fact_cursor(source, cursor, last_ok) VALUES ($source, $cursor, $last_ok)
ON CONFLICT(source) DO UPDATE SET cursor = excluded.cursor, last_ok = excluded.last_ok
-- name: quarantine_put
INSERT INTO fact_quarantine(source, visit, at, reason, bytes) VALUES ($source, $visit, $at, $reason, $bytes)
-- name: quarantine_count
SELECT count(*) FROM fact_quarantine WHERE source = $source
-- name: quarantine_list
SELECT id, visit, at, reason, bytes FROM fact_quarantine WHERE source = $source ORDER BY id DESC LIMIT $limit
-- name: quarantine_trim
DELETE FROM fact_quarantine WHERE source = $source AND id NOT IN
  (SELECT id FROM fact_quarantine WHERE source = $source ORDER BY id DESC LIMIT $keep)
-- name: source_accept_put
INSERT INTO decision_source(source, sha256, reason, who, at) VALUES ($source, $sha256, $reason, $who, $at)
-- name: source_accept_get
SELECT count(*) FROM decision_source WHERE source = $source AND sha256 = $sha256
-- name: document_of_source
SELECT url, sha256 FROM fact_document WHERE source = $source ORDER BY id DESC LIMIT 1
