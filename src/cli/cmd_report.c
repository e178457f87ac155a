/* report: one page for management, tables for spreadsheets, and what machines read. */
#include <stdlib.h>

#include "app/app_case.h"
#include "app/app_investigate.h"
#include "app/app_report.h"
#include "cli/case_print.h"
#include "cli/report_print.h"
#include "report/vex.h"

enum form { FORM_TEXT, FORM_HTML, FORM_CSV, FORM_JSON, FORM_SARIF, FORM_CSAF, FORM_CYCLONEDX, FORM_OPENVEX, FORMS };
#define OF_PERIOD (1U << FORM_TEXT | 1U << FORM_HTML | 1U << FORM_CSV | 1U << FORM_JSON)
#define OF_CASE ((1U << FORMS) - 1)

static const char *const form_name[FORMS] = {"table", "html", "csv", "json", "sarif", "csaf", "cyclonedx-vex", "openvex"};

/* By --format; else by the ending of --out; else text. */
static bool pick(struct cli *c, unsigned allowed, enum form *out)
{
    static const struct {
        const char *end;
        enum form form;
    } ends[] = {{".html", FORM_HTML},           {".htm", FORM_HTML},         {".csv", FORM_CSV},   {".sarif", FORM_SARIF},
                {".openvex.json", FORM_OPENVEX}, {".cdx.json", FORM_CYCLONEDX}, {".json", FORM_JSON}};
    const char *name = cli_opt(c, "format"), *file = cli_opt(c, "out");
    *out = FORM_TEXT;
    for (int i = 0; i < FORMS; i++)
        if (name && strcmp(name, form_name[i]) == 0 && (allowed >> i & 1)) {
            *out = (enum form)i;
            return true;
        }
    if (name) {
        err_set(&c->err, ERR_USAGE, allowed == OF_CASE ? TR("--format: \"%s\" is not one of table, html, csv, json, sarif, csaf, cyclonedx-vex, openvex")
                                                       : TR("--format: \"%s\" is not one of table, html, csv, json"), name);
        return false;
    }
    for (size_t i = 0; file && i < ARRAY_LEN(ends); i++)
        if (str_ends_i(str_of(file), ends[i].end) && (allowed >> ends[i].form & 1)) {
            *out = ends[i].form;
            return true;
        }
    if (file && !str_ends_i(str_of(file), ".txt")) {
        err_set(&c->err, ERR_USAGE, "what form is %s to have? say it with --format", file);
        return false;
    }
    return true;
}

/* To --out, never over a file that is there unless --replace; else to stdout. */
static int give(struct cli *c, const struct buf *b)
{
    const char *file = cli_opt(c, "out");
    if (buf_full(b)) {
        err_set(&c->err, ERR_LIMIT, "the report is too large");
        return cli_fail(c);
    }
    if (!file) {
        fwrite(b->p, 1, b->n, stdout);
        return EXIT_DONE;
    }
    if (app_write_file(file, buf_str(b), cli_has(c, "replace"), &c->err))
        return cli_fail(c);
    if (!c->quiet)
        fprintf(stderr, tr("written: %s\n"), file);
    return EXIT_DONE;
}

/* Forms that have no place in front say it on the terminal. */
static void lead_aside(const struct cli *c, enum form form, const struct str *lead, size_t n)
{
    if (form == FORM_TEXT || form == FORM_HTML || c->quiet)
        return;
    for (size_t i = 0; i < n; i++)
        fprintf(stderr, STR_FMT "\n", STR_ARG(lead[i]));
}

static void nameless(struct cli *c, enum form form)
{
    struct report_site site;
    bool named;
    if (form < FORM_CSAF || c->quiet)
        return;
    if (app_report_site(c->app, &site, &named, NULL) == 0 && !named)
        fprintf(stderr, "%s\n", tr("warning: report.publisher and report.namespace are not set; the document does not say who you are"));
}

static int run_case(struct cli *c)
{
    struct report_case r;
    struct buf b = BUF_INIT(REPORT_BYTES_MAX);
    enum form form;
    int64_t id;
    unsigned flags = cli_has(c, "bom") ? SHEET_BOM : 0;
    if (!pick(c, OF_CASE, &form) || !case_number(c, c->arg[0], "C-", &id) || cli_app(c) || app_report_case(c->app, id, &c->a, &r, &c->err))
        return cli_fail(c);
    int rc = 0;
    if (form == FORM_HTML)
        page_case(&r, &b);
    else if (form == FORM_CSV)
        sheet_case(&r, flags, &b);
    else if (form == FORM_JSON)
        data_case(&r, &b);
    else if (form == FORM_SARIF)
        findings_sarif(&r, &b);
    else if (form == FORM_CSAF)
        vex_csaf(&r, &b);
    else if (form == FORM_CYCLONEDX)
        vex_cyclonedx(&r, &b);
    else if (form == FORM_OPENVEX)
        rc = vex_openvex(&r, &b, &c->err);
    else
        report_print_case(c, &r, &b);
    lead_aside(c, form, r.lead, r.lead_n);
    nameless(c, form);
    rc = rc ? cli_fail(c) : give(c, &b);
    buf_release(&b);
    return rc;
}

#define OPT_OUT {"out", "FILE", TR("write into this file instead of the terminal; its ending tells the form when --format does not"), NULL}, \
                {"replace", NULL, TR("write over a file that is there"), NULL}, \
                {"bom", NULL, TR("CSV with a byte order mark, for spreadsheets that need one"), NULL}
#define OPT_END {NULL, NULL, NULL, NULL}

const struct cli_cmd cmd_report_case = {
    .name = "report case",
    .args = "C-NUMBER",
    .summary = TR("one case: a page for management, or a file for programs"),
    .about = TR("--format html is one page of A4, in one file without scripts: what happened, in the publisher's words, what state\n"
                "each machine is in, what is not known, who does what by when. csv and json hold every machine and every time; sarif\n"
                "the findings; csaf, cyclonedx-vex and openvex tell others whether you are affected, in the states of VEX. A waiver\n"
                "stands in every one of them, and a patch that no inventory proves is \"affected\". The case is shown as the last\n"
                "round or case sync left it."),
    .examples = "  toban report case C-1\n  toban report case C-1 --out c-1.html --lang ja\n  toban report case C-1 --format csaf --out toban-c-1.json",
    .opt = (const struct cli_opt[]){{"format", "table|html|csv|json|sarif|csaf|cyclonedx-vex|openvex", TR("form of the report; JSON is never translated"),
                                     "table|html|csv|json|sarif|csaf|cyclonedx-vex|openvex"},
                                    OPT_OUT, OPT_END},
    .min_args = 1,
    .max_args = 1,
    .run = run_case};

static int run_month(struct cli *c)
{
    struct report_month r;
    struct buf b = BUF_INIT(REPORT_BYTES_MAX);
    enum form form;
    if (!pick(c, OF_PERIOD, &form) || cli_app(c) || app_report_month(c->app, str_of(c->arg_n ? c->arg[0] : ""), &c->a, &r, &c->err))
        return cli_fail(c);
    if (form == FORM_HTML)
        page_month(&r, &b);
    else if (form == FORM_CSV)
        sheet_month(&r, cli_has(c, "bom") ? SHEET_BOM : 0, &b);
    else if (form == FORM_JSON)
        data_month(&r, &b);
    else
        report_print_month(c, &r, &b);
    lead_aside(c, form, r.lead, r.lead_n);
    int rc = give(c, &b);
    buf_release(&b);
    return rc;
}

#define OPT_FORMAT {"format", "table|html|csv|json", TR("form of the report; JSON is never translated"), "table|html|csv|json"}

const struct cli_cmd cmd_report_month = {
    .name = "report month",
    .args = "[YYYY-MM]",
    .summary = TR("a month: how fast, how many, where the work is"),
    .about = TR("Time from publication until you heard, matched, checked, contained, patched and proved: median and longest, of what\n"
                "was reached in that month. What is open, overdue, waived or unproved is as it stood at the month's end. By place,\n"
                "owner, department and contractor. A month begins and ends in the site's time zone; without an argument it is the\n"
                "one at hand. What nobody recorded is unknown, and is never counted as 0."),
    .examples = "  toban report month 2021-03 --out march.html",
    .opt = (const struct cli_opt[]){OPT_FORMAT, OPT_OUT, OPT_END},
    .max_args = 1,
    .run = run_month};

static int run_audit(struct cli *c)
{
    struct report_audit r;
    struct buf b = BUF_INIT(REPORT_BYTES_MAX);
    when_t from = WHEN_NONE, until = WHEN_NONE;
    enum form form;
    if (!pick(c, OF_PERIOD, &form) || !cli_when(c, "from", &from) || !cli_when(c, "until", &until))
        return cli_fail(c);
    if (until != WHEN_NONE && !strchr(cli_opt(c, "until"), ':'))
        until += WHEN_DAY; /* that day included */
    if (cli_app(c) || app_report_audit(c->app, from, until, &c->a, &r, &c->err))
        return cli_fail(c);
    if (form == FORM_HTML)
        page_audit(&r, &b);
    else if (form == FORM_CSV)
        sheet_audit(&r, cli_has(c, "bom") ? SHEET_BOM : 0, &b);
    else if (form == FORM_JSON)
        data_audit(&r, &b);
    else
        report_print_audit(c, &r, &b);
    lead_aside(c, form, r.lead, r.lead_n);
    int rc = give(c, &b);
    buf_release(&b);
    return rc == EXIT_DONE && r.chain_broken ? EXIT_UNTRUSTED : rc;
}

const struct cli_cmd cmd_report_audit = {
    .name = "report audit",
    .args = "",
    .summary = TR("who decided what when, waivers, and whether the record is whole"),
    .about = TR("Verifies the whole chain of the audit log, whatever the period, and shows its head (exit code 3 when it is broken).\n"
                "Waivers of the period, and all that are in force. Steps that toban took by rule are counted; CSV and JSON have them."),
    .examples = "  toban report audit --from 2021-03-01 --until 2021-03-31 --out audit.html",
    .opt = (const struct cli_opt[]){{"from", "DATE", TR("first day"), NULL}, {"until", "DATE", TR("last day"), NULL}, OPT_FORMAT, OPT_OUT, OPT_END},
    .run = run_audit};
