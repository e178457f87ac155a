/* containment.h — containment plans 封じ込め計画 and enquiries to contractors 照会, as they are stored.
 *
 * A plan is drafted from a playbook and the ledger and kept word for word; what happened to it is a
 * row of events that are only added to, and its state is read off them. The same for enquiries.
 */
#ifndef TOBAN_MODEL_CONTAINMENT_H
#define TOBAN_MODEL_CONTAINMENT_H

#include "base/base.h"

enum containment_event_kind {
    CONTAINMENT_APPROVED,
    CONTAINMENT_REFUSED,
    CONTAINMENT_DONE,
    CONTAINMENT_UNDONE,
    CONTAINMENT_SKIPPED /* with why: it does not apply here */
};
const char *containment_event_name(enum containment_event_kind k); /* approved refused done undone skipped */
bool containment_event_by_name(struct str name, enum containment_event_kind *out);
struct containment_event {
    int64_t id, plan;
    int number; /* of the action; 0: the plan */
    enum containment_event_kind kind;
    when_t at;
    struct str who, why;
    when_t undo_by; /* WHEN_NONE */
};
struct containment_action {
    int64_t id, plan;
    int number;
    struct str ledger, asset_key; /* "" : of the whole plan */
    struct str name, title, effect, undo;
    struct str commands; /* JSON: [{"on":…,"do":…,"undo":…}] */
    struct str owner;
    bool required;
    int undo_days;
};
struct containment {
    int64_t id; /* shown as B-2 */
    int64_t case_id;
    struct str playbook, title, intro, who;
    when_t at;
    struct containment_action *action;
    size_t action_n;
    struct containment_event *event; /* oldest first */
    size_t event_n;
};

enum enquiry_event_kind { ENQUIRY_SENT, ENQUIRY_REMINDED, ENQUIRY_ANSWERED, ENQUIRY_WITHDRAWN };
const char *enquiry_event_name(enum enquiry_event_kind k); /* sent reminded answered withdrawn */
bool enquiry_event_by_name(struct str name, enum enquiry_event_kind *out);
struct enquiry_event {
    int64_t id, enquiry;
    enum enquiry_event_kind kind;
    when_t at;
    struct str who, channel, runs, product, version, found, note; /* runs: "yes" "no" "unknown" */
};
struct enquiry {
    int64_t id;      /* shown as E-3 */
    int64_t case_id; /* 0: none */
    struct str organisation, subject, lang, text, who;
    when_t due, at;
    struct enquiry_event *event; /* oldest first */
    size_t event_n;
};

#endif
