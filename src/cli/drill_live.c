#include "cli/drill_live.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/app_drill.h"
#include "codec/json.h"

struct answer {
    const struct drill_question *q;
    int option;      /* 1…; 0: words of their own */
    struct str text; /* as typed; "" = no decision */
};

struct live {
    const struct drill_view *v;
    FILE *log;
    const char *path;
    char *line; /* getline's */
    size_t cap;
    bool ended; /* q, or the end of the input */
    VEC(struct answer) answer;
};

/* The next line; false at q and at the end. */
static bool ask(struct live *l, const char *prompt, struct str *out)
{
    printf("%s ", prompt);
    fflush(stdout);
    ssize_t n = getline(&l->line, &l->cap, stdin);
    *out = n > 0 ? str_trim(str_n(l->line, (size_t)n)) : (struct str){0};
    l->ended = n <= 0 || str_is_i(*out, "q");
    if (n <= 0)
        putchar('\n');
    if (out->n > LIMIT_LEDGER_CELL)
        out->n = str_utf8_clip(out->p, LIMIT_LEDGER_CELL);
    return !l->ended;
}

static int record(struct live *l, const struct answer *a, when_t round)
{
    struct buf b = BUF_INIT(MIB);
    struct json_writer w;
    char at[CLOCK_ISO_SIZE], day[CLOCK_ISO_SIZE];
    clock_iso(clock_now(), l->v->zone, at);
    clock_iso(round, l->v->zone, day);
    json_writer_init(&w, &b);
    json_w_object(&w);
    json_w_kcstr(&w, "schema", "toban.drill.log/1");
    json_w_kstr(&w, "drill", l->v->r->pack->name);
    json_w_kcstr(&w, "at", at);
    json_w_kstr(&w, "who", app_who(l->v->c->app));
    json_w_kcstr(&w, "round", day);
    json_w_kstr(&w, "question", drill_text_get(&a->q->text));
    json_w_kint(&w, "option", a->option);
    json_w_kstr(&w, "answer", a->option ? drill_text_get(&a->q->option[a->option - 1].text) : a->text);
    json_w_object_end(&w);
    buf_addc(&b, '\n');
    bool ok = fwrite(b.p, 1, b.n, l->log) == b.n && fflush(l->log) == 0;
    buf_release(&b);
    return ok ? 0 : err_sys(&l->v->c->err, "cannot write %s", l->path);
}

static int question(struct live *l, const struct drill_question *q, when_t round)
{
    struct cli *c = l->v->c;
    struct str typed;
    int64_t n = 0;
    list_wrap(c, stdout, "  ? ", drill_text_get(&q->text));
    for (size_t i = 0; i < q->option_n; i++)
        printf("    %zu  " STR_FMT "\n", i + 1, STR_ARG(drill_text_get(&q->option[i].text)));
    if (!ask(l, tr("Your decision (a number, words of your own, Enter for none, q to end):"), &typed))
        return 0;
    struct answer a = {.q = q, .text = arena_str(&c->a, typed)};
    if (num_i64(typed, &n) && n >= 1 && n <= (int64_t)q->option_n)
        a.option = (int)n;
    vec_push(&l->answer, a);
    int rc = record(l, &a, round);
    putchar('\n');
    return rc;
}

static int step(struct live *l, const struct drill_day *d)
{
    const struct drill_pack *p = l->v->r->pack;
    struct str typed;
    int rc = 0;
    if (drill_day_quiet(d))
        return 0;
    drill_print_day(l->v, d);
    for (size_t i = 0; rc == 0 && !l->ended && i < d->question_n; i++)
        rc = question(l, &p->question[d->question_first + i], d->round);
    if (rc == 0 && !l->ended && d->question_n == 0)
        ask(l, tr("[Enter] goes on, q ends:"), &typed);
    return rc;
}

static void summary(const struct live *l)
{
    struct cli *c = l->v->c;
    printf("\n%s\n", l->ended ? tr("Ended early. What was decided, and what it would have meant:")
                              : tr("What was decided, and what it would have meant:"));
    if (l->answer.n == 0)
        printf("  %s\n", tr("nothing"));
    for (size_t i = 0; i < l->answer.n; i++) {
        const struct answer *a = &l->answer.p[i];
        list_wrap(c, stdout, "  ", drill_text_get(&a->q->text));
        if (a->option) {
            const struct drill_option *o = &a->q->option[a->option - 1];
            list_wrap(c, stdout, "    - ", drill_text_get(&o->text));
            list_wrap(c, stdout, "      ", drill_text_get(&o->meant));
            continue;
        }
        list_wrap(c, stdout, "    - ", a->text.n ? a->text : str_of(tr("no decision")));
        for (size_t k = 0; k < a->q->option_n; k++) {
            list_wrap(c, stdout, "      ",
                      str_of(arena_printf(&c->a, "%zu  " STR_FMT, k + 1,
                                          STR_ARG(drill_text_get(&a->q->option[k].text)))));
            list_wrap(c, stdout, "         ", drill_text_get(&a->q->option[k].meant));
        }
    }
    putchar('\n');
    drill_print_machines(l->v);
    putchar('\n');
    drill_print_figures(l->v);
    printf(tr("Decisions are recorded in %s. No case and no ledger was changed.\n"), l->path);
}

int drill_live(const struct drill_view *v, const char *path)
{
    struct live l = {.v = v, .path = path};
    int rc = 0, fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    l.log = fd >= 0 ? fdopen(fd, "a") : NULL;
    if (!l.log) {
        rc = err_sys(&v->c->err, "cannot write %s", path);
        if (fd >= 0)
            close(fd);
        return rc;
    }
    drill_print_head(v);
    for (size_t i = 0; rc == 0 && !l.ended && i < v->r->day_n; i++)
        rc = step(&l, &v->r->day[i]);
    size_t decisions = 0;
    for (size_t i = 0; i < l.answer.n; i++)
        decisions += l.answer.p[i].text.n > 0;
    if (rc == 0)
        summary(&l);
    if (rc == 0 && !l.ended && decisions)
        rc = app_drill_exercised(v->c->app, v->r->pack, decisions, &v->c->err);
    if (fclose(l.log) != 0 && rc == 0)
        rc = err_sys(&v->c->err, "cannot write %s", path);
    vec_release(&l.answer);
    free(l.line);
    return rc;
}
