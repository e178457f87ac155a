-- Migration 3. Contacts, containment plans, enquiries to contractors, and the history of reviews.

CREATE TABLE decision_contact (      -- a person, a role or an organisation to call (model/contact.h)
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,                -- person | role | organisation
  role TEXT NOT NULL, organisation TEXT NOT NULL, department TEXT NOT NULL,
  lang TEXT NOT NULL,                -- ja | en | ''
  call_order INTEGER NOT NULL,       -- among those whom the same contact calls; 0 = not in the tree
  called_by INTEGER REFERENCES decision_contact(id), -- NULL: called by the one on duty
  substitute INTEGER REFERENCES decision_contact(id),
  note TEXT NOT NULL,
  checked INTEGER,                   -- when somebody last made sure that it is right; NULL = never
  checked_by TEXT NOT NULL,
  who TEXT NOT NULL,
  at INTEGER NOT NULL,
  removed INTEGER
) STRICT;

CREATE TABLE decision_channel (      -- one way to reach a contact, in the order to try
  id INTEGER PRIMARY KEY,
  contact INTEGER NOT NULL REFERENCES decision_contact(id),
  ord INTEGER NOT NULL,
  kind TEXT NOT NULL,                -- contact_channel_name()
  address TEXT NOT NULL,
  needs TEXT NOT NULL                -- '' | mail, or asset keys with blanks between: what has to run for it to work
) STRICT;
CREATE INDEX decision_channel_contact ON decision_channel(contact, ord);

CREATE TABLE decision_containment (  -- a plan, kept word for word as it was drafted: what was approved does not change
  id INTEGER PRIMARY KEY,
  case_id INTEGER NOT NULL REFERENCES decision_case(id),
  playbook TEXT NOT NULL,
  title TEXT NOT NULL,
  intro TEXT NOT NULL,               -- what else stops, when to call outside experts
  who TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX decision_containment_case ON decision_containment(case_id, id);

CREATE TABLE decision_containment_action (
  id INTEGER PRIMARY KEY,
  plan INTEGER NOT NULL REFERENCES decision_containment(id),
  number INTEGER NOT NULL,           -- 1, 2, …
  ledger TEXT NOT NULL, asset_key TEXT NOT NULL, -- '' = of the whole plan
  name TEXT NOT NULL,                -- the playbook's name of it: isolate, cut-ad, tell, …
  title TEXT NOT NULL, effect TEXT NOT NULL, undo TEXT NOT NULL,
  commands TEXT NOT NULL,            -- JSON: [{"on":"nftables","do":…,"undo":…}]; shown, never run
  owner TEXT NOT NULL,
  required INTEGER NOT NULL,         -- the machine counts as contained when all of these are done
  undo_days INTEGER NOT NULL,        -- remind of undoing it after so many days; 0: never
  UNIQUE(plan, number)
) STRICT;

CREATE TABLE decision_containment_event ( -- only added to
  id INTEGER PRIMARY KEY,
  plan INTEGER NOT NULL REFERENCES decision_containment(id),
  number INTEGER NOT NULL,           -- of the action; 0 = the plan
  kind TEXT NOT NULL,                -- approved | refused | done | undone | skipped
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  why TEXT NOT NULL,
  undo_by INTEGER                    -- with done: when it wants undoing
) STRICT;
CREATE INDEX decision_containment_event_plan ON decision_containment_event(plan, id);
CREATE TRIGGER decision_containment_event_kept BEFORE UPDATE ON decision_containment_event
BEGIN SELECT RAISE(ABORT, 'what was done to a plan is never changed'); END;
CREATE TRIGGER decision_containment_event_stays BEFORE DELETE ON decision_containment_event
BEGIN SELECT RAISE(ABORT, 'what was done to a plan is never removed'); END;

CREATE TABLE decision_enquiry (      -- a dated question to a contractor
  id INTEGER PRIMARY KEY,
  organisation TEXT NOT NULL,
  case_id INTEGER REFERENCES decision_case(id),
  subject TEXT NOT NULL,             -- the vulnerability or product asked about
  lang TEXT NOT NULL,
  text TEXT NOT NULL,                -- as it was rendered
  due INTEGER NOT NULL,
  who TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;

CREATE TABLE decision_enquiry_event ( -- only added to
  id INTEGER PRIMARY KEY,
  enquiry INTEGER NOT NULL REFERENCES decision_enquiry(id),
  kind TEXT NOT NULL,                -- sent | reminded | answered | withdrawn
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  channel TEXT NOT NULL,             -- how it was sent, by whom it was answered
  runs TEXT NOT NULL,                -- with answered: yes | no | unknown
  product TEXT NOT NULL, version TEXT NOT NULL, found TEXT NOT NULL, note TEXT NOT NULL
) STRICT;
CREATE INDEX decision_enquiry_event_of ON decision_enquiry_event(enquiry, id);

CREATE TABLE fact_review (           -- a look at the organisation's own readiness, as it was measured then
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  score INTEGER NOT NULL,            -- 0 to 100
  lines TEXT NOT NULL                -- JSON: [{"line","score","value","reason","next"}]
) STRICT;
