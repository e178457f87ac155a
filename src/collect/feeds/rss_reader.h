/* rss_reader.h — items of RSS 0.9x, 1.0, 2.0 and Atom, as one kind of thing.
 *
 * Understands dc:, dcterms:, content:, and the mod_sec elements of JVNRSS, all by
 * local name. In RSS 1.0 items are siblings of the channel, elsewhere its children.
 */
#ifndef TOBAN_COLLECT_FEEDS_RSS_READER_H
#define TOBAN_COLLECT_FEEDS_RSS_READER_H

#include "collect/feed.h"

struct rss_item {
    const struct xml *x;       /* the item itself, for what only one feed has */
    struct str id;             /* guid, Atom id or rdf:about; else the link */
    struct str link, title;    /* link is absolute; title is one line of plain text */
    struct str text;           /* plain: description or summary, or the content when that says more */
    bool whole;                /* text is the content, not a summary */
    when_t published, updated; /* WHEN_NONE when not stated */
};

struct rss_channel {
    struct str title, lang;
    when_t updated;
    struct rss_item *item;
    size_t n;
};

/* True when the head of a document is one of the forms. For sniff(). */
bool rss_reader_sniff(struct str head);
/* False when the root element is none of the forms. base: address of the document. Dates without zone are
 * read in zone_s. */
bool rss_reader_read(struct arena *a, const struct xml *root, struct str base, int zone_s,
                     struct rss_channel *out);
/* The items as notices: source, id (link when the item has none), cve from title and text; lang from the
 * channel unless lang is given. For each: keep(), when not NULL, may change the notice or return false to
 * leave it out (then nothing more is done with it). pages: ask for the page behind. */
struct rss_use {
    const char *source, *lang;
    int zone_s;
    bool pages;
    bool (*keep)(struct arena *a, const struct rss_item *it, struct notice *n);
};
int rss_reader_notices(const struct feed_input *in, struct arena *a, struct feed_sink *sink,
                       const struct rss_use *use, struct err *e) MUST_CHECK;
/* The notice of one item, before keep(). */
void rss_reader_notice(struct arena *a, const struct rss_use *use, struct str lang, const struct rss_item *it,
                       struct notice *n);

#endif
