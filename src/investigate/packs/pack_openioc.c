#include "codec/xml.h"
#include "investigate/packs/pack_build.h"
#include "investigate/packs/pack_cond.h"

/* OpenIOC 1.0 (root "ioc") and 1.1 (root "OpenIOC"). The alternatives of the outermost ORs become indicators
 * of their own; what stands under an AND is one condition over one file (the items of one document under one
 * AND mean one object), or over one record. Terms about anything else are unknown. */

struct reader {
    struct pack *p;
    struct indicator base;
    size_t items;
};

static const struct {
    const char *search;
    enum indicator_kind kind;
    enum hash_kind hash;
    const char *field; /* of a file ("file.…") or a record; NULL: only as a plain value */
} terms[] = {
    {"FileItem/Md5sum", INDICATOR_HASH, HASH_MD5, "file.md5"},
    {"FileItem/Sha1sum", INDICATOR_HASH, HASH_SHA1, "file.sha1"},
    {"FileItem/Sha256sum", INDICATOR_HASH, HASH_SHA256, "file.sha256"},
    {"FileItem/FileName", INDICATOR_PATH, 0, "file.name"},
    {"FileItem/FullPath", INDICATOR_PATH, 0, "file.path"},
    {"FileItem/FilePath", INDICATOR_OTHER, 0, "file.directory"},
    {"FileItem/FileExtension", INDICATOR_OTHER, 0, "file.extension"},
    {"FileItem/SizeInBytes", INDICATOR_OTHER, 0, "file.size"},
    {"Network/DNS", INDICATOR_DOMAIN, 0, NULL},
    {"DnsEntryItem/RecordName", INDICATOR_DOMAIN, 0, NULL},
    {"DnsEntryItem/Host", INDICATOR_DOMAIN, 0, NULL},
    {"PortItem/remoteIP", INDICATOR_IP, 0, NULL},
    {"PortItem/RemoteIP", INDICATOR_IP, 0, NULL},
    {"Network/URI", INDICATOR_URL, 0, NULL},
    {"UrlHistoryItem/URL", INDICATOR_URL, 0, NULL},
    {"Network/UserAgent", INDICATOR_USER_AGENT, 0, NULL},
    {"Network/HTTP_Referr", INDICATOR_OTHER, 0, NULL},
    {"RegistryItem/Path", INDICATOR_REGISTRY, 0, "TargetObject"},
    {"RegistryItem/KeyPath", INDICATOR_REGISTRY, 0, "TargetObject"},
    {"RegistryItem/Text", INDICATOR_OTHER, 0, "Details"},
    {"RegistryItem/ValueName", INDICATOR_OTHER, 0, NULL},
    {"ProcessItem/name", INDICATOR_PROCESS, 0, NULL},
    {"ProcessItem/arguments", INDICATOR_COMMAND, 0, "CommandLine"},
    {"processEvent/process", INDICATOR_PROCESS, 0, NULL},
    {"processEvent/processCmdLine", INDICATOR_COMMAND, 0, "CommandLine"},
    {"processEvent/processPath", INDICATOR_OTHER, 0, "Image"},
    {"processEvent/parentProcessPath", INDICATOR_OTHER, 0, "ParentImage"},
    {"imageLoadEvent/fullPath", INDICATOR_OTHER, 0, "ImageLoaded"},
    {"EventLogItem/EID", INDICATOR_OTHER, 0, "EventID"},
    {"EventLogItem/source", INDICATOR_OTHER, 0, "Provider_Name"},
    {"EventLogItem/log", INDICATOR_OTHER, 0, "Channel"},
    {"EventLogItem/message", INDICATOR_OTHER, 0, "*"},
};

struct item {
    struct str search, value, condition;
    bool negate, cased;
    int term; /* -1: unknown */
};

static void item_of(const struct xml *x, struct item *i)
{
    struct xml *context = xml_child(x, "Context"), *content = xml_child(x, "Content");
    *i = (struct item){
        .condition = xml_attr(x, "condition"), .search = xml_attr(context, "search"), .term = -1};
    if (content)
        i->value = str_trim(content->text);
    i->negate = str_is_i(xml_attr(x, "negate"), "true");
    i->cased = str_is_i(xml_attr(x, "preserve-case"), "true");
    if (str_is_i(i->condition, "isnot") || str_is_i(i->condition, "containsnot"))
        i->negate = !i->negate;
    for (size_t k = 0; k < ARRAY_LEN(terms); k++)
        if (str_is_i(i->search, terms[k].search))
            i->term = (int)k;
}

static bool op_of(struct str word, enum cond_op *op)
{
    static const struct {
        const char *word;
        enum cond_op op;
    } words[] = {{"is", COND_IS},
                 {"isnot", COND_IS},
                 {"contains", COND_CONTAINS},
                 {"containsnot", COND_CONTAINS},
                 {"matches", COND_MATCHES},
                 {"starts-with", COND_STARTS},
                 {"ends-with", COND_ENDS},
                 {"greater-than", COND_MORE},
                 {"less-than", COND_LESS}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_is_i(word, words[i].word)) {
            *op = words[i].op;
            return true;
        }
    return false;
}

static struct cond *unknown(struct reader *r, struct str what)
{
    return pack_cond_const(&r->p->a, TRI_UNKNOWN, pack_build_copy(r->p, what));
}

static struct cond *item_condition(struct reader *r, const struct xml *x)
{
    struct item i;
    enum cond_op op;
    struct cond *c;
    struct err e = {0};
    item_of(x, &i);
    r->items++;
    if (i.term < 0 || !terms[i.term].field || !op_of(i.condition, &op))
        return unknown(r, i.search);
    const char *field = terms[i.term].field;
    if (str_is(str_of(field), "*")) {
        c = pack_build_test(r->p, op, i.cased, (struct str){"", 0}, &i.value, 1, &e);
        if (c)
            c->test->subject.source = COND_ANY;
    } else if (!i.cased && (str_is(str_of(field), "file.name") || str_is(str_of(field), "file.path") ||
                            str_is(str_of(field), "file.directory")))
        c = pack_build_path_test(r->p, op, field, i.value, &e);
    else
        c = pack_build_test(r->p, op, i.cased, str_of(field), &i.value, 1, &e);
    if (!c) {
        pack_build_note(r->p, PACK_WARNING, x->line, i.value, "%s", e.text);
        return unknown(r, i.search);
    }
    return i.negate ? pack_cond_not(&r->p->a, c) : c;
}

static bool is_item(const struct xml *x)
{
    return str_is(x->name, "IndicatorItem");
}

static bool is_tree(const struct xml *x)
{
    return str_is(x->name, "Indicator");
}

static bool is_and(const struct xml *x)
{
    return str_is_i(xml_attr(x, "operator"), "AND");
}

/* Depth is bounded by the XML reader. */
static struct cond *tree_condition(struct reader *r, const struct xml *x)
{
    VEC(struct cond *) part = {0};
    for (const struct xml *c = x->first; c; c = c->next) {
        if (is_item(c))
            vec_push(&part, item_condition(r, c)); /* NOLINT(bugprone-sizeof-expression): an array of pointers */
        else if (is_tree(c))
            vec_push(&part, tree_condition(r, c)); /* NOLINT(bugprone-sizeof-expression): an array of pointers */
    }
    struct cond *k = part.n ? pack_cond_join(&r->p->a, is_and(x) ? COND_AND : COND_OR, part.p, part.n)
                            : pack_cond_const(&r->p->a, TRI_NO, (struct str){"", 0});
    vec_release(&part);
    return str_is_i(xml_attr(x, "negate"), "true") ? pack_cond_not(&r->p->a, k) : k;
}

/* ---- alternatives ---- */

static void add_context(struct reader *r, const struct xml *x, const char *why)
{
    struct indicator i = r->base;
    struct item t;
    if (is_tree(x)) {
        for (const struct xml *c = x->first; c; c = c->next)
            if (is_item(c) || is_tree(c))
                add_context(r, c, why);
        return;
    }
    item_of(x, &t);
    i.line = x->line;
    i.kind = INDICATOR_OTHER;
    i.context = true;
    i.why = str_of(why);
    i.value = str_of(arena_printf(&r->p->a, "%.*s %.*s %.*s", STR_ARG(str_sub(t.search, 0, 100)),
                                  STR_ARG(str_sub(t.condition, 0, 20)), STR_ARG(str_sub(t.value, 0, 500))));
    pack_build_add(r->p, &i);
}

struct scan {
    size_t file, record;
};

static void count_leaf(void *ctx, const struct cond_test *t)
{
    struct scan *s = ctx;
    if (str_starts(t->subject.name, "file."))
        s->file++;
    else
        s->record++;
}

static void add_condition(struct reader *r, const struct xml *x, struct cond *c)
{
    struct indicator i = r->base;
    struct scan s = {0};
    struct str why = {"", 0};
    pack_cond_each(c, count_leaf, &s);
    bool part = pack_cond_unknown(c, &why);
    if (!s.file == !s.record) {
        add_context(r, x,
                    why.n ? arena_printf(&r->p->a, tr("%s cannot be evaluated in a sweep"), why.p)
                          : tr("no single file or record can have all of it"));
        return;
    }
    i.kind = s.file ? INDICATOR_FILE : INDICATOR_RECORD;
    i.cond = c;
    i.line = x->line;
    i.level = pack_value_level(s.file ? INDICATOR_FILE : INDICATOR_COMMAND, i.score);
    i.value = xml_attr(x, "id");
    if (part) {
        i.why = str_of(arena_printf(&r->p->a, tr("%s cannot be evaluated in a sweep"), why.p));
        pack_build_note(r->p, PACK_NOT_EVALUABLE, x->line, i.value, "%s", i.why.p);
    }
    pack_build_push(r->p, &i);
}

/* A term that is a plain value. */
static bool add_plain(struct reader *r, const struct xml *x)
{
    struct indicator i = r->base;
    struct item t;
    enum cond_op op;
    item_of(x, &t);
    if (t.term < 0 || t.negate || t.cased || !op_of(t.condition, &op))
        return false;
    i.kind = terms[t.term].kind;
    i.hash = terms[t.term].hash;
    i.line = x->line;
    i.value = t.value;
    bool network = i.kind == INDICATOR_DOMAIN || i.kind == INDICATOR_URL || i.kind == INDICATOR_USER_AGENT ||
                   i.kind == INDICATOR_IP;
    bool text = i.kind == INDICATOR_COMMAND || i.kind == INDICATOR_REGISTRY;
    if (i.kind == INDICATOR_OTHER || !(op == COND_IS || (op == COND_CONTAINS && (network || text))))
        return false;
    i.level = pack_value_level(i.kind, i.score);
    enum indicator_kind guess;
    if (i.kind == INDICATOR_DOMAIN && pack_value_guess(pack_value_refang(&r->p->a, t.value), &guess) &&
        (guess == INDICATOR_IP || guess == INDICATOR_URL))
        i.kind = guess;
    r->items++;
    pack_build_add(r->p, &i);
    return true;
}

static void alternatives(struct reader *r, const struct xml *x)
{
    for (const struct xml *c = x->first; c; c = c->next) {
        if (is_item(c)) {
            r->p->rows++;
            r->base.row = (uint32_t)r->p->rows;
            if (!add_plain(r, c))
                add_condition(r, c, item_condition(r, c));
        } else if (is_tree(c) && !is_and(c) && !str_is_i(xml_attr(c, "negate"), "true"))
            alternatives(r, c);
        else if (is_tree(c)) {
            r->p->rows++;
            r->base.row = (uint32_t)r->p->rows;
            add_condition(r, c, tree_condition(r, c));
        }
    }
}

static int openioc_read(struct pack *p, struct str text, struct err *e)
{
    struct arena a = {0};
    struct xml *root = xml_parse(&a, text, NULL, 0, e), *top = root;
    struct reader r = {.p = p, .base = PACK_BUILD_ROW(0)};
    int rc = root ? 0 : ERR_INPUT;
    if (root) {
        bool new_form = str_is(root->name, "OpenIOC");
        struct xml *tree = xml_child(root, new_form ? "criteria" : "definition");
        if (new_form && xml_child(root, "metadata"))
            top = xml_child(root, "metadata");
        p->title = pack_build_copy(p, xml_text(top, "short_description"));
        r.base.source = xml_text(top, "authored_by");
        r.base.source_id = xml_attr(root, "id");
        r.base.description = p->title;
        r.base.score = 75;
        r.base.vulnerability = pack_build_cve(p, xml_text(top, "description"));
        pack_build_check(p, "indicators", p->title.n ? p->title : p->name, LEVEL_HINT);
        if ((!str_is(root->name, "ioc") && !new_form) || !tree)
            rc = err_set(e, ERR_INPUT, "it has no \"definition\" (OpenIOC 1.0) or \"criteria\" (1.1)");
        for (struct xml *c = tree ? tree->first : NULL; rc == 0 && c; c = c->next)
            if (is_tree(c)) {
                if (is_and(c))
                    add_condition(&r, c, tree_condition(&r, c));
                else
                    alternatives(&r, c);
            }
    }
    arena_release(&a);
    return rc;
}

static int openioc_sniff(struct str head, struct str file_name)
{
    (void)file_name;
    if (str_find(head, STR_LIT("schemas.mandiant.com/2010/ioc")) != STR_NONE ||
        str_find(head, STR_LIT("openioc.org/schemas")) != STR_NONE)
        return 95;
    return 0;
}

extern const struct pack_kind pack_openioc;
const struct pack_kind pack_openioc = {.name = "openioc",
                                       .title = TR("OpenIOC (XML)"),
                                       .bytes = true,
                                       .sniff = openioc_sniff,
                                       .read = openioc_read};
