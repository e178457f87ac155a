/* assess: judge any text, and say why. */
#include "assess/terms/terms.h"
#include "cli/batch.h"
#include "cli/list.h"
#include "codec/charset.h"
#include "codec/json.h"
#include "codec/stream.h"
#include "loop/stage_assess.h"

struct judge {
    struct terms *terms;
    struct arena a;
};

static void batch_result(const struct terms_result *r, struct str id, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_w_object(&w);
    json_w_kstr(&w, "id", id);
    json_w_kbool(&w, "exploited", r->exploited);
    json_w_kbool(&w, "urgent", r->urgent);
    buf_adds(out, ",\"signals\":");
    stage_assess_signals(r, out, true);
    buf_adds(out, ",\"evidence\":");
    stage_assess_evidence(r, out);
    buf_adds(out, ",\"scope\":");
    stage_assess_scope(r, out, true);
    json_w_object_end(&w);
    buf_addc(out, '\n');
}

static const struct str *list_of(const struct json *v, struct arena *a, size_t *n)
{
    *n = json_len(v);
    struct str *list = arena_array(a, struct str, *n + 1);
    for (size_t i = 0; i < *n; i++)
        list[i] = json_str(json_at(v, i));
    return list;
}

static void jsonl_line(void *ctx, struct str s, struct buf *out)
{
    struct judge *j = ctx;
    struct err e = {0};
    struct terms_result r;
    if (str_trim(s).n == 0)
        return;
    arena_clear(&j->a);
    const struct json *v = json_parse(&j->a, s, &e);
    if (!v) {
        batch_error(out, e.text);
        return;
    }
    if (!json_is(json_get(v, "text"), JSON_STRING)) {
        batch_error(out, tr("a member \"text\" with a string is needed"));
        return;
    }
    struct terms_input in = {
        .text = json_get_str(v, "text"), .title = json_get_str(v, "title"), .lang = json_get_str(v, "lang")};
    in.cves = list_of(json_get(v, "cves"), &j->a, &in.cves_n);
    if (terms_judge(j->terms, &in, &j->a, &r, &e) != 0)
        batch_error(out, e.text);
    else
        batch_result(&r, json_get_str(v, "id"), out);
}

static const char *yes_no(bool v)
{
    return v ? tr("yes") : tr("no");
}

static void explain(struct cli *c, const struct terms_result *r)
{
    printf("%s  %s\n%s  %s\n", tr("exploited:"), yes_no(r->exploited), tr("urgent:   "), yes_no(r->urgent));
    for (size_t i = 0; i < r->scope_n; i++)
        printf("  " STR_FMT "  %s\n", STR_ARG(r->scope[i].cve),
               r->scope[i].exploited ? tr("exploited") : tr("not said to be exploited"));
    if (r->evidence_n == 0)
        printf("%s\n", tr("Nothing in the text says that it is exploited or calls for action."));
    for (size_t i = 0; i < r->evidence_n; i++) {
        const struct terms_evidence *v = &r->evidence[i];
        printf("\n%s%s  (%s " STR_FMT ", %s %u-%u)\n", terms_signal_name(v->signal),
               v->decides ? tr("  [decides]") : "", tr("rule"), STR_ARG(v->rule),
               v->in_title ? tr("title, bytes") : tr("bytes"), v->start, v->end);
        list_wrap(c, stdout, "    ", v->quote);
    }
}

static int fetch_url(struct cli *c, const char *url, struct buf *bytes)
{
    struct http_client *http;
    struct http_response resp = {0};
    if (cli_app(c) || app_http(c->app, &http, &c->err))
        return c->err.code;
    if (!http)
        return err_set(&c->err, ERR_IO, "%s: not asked for, because toban is offline", url);
    struct http_request rq = {
        .url = str_of(url), .dir = spool_tmp(app_world(c->app)->spool), .limit = LIMIT_FILE_SMALL};
    int rc = http_get(http, &rq, &resp, &c->err);
    if (rc == 0) {
        struct stream *in;
        rc = stream_open(&in, resp.body.path, LIMIT_FILE_SMALL, &c->err);
        if (rc == 0) {
            rc = stream_read_all(in, bytes, &c->err);
            stream_free(in);
        }
    }
    http_response_release(&resp);
    return rc;
}

static int read_text(struct cli *c, const char *path, struct buf *text)
{
    struct buf bytes = BUF_INIT(LIMIT_FILE_SMALL);
    int rc;
    if (str_starts(str_of(path), "https://") || str_starts(str_of(path), "http://")) {
        rc = fetch_url(c, path, &bytes);
    } else {
        struct stream *in;
        rc = stream_open(&in, path, LIMIT_FILE_SMALL, &c->err);
        if (rc == 0) {
            rc = stream_read_all(in, &bytes, &c->err);
            stream_free(in);
        }
    }
    if (rc == 0)
        rc = charset_any_to_utf8(buf_str(&bytes), text, NULL, NULL, &c->err);
    buf_release(&bytes);
    return rc;
}

static int judge_one(struct cli *c, struct judge *j, const char *path)
{
    struct buf text = BUF_INIT(LIMIT_FILE_SMALL * 2), out = BUF_INIT(GIB);
    struct terms_result r;
    int rc = read_text(c, path, &text);
    if (rc == 0) {
        struct terms_input in = {.text = buf_str(&text)};
        rc = terms_judge(j->terms, &in, &j->a, &r, &c->err);
    }
    if (rc) {
        rc = cli_fail(c);
    } else if (c->format == FORMAT_JSON) {
        batch_result(&r, str_of(path), &out);
        fwrite(out.p, 1, out.n, stdout);
    } else {
        explain(c, &r);
    }
    if (rc == 0 && r.urgent)
        rc = EXIT_FINDINGS;
    buf_release(&text);
    buf_release(&out);
    return rc;
}

static int run_assess(struct cli *c)
{
    struct judge j = {0};
    char hash[17];
    const char *path = c->arg_n ? c->arg[0] : "-";
    if (app_terms(c->config, &j.terms, hash, &c->err))
        return cli_fail(c);
    int rc = cli_has(c, "jsonl") ? batch_run(c, path, LIMIT_NOTICE_TEXT * 2, jsonl_line, &j)
                                 : judge_one(c, &j, path);
    terms_free(j.terms);
    arena_release(&j.a);
    return rc;
}

const struct cli_cmd cmd_assess = {
    .name = "assess",
    .args = "FILE|-|URL",
    .summary = TR("judge any text: is it exploited, is it urgent, by which sentence"),
    .about = TR(
        "Reads a notice in Japanese or English (plain text or HTML, any usual encoding) and says whether it\n"
        "states exploitation and whether it calls for action at once, each with the sentence it rests on "
        "and\n"
        "the rule that found it. Exit code 1 when it is urgent.\n\n"
        "--jsonl reads one JSON object a line, {\"id\",\"text\"[,\"lang\",\"title\",\"cves\"]}, and writes "
        "one a line.\n"
        "Offsets count bytes of the UTF-8 text."),
    .examples = "  toban assess notice.txt\n  toban assess --jsonl - < notices.jsonl",
    .opt = (const struct cli_opt[]){{"jsonl", NULL, TR("one JSON object a line, in and out"), NULL},
                                    {NULL, NULL, NULL, NULL}},
    .max_args = 1,
    .run = run_assess};
