/* page.h — what the HTML pages share: one file, no script, nothing loaded from elsewhere, prints on A4. */
#ifndef TOBAN_REPORT_PAGE_H
#define TOBAN_REPORT_PAGE_H

#include "report/report.h"

/* Text into HTML: the five characters, and what a browser would obey or that no XML allows becomes U+FFFD. */
void page_text(struct buf *b, struct str s);
void page_words(struct buf *b, const char *s);
/* Up to title and date; the pages write on until page_end. */
void page_begin(struct buf *b, const struct report_site *site, const char *kind, struct str title);
void page_end(struct buf *b, const struct report_site *site);
/* Channels that do not need mail, before everything else. */
void page_lead(struct buf *b, const struct str *lead, size_t n);
void page_heading(struct buf *b, const char *text);
/* title: TR literals. */
void page_table(struct buf *b, const char *const *title, size_t n);
void page_cell(struct buf *b, struct str s);
/* "2021-03-06" or "2021-03-06 21:00" in the site's zone; a dash for WHEN_NONE. */
void page_day(struct buf *b, const struct report_site *site, when_t t);
void page_minute(struct buf *b, const struct report_site *site, when_t t);
struct page_tile {
    const char *title; /* TR */
    size_t n;
    bool bad; /* stands out when not 0 */
};
void page_tiles(struct buf *b, const struct page_tile *tile, size_t n);
void page_signatures(struct buf *b);

#endif
