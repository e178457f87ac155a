/* explain, why: the chain from an answer back to the bytes. */
#include "cli/list.h"
#include "codec/json.h"
#include "loop/because.h"

static const char *title_of(struct str what)
{
    static const struct {
        const char *what, *title;
    } title[] = {{"finding", TR("Finding")},   {"asset", TR("Asset")},   {"component", TR("Component")},
                 {"name", TR("Name")},         {"match", TR("Match")},   {"missing", TR("Missing")},
                 {"score", TR("Score")}, {"decision", TR("Decision")}, {"notice", TR("Notice")}, {"document", TR("Document")}};
    for (size_t i = 0; i < ARRAY_LEN(title); i++)
        if (str_is(what, title[i].what))
            return tr(title[i].title);
    return "";
}

static void print_text(struct cli *c, const struct because *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct because_step *s = &b->step[i];
        printf("%s\n", title_of(s->what));
        list_wrap(c, stdout, "    ", s->text);
        if (s->quote.n)
            list_wrap(c, stdout, "    ", str_of(arena_printf(&c->a, tr("\"%.*s\""), STR_ARG(s->quote))));
        if (s->source.n)
            printf(tr("    source: %.*s\n"), STR_ARG(s->source));
        if (s->url.n)
            printf("    " STR_FMT "\n", STR_ARG(s->url));
        if (s->sha256.n)
            printf("    sha256 " STR_FMT "\n    " STR_FMT "\n", STR_ARG(s->sha256), STR_ARG(s->path));
    }
}

static void print_json(const struct because *b)
{
    struct buf out = BUF_INIT(64 * MIB);
    struct json_writer w;
    json_writer_init(&w, &out);
    json_w_object(&w);
    json_w_kcstr(&w, "schema", "toban.why/1");
    json_w_key(&w, "steps");
    json_w_array(&w);
    for (size_t i = 0; i < b->n; i++) {
        const struct because_step *s = &b->step[i];
        json_w_object(&w);
        json_w_kstr(&w, "what", s->what);
        json_w_kstr(&w, "text", s->text);
        json_w_kstr(&w, "quote", s->quote);
        json_w_kstr(&w, "source", s->source);
        json_w_kstr(&w, "url", s->url);
        json_w_kstr(&w, "sha256", s->sha256);
        json_w_kstr(&w, "path", s->path);
        json_w_object_end(&w);
    }
    json_w_array_end(&w);
    json_w_object_end(&w);
    puts(buf_cstr(&out));
    buf_release(&out);
}

static int tell(struct cli *c)
{
    struct because b;
    struct fleet f = {0};
    struct world_source *source;
    size_t source_n;
    int64_t id;
    struct str text = str_of(c->arg[0]);
    const struct world *w;
    if (cli_app(c) || app_sources(c->app, &source, &source_n, &c->err))
        return cli_fail(c);
    w = app_world(c->app);
    struct stage_identify_options o = {
        .as_of = clock_now(), .since = 0, .source = source, .source_n = source_n};
    if (!cli_when(c, "as-of", &o.as_of))
        return cli_fail(c);
    int rc;
    if (str_starts_i(text, "F-") && num_i64(str_sub(text, 2, text.n), &id)) {
        rc = knowledge_read_begin(w->knowledge, &c->err);
        if (rc == 0)
            rc = fleet_load(w, &c->a, &f, &c->err);
        if (rc == 0)
            rc = because_finding(w, &f, &o, id, &c->a, &b, &c->err);
    } else if (str_starts_i(text, "N-") && num_i64(str_sub(text, 2, text.n), &id)) {
        rc = because_notice(w, id, &c->a, &b, &c->err);
    } else {
        return cli_usage(c, "\"%s\" is neither a finding (F-17) nor a notice (N-3)", c->arg[0]);
    }
    if (rc == 0 && c->format == FORMAT_JSON)
        print_json(&b);
    else if (rc == 0)
        print_text(c, &b);
    fleet_release(&f);
    knowledge_read_end(w->knowledge);
    return rc ? cli_fail(c) : EXIT_DONE;
}

#define AS_OF                                                                                                \
    (const struct cli_opt[])                                                                                 \
    {                                                                                                        \
        {"as-of", "DATE", TR("with what was known then"), NULL},                                             \
        {                                                                                                    \
            NULL, NULL, NULL, NULL                                                                           \
        }                                                                                                    \
    }

const struct cli_cmd cmd_explain = {
    .name = "explain",
    .args = "F-NUMBER",
    .summary = TR("why, or why not, this asset is affected"),
    .about = TR(
        "Walks from the finding through asset, component, name, match and decision, each with its reason."),
    .examples = "  toban explain F-17",
    .opt = AS_OF,
    .min_args = 1,
    .max_args = 1,
    .run = tell};

const struct cli_cmd cmd_why = {.name = "why",
                                .args = "F-NUMBER|N-NUMBER",
                                .summary = TR("the chain from an answer back to the sentence and the bytes"),
                                .about = TR("From a finding or a notice back to the quoted sentence, its "
                                            "source, the address it came from, and the exact\n"
                                            "bytes in the spool under their SHA-256."),
                                .examples = "  toban why F-17",
                                .opt = AS_OF,
                                .min_args = 1,
                                .max_args = 1,
                                .run = tell};
