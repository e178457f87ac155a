-- name: contact_put
INSERT INTO decision_contact(name, kind, role, organisation, department, lang, call_order, called_by, substitute, note, checked, checked_by, who, at, removed)
VALUES ($name, $kind, $role, $organisation, $department, $lang, $call_order, $called_by, $substitute, $note, $checked, $checked_by, $who, $at, NULL)
-- name: contact_set
UPDATE decision_contact SET name = $name, kind = $kind, role = $role, organisation = $organisation, department = $department,
  lang = $lang, call_order = $call_order, called_by = $called_by, substitute = $substitute, note = $note, checked = $checked,
  checked_by = $checked_by, who = $who, at = $at WHERE id = $id AND removed IS NULL
-- name: contact_list
SELECT id, name, kind, role, organisation, department, lang, call_order, called_by, substitute, note, checked, checked_by, who, at
FROM decision_contact WHERE removed IS NULL ORDER BY id
-- name: contact_checked
UPDATE decision_contact SET checked = $at, checked_by = $who WHERE id = $id AND removed IS NULL
-- name: contact_remove
UPDATE decision_contact SET removed = $at WHERE id = $id AND removed IS NULL
-- name: channel_put
INSERT INTO decision_channel(contact, ord, kind, address, needs) VALUES ($contact, $ord, $kind, $address, $needs)
-- name: channel_clear
DELETE FROM decision_channel WHERE contact = $contact
-- name: channel_of
SELECT id, contact, ord, kind, address, needs FROM decision_channel WHERE contact = $contact ORDER BY ord, id
-- name: enquiry_put
INSERT INTO decision_enquiry(organisation, case_id, subject, lang, text, due, who, at)
VALUES ($organisation, $case_id, $subject, $lang, $text, $due, $who, $at)
-- name: enquiry_list
SELECT id, organisation, case_id, subject, lang, text, due, who, at FROM decision_enquiry ORDER BY id
-- name: enquiry_event_put
INSERT INTO decision_enquiry_event(enquiry, kind, at, who, channel, runs, product, version, found, note)
VALUES ($enquiry, $kind, $at, $who, $channel, $runs, $product, $version, $found, $note)
-- name: enquiry_event_of
SELECT id, enquiry, kind, at, who, channel, runs, product, version, found, note FROM decision_enquiry_event
WHERE enquiry = $enquiry ORDER BY id
