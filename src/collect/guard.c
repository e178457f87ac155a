#include "collect/guard.h"

#include <stdarg.h>
#include <stdio.h>

typedef unsigned long long ull;

static void say(char text[GUARD_TEXT], const char *fmt, ...) PRINTF_LIKE(2, 3);
static void say(char text[GUARD_TEXT], const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, GUARD_TEXT, fmt, ap);
    va_end(ap);
    if (n >= GUARD_TEXT)
        text[str_utf8_clip(text, GUARD_TEXT - 1)] = 0;
}

/* part · 100 > whole · pct, without overflow. */
static bool share_over(uint64_t part, uint64_t whole, unsigned pct)
{
    return (unsigned __int128)part * 100 > (unsigned __int128)whole * pct;
}

static bool too_bad(const struct guard_seen *seen)
{
    uint64_t all = seen->good + seen->bad;
    return seen->bad &&
           (seen->good == 0 || (all >= GUARD_BAD_FLOOR && share_over(seen->bad, all, GUARD_BAD_PCT)));
}

/* A list may lose its newest record (a KEV entry withdrawn); a document that says it is newer is believed. */
static bool backwards(const struct guard_last *last, const struct guard_seen *seen, when_t *was, when_t *is)
{
    bool both = last->document != WHEN_NONE && seen->document != WHEN_NONE;
    if (both && seen->document != last->document) {
        *was = last->document;
        *is = seen->document;
        return seen->document < last->document;
    }
    *was = last->newest;
    *is = seen->newest;
    return last->newest != WHEN_NONE && seen->newest != WHEN_NONE && seen->newest < last->newest;
}

static enum guard_verdict judge_full(const struct source *s, const struct guard_last *last,
                                     const struct guard_seen *seen, char text[GUARD_TEXT])
{
    uint64_t n = seen->good;
    when_t was, is;
    if (n < s->min_records) {
        say(text,
            tr("%s: the document holds %llu records, fewer than the %llu it must have; the last good data "
               "are kept. Look at what the publisher sent; if it is right, lower "
               "sources.%s.min_records."),
            s->name, (ull)n, (ull)s->min_records, s->name);
        return GUARD_FLOOR;
    }
    /* A list of another day, older than the one we hold, is no smaller successor of it. */
    if (last->any && s->kind == SOURCE_ASSERTION && !s->retracts && backwards(last, seen, &was, &is))
        return GUARD_ACCEPT;
    if (last->any && n < last->records && s->max_shrink_pct < 100 &&
        share_over(last->records - n, last->records, s->max_shrink_pct)) {
        say(text,
            tr("%s: the document shrank from %llu to %llu records, more than the %u %% allowed; the last "
               "good data are kept. Look at what the publisher sent; if it is right, accept it by hand."),
            s->name, (ull)last->records, (ull)n, s->max_shrink_pct);
        return GUARD_SHRUNK;
    }
    if (last->any && backwards(last, seen, &was, &is)) {
        char a[CLOCK_ISO_SIZE], b[CLOCK_ISO_SIZE];
        clock_iso(was, ZONE_UTC, a);
        clock_iso(is, ZONE_UTC, b);
        say(text,
            tr("%s: the document is older (%s) than the one we hold (%s); the last good data are kept. A "
               "cache or mirror on the way may be left behind."),
            s->name, b, a);
        return GUARD_BACKWARDS;
    }
    return GUARD_ACCEPT;
}

enum guard_verdict guard_judge(const struct source *s, const struct guard_last *last,
                               const struct guard_seen *seen, char text[GUARD_TEXT])
{
    uint64_t all = seen->good + seen->bad;
    text[0] = 0;
    if (seen->stated && seen->stated_count != all) {
        say(text,
            tr("%s: the document says it holds %llu records but holds %llu; it was cut or changed on the "
               "way. The last good data are kept; it is asked for again at the next visit."),
            s->name, (ull)seen->stated_count, (ull)all);
        return GUARD_COUNT;
    }
    if (too_bad(seen)) {
        say(text,
            tr("%s: %llu of %llu records cannot be read; the last good data are kept. The publisher may have "
               "changed the format: look at the records set aside."),
            s->name, (ull)seen->bad, (ull)all);
        return GUARD_BAD;
    }
    if (!seen->full)
        return GUARD_ACCEPT;
    if (all == 0) {
        say(text,
            tr("%s: the document holds no record; the last good data are kept. Look at what the publisher "
               "sent."),
            s->name);
        return GUARD_EMPTY;
    }
    return judge_full(s, last, seen, text);
}

static int64_t hours(when_t from, when_t to)
{
    return (to - from) / (3600 * WHEN_SEC);
}

enum guard_age guard_age(const struct source *s, when_t last_ok, when_t newest, when_t now,
                         char text[GUARD_TEXT])
{
    char when[CLOCK_ISO_SIZE], what[CLOCK_ISO_SIZE];
    if (last_ok == WHEN_NONE) {
        say(text, tr("%s: never collected; collect it first."), s->name);
        return GUARD_NEVER;
    }
    clock_iso(last_ok, ZONE_UTC, when);
    clock_iso(newest, ZONE_UTC, what);
    if (last_ok - now > WHEN_DAY) {
        say(text, tr("%s: last collected at %s, which lies in the future; check the clock of this machine."),
            s->name, when);
        return GUARD_STALE;
    }
    if (s->stale_hours && now - last_ok > (when_t)s->stale_hours * 3600 * WHEN_SEC) {
        say(text,
            tr("%s: last collected at %s, %lld hours ago, more than the %u allowed; answers that depend on "
               "it are not trustworthy. Collect again."),
            s->name, when, (long long)hours(last_ok, now), s->stale_hours);
        return GUARD_STALE;
    }
    if (s->kind != SOURCE_NOTICE && newest != WHEN_NONE && now - newest > GUARD_SILENT_DAYS * WHEN_DAY) {
        say(text,
            tr("%s: collected at %s, but its newest record is of %s, more than %d days ago; the address may "
               "be a mirror left behind."),
            s->name, when, what, GUARD_SILENT_DAYS);
        return GUARD_STALE;
    }
    if (newest == WHEN_NONE)
        say(text, tr("%s: collected at %s."), s->name, when);
    else
        say(text, tr("%s: collected at %s, newest record of %s."), s->name, when, what);
    return GUARD_FRESH;
}
