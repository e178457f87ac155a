/* Two JSON shapes, one reader: member names are compared without case and underscores
 * (ProductID, product_id, productid), a text may be {"Value":…} or {"text":…}, a list may be an
 * array, an object around an array of the singular name, or the one item itself. */
#include "collect/feeds/cvrf.h"

static bool same_name(struct str a, const char *b)
{
    size_t i = 0;
    for (; *b; b++, i++) {
        while (i < a.n && a.p[i] == '_')
            i++;
        if (i >= a.n)
            return false;
        char c = a.p[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c + 32);
        if (c != *b)
            return false;
    }
    return i == a.n;
}

/* name: lower case, no underscores */
static const struct json *get(const struct json *v, const char *name)
{
    if (!v || v->type != JSON_OBJECT)
        return NULL;
    for (uint32_t i = 0; i < v->n; i++)
        if (same_name(v->key[i], name))
            return &v->item[i];
    return NULL;
}

static struct str value(const struct json *v)
{
    if (json_is(v, JSON_OBJECT)) {
        const struct json *inner = get(v, "value");
        v = inner ? inner : get(v, "text");
    }
    if (v && (v->type == JSON_STRING || v->type == JSON_NUMBER))
        return str_trim(v->text);
    return (struct str){0};
}

static struct str text_of(const struct json *v, const char *name)
{
    return value(get(v, name));
}

/* The items of a list in any of the three forms. */
struct list {
    const struct json *item;
    size_t n;
};

static struct list list_of(const struct json *v, const char *singular)
{
    if (json_is(v, JSON_ARRAY))
        return (struct list){v->item, v->n};
    if (json_is(v, JSON_OBJECT) && singular) {
        const struct json *inner = get(v, singular);
        if (inner)
            return list_of(inner, NULL);
    }
    if (json_is(v, JSON_OBJECT) || json_is(v, JSON_STRING))
        return (struct list){v, 1};
    return (struct list){0};
}

/* ---- product tree: Branch (Items) with branches or products below ---- */

#define TREE_DEPTH 16

static void walk(struct arena *a, const struct json *v, struct cvrf_doc *out, size_t *n, bool count,
                 int depth)
{
    if (depth > TREE_DEPTH)
        return;
    if (json_is(v, JSON_ARRAY)) {
        for (size_t i = 0; i < v->n; i++)
            walk(a, &v->item[i], out, n, count, depth + 1);
        return;
    }
    struct str id = text_of(v, "productid");
    if (id.n) {
        if (count)
            (*n)++;
        else if (out->product_n < *n)
            out->product[out->product_n++] = (struct cvrf_product){id, feed_one_line(a, value(v))};
        return;
    }
    static const char *const below[] = {"branch", "items", "fullproductname"};
    for (size_t i = 0; i < ARRAY_LEN(below); i++)
        if (get(v, below[i]))
            walk(a, get(v, below[i]), out, n, count, depth + 1);
}

/* ---- one vulnerability ---- */

/* The API's numbers by the words of the XML form. */
static struct str type_name(struct str type, const char *const *names, size_t n)
{
    uint64_t k;
    return num_u64(type, &k) && k < n && names[k] ? str_of(names[k]) : type;
}

static struct cvrf_entry *read_entries(struct arena *a, const struct json *v, const char *singular,
                                       const char *const *names, size_t names_n, size_t *n)
{
    struct list l = list_of(v, singular);
    struct cvrf_entry *out = arena_array(a, struct cvrf_entry, l.n + 1);
    *n = 0;
    for (size_t i = 0; i < l.n; i++) {
        const struct json *x = &l.item[i];
        if (!json_is(x, JSON_OBJECT))
            continue;
        struct cvrf_entry *en = &out[(*n)++];
        en->type = type_name(text_of(x, "type"), names, names_n);
        en->text = text_of(x, "description");
        en->url = text_of(x, "url");
        en->supersedes = text_of(x, "supercedence");
        en->fixed_build = text_of(x, "fixedbuild");
        en->subtype = text_of(x, "subtype");
        en->restart = text_of(x, "restartrequired");
        en->score = text_of(x, "basescore");
        en->vector = text_of(x, "vector");
        struct list ids = list_of(get(x, "productid"), NULL);
        en->id = arena_array(a, struct str, ids.n + 1);
        for (size_t k = 0; k < ids.n; k++)
            if (value(&ids.item[k]).n)
                en->id[en->id_n++] = value(&ids.item[k]);
    }
    return out;
}

static void read_revisions(const struct json *x, struct cvrf_vuln *v)
{
    struct list l = list_of(get(x, "revisionhistory"), "revision");
    for (size_t i = 0; i < l.n; i++) {
        when_t t = feed_when(text_of(&l.item[i], "date"), ZONE_UTC);
        if (t == WHEN_NONE)
            continue;
        v->first = v->first == WHEN_NONE ? t : MIN(v->first, t);
        v->last = v->last == WHEN_NONE ? t : MAX(v->last, t);
    }
}

static void read_vuln(struct arena *a, const struct json *x, struct cvrf_vuln *v)
{
    static const char *const statuses[] = {"First Affected", "First Fixed",        "Fixed",
                                           "Known Affected", "Known Not Affected", "Last Affected",
                                           "Recommended"};
    static const char *const threats[] = {"Impact", "Exploit Status", NULL, "Severity"};
    static const char *const remedies[] = {"Workaround",   "Mitigation",  "Vendor Fix",   "None Available",
                                           "Will Not Fix", "Known Issue", "Release Notes"};
    static const char *const notes[] = {"General",          "Details", "Description", "Summary", "FAQ",
                                        "Legal Disclaimer", "Other",   "Tag",         "CNA"};
    memset(v, 0, sizeof(*v));
    v->first = v->last = WHEN_NONE;
    v->cve = text_of(x, "cve");
    v->title = text_of(x, "title");
    struct list l = list_of(get(x, "notes"), "note");
    v->note = arena_array(a, struct cvrf_note, l.n + 1);
    for (size_t i = 0; i < l.n; i++)
        v->note[v->note_n++] = (struct cvrf_note){
            text_of(&l.item[i], "title"), type_name(text_of(&l.item[i], "type"), notes, ARRAY_LEN(notes)),
            value(&l.item[i])};
    v->status =
        read_entries(a, get(x, "productstatuses"), "status", statuses, ARRAY_LEN(statuses), &v->status_n);
    v->threat = read_entries(a, get(x, "threats"), "threat", threats, ARRAY_LEN(threats), &v->threat_n);
    v->score = read_entries(a, get(x, "cvssscoresets"), "scoreset", NULL, 0, &v->score_n);
    v->remedy =
        read_entries(a, get(x, "remediations"), "remediation", remedies, ARRAY_LEN(remedies), &v->remedy_n);
    l = list_of(get(x, "cwe"), NULL);
    v->cwe = arena_array(a, struct str, l.n + 1);
    for (size_t i = 0; i < l.n; i++) {
        struct str id = text_of(&l.item[i], "id");
        v->cwe[v->cwe_n++] = id.n ? id : value(&l.item[i]);
    }
    read_revisions(x, v);
}

bool cvrf_json_read(struct arena *a, const struct json *root, struct cvrf_doc *out)
{
    memset(out, 0, sizeof(*out));
    const struct json *vulns = get(root, "vulnerability"), *tracking = get(root, "documenttracking");
    if (!vulns)
        return false;
    out->title = text_of(root, "documenttitle");
    out->id = text_of(get(tracking, "identification"), "id");
    out->released = feed_when(text_of(tracking, "initialreleasedate"), ZONE_UTC);
    out->updated = feed_when(text_of(tracking, "currentreleasedate"), ZONE_UTC);
    size_t n = 0;
    walk(a, get(root, "producttree"), out, &n, true, 0);
    out->product = arena_array(a, struct cvrf_product, n + 1);
    walk(a, get(root, "producttree"), out, &n, false, 0);
    struct list l = list_of(vulns, NULL);
    out->vuln = arena_array(a, struct cvrf_vuln, l.n + 1);
    for (size_t i = 0; i < l.n; i++)
        if (json_is(&l.item[i], JSON_OBJECT))
            read_vuln(a, &l.item[i], &out->vuln[out->vuln_n++]);
    return true;
}
