#include "investigate/packs/pack_stix.h"

#include "codec/json.h"
#include "investigate/packs/pack_build.h"

/* Marking definitions that stand for TLP: STIX 2.1 section 7.2.1.4, and the OASIS extension for TLP 2.0. */
static const struct {
    const char *id;
    enum tlp tlp;
} markings[] = {
    {"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9", TLP_CLEAR},
    {"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da", TLP_GREEN},
    {"marking-definition--f88d31f6-486f-44da-b317-01333bde0b82", TLP_AMBER},
    {"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed", TLP_RED},
    {"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", TLP_CLEAR},
    {"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb", TLP_GREEN},
    {"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", TLP_AMBER},
    {"marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", TLP_AMBER_STRICT},
    {"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", TLP_RED},
};

struct bundle {
    struct pack *p;
    struct pack_lines lines;
    const struct json *objects;
    struct arena *a;
};

static enum tlp tlp_of(const struct bundle *b, const struct json *o)
{
    const struct json *refs = json_get(o, "object_marking_refs");
    enum tlp t = TLP_NONE;
    for (size_t i = 0; i < json_len(refs); i++) {
        struct str id = json_str(json_at(refs, i));
        for (size_t k = 0; k < ARRAY_LEN(markings); k++)
            if (str_is(id, markings[k].id))
                t = markings[k].tlp;
        for (size_t k = 0; !t && k < json_len(b->objects) && k < 1000; k++) {
            const struct json *m = json_at(b->objects, k);
            if (str_eq(json_get_str(m, "id"), id))
                t = pack_value_tlp(json_get_str(json_get(m, "definition"), "tlp"));
        }
    }
    return t;
}

static struct str cve_of(const struct bundle *b, const struct json *o)
{
    const struct json *refs = json_get(o, "external_references");
    for (size_t i = 0; i < json_len(refs); i++) {
        struct str cve = pack_build_cve(b->p, json_get_str(json_at(refs, i), "external_id"));
        if (cve.n)
            return cve;
    }
    struct str cve = pack_build_cve(b->p, json_get_str(o, "name"));
    return cve.n ? cve : pack_build_cve(b->p, json_get_str(o, "description"));
}

/* Strict first; producers that write a path's backslashes once only are read as they mean it. */
static int parse(struct bundle *b, struct str pattern, unsigned long line, struct stix_obs **out,
                 struct err *e)
{
    int rc = pack_stix_parse(b->a, pattern, false, out, e);
    struct err second = {0};
    if (rc < 0 && str_chr(pattern, '\\') != STR_NONE &&
        pack_stix_parse(b->a, pattern, true, out, &second) == 0) {
        pack_build_note(b->p, PACK_WARNING, line, pattern,
                        tr("a backslash in the pattern is not doubled; it is read as one"));
        return 0;
    }
    return rc;
}

static void rule(struct bundle *b, struct str type, struct str pattern, const struct indicator *x)
{
    struct err e = {0};
    int rc =
        str_is_i(type, "yara") ? pack_yara_add(b->p, pattern, x, &e) : pack_sigma_add(b->p, pattern, x, &e);
    if (rc < 0)
        pack_build_note(b->p, PACK_REJECTED, x->line, pattern, "%s", e.text);
}

static void indicator(struct bundle *b, const struct json *o)
{
    struct str pattern = json_get_str(o, "pattern"), type = json_get_str(o, "pattern_type");
    struct indicator x = PACK_BUILD_ROW(pack_build_line(&b->lines, json_get_str(o, "id")));
    x.row = (uint32_t)++b->p->rows;
    x.source_id = json_get_str(o, "id");
    x.description = json_get_str(o, "name");
    if (!x.description.n)
        x.description = json_get_str(o, "description");
    int64_t confidence = json_int(json_get(o, "confidence"), -1);
    x.score = confidence >= 0 && confidence <= 100 ? (int)confidence : 75;
    x.tlp = tlp_of(b, o);
    x.vulnerability = cve_of(b, o);
    (void)clock_parse_iso(json_get_str(o, "valid_from"), ZONE_UTC, &x.from);
    (void)clock_parse_iso(json_get_str(o, "valid_until"), ZONE_UTC, &x.until);
    if (json_bool(json_get(o, "revoked"), false)) {
        pack_build_note(b->p, PACK_EXPIRED, x.line, pattern, tr("the publisher has withdrawn it"));
        return;
    }
    if (str_is_i(type, "yara") || str_is_i(type, "sigma")) {
        rule(b, type, pattern, &x);
        return;
    }
    if (type.n && !str_is_i(type, "stix")) {
        x.kind = INDICATOR_OTHER;
        x.context = true;
        x.value = pattern;
        x.why = str_of(tr("patterns of this type cannot be evaluated in a sweep"));
        pack_build_add(b->p, &x);
        return;
    }
    struct stix_obs *obs;
    struct err e = {0};
    if (parse(b, pattern, x.line, &obs, &e) < 0) {
        pack_build_note(b->p, PACK_REJECTED, x.line, pattern, "%s", e.text);
        return;
    }
    pack_stix_emit(b->p, obs, &x);
}

static int read_objects(struct bundle *b, const struct json *v, struct err *e)
{
    b->objects = json_get(v, "objects");
    if (str_is(json_get_str(v, "type"), "indicator")) {
        indicator(b, v);
        return 0;
    }
    if (!json_is(b->objects, JSON_ARRAY) && !json_is(v, JSON_ARRAY))
        return err_set(e, ERR_INPUT, "a bundle has an array \"objects\"");
    if (json_is(v, JSON_ARRAY))
        b->objects = v;
    for (size_t i = 0; i < json_len(b->objects); i++) {
        const struct json *o = json_at(b->objects, i);
        struct str type = json_get_str(o, "type");
        if (str_is(type, "indicator"))
            indicator(b, o);
        else if (str_is(type, "vulnerability"))
            pack_build_vulnerability(b->p, pack_build_cve(b->p, json_get_str(o, "name")));
        else if ((str_is(type, "report") || str_is(type, "campaign")) && !b->p->title.n)
            b->p->title = pack_build_copy(b->p, json_get_str(o, "name"));
    }
    return 0;
}

static int stix_read(struct pack *p, struct str text, struct err *e)
{
    struct arena a = {0};
    struct bundle b = {.p = p, .lines = {.text = text}, .a = &a};
    const struct json *v = json_parse(&a, text, e);
    int rc = v ? 0 : ERR_INPUT;
    if (v) {
        pack_build_check(p, "indicators", p->name, LEVEL_HINT);
        rc = read_objects(&b, v, e);
    }
    arena_release(&a);
    return rc;
}

static int stix_sniff(struct str head, struct str file_name)
{
    struct str s = str_trim(head);
    (void)file_name;
    if (!s.n || (s.p[0] != '{' && s.p[0] != '['))
        return 0;
    if (str_find(s, STR_LIT("\"bundle--")) != STR_NONE)
        return 92;
    return str_find(s, STR_LIT("\"indicator--")) != STR_NONE ? 91 : 0;
}

extern const struct pack_kind pack_stix;
const struct pack_kind pack_stix = {
    .name = "stix", .title = TR("STIX 2 (JSON)"), .sniff = stix_sniff, .read = stix_read};
