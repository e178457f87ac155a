/* bench_terms.c — how well and how fast the urgency rules read.
 *
 *   TOBAN_SOURCE=. TOBAN_TEST_DATA=DIR bench_terms
 *
 * Accuracy on each labelled set, against the plain keyword expression of the
 * set's README; then MB/s of text on one core, passages one by one as the
 * programs read them and all in one piece, against memchr over the same bytes.
 * Median of five runs.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <time.h>

#include "../unit/assess/urgency_set.h"
#include "codec/json.h"

static const char keywords[] = "悪用(の事実|が確認|されて)|攻撃.{0,10}(確認|観測)|in the wild|actively "
                               "exploit|has been exploited|exploitation";

static void show(const char *set, const char *lang, const struct score *s)
{
    const struct tally *x = &s->exploited, *u = &s->urgent;
    printf("%-10s %-4s exploited P %.3f R %.3f F1 %.3f   urgent P %.3f R %.3f F1 %.3f   span %u/%u   scope "
           "%u/%u\n",
           set, lang, x->tp ? (double)x->tp / (x->tp + x->fp) : 0,
           x->tp ? (double)x->tp / (x->tp + x->fn) : 0, tally_f1(x),
           u->tp ? (double)u->tp / (u->tp + u->fp) : 0, u->tp ? (double)u->tp / (u->tp + u->fn) : 0,
           tally_f1(u), s->spans_right, s->spans, s->scopes_right, s->scopes);
}

static void accuracy(const struct terms *t, const char *name, struct passages set, pcre2_code *re)
{
    struct score all = {0}, ja = {0}, en = {0};
    struct tally plain = {0};
    struct arena a = {0};
    pcre2_match_data *md = pcre2_match_data_create_from_pattern(re, NULL);
    for (size_t i = 0; i < set.n; i++) {
        const struct passage *p = &set.p[i];
        struct terms_result r;
        arena_clear(&a);
        if (terms_judge(t, &(struct terms_input){.text = p->text}, &a, &r, NULL) < 0)
            continue;
        set_score(p, &r, &all);
        set_score(p, &r, str_is(p->lang, "ja") ? &ja : &en);
        tally_add(&plain, p->exploited,
                  pcre2_match(re, (PCRE2_SPTR)p->text.p, p->text.n, 0, 0, md, NULL) > 0);
    }
    show(name, "ja", &ja);
    show(name, "en", &en);
    show(name, "all", &all);
    printf("%-10s plain keyword expression: exploited F1 %.3f\n", name, tally_f1(&plain));
    pcre2_match_data_free(md);
    arena_release(&a);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double seconds(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double judge_all(const struct terms *t, const struct str *piece, size_t n, size_t repeat)
{
    struct arena a = {0};
    size_t bytes = 0;
    double from = seconds();
    for (size_t k = 0; k < repeat; k++) {
        for (size_t i = 0; i < n; i++) {
            struct terms_result r;
            arena_clear(&a);
            if (terms_judge(t, &(struct terms_input){.text = piece[i]}, &a, &r, NULL) < 0)
                abort();
            bytes += piece[i].n;
        }
    }
    double took = seconds() - from;
    arena_release(&a);
    return (double)bytes / took / 1e6;
}

static double scan_all(const struct str *piece, size_t n, size_t repeat)
{
    size_t bytes = 0, found = 0;
    double from = seconds();
    for (size_t k = 0; k < repeat; k++) {
        for (size_t i = 0; i < n; i++) {
            const char *p = piece[i].p, *end = p + piece[i].n;
            while ((p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
                found++;
                p++;
            }
            bytes += piece[i].n;
        }
    }
    double took = seconds() - from;
    return found == (size_t)-1 ? 0 : (double)bytes / took / 1e6;
}

static void speed(const struct terms *t, const char *name, const struct str *piece, size_t n)
{
    size_t total = 0;
    for (size_t i = 0; i < n; i++)
        total += piece[i].n;
    if (!total)
        return;
    size_t repeat = (8 << 20) / total + 1;
    double judged[5], scanned[5];
    for (int k = 0; k < 5; k++) {
        judged[k] = judge_all(t, piece, n, repeat);
        scanned[k] = scan_all(piece, n, repeat * 8);
    }
    qsort(judged, 5, sizeof(*judged), by_value);
    qsort(scanned, 5, sizeof(*scanned), by_value);
    printf("%-34s %8zu bytes  %7.1f MB/s   memchr %8.0f MB/s\n", name, total, judged[2], scanned[2]);
}

/* JPCERT/CC's own alerts when they are at hand: running prose with few statements. */
static void speed_set(const struct terms *t, struct arena *a, const char *name, struct passages set)
{
    struct str *piece = arena_array(a, struct str, set.n + 1);
    struct buf whole = BUF_INIT(LIMIT_NOTICE_TEXT);
    for (size_t i = 0; i < set.n; i++)
        piece[i] = set.p[i].text;
    speed(t, arena_printf(a, "%s, passage by passage", name), piece, set.n);
    for (size_t k = 0; k < 20; k++)
        for (size_t i = 0; i < set.n && whole.n + set.p[i].text.n + 2 < LIMIT_NOTICE_TEXT; i++)
            buf_add_str(&whole, set.p[i].text), buf_adds(&whole, "\n\n");
    struct str one = buf_str(&whole);
    speed(t, arena_printf(a, "%s, in one piece", name), &one, 1);
    buf_release(&whole);
}

/* Prose as publishers write it: the descriptions of the KEV catalogue, one by one. */
static void speed_kev(const struct terms *t, struct arena *a, const char *data)
{
    const char *path = arena_printf(a, "%s/kev/known_exploited_vulnerabilities.json", data);
    const struct json *kev = json_parse(a, set_file(a, path), NULL);
    const struct json *list = json_get(kev, "vulnerabilities");
    size_t n = json_len(list);
    if (!n) {
        printf("skipped: %s is not there\n", path);
        return;
    }
    struct str *piece = arena_array(a, struct str, n);
    for (size_t i = 0; i < n; i++)
        piece[i] = json_get_str(json_at(list, i), "shortDescription");
    speed(t, "advisory prose (KEV), one by one", piece, n);
}

/* The sets that were labelled without looking at the rules or, later, before a look at the answers. */
static const char *const own_sets[] = {"own", "fresh", "fresh2", "fresh3", "fresh4"};

int main(int argc, char **argv)
{
    const char *source = getenv("TOBAN_SOURCE"), *data = getenv("TOBAN_TEST_DATA");
    struct arena a = {0};
    struct err e = {0};
    struct terms *t = set_rules(&a, source ? source : ".", &e);
    if (!t) {
        fprintf(stderr, "%s\n", e.text);
        return 1;
    }
    int number;
    PCRE2_SIZE at;
    pcre2_code *re = pcre2_compile((PCRE2_SPTR)keywords, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_CASELESS,
                                   &number, &at, NULL);
    static const char *const set[] = {"dev", "hard"};
    for (size_t i = 0; re && i < 2 + ARRAY_LEN(own_sets); i++) {
        const char *name = i < 2 ? set[i] : own_sets[i - 2];
        const char *path =
            i < 2 ? arena_printf(&a, "%s/urgency/%s.jsonl", data ? data : "../shared/data", name)
                  : arena_printf(&a, "%s/tests/golden/urgency_%s.jsonl", source ? source : ".", name);
        struct passages p = set_read(&a, set_file(&a, path));
        if (!p.n) {
            printf("skipped: %s is not there\n", path);
            continue;
        }
        accuracy(t, name, p, re);
        if (i < 3)
            speed_set(t, &a, name, p);
    }
    speed_kev(t, &a, data ? data : "../shared/data");
    for (int i = 1; i < argc; i++) {
        struct str s = set_file(&a, argv[i]);
        s = str_sub(s, 0, LIMIT_NOTICE_TEXT);
        speed(t, argv[i], &s, 1);
    }
    pcre2_code_free(re);
    terms_free(t);
    arena_release(&a);
    return 0;
}
