#include "investigate/packs/pack_build.h"
#include "investigate/packs/pack_cond.h"
#include "investigate/packs/pack_yaml.h"

/* CISA CHIRP's indicator files: YAML documents {name, description, confidence 1..10, ioc_type, indicator}.
 * ioc_type network: indicator.ips, indicator.domains (a line each); yara: indicator.rule, indicator.files;
 * events: indicator.event_type is the channel, other keys "event.…" are "== text", "!= text" or "~= regex"
 * (no operator: ==); registry: registry_key with conditions on values. */

static void lines(struct pack *p, const struct indicator *base, struct str text, enum indicator_kind kind)
{
    struct str line;
    while (str_line_next(&text, &line)) {
        struct indicator x = *base;
        x.kind = kind;
        x.value = str_trim(line);
        enum indicator_kind guess;
        if (pack_value_guess(pack_value_refang(&p->a, x.value), &guess) &&
            (guess == INDICATOR_IP || guess == INDICATOR_DOMAIN))
            x.kind = guess; /* names stand among the addresses */
        if (x.value.n && x.value.p[0] != '#')
            pack_build_add(p, &x);
    }
}

static void not_evaluable(struct pack *p, const struct indicator *base, const char *why)
{
    struct indicator x = *base;
    x.kind = INDICATOR_OTHER;
    x.context = true;
    x.why = str_of(why);
    pack_build_add(p, &x);
}

/* The field of a key: the part behind the last dot; "event.event_data" is any of the event's data. */
static struct cond *test(struct pack *p, struct str key, struct str said, struct err *e)
{
    enum cond_op op = COND_IS;
    bool no = false;
    said = str_trim(said);
    if (str_starts(said, "~="))
        op = COND_MATCHES;
    else if (str_starts(said, "!="))
        no = true;
    if (op == COND_MATCHES || no || str_starts(said, "=="))
        said = str_trim(str_sub(said, 2, said.n));
    size_t dot = key.n;
    while (dot && key.p[dot - 1] != '.')
        dot--;
    struct str field = str_sub(key, dot, key.n);
    struct cond *c =
        pack_build_test(p, op, false, str_is_i(field, "event_id") ? STR_LIT("EventID") : field, &said, 1, e);
    if (c && (str_is_i(field, "event_data") || str_is_i(field, "#text")))
        c->test->subject = (struct cond_value){.source = COND_ANY};
    return c && no ? pack_cond_not(&p->a, c) : c;
}

static void events(struct pack *p, const struct indicator *base, const struct pack_yaml *in)
{
    struct indicator x = *base;
    struct cond *part[32];
    size_t n = 0;
    struct err e = {0};
    x.channel = arena_array(&p->a, struct str, 1);
    for (uint32_t i = 0; in->type == PACK_YAML_MAP && i < in->n && n < ARRAY_LEN(part); i++) {
        if (str_is(in->key[i], "event_type")) {
            x.channel[0] = in->item[i].text;
            x.channel_n = 1;
            continue;
        }
        if (in->item[i].type != PACK_YAML_TEXT) {
            not_evaluable(p, base, tr("lists of conditions are not evaluated"));
            return;
        }
        part[n] = test(p, in->key[i], in->item[i].text, &e);
        if (!part[n++]) {
            pack_build_note(p, PACK_REJECTED, in->item[i].line, in->item[i].text, "%s", e.text);
            return;
        }
    }
    if (!n) {
        pack_build_note(p, PACK_REJECTED, base->line, base->value, tr("the indicator has no condition"));
        return;
    }
    x.kind = INDICATOR_RECORD;
    x.cond = pack_cond_join(&p->a, COND_AND, part, n);
    x.level = x.score >= 70 ? LEVEL_EXPLOITED : LEVEL_HINT;
    pack_build_push(p, &x);
}

static void document(struct pack *p, const struct pack_yaml *doc)
{
    struct indicator x = PACK_BUILD_ROW(doc->line);
    const struct pack_yaml *in = pack_yaml_get(doc, "indicator");
    struct str type = pack_yaml_str(doc, "ioc_type");
    double confidence = 5;
    struct err e = {0};
    (void)num_double(pack_yaml_str(doc, "confidence"), &confidence);
    x.row = (uint32_t)++p->rows;
    x.score = confidence >= 0 && confidence <= 10 ? (int)(confidence * 10) : 50;
    x.value = pack_yaml_str(doc, "name");
    x.description = pack_yaml_str(doc, "description");
    x.vulnerability = pack_build_cve(p, x.value);
    x.check = pack_build_check(p, arena_printf(&p->a, "%zu", p->check_n + 1), x.value, LEVEL_HINT);
    x.source = STR_LIT("CISA");
    if (str_is_i(type, "network")) {
        x.description = x.value;
        lines(p, &x, pack_yaml_str(in, "ips"), INDICATOR_IP);
        lines(p, &x, pack_yaml_str(in, "domains"), INDICATOR_DOMAIN);
    } else if (str_is_i(type, "yara")) {
        x.log = pack_yaml_str(in, "files");
        if (pack_yara_add(p, pack_yaml_str(in, "rule"), &x, &e) < 0)
            pack_build_note(p, PACK_REJECTED, x.line, x.value, "%s", e.text);
    } else if (str_is_i(type, "events") && in)
        events(p, &x, in);
    else
        not_evaluable(p, &x,
                      arena_printf(&p->a, tr("indicators of type \"%.*s\" are not evaluated"),
                                   STR_ARG(str_sub(type, 0, 40))));
    for (size_t i = 0; i < p->indicator_n; i++)
        if (p->indicator[i].check == x.check && p->indicator[i].level > p->check[x.check].level)
            p->check[x.check].level = p->indicator[i].level;
    p->check[x.check].vulnerability = pack_build_copy(p, x.vulnerability);
    pack_build_vulnerability(p, x.vulnerability);
}

static int chirp_read(struct pack *p, struct str text, struct err *e)
{
    struct pack_yaml *doc;
    size_t n;
    int rc = pack_yaml_read(&p->a, text, &doc, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (doc[i].type == PACK_YAML_MAP)
            document(p, &doc[i]);
        else if (doc[i].type != PACK_YAML_NULL)
            return err_set(e, ERR_INPUT, "line %lu: an indicator is a mapping", doc[i].line);
    return rc < 0 ? rc : p->rows ? 0 : err_set(e, ERR_INPUT, "there is no indicator in it");
}

static int chirp_sniff(struct str head, struct str file_name)
{
    struct str line, rest = head;
    bool type = false, in = false;
    (void)file_name;
    while (str_line_next(&rest, &line)) {
        type |= str_starts(line, "ioc_type:");
        in |= str_starts(line, "indicator:");
    }
    return type && in ? 90 : 0;
}

extern const struct pack_kind pack_chirp;
const struct pack_kind pack_chirp = {
    .name = "chirp", .title = TR("CISA CHIRP indicators (YAML)"), .sniff = chirp_sniff, .read = chirp_read};
