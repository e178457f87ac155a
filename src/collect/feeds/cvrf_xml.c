#include "collect/feeds/cvrf.h"

static size_t count(const struct xml *x, const char *name)
{
    size_t n = 0;
    for (const struct xml *c = xml_child(x, name); c; c = xml_next(c, name))
        n++;
    return n;
}

static size_t count_products(const struct xml *x)
{
    size_t n = count(x, "FullProductName");
    for (const struct xml *c = xml_child(x, "Branch"); c; c = xml_next(c, "Branch"))
        n += count_products(c);
    return n;
}

static void read_products(struct arena *a, const struct xml *x, struct cvrf_doc *out)
{
    for (const struct xml *c = xml_child(x, "FullProductName"); c; c = xml_next(c, "FullProductName"))
        out->product[out->product_n++] =
            (struct cvrf_product){str_trim(xml_attr(c, "ProductID")), feed_one_line(a, c->text)};
    for (const struct xml *c = xml_child(x, "Branch"); c; c = xml_next(c, "Branch"))
        read_products(a, c, out);
}

static struct cvrf_entry *read_entries(struct arena *a, const struct xml *list, const char *name, size_t *n)
{
    struct cvrf_entry *out = arena_array(a, struct cvrf_entry, count(list, name) + 1);
    *n = 0;
    for (const struct xml *x = xml_child(list, name); x; x = xml_next(x, name)) {
        struct cvrf_entry *en = &out[(*n)++];
        en->type = str_trim(xml_attr(x, "Type"));
        en->text = xml_text(x, "Description");
        en->url = xml_text(x, "URL");
        en->supersedes = xml_text(x, "Supercedence");
        en->fixed_build = xml_text(x, "FixedBuild");
        en->subtype = xml_text(x, "SubType");
        en->restart = xml_text(x, "RestartRequired");
        en->score = xml_text(x, "BaseScore");
        en->vector = xml_text(x, "Vector");
        en->id = arena_array(a, struct str, count(x, "ProductID") + 1);
        for (const struct xml *c = xml_child(x, "ProductID"); c; c = xml_next(c, "ProductID"))
            en->id[en->id_n++] = str_trim(c->text);
    }
    return out;
}

static void read_revisions(const struct xml *list, struct cvrf_vuln *v)
{
    for (const struct xml *x = xml_child(list, "Revision"); x; x = xml_next(x, "Revision")) {
        when_t t = feed_when(xml_text(x, "Date"), ZONE_UTC);
        if (t == WHEN_NONE)
            continue;
        v->first = v->first == WHEN_NONE ? t : MIN(v->first, t);
        v->last = v->last == WHEN_NONE ? t : MAX(v->last, t);
    }
}

static void read_vuln(struct arena *a, const struct xml *x, struct cvrf_vuln *v)
{
    memset(v, 0, sizeof(*v));
    v->first = v->last = WHEN_NONE;
    v->cve = xml_text(x, "CVE");
    v->title = xml_text(x, "Title");
    const struct xml *notes = xml_child(x, "Notes");
    v->note = arena_array(a, struct cvrf_note, count(notes, "Note") + 1);
    for (const struct xml *c = xml_child(notes, "Note"); c; c = xml_next(c, "Note"))
        v->note[v->note_n++] =
            (struct cvrf_note){xml_attr(c, "Title"), xml_attr(c, "Type"), str_trim(c->text)};
    v->status = read_entries(a, xml_child(x, "ProductStatuses"), "Status", &v->status_n);
    v->threat = read_entries(a, xml_child(x, "Threats"), "Threat", &v->threat_n);
    v->score = read_entries(a, xml_child(x, "CVSSScoreSets"), "ScoreSet", &v->score_n);
    v->remedy = read_entries(a, xml_child(x, "Remediations"), "Remediation", &v->remedy_n);
    v->cwe = arena_array(a, struct str, count(x, "CWE") + 1);
    for (const struct xml *c = xml_child(x, "CWE"); c; c = xml_next(c, "CWE"))
        v->cwe[v->cwe_n++] = str_trim(xml_attr(c, "ID"));
    read_revisions(xml_child(x, "RevisionHistory"), v);
}

bool cvrf_xml_read(struct arena *a, const struct xml *root, struct cvrf_doc *out)
{
    memset(out, 0, sizeof(*out));
    if (!root || !str_is(root->name, "cvrfdoc"))
        return false;
    const struct xml *tracking = xml_child(root, "DocumentTracking"), *tree = xml_child(root, "ProductTree");
    out->title = xml_text(root, "DocumentTitle");
    out->id = xml_text(xml_child(tracking, "Identification"), "ID");
    out->released = feed_when(xml_text(tracking, "InitialReleaseDate"), ZONE_UTC);
    out->updated = feed_when(xml_text(tracking, "CurrentReleaseDate"), ZONE_UTC);
    out->product = arena_array(a, struct cvrf_product, count_products(tree) + 1);
    read_products(a, tree, out);
    out->vuln = arena_array(a, struct cvrf_vuln, count(root, "Vulnerability") + 1);
    for (const struct xml *x = xml_child(root, "Vulnerability"); x; x = xml_next(x, "Vulnerability"))
        read_vuln(a, x, &out->vuln[out->vuln_n++]);
    return true;
}
