/* call_tree.h — in which order people are called, and by what means that still work (連絡網).
 *
 * A channel that needs something that is affected goes last in every list, marked with what it
 * needs. Pure: contacts and what is down in, order out. Everything points into the contacts
 * given, or lies in the arena. Any number of contacts; loops in who calls whom are told, not followed.
 */
#ifndef TOBAN_CONTAIN_CALL_TREE_H
#define TOBAN_CONTAIN_CALL_TREE_H

#include "model/contact.h"

/* What is affected, and so not to be relied on. A zeroed one: nothing. */
struct outage {
    bool mail;
    struct str mail_name;    /* the machines that make it so, for people; may be "" */
    const struct str *asset; /* their keys, and those of all other affected machines */
    size_t asset_n;
};

/* True when nothing it needs is affected; else *needs is the first such thing: "mail" or an asset's key. */
bool call_tree_works(const struct contact_channel *ch, const struct outage *o, struct str *needs);

struct call_channel {
    const struct contact_channel *c;
    struct str needs; /* "" : it works */
};
/* All channels, those that work first, each part in the contact's own order. Gives how many work. */
size_t call_tree_channels(const struct contact *c, const struct outage *o, struct arena *a,
                          struct call_channel **out);
/* "phone 03-1234-5678", "mail x@example.jp (needs mail, which is affected)": in the thread's language. */
struct str call_tree_channel_text(const struct call_channel *c, struct arena *a);
/* "phone" in the thread's language. */
const char *call_tree_channel_title(enum contact_channel_kind k);

struct call_line {
    const struct contact *c;
    unsigned depth;                   /* 0: called by the one on duty */
    const struct contact *substitute; /* NULL: none, or removed */
    struct call_channel *channel;     /* works first */
    size_t channel_n, works;
    size_t calls; /* how many it calls in turn */
    bool reached; /* by a channel of its own, or its substitute's */
    bool orphan;  /* who should call it is not in the list any more: the one on duty does */
};
struct call_tree {
    struct call_line *line; /* in the order of calling: each before those it calls */
    size_t n;
    const struct contact **circle; /* call each other, or are called by such: nobody begins */
    size_t circle_n;
};
void call_tree_build(const struct contact *c, size_t n, const struct outage *o, struct arena *a,
                     struct call_tree *out);

/* Never checked, or longer ago than days. */
bool call_tree_overdue(const struct contact *c, int days, when_t now);
/* NULL when there is none. */
const struct contact *call_tree_find(const struct contact *c, size_t n, int64_t id);

/* The printable call tree: one HTML file, A4, nothing loaded from elsewhere. title and lead ("" = none)
 * are plain text; days as of call_tree_overdue. */
void call_tree_html(const struct call_tree *t, struct str lead, when_t now, int zone_s, int days,
                    struct buf *out);

#endif
