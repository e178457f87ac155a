#include "codec/json.h"
#include "investigate/packs/pack_build.h"

/* MISP core format: {"Event":…}, {"response":[{"Event":…}]}, a list of either, or a bare event. Numbers and
 * booleans come as themselves or as text. Attributes that are not meant for detection (to_ids false) are
 * kept as hints: no file name of the public events has to_ids set. */

struct event {
    struct pack *p;
    struct pack_lines lines;
    enum tlp tlp;
    struct str source, cve, relation; /* relation: of the attribute inside its object */
    struct str object;
};

static const struct {
    const char *type;
    enum indicator_kind kind;
    enum hash_kind hash;
} types[] = {
    {"md5", INDICATOR_HASH, HASH_MD5},
    {"sha1", INDICATOR_HASH, HASH_SHA1},
    {"sha256", INDICATOR_HASH, HASH_SHA256},
    {"filename", INDICATOR_PATH, 0},
    {"domain", INDICATOR_DOMAIN, 0},
    {"hostname", INDICATOR_DOMAIN, 0},
    {"ip-src", INDICATOR_IP, 0},
    {"ip-dst", INDICATOR_IP, 0},
    {"ip", INDICATOR_IP, 0},
    {"url", INDICATOR_URL, 0},
    {"uri", INDICATOR_URL, 0},
    {"user-agent", INDICATOR_USER_AGENT, 0},
    {"regkey", INDICATOR_REGISTRY, 0},
    {"pattern-in-file", INDICATOR_CONTENT, 0},
    {"mutex", INDICATOR_OTHER, 0},
    {"named pipe", INDICATOR_OTHER, 0},
    {"email-src", INDICATOR_OTHER, 0},
    {"email-dst", INDICATOR_OTHER, 0},
    {"email", INDICATOR_OTHER, 0},
    {"imphash", INDICATOR_OTHER, 0},
    {"ssdeep", INDICATOR_OTHER, 0},
    {"tlsh", INDICATOR_OTHER, 0},
    {"sha224", INDICATOR_OTHER, 0},
    {"sha384", INDICATOR_OTHER, 0},
    {"sha512", INDICATOR_OTHER, 0},
    {"pehash", INDICATOR_OTHER, 0},
    {"authentihash", INDICATOR_OTHER, 0},
    {"windows-service-name", INDICATOR_OTHER, 0},
    {"pattern-in-traffic", INDICATOR_OTHER, 0},
    {"pattern-in-memory", INDICATOR_OTHER, 0},
    {"snort", INDICATOR_OTHER, 0},
    {"ja3-fingerprint-md5", INDICATOR_OTHER, 0},
};

static bool truth(const struct json *v)
{
    return json_bool(v, false) || str_is_i(json_str(v), "true") || str_is(json_str(v), "1");
}

static enum tlp tags(const struct json *list, bool *false_positive)
{
    enum tlp t = TLP_NONE;
    for (size_t i = 0; i < json_len(list); i++) {
        struct str name = json_get_str(json_at(list, i), "name");
        if (str_starts_i(name, "tlp:"))
            t = pack_value_tlp(name);
        if (str_find_i(name, STR_LIT("false-positive")) != STR_NONE)
            *false_positive = true;
    }
    return t;
}

static void add_kind(const struct event *ev, struct indicator *x, struct str type, struct str value)
{
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (!str_is_i(type, types[i].type))
            continue;
        x->kind = types[i].kind;
        x->hash = types[i].hash;
        x->value = value;
        if (x->kind == INDICATOR_OTHER) {
            x->context = true;
            x->why = str_of(tr("a sweep of files and logs cannot look for this kind of indicator"));
        }
        x->level = x->score >= 50 ? pack_value_level(x->kind, x->score) : LEVEL_HINT;
        pack_build_add(ev->p, x);
        return;
    }
    pack_build_note(ev->p, PACK_WARNING, x->line, value, tr("the type \"%.*s\" is not known"),
                    STR_ARG(str_sub(type, 0, 40)));
}

static void add_rule(const struct event *ev, const struct indicator *x, struct str type, struct str value)
{
    struct err e = {0};
    int rc =
        str_is_i(type, "yara") ? pack_yara_add(ev->p, value, x, &e) : pack_sigma_add(ev->p, value, x, &e);
    if (rc < 0)
        pack_build_note(ev->p, PACK_REJECTED, x->line, value, "%s", e.text);
}

/* Words about the event, not traces of it. */
static bool prose(struct str type)
{
    static const char *const words[] = {"text",
                                        "comment",
                                        "link",
                                        "attachment",
                                        "malware-sample",
                                        "vulnerability",
                                        "datetime",
                                        "size-in-bytes",
                                        "other",
                                        "counter",
                                        "float",
                                        "hex",
                                        "boolean",
                                        "mime-type",
                                        "email-subject",
                                        "email-body",
                                        "port",
                                        "campaign-name",
                                        "threat-actor",
                                        "target-org",
                                        "weakness",
                                        "AS",
                                        "whois-registrar",
                                        "first-seen",
                                        "email-header",
                                        "github-username",
                                        "github-repository",
                                        "github-organisation",
                                        "git-commit-id",
                                        "phone-number",
                                        "whois-registrant-email",
                                        "external analysis",
                                        "internal reference",
                                        "campaign-id",
                                        "target-user",
                                        "target-external",
                                        "pdb",
                                        "compilation timestamp"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_is_i(type, words[i]))
            return true;
    return false;
}

static void attribute(struct event *ev, const struct json *a)
{
    struct str type = json_get_str(a, "type"), value = json_get_str(a, "value");
    bool false_positive = false, signature = str_is_i(ev->object, "av-signature") &&
                                             str_is_i(json_get_str(a, "object_relation"), "signature");
    struct indicator x = PACK_BUILD_ROW(pack_build_line(&ev->lines, value));
    if (!signature && (prose(type) || !type.n))
        return;
    x.row = (uint32_t)++ev->p->rows;
    x.tlp = tags(json_get(a, "Tag"), &false_positive);
    x.tlp = x.tlp ? x.tlp : ev->tlp;
    x.source = ev->source;
    x.source_id = json_get_str(a, "uuid");
    x.description = json_get_str(a, "comment");
    x.vulnerability = ev->cve;
    x.score = truth(json_get(a, "to_ids")) ? 75 : 30;
    if (truth(json_get(a, "deleted"))) {
        pack_build_note(ev->p, PACK_EXPIRED, x.line, value, tr("the publisher has withdrawn it"));
        return;
    }
    if (false_positive) {
        x.context = true;
        x.why = str_of(tr("the publisher marks it as a false positive"));
    }
    if (signature) {
        x.kind = INDICATOR_DETECTION;
        x.value = value;
        x.level = LEVEL_HINT;
        pack_build_add(ev->p, &x);
        return;
    }
    if (str_is_i(type, "yara") || str_is_i(type, "sigma")) {
        add_rule(ev, &x, type, value);
        return;
    }
    size_t bar = str_chr(type, '|'), cut = bar == STR_NONE ? STR_NONE : str_chr(value, '|');
    if (bar == STR_NONE) {
        add_kind(ev, &x, type, value);
        return;
    }
    struct str second = str_sub(type, bar + 1, type.n);
    add_kind(ev, &x, str_sub(type, 0, bar), str_sub(value, 0, cut));
    if (cut != STR_NONE && !str_is_i(second, "port") && !str_is_i(second, "value"))
        add_kind(ev, &x, second, str_sub(value, cut + 1, value.n));
}

static void event_cve(struct event *ev, const struct json *attributes)
{
    for (size_t i = 0; i < json_len(attributes); i++) {
        const struct json *a = json_at(attributes, i);
        if (!str_is_i(json_get_str(a, "type"), "vulnerability"))
            continue;
        struct str cve = pack_build_cve(ev->p, json_get_str(a, "value"));
        pack_build_vulnerability(ev->p, cve);
        if (cve.n && !ev->cve.n)
            ev->cve = cve;
    }
}

static bool is_event(const struct json *v)
{
    return json_is(v, JSON_OBJECT) &&
           (json_is(json_get(v, "Attribute"), JSON_ARRAY) || json_is(json_get(v, "Object"), JSON_ARRAY) ||
            (json_get(v, "info") && json_get(v, "threat_level_id")));
}

static void read_event(struct event *ev, const struct json *v)
{
    const struct json *attributes = json_get(v, "Attribute"), *objects = json_get(v, "Object");
    bool ignored;
    ev->tlp = tags(json_get(v, "Tag"), &ignored);
    ev->source = json_get_str(json_get(v, "Orgc"), "name");
    ev->cve = pack_build_cve(ev->p, json_get_str(v, "info"));
    ev->object = (struct str){"", 0};
    if (!ev->p->title.n)
        ev->p->title = pack_build_copy(ev->p, json_get_str(v, "info"));
    event_cve(ev, attributes);
    for (size_t i = 0; i < json_len(attributes); i++)
        attribute(ev, json_at(attributes, i));
    for (size_t i = 0; i < json_len(objects); i++) {
        const struct json *o = json_at(objects, i), *inside = json_get(o, "Attribute");
        if (truth(json_get(o, "deleted")))
            continue;
        ev->object = json_get_str(o, "name");
        for (size_t k = 0; k < json_len(inside); k++)
            attribute(ev, json_at(inside, k));
    }
}

static size_t read_any(struct event *ev, const struct json *v, unsigned depth)
{
    size_t n = 0;
    if (depth > 4)
        return 0;
    if (json_is(json_get(v, "Event"), JSON_OBJECT))
        return read_any(ev, json_get(v, "Event"), depth + 1);
    if (json_is(json_get(v, "response"), JSON_ARRAY))
        return read_any(ev, json_get(v, "response"), depth + 1);
    if (is_event(v)) {
        read_event(ev, v);
        return 1;
    }
    for (size_t i = 0; i < json_len(v); i++)
        n += read_any(ev, json_at(v, i), depth + 1);
    return n;
}

static int misp_read(struct pack *p, struct str text, struct err *e)
{
    struct arena a = {0};
    struct event ev = {.p = p, .lines = {.text = text}};
    const struct json *v = json_parse(&a, text, e);
    int rc = v ? 0 : ERR_INPUT;
    if (v) {
        pack_build_check(p, "indicators", p->name, LEVEL_HINT);
        if (!read_any(&ev, v, 0))
            rc = err_set(e, ERR_INPUT, "there is no event in it");
    }
    arena_release(&a);
    return rc;
}

static int misp_sniff(struct str head, struct str file_name)
{
    struct str s = str_trim(head);
    (void)file_name;
    if (!s.n || (s.p[0] != '{' && s.p[0] != '['))
        return 0;
    bool event = str_find(s, STR_LIT("\"Event\"")) != STR_NONE,
         attribute_ = str_find(s, STR_LIT("\"Attribute\"")) != STR_NONE ||
                      str_find(s, STR_LIT("\"Object\"")) != STR_NONE;
    if (event && attribute_)
        return 90;
    if (str_find(s, STR_LIT("\"threat_level_id\"")) != STR_NONE)
        return 80;
    return event || attribute_ ? 50 : 0;
}

extern const struct pack_kind pack_misp;
const struct pack_kind pack_misp = {
    .name = "misp", .title = TR("MISP events (JSON)"), .sniff = misp_sniff, .read = misp_read};
