-- Migration 1. Three kinds of table, told by their prefix:
--   fact_      what the world, or an import, said; immutable but for being superseded
--   derived_   what we concluded from it; `toban rebuild` drops and remakes it
--   decision_  what a person decided; never touched by imports, updates or rebuilds
-- Times are microseconds since 1970-01-01T00:00:00Z; NULL = not stated.

CREATE TABLE fact_visit (            -- one visit to one source
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  started INTEGER NOT NULL,
  ended INTEGER,
  outcome TEXT NOT NULL,             -- running | ok | unchanged | refused | failed | partial
  good INTEGER NOT NULL DEFAULT 0,   -- records read
  bad INTEGER NOT NULL DEFAULT 0,    -- records set aside
  newest INTEGER,                    -- newest record's time
  document_time INTEGER,             -- when the document says it was made
  text TEXT NOT NULL DEFAULT ''      -- error or guard's reason
) STRICT;
CREATE INDEX fact_visit_source ON fact_visit(source, id);

CREATE TABLE fact_document (         -- exact bytes, in the spool under their hash
  id INTEGER PRIMARY KEY,
  visit INTEGER NOT NULL REFERENCES fact_visit(id),
  source TEXT NOT NULL,
  url TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  content_type TEXT NOT NULL,
  kind TEXT NOT NULL,
  context TEXT NOT NULL,
  fetched INTEGER NOT NULL,
  records INTEGER NOT NULL,          -- records read out of it
  full INTEGER NOT NULL,             -- it lists everything its address has
  newest INTEGER,
  document_time INTEGER
) STRICT;
CREATE INDEX fact_document_url ON fact_document(source, url);
CREATE INDEX fact_document_sha ON fact_document(sha256);

CREATE TABLE fact_validator (        -- for conditional requests
  url TEXT PRIMARY KEY,
  etag TEXT NOT NULL,
  last_modified TEXT NOT NULL,
  sha256 TEXT NOT NULL
) STRICT;

CREATE TABLE fact_cursor (           -- the feed's own place in its list
  source TEXT PRIMARY KEY,
  cursor TEXT NOT NULL,
  last_ok INTEGER NOT NULL
) STRICT;

CREATE TABLE fact_quarantine (       -- records set aside, with their bytes
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  visit INTEGER NOT NULL REFERENCES fact_visit(id),
  at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
CREATE INDEX fact_quarantine_source ON fact_quarantine(source, id);

CREATE TABLE fact_notice (           -- a notice's identity
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  key TEXT NOT NULL,                 -- the publisher's id, or the link
  heard INTEGER NOT NULL,            -- when we first had it
  UNIQUE(source, key)
) STRICT;

CREATE TABLE fact_notice_rev (       -- what it said, each time it said something new
  id INTEGER PRIMARY KEY,
  notice INTEGER NOT NULL REFERENCES fact_notice(id),
  hash TEXT NOT NULL,                -- of title, text, dates
  url TEXT NOT NULL,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  lang TEXT NOT NULL,
  published INTEGER,
  updated INTEGER,
  known INTEGER NOT NULL,            -- since when this state could be known
  heard INTEGER NOT NULL,
  complete INTEGER NOT NULL,
  sha256 TEXT NOT NULL,              -- of the document in the spool
  cves TEXT NOT NULL,                -- space separated, as the publisher lists or writes them
  products TEXT NOT NULL,            -- JSON: [{vendor,product,version,cpe}]
  UNIQUE(notice, hash)
) STRICT;
CREATE INDEX fact_notice_rev_known ON fact_notice_rev(known);

CREATE TABLE fact_import (           -- one import into the ledger
  id INTEGER PRIMARY KEY,
  ledger TEXT NOT NULL,
  file TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  rows_read INTEGER NOT NULL,
  rows_bad INTEGER NOT NULL
) STRICT;

CREATE TABLE fact_import_error (     -- rows kept aside, as they stood
  id INTEGER PRIMARY KEY,
  import INTEGER NOT NULL REFERENCES fact_import(id),
  line INTEGER NOT NULL,
  field TEXT NOT NULL,
  cell TEXT NOT NULL,
  reason TEXT NOT NULL,
  row TEXT NOT NULL
) STRICT;

CREATE TABLE fact_asset (
  id INTEGER PRIMARY KEY,
  ledger TEXT NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL, kind TEXT NOT NULL, place TEXT NOT NULL, purpose TEXT NOT NULL,
  owner TEXT NOT NULL, department TEXT NOT NULL, organisation TEXT NOT NULL, contact TEXT NOT NULL,
  os TEXT NOT NULL, ip TEXT NOT NULL, serial TEXT NOT NULL,
  exposure INTEGER NOT NULL,         -- 0 unknown, 1 internal, 2 public
  criticality INTEGER NOT NULL,      -- 0 unknown, 1 low, 2 medium, 3 high
  count INTEGER NOT NULL,
  first_import INTEGER NOT NULL REFERENCES fact_import(id),
  last_import INTEGER NOT NULL REFERENCES fact_import(id),
  retired INTEGER,                   -- no longer in the file, when replaced
  UNIQUE(ledger, key)
) STRICT;

CREATE TABLE fact_component (
  id INTEGER PRIMARY KEY,
  asset INTEGER NOT NULL REFERENCES fact_asset(id),
  product TEXT NOT NULL, version TEXT NOT NULL, build TEXT NOT NULL, vendor TEXT NOT NULL,
  cpe TEXT NOT NULL, purl TEXT NOT NULL,
  source TEXT NOT NULL,
  seen INTEGER NOT NULL,
  import INTEGER NOT NULL REFERENCES fact_import(id)
) STRICT;
CREATE INDEX fact_component_asset ON fact_component(asset);
CREATE INDEX fact_component_written ON fact_component(product, version, build, vendor);

CREATE TABLE fact_finding_id (       -- the number a person may have written down: F-17
  id INTEGER PRIMARY KEY,
  ledger TEXT NOT NULL, asset_key TEXT NOT NULL, product TEXT NOT NULL, vuln TEXT NOT NULL,
  UNIQUE(ledger, asset_key, product, vuln)
) STRICT;

CREATE TABLE fact_round (            -- rounds that were run, for "since the last one"
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  items INTEGER NOT NULL
) STRICT;

CREATE TABLE derived_assessment (    -- of one revision of a notice
  rev INTEGER PRIMARY KEY REFERENCES fact_notice_rev(id),
  exploited INTEGER NOT NULL,
  urgent INTEGER NOT NULL,
  signals TEXT NOT NULL,             -- space separated
  evidence TEXT NOT NULL,            -- JSON: [{signal,quote,start,end,rule}]
  scope TEXT NOT NULL,               -- JSON: {"CVE-…":true}
  products TEXT NOT NULL,            -- JSON: [{key,start,end}] found in the text
  rules TEXT NOT NULL                -- hash of the rules used
) STRICT;

CREATE TABLE derived_name (          -- what a component, as written, was taken for
  vendor TEXT NOT NULL, product TEXT NOT NULL, version TEXT NOT NULL, build TEXT NOT NULL,
  status TEXT NOT NULL,              -- confirmed | rule | candidate | none
  key TEXT NOT NULL,                 -- vendor:product of CPE, '' when none
  cpe_version TEXT NOT NULL, cpe_update TEXT NOT NULL, exact TEXT NOT NULL,
  also TEXT NOT NULL,                -- other keys of the same product, comma separated
  reason TEXT NOT NULL,
  PRIMARY KEY(vendor, product, version, build)
) STRICT;
CREATE INDEX derived_name_key ON derived_name(key);

CREATE TABLE derived_finding (
  id INTEGER PRIMARY KEY REFERENCES fact_finding_id(id),
  asset INTEGER NOT NULL REFERENCES fact_asset(id),
  component INTEGER NOT NULL,
  vuln TEXT NOT NULL,
  status INTEGER NOT NULL,           -- enum finding_status
  confidence INTEGER NOT NULL,
  conditional INTEGER NOT NULL,
  source TEXT NOT NULL, rule TEXT NOT NULL, criteria TEXT NOT NULL, fixed TEXT NOT NULL,
  missing TEXT NOT NULL, why TEXT NOT NULL,
  outcome TEXT NOT NULL, deadline INTEGER,
  notice_rev INTEGER,                -- the notice it was first or best told by
  since INTEGER NOT NULL,            -- when this status was first concluded
  seen INTEGER NOT NULL              -- in the identification under way
) STRICT;
CREATE INDEX derived_finding_vuln ON derived_finding(vuln);

CREATE TABLE decision_name (         -- a person said what a written product name is
  name TEXT PRIMARY KEY,             -- folded
  written TEXT NOT NULL,
  cpe TEXT NOT NULL,                 -- vendor:product[:version[:update]]; '' = not software we track
  who TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;

CREATE TABLE decision_asset_field (  -- a person filled in or corrected a field
  ledger TEXT NOT NULL, asset_key TEXT NOT NULL, field TEXT NOT NULL,
  value TEXT NOT NULL,
  who TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY(ledger, asset_key, field)
) STRICT;

CREATE TABLE decision_source (       -- a person accepted what the guard refused
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  reason TEXT NOT NULL,
  who TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
