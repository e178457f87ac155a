/* ledger ask: dated questions to contractors, and what became of them. */
#include "cli/case_print.h"
#include "cli/contact_print.h"

static int number_of(struct cli *c, struct enquiry *q)
{
    *q = (struct enquiry){0};
    if (c->arg_n < 2)
        return cli_usage(c, "toban %s needs %s", "ledger ask", "E-NUMBER");
    return app_enquiry_find(c->app, str_of(c->arg[1]), &c->a, q, &c->err) ? cli_fail(c) : 0;
}

/* ---- drafting ---- */

/* A text to send goes to --out FILE, else to the standard output; how to send it stands above, or apart. */
static int put_text(struct cli *c, int64_t id, struct str organisation, struct str text, const struct app_enquiry_way *way)
{
    const char *path = cli_opt(c, "out");
    FILE *notes = path ? stdout : stderr, *out = stdout;
    if (path && !(out = fopen(path, "wx"))) {
        err_sys(&c->err, "cannot write %s", path);
        return cli_fail(c);
    }
    if (way->lead.n) /* with the text itself, so that who sends it cannot miss it */
        list_wrap(c, stdout, "", list_safe(&c->a, way->lead));
    if (!c->quiet) {
        fprintf(notes, "E-%lld  " STR_FMT "\n", (long long)id, STR_ARG(list_safe(&c->a, organisation)));
        for (size_t i = 0; i < way->channel_n; i++)
            fprintf(notes, "  " STR_FMT "\n", STR_ARG(list_safe(&c->a, way->channel[i])));
        if (way->channel_n == 0)
            fprintf(notes, tr("  no contact of %.*s is known; toban contacts add\n"), STR_ARG(organisation));
    }
    if (way->lead.n && !path)
        putchar('\n');
    fwrite(text.p, 1, text.n, out);
    if (path && fclose(out) != 0) {
        err_sys(&c->err, "cannot write %s", path);
        return cli_fail(c);
    }
    return EXIT_DONE;
}

static bool ask_of(struct cli *c, struct app_enquiry_ask *ask)
{
    const char *lang = cli_opt(c, "lang"), *due = cli_opt(c, "due");
    *ask = (struct app_enquiry_ask){.about = case_text(c, "about"), .due = WHEN_NONE, .lang = str_of(lang ? lang : "")};
    if (!case_option(c, &ask->case_id) || !cli_when(c, "due", &ask->due))
        return false;
    if (due && !strchr(due, ':'))
        ask->due += WHEN_DAY - WHEN_SEC; /* that day included */
    return true;
}

static int ask_one(struct cli *c, struct str organisation, const struct app_enquiry_ask *ask)
{
    struct enquiry q;
    struct app_enquiry_way way;
    if (app_enquiry_ask(c->app, organisation, ask, &c->a, &q, &way, &c->err))
        return cli_fail(c);
    return put_text(c, q.id, organisation, q.text, &way);
}

/* One that was asked already is not asked twice; the others are. */
static int ask_all(struct cli *c, const struct app_enquiry_ask *ask)
{
    struct str *organisation;
    size_t n, made = 0, before = 0;
    if (cli_has(c, "out"))
        return cli_usage(c, "--out takes the text of one enquiry; toban ledger ask show E-1 prints each");
    if (app_enquiry_contractors(c->app, &c->a, &organisation, &n, &c->err))
        return cli_fail(c);
    for (size_t i = 0; i < n; i++) {
        struct enquiry q;
        struct app_enquiry_way way;
        int rc = app_enquiry_ask(c->app, organisation[i], ask, &c->a, &q, &way, &c->err);
        if (rc == ERR_CONFLICT) {
            fprintf(stderr, "%s\n", c->err.text);
            err_clear(&c->err);
            before++;
            continue;
        }
        if (rc)
            return cli_fail(c);
        if (made++)
            printf("\f\n"); /* each begins a page */
        rc = put_text(c, q.id, organisation[i], q.text, &way);
        if (rc)
            return rc;
    }
    if (!c->quiet)
        fprintf(stderr, tr("%zu enquiries drafted, %zu were open already\n"), made, before);
    return EXIT_DONE;
}

/* ---- list, show ---- */

static const char *state_text(const struct cli *c, enum enquiry_state s)
{
    static const char *const name[] = {TR("not sent"), TR("sent"), TR("answered"), TR("withdrawn")};
    return c->format == FORMAT_TABLE ? tr(name[s]) : enquiry_state_name(s);
}

static void list_row(struct list *t, const struct enquiry *q)
{
    struct enquiry_status s = enquiry_status(q, clock_now());
    char asked[CLOCK_ISO_SIZE], due[CLOCK_ISO_SIZE];
    int zone = config_zone(t->c->config);
    clock_date(q->at, zone, asked);
    clock_date(q->due, zone, due);
    list_cellf(t, "E-%lld", (long long)q->id);
    list_cell(t, q->organisation);
    list_cell(t, q->subject);
    if (q->case_id)
        list_cellf(t, "C-%lld", (long long)q->case_id);
    else
        list_cells(t, "");
    list_cells(t, state_text(t->c, s.state));
    list_cells(t, asked);
    list_cells(t, due);
    if (t->c->format != FORMAT_TABLE)
        list_cells(t, s.overdue ? "yes" : "no");
    else if (s.late)
        list_cellf(t, tr("OVERDUE by %lld days"), (long long)s.late);
    else if (s.overdue)
        list_cells(t, tr("OVERDUE"));
    else
        list_cells(t, "");
    list_cellf(t, "%d", s.reminders);
    list_cell(t, s.answer ? s.answer->runs : (struct str){0});
    list_cell(t, s.answer ? s.answer->product : (struct str){0});
    list_cell(t, s.answer ? s.answer->version : (struct str){0});
    list_cell(t, s.answer ? s.answer->found : (struct str){0});
    list_cell(t, s.answer ? s.answer->note : (struct str){0});
}

static int run_list(struct cli *c)
{
    struct enquiry *q;
    size_t n;
    int64_t case_id;
    if (!case_option(c, &case_id) || app_enquiries(c->app, &c->a, &q, &n, &c->err))
        return cli_fail(c);
    struct list t;
    list_init(&t, c, "toban.enquiries/1");
    list_column(&t, "id", TR("No."), 0);
    list_column(&t, "organisation", TR("Contractor"), LIST_WIDE);
    list_column(&t, "about", TR("About"), LIST_WIDE);
    list_column(&t, "case", TR("Case"), 0);
    list_column(&t, "state", TR("State"), 0);
    list_column(&t, "asked", TR("Asked"), 0);
    list_column(&t, "due", TR("Answer by"), 0);
    list_column(&t, "overdue", TR("Overdue"), 0);
    list_column(&t, "reminders", TR("Reminders"), LIST_NUMBER);
    list_column(&t, "runs", TR("Runs it"), 0);
    list_column(&t, "product", TR("Product"), LIST_JSON);
    list_column(&t, "version", TR("Version"), 0);
    list_column(&t, "found", TR("Found"), LIST_WIDE);
    list_column(&t, "note", TR("Note"), LIST_JSON);
    for (size_t i = 0; i < n; i++)
        if ((!case_id || q[i].case_id == case_id) &&
            (!cli_has(c, "unanswered") || enquiry_status(&q[i], clock_now()).state < ENQUIRY_DONE))
            list_row(&t, &q[i]);
    list_end(&t);
    struct enquiry_count count = enquiry_count(q, n, case_id, clock_now());
    if (!c->quiet)
        fprintf(stderr, tr("%zu without an answer: %zu not sent, %zu overdue\n"), count.open, count.draft, count.overdue);
    return EXIT_DONE;
}

static int run_show(struct cli *c)
{
    struct enquiry q;
    int rc = number_of(c, &q);
    if (rc)
        return rc;
    fwrite(q.text.p, 1, q.text.n, stdout);
    for (size_t i = 0; i < q.event_n && !c->quiet; i++) {
        const struct enquiry_event *ev = &q.event[i];
        char when[CLOCK_ISO_SIZE];
        clock_minute(ev->at, config_zone(c->config), when);
        fprintf(stderr, "%s  " STR_FMT "  %s", when, STR_ARG(ev->who), enquiry_event_name(ev->kind));
        const struct str part[] = {ev->channel, ev->runs, ev->product, ev->version, ev->found, ev->note};
        for (size_t k = 0; k < ARRAY_LEN(part); k++)
            if (part[k].n)
                fprintf(stderr, "  " STR_FMT, STR_ARG(list_safe(&c->a, part[k])));
        fputc('\n', stderr);
    }
    return EXIT_DONE;
}

/* ---- what happens to one ---- */

static int run_sent(struct cli *c)
{
    struct enquiry q;
    int rc = number_of(c, &q);
    if (rc == 0 && app_enquiry_sent(c->app, q.id, case_text(c, "channel"), &c->err))
        rc = cli_fail(c);
    return rc;
}

static int run_withdraw(struct cli *c)
{
    struct enquiry q;
    int rc = number_of(c, &q);
    if (rc == 0 && app_enquiry_withdraw(c->app, q.id, case_text(c, "why"), &c->err))
        rc = cli_fail(c);
    return rc;
}

static int run_remind(struct cli *c)
{
    struct enquiry q;
    struct str text;
    struct app_enquiry_way way;
    int rc = number_of(c, &q);
    if (rc)
        return rc;
    if (app_enquiry_remind(c->app, &q, case_text(c, "channel"), &c->a, &text, &way, &c->err))
        return cli_fail(c);
    return put_text(c, q.id, q.organisation, text, &way);
}

/* The ledger is not changed by an answer: what would change is said, and how. */
static int suggest(struct cli *c, const struct enquiry *q, const struct reply_form *f)
{
    struct app_enquiry_asset *v;
    size_t n;
    if (c->quiet || app_enquiry_compare(c->app, q, f, &c->a, &v, &n, &c->err))
        return c->quiet ? EXIT_DONE : cli_fail(c);
    for (size_t i = 0; i < n; i++) {
        const struct asset *as = &v[i].asset->a;
        struct str name = as->name.n ? as->name : as->key;
        if (v[i].differs && str_is(f->runs, "no"))
            printf(tr("A-%lld %.*s: the ledger has %.*s here. If that is wrong, take it out of the table and import it again.\n"), (long long)as->id,
                   STR_ARG(name), STR_ARG(v[i].product));
        else if (v[i].differs)
            printf(tr("A-%lld %.*s: the ledger has %.*s %.*s, the answer says %.*s. Correct it in the table and import it again.\n"), (long long)as->id,
                   STR_ARG(name), STR_ARG(v[i].product), STR_ARG(v[i].version), STR_ARG(f->version));
        if (as->contact.n == 0 && f->contact.n)
            printf("  toban ledger set A-%lld contact='" STR_FMT "'\n", (long long)as->id, STR_ARG(f->contact));
    }
    if (n == 0 && str_is(f->runs, "yes"))
        printf(tr("The ledger has no such machine of %.*s. Add it to a table with its contractor, product and version: toban ledger import FILE\n"),
               STR_ARG(q->organisation));
    printf("%s\n", tr("The answer is kept; the ledger was not changed."));
    return EXIT_DONE;
}

static int run_answer(struct cli *c)
{
    struct enquiry q;
    struct reply_form f = {0};
    const char *form = cli_opt(c, "form");
    int rc = number_of(c, &q);
    if (rc)
        return rc;
    if (form && app_enquiry_form(form, q.id, &c->a, &f, &c->err))
        return cli_fail(c);
    const struct {
        const char *option;
        struct str *to;
    } given[] = {{"product", &f.product}, {"version", &f.version}, {"machines", &f.machines}, {"found", &f.found}, {"patched", &f.patched}, {"note", &f.note}};
    for (size_t i = 0; i < ARRAY_LEN(given); i++)
        if (cli_has(c, given[i].option))
            *given[i].to = case_text(c, given[i].option);
    if (cli_has(c, "runs")) {
        f.runs_written = case_text(c, "runs");
        f.runs = reply_form_runs(f.runs_written);
    }
    if (app_enquiry_answer(c->app, q.id, &f, case_text(c, "channel"), &c->err))
        return cli_fail(c);
    return suggest(c, &q, &f);
}

static int run_ask(struct cli *c)
{
    static const struct {
        const char *word;
        int (*run)(struct cli *);
    } step[] = {{"list", run_list},     {"show", run_show},     {"sent", run_sent},
                {"remind", run_remind}, {"answer", run_answer}, {"withdraw", run_withdraw}};
    struct app_enquiry_ask ask;
    const char *first = c->arg_n ? c->arg[0] : "";
    if (cli_app(c))
        return cli_fail(c);
    for (size_t i = 0; i < ARRAY_LEN(step); i++)
        if (strcmp(first, step[i].word) == 0)
            return step[i].run(c);
    if (!ask_of(c, &ask))
        return cli_fail(c);
    if (cli_has(c, "all-contractors") == (c->arg_n != 0) || c->arg_n > 1)
        return cli_usage(c, "name one organisation, or say --all-contractors; or one of list, show, sent, remind, answer, withdraw");
    return c->arg_n ? ask_one(c, str_of(first), &ask) : ask_all(c, &ask);
}

const struct cli_cmd cmd_ledger_ask = {
    .name = "ledger ask",
    .args = "ORGANISATION|list|show|sent|remind|answer|withdraw [E-NUMBER]",
    .summary = TR("ask contractors whether they run something, and keep track of the answers"),
    .about = TR("ORGANISATION or --all-contractors, with --about: drafts a dated enquiry with a reply form, from\n"
                "rules/contacts/ask.LANG.txt, keeps it, and prints it. You send it. While a mail server is affected, the\n"
                "text begins with another way to send it.\n\n"
                "  list [--unanswered]   enquiries, what is overdue, and what was answered\n"
                "  show E-1              its text as it was drafted\n"
                "  sent E-1              record that it was sent (--channel says how)\n"
                "  remind E-1            the text of a reminder; counts as one\n"
                "  answer E-1            record the answer: --form FILE reads the filled-in form (any encoding, quoted or\n"
                "                        not), --runs, --version, … say it by hand. The ledger is not changed by it.\n"
                "  withdraw E-1          it need not be answered any more (--why)\n\n"
                "Enquiries without an answer are counted in round, case show, case list and ledger health."),
    .examples = "  toban ledger ask 北斗システム --about CVE-2021-26855 --case C-1 --due 2021-03-05 --lang ja\n"
                "  toban ledger ask --all-contractors --about \"Apache Log4j\"\n"
                "  toban ledger ask answer E-1 --form reply.txt",
    .opt = (const struct cli_opt[]){{"about", "CVE|PRODUCT", TR("what is asked about"), NULL},
                                    {"all-contractors", NULL, TR("every organisation that the ledger names"), NULL},
                                    {"case", "C-NUMBER", TR("the case it is part of"), NULL},
                                    {"due", "DATE", TR("the last day for an answer; default: the setting contacts.reply_days"), NULL},
                                    {"out", "FILE", TR("write the text to this file, which must not exist"), NULL},
                                    {"unanswered", NULL, TR("only those without an answer"), NULL},
                                    {"channel", "TEXT", TR("how it was sent, or by whom it was answered"), NULL},
                                    {"form", "FILE", TR("the reply form as it came back"), NULL},
                                    {"runs", "yes|no|unknown", TR("whether they run it"), "yes|no|unknown"},
                                    {"product", "TEXT", TR("which product they run"), NULL},
                                    {"version", "TEXT", TR("which version or build"), NULL},
                                    {"machines", "TEXT", TR("on how many machines"), NULL},
                                    {"found", "TEXT", TR("traces of a break-in that they found, and where they looked"), NULL},
                                    {"patched", "TEXT", TR("when the fix was, or will be, installed"), NULL},
                                    {"note", "TEXT", TR("remarks"), NULL},
                                    {"why", "TEXT", TR("the reason; it is kept with your name and the time"), NULL},
                                    {NULL, NULL, NULL, NULL}},
    .max_args = 2,
    .run = run_ask};
