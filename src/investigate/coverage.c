#include "investigate/coverage.h"

#include <stdlib.h>

#define HOLE (26 * 3600 * WHEN_SEC) /* logs roll over by day: less than that is a quiet night */
#define SLACK WHEN_DAY              /* a log that begins on the window's first day reaches back to it */

static const char *const state_names[] = {"not-done", "partly", "done"};

const char *coverage_state_name(enum coverage_state s)
{
    return state_names[s];
}

void coverage_release(struct coverage *c)
{
    for (size_t i = 0; i < c->input.n; i++)
        vec_release(&c->input.p[i].span);
    vec_release(&c->input);
    vec_release(&c->skip);
    vec_release(&c->gap);
    map_release(&c->by_name);
    arena_release(&c->a);
}

struct coverage_input *coverage_input(struct coverage *c, struct str name)
{
    bool made;
    uint64_t *at = map_put(&c->by_name, name, &made);
    if (made) {
        *at = c->input.n;
        vec_push(&c->input, ((struct coverage_input){.name = arena_str(&c->a, name)}));
    }
    return &c->input.p[*at];
}

const struct coverage_input *coverage_find(const struct coverage *c, struct str name)
{
    const uint64_t *at = map_get(&c->by_name, name);
    return at ? &c->input.p[*at] : NULL;
}

void coverage_file(struct coverage *c, struct str input, const struct trace_coverage *seen)
{
    struct coverage_input *i = coverage_input(c, input);
    i->files++;
    trace_coverage_add(&i->seen, seen);
    if (seen->timed)
        vec_push(&i->span, ((struct coverage_span){seen->first, seen->last}));
    if (seen->timed && seen->silent_to - seen->silent_from > HOLE) { /* a hole inside of the file */
        i->span.p[i->span.n - 1].to = seen->silent_from;
        vec_push(&i->span, ((struct coverage_span){seen->silent_to, seen->last}));
    }
}

void coverage_skip(struct coverage *c, struct str path, enum scan_skip why, int error)
{
    c->skipped[why]++;
    if (c->skip.n < LIMIT_SWEEP_SKIPS)
        vec_push(&c->skip, ((struct coverage_skip){arena_str(&c->a, path), why, error}));
}

void coverage_gap(struct coverage *c, struct str needs, struct str text)
{
    for (size_t i = 0; i < c->gap.n; i++)
        if (str_eq(c->gap.p[i].text, text))
            return;
    if (c->gap.n < LIMIT_ERRORS_KEPT)
        vec_push(&c->gap, ((struct coverage_gap){arena_str(&c->a, needs), arena_str(&c->a, text)}));
}

void coverage_add(struct coverage *to, const struct coverage *from)
{
    for (size_t i = 0; i < from->input.n; i++) {
        const struct coverage_input *f = &from->input.p[i];
        struct coverage_input *t = coverage_input(to, f->name);
        t->files += f->files;
        t->skipped += f->skipped;
        trace_coverage_add(&t->seen, &f->seen);
        for (size_t k = 0; k < f->span.n; k++)
            vec_push(&t->span, f->span.p[k]);
    }
    for (size_t i = 0; i < from->skip.n && to->skip.n < LIMIT_SWEEP_SKIPS; i++)
        vec_push(&to->skip, ((struct coverage_skip){arena_str(&to->a, from->skip.p[i].path), from->skip.p[i].why, from->skip.p[i].error}));
    for (size_t i = 0; i < from->gap.n; i++)
        coverage_gap(to, from->gap.p[i].needs, from->gap.p[i].text);
    for (int i = 0; i < SCAN_SKIPS; i++)
        to->skipped[i] += from->skipped[i];
    to->files += from->files;
    to->directories += from->directories;
    to->bytes += from->bytes;
    to->atime += from->atime;
    to->marks += from->marks;
    to->damage[0] += from->damage[0];
    to->damage[1] += from->damage[1];
}

static int by_name(const void *a, const void *b)
{
    return str_cmp(((const struct coverage_input *)a)->name, ((const struct coverage_input *)b)->name);
}

static int by_path(const void *a, const void *b)
{
    const struct coverage_skip *x = a, *y = b;
    int c = str_cmp(x->path, y->path);
    return c ? c : (int)x->why - (int)y->why;
}

static int by_text(const void *a, const void *b)
{
    return str_cmp(((const struct coverage_gap *)a)->text, ((const struct coverage_gap *)b)->text);
}

void coverage_sort(struct coverage *c)
{
    if (c->skip.n)
        qsort(c->skip.p, c->skip.n, sizeof(*c->skip.p), by_path);
    if (c->gap.n)
        qsort(c->gap.p, c->gap.n, sizeof(*c->gap.p), by_text);
    if (c->input.n)
        qsort(c->input.p, c->input.n, sizeof(*c->input.p), by_name);
    for (size_t i = 0; i < c->input.n; i++)
        *map_put(&c->by_name, c->input.p[i].name, NULL) = i;
}

/* ---- a check ---- */

const char *coverage_input_title(struct str name, struct arena *a)
{
    size_t bar = str_chr(name, '|');
    if (bar != STR_NONE) /* either will do */
        return arena_printf(a, tr("%s or %s"), coverage_input_title(str_sub(name, 0, bar), a), coverage_input_title(str_sub(name, bar + 1, name.n), a));
    if (str_starts(name, "event:"))
        return arena_printf(a, tr("event log %.*s"), STR_ARG(str_sub(name, 6, name.n)));
    if (str_is(name, "web"))
        return tr("log of a web server");
    if (str_is(name, "registry"))
        return tr("registry hives");
    if (str_is(name, "file-names"))
        return tr("names of files");
    if (str_is(name, "file-hashes"))
        return tr("hashes of files");
    if (str_is(name, "file-contents"))
        return tr("contents of files");
    const struct trace_kind *k = trace_by_name(name);
    return k ? tr(k->title) : arena_printf(a, STR_FMT, STR_ARG(name));
}

struct judge {
    struct arena *a;
    VEC(struct str) missing;
};

static void lacks(struct judge *j, const char *text)
{
    struct str s = str_of(text);
    for (size_t i = 0; i < j->missing.n; i++)
        if (str_eq(j->missing.p[i], s))
            return;
    vec_push(&j->missing, s);
}

static int by_from(const void *a, const void *b)
{
    const struct coverage_span *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

/* Times without any row between the oldest and the newest, longer than a log usually sleeps. */
static void holes(struct judge *j, const struct coverage_input *i, const char *title)
{
    if (i->span.n < 2)
        return;
    struct coverage_span *s = (void *)mem_dup(i->span.p, i->span.n * sizeof(*s));
    qsort(s, i->span.n, sizeof(*s), by_from);
    when_t to = s[0].to;
    unsigned told = 0;
    for (size_t k = 1; k < i->span.n && told < 5; k++) {
        char from_iso[CLOCK_ISO_SIZE], to_iso[CLOCK_ISO_SIZE];
        if (s[k].from - to > HOLE) {
            clock_iso(to, 0, from_iso);
            clock_iso(s[k].from, 0, to_iso);
            lacks(j, arena_printf(j->a, tr("%s: nothing between %s and %s"), title, from_iso, to_iso));
            told++;
        }
        to = MAX(to, s[k].to);
    }
    free(s);
}

/* Keys are no log: they reach back as far as the machine does. */
static void judge_registry(struct judge *j, const struct coverage_input *i, const char *title)
{
    if (i->skipped)
        lacks(j, arena_printf(j->a, tr("%s: %llu files could not be read to the end"), title, (unsigned long long)i->skipped));
}

static bool file_input(struct str need)
{
    return str_starts(need, "file-");
}

static bool has_word(struct str list, struct str word)
{
    struct str_split it = str_split_init(list, ' ');
    struct str one;
    while (str_split_next(&it, &one))
        if (str_eq(one, word))
            return true;
    return false;
}

static void judge_gaps(struct judge *j, const struct coverage *c, struct str name)
{
    for (size_t i = 0; i < c->gap.n; i++)
        if (has_word(c->gap.p[i].needs, name))
            lacks(j, arena_strdup(j->a, c->gap.p[i].text.p));
}

static void judge_files(struct judge *j, const struct coverage *c, struct str need, const char *title)
{
    uint64_t unread = c->skipped[SCAN_SKIP_UNREADABLE] + c->skipped[SCAN_SKIP_DEEP] + c->skipped[SCAN_SKIP_LOOP];
    if (!str_is(need, "file-names"))
        unread += c->skipped[SCAN_SKIP_LIMIT] + c->skipped[SCAN_SKIP_TIMEOUT] + c->skipped[SCAN_SKIP_YARA];
    unread += c->skipped[SCAN_SKIP_PACKED];
    if (!c->marks)
        lacks(j, arena_printf(j->a, tr("%s: the paths given hold no disk or installation (no folder like inetpub, Windows, ProgramData or FrontEnd)"), title));
    if (unread)
        lacks(j, arena_printf(j->a, tr("%s: %llu files or directories could not be examined"), title, (unsigned long long)unread));
}

static void judge_log(struct judge *j, const struct coverage_input *i, const struct coverage_window *w, const char *title)
{
    char iso[CLOCK_ISO_SIZE], since[CLOCK_ISO_SIZE];
    if (i->seen.damaged)
        lacks(j, arena_printf(j->a, tr("%s: %llu damaged records (%llu bytes) could not be read whole"), title,
                              (unsigned long long)i->seen.damaged, (unsigned long long)i->seen.damaged_bytes));
    if (i->skipped)
        lacks(j, arena_printf(j->a, tr("%s: %llu files could not be read to the end"), title, (unsigned long long)i->skipped));
    if (i->seen.missing)
        lacks(j, arena_printf(j->a, tr("%s: %llu record numbers are missing in %llu places"), title, (unsigned long long)i->seen.missing,
                              (unsigned long long)i->seen.gaps));
    if (i->seen.timed && w->from != WHEN_NONE && i->seen.first > w->from + SLACK) {
        clock_iso(i->seen.first, 0, iso);
        clock_date(w->from, 0, since);
        lacks(j, arena_printf(j->a, tr("%s: the oldest record is of %s, exploitation is known since %s"), title, iso, since));
    }
    if (w->from == WHEN_NONE)
        lacks(j, tr("it is not known since when the vulnerability is exploited, so not how far back the logs must reach: give --since"));
    if (!i->seen.timed && i->seen.rows)
        lacks(j, arena_printf(j->a, tr("%s: no record has a time"), title));
    holes(j, i, title);
}

static void sum(struct coverage_check *out, const struct coverage_input *i)
{
    out->files += i->files;
    out->bytes += i->seen.bytes;
    out->rows += i->seen.rows;
    out->damaged += i->seen.damaged;
    if (!i->seen.timed)
        return;
    out->first = out->first == WHEN_NONE ? i->seen.first : MIN(out->first, i->seen.first);
    out->last = out->last == WHEN_NONE ? i->seen.last : MAX(out->last, i->seen.last);
}

/* "a|b": either will do; "web": the log of any web server. */
static const struct coverage_input *input_for(const struct coverage *c, struct str need, struct str *name)
{
    struct str_split it = str_split_init(str_is(need, "web") ? STR_LIT("iis|access|httpproxy") : need, '|');
    struct str one;
    const struct coverage_input *found = NULL;
    *name = need;
    while (str_split_next(&it, &one)) {
        const struct coverage_input *i = coverage_find(c, one);
        if (i && i->files && (!found || i->seen.rows > found->seen.rows)) {
            found = i;
            *name = one;
        }
    }
    return found;
}

/* A check with such indicators needs a hive, said or not. */
static bool wants_registry(const struct pack *p, const struct check *k)
{
    bool wanted = false;
    for (size_t i = 0; i < p->indicator_n && !wanted; i++)
        wanted = p->indicator[i].kind == INDICATOR_REGISTRY && !p->indicator[i].context && &p->check[p->indicator[i].check] == k;
    for (uint32_t n = 0; n < k->needs_n && wanted; n++)
        wanted = str_find(k->needs[n], STR_LIT("registry")) == STR_NONE;
    return wanted;
}

void coverage_judge(const struct coverage *c, const struct pack *p, const struct check *k, const struct coverage_window *w,
                    struct arena *a, struct coverage_check *out)
{
    struct judge j = {.a = a};
    uint32_t seen = 0;
    *out = (struct coverage_check){.pack = p, .check = k, .first = WHEN_NONE, .last = WHEN_NONE};
    uint32_t registry = wants_registry(p, k);
    for (uint32_t n = 0; n < k->needs_n + registry; n++) {
        struct str name;
        const struct coverage_input *i = input_for(c, n < k->needs_n ? k->needs[n] : STR_LIT("registry"), &name);
        const char *title = coverage_input_title(name, a);
        if (!i) {
            lacks(&j, arena_printf(a, tr("%s: none found"), title));
            continue;
        }
        sum(out, i);
        judge_gaps(&j, c, name);
        if (file_input(name)) {
            seen += c->marks != 0;
            judge_files(&j, c, name, title);
        } else if (str_is(name, "registry")) {
            seen++;
            judge_registry(&j, i, title);
        } else {
            seen++;
            judge_log(&j, i, w, title);
        }
    }
    if (k->needs_n + registry == 0)
        lacks(&j, tr("the pack does not say what this check needs"));
    if (w->stopped)
        lacks(&j, tr("the sweep was broken off"));
    out->state = seen == 0 ? COVERAGE_NOT_DONE : j.missing.n ? COVERAGE_PARTLY : COVERAGE_DONE;
    out->missing = arena_array(a, struct str, j.missing.n + 1);
    if (j.missing.n)
        memcpy(out->missing, j.missing.p, j.missing.n * sizeof(struct str));
    out->missing_n = j.missing.n;
    vec_release(&j.missing);
}
