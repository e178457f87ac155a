/* review: the organisation's own readiness, each line measured from its data. */
#include "app/app_review.h"
#include "cli/list.h"

#define FAIL_UNDER 60
#define HISTORY_MAX 100

static const char *mark_word(const struct review_mark *m, int under)
{
    if (m->state == REVIEW_UNKNOWN)
        return tr("unknown");
    if (m->state == REVIEW_EMPTY)
        return "-";
    return m->score < under ? tr("LOW") : m->score < 100 ? tr("fair") : tr("good");
}

static const char *mark_score(const struct review_mark *m, struct cli *c)
{
    return m->state == REVIEW_MEASURED  ? arena_printf(&c->a, "%3d", m->score)
           : m->state == REVIEW_UNKNOWN ? "  ?"
                                        : "  -";
}

/* Under the title, told apart by a word in front. */
static void part(struct cli *c, const char *name, const char *text)
{
    list_wrap(c, stdout, "      ", str_of(arena_printf(&c->a, "%s%s", name, text)));
}

static void print_text(struct cli *c, const struct review *r, int under)
{
    size_t low = review_below(r, under);
    for (size_t i = 0; i < r->n; i++) {
        const struct review_mark *m = &r->mark[i];
        bool bad = m->state == REVIEW_UNKNOWN || (m->state == REVIEW_MEASURED && m->score < under);
        const char *word = mark_word(m, under);
        size_t width = list_width(c, str_of(word));
        printf("%s  %s%s%s%*s  %s", mark_score(m, c), c->color && bad ? "\033[1m" : "", word,
               c->color && bad ? "\033[0m" : "", (int)(8 - MIN(width, 8)), "", tr(r->line[i]->title));
        printf(tr(" (weight %d)\n"), r->line[i]->weight);
        part(c, "", m->value.p);
        if (m->next.n) {
            part(c, tr("why: "), tr(r->line[i]->reason));
            part(c, tr("next: "), m->next.p);
        }
    }
    putchar('\n');
    printf(tr("Readiness: %d of 100\n"), r->score);
    part(c, "",
         arena_printf(&c->a,
                      tr("%zu lines measured, %zu of them below %d; %zu unknown (they count as 0, with "
                         "%d%% of the weight); %zu with nothing to measure."),
                      r->measured_n, low, under, r->unknown_n, r->unknown, r->empty_n));
}

static void print_json(struct cli *c, const struct review *r, int under)
{
    struct buf out = BUF_INIT(LIMIT_RECORD);
    struct json_writer w;
    char at[CLOCK_ISO_SIZE];
    clock_iso(clock_now(), ZONE_UTC, at);
    json_writer_init(&w, &out);
    json_w_object(&w);
    json_w_kcstr(&w, "schema", "toban.review/1");
    json_w_kcstr(&w, "at", at);
    json_w_kstr(&w, "who", app_who(c->app));
    json_w_kint(&w, "score", r->score);
    json_w_kint(&w, "fail_under", under);
    json_w_kint(&w, "below", (int64_t)review_below(r, under));
    json_w_key(&w, "weights");
    json_w_object(&w);
    json_w_kint(&w, "measured", r->measured);
    json_w_kint(&w, "unknown", r->unknown);
    json_w_kint(&w, "empty", r->empty);
    json_w_object_end(&w);
    json_w_key(&w, "lines");
    review_json(r, &w);
    json_w_object_end(&w);
    fwrite(out.p, 1, out.n, stdout);
    putchar('\n');
    buf_release(&out);
}

static void print_csv(struct cli *c, const struct review *r)
{
    struct list t;
    list_init(&t, c, "toban.review/1");
    static const char *const name[] = {"line",   "title", "state",  "score",
                                       "weight", "value", "reason", "next"};
    for (size_t i = 0; i < ARRAY_LEN(name); i++)
        list_column(&t, name[i], name[i], 0);
    for (size_t i = 0; i < r->n; i++) {
        const struct review_mark *m = &r->mark[i];
        list_cells(&t, r->line[i]->name);
        list_cells(&t, tr(r->line[i]->title));
        list_cells(&t, review_state_name(m->state));
        list_cells(&t, m->state == REVIEW_MEASURED ? arena_printf(&c->a, "%d", m->score) : "");
        list_cellf(&t, "%d", r->line[i]->weight);
        list_cell(&t, m->value);
        list_cells(&t, tr(r->line[i]->reason));
        list_cell(&t, m->next);
    }
    list_end(&t);
}

static const char *score_text(struct cli *c, int score)
{
    return score < 0 ? "-" : arena_printf(&c->a, "%d", score);
}

static struct str changes_text(struct cli *c, const struct app_review_past *p)
{
    struct buf b = BUF_INIT(LIMIT_LEDGER_CELL);
    for (size_t i = 0; i < p->change_n; i++) {
        const struct app_review_change *x = &p->change[i];
        buf_printf(&b, "%s%.*s %s→%s", i ? ", " : "", STR_ARG(x->line), score_text(c, x->before),
                   score_text(c, x->after));
    }
    struct str s = arena_str(&c->a, buf_str(&b));
    buf_release(&b);
    return s;
}

static int run_history(struct cli *c)
{
    struct app_review_past *past;
    size_t n;
    if (app_review_history(c->app, HISTORY_MAX, &c->a, &past, &n, &c->err))
        return cli_fail(c);
    struct list t;
    list_init(&t, c, "toban.review.history/1");
    list_column(&t, "at", TR("Time"), 0);
    list_column(&t, "who", TR("By"), 0);
    list_column(&t, "score", TR("Score"), LIST_NUMBER);
    list_column(&t, "change", TR("Change"), LIST_NUMBER);
    list_column(&t, "unknown", TR("Unknown"), LIST_NUMBER);
    list_column(&t, "lines", TR("Lines that differ"), LIST_WIDE);
    for (size_t i = 0; i < n; i++) {
        char at[CLOCK_ISO_SIZE];
        (c->format == FORMAT_TABLE ? clock_minute : clock_iso)(
            past[i].row.at, c->format == FORMAT_TABLE ? config_zone(c->config) : ZONE_UTC, at);
        list_cells(&t, at);
        list_cell(&t, past[i].row.who);
        list_cellf(&t, "%d", past[i].row.score);
        int change = past[i].row.score - past[i].before;
        list_cellf(&t, c->format == FORMAT_TABLE && !past[i].first ? "%+d" : "%d", change);
        list_cellf(&t, "%zu", past[i].unknown);
        list_cell(&t, changes_text(c, &past[i]));
    }
    list_end(&t);
    return EXIT_DONE;
}

static int run(struct cli *c)
{
    struct review r;
    int64_t under = FAIL_UNDER;
    const char *v = cli_opt(c, "fail-under");
    if (v && (!num_i64(str_of(v), &under) || under < 0 || under > 100))
        return cli_usage(c, "--fail-under: \"%s\" is not a number from 0 to 100", v);
    if (cli_app(c))
        return cli_fail(c);
    if (cli_has(c, "history"))
        return run_history(c);
    if (app_review_measure(c->app, &c->a, &r, &c->err))
        return cli_fail(c);
    if (!cli_has(c, "no-save") && app_review_save(c->app, &r, &c->err))
        return cli_fail(c);
    if (c->format == FORMAT_JSON)
        print_json(c, &r, (int)under);
    else if (c->format == FORMAT_CSV)
        print_csv(c, &r);
    else
        print_text(c, &r, (int)under);
    return r.unknown_n ? EXIT_UNTRUSTED : review_below(&r, (int)under) ? EXIT_FINDINGS : EXIT_DONE;
}

const struct cli_cmd cmd_review = {
    .name = "review",
    .args = "",
    .summary = TR("the organisation's own readiness, measured from its data"),
    .about = TR("Measures each line from what is stored: visits, rounds and cases; how much of the ledger "
                "could answer, and how\n"
                "fast; contacts; logs; plans, mitigations and proofs; contractors. For each line: a mark "
                "from 0 to 100, what\n"
                "was measured, why it counts, and what to type next. What cannot be measured is unknown and "
                "counts as 0, never\n"
                "as good; what does not occur (no contractor, no waiver) is left out of the score.\n\n"
                "Settings: review.notify (who is told of urgent notices), review.case_hours, review.log_days "
                "(how long logs\n"
                "are kept). Exit code 3: lines are unknown; 1: lines are below --fail-under; 0: neither."),
    .examples = "  toban review\n  toban review --fail-under 80 --no-save\n  toban review --history",
    .opt = (const struct cli_opt[]){{"history", NULL, TR("earlier scores, and which lines changed"), NULL},
                                    {"no-save", NULL, TR("do not add this one to the history"), NULL},
                                    {"fail-under", "NUMBER", TR("a line below this is low: exit code 1 (60)"),
                                     NULL},
                                    {NULL, NULL, NULL, NULL}},
    .run = run};
