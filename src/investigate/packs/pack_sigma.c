#include "investigate/packs/pack_sigma.h"

#include "investigate/packs/pack_build.h"
#include "investigate/packs/pack_cond.h"

#define SELECTIONS 256

struct rule {
    struct pack *p;
    const struct pack_yaml *doc, *detection;
    struct indicator base;
    struct str category, product, service;
    uint32_t check;
    struct err *e;
};

/* ---- selections ---- */

static struct cond *selection(struct rule *r, const struct sigma_target *t, const struct pack_yaml *v);

static bool is_keywords(struct str key)
{
    return key.n && key.p[0] == '|';
}

static struct cond *map(struct rule *r, const struct sigma_target *t, const struct pack_yaml *v)
{
    VEC(struct cond *) part = {0};
    struct cond *c = NULL;
    bool ok = true;
    for (uint32_t i = 0; ok && i < v->n; i++) {
        if (!v->key[i].n || is_keywords(v->key[i])) /* "|all": a list of keywords with modifiers */
            c = pack_sigma_keywords(r->p, &v->item[i], str_find(v->key[i], STR_LIT("all")) != STR_NONE, r->e);
        else
            c = pack_sigma_item(r->p, t, v->key[i], &v->item[i], r->e);
        ok = c != NULL;
        if (ok)
            vec_push(&part, c); /* NOLINT(bugprone-sizeof-expression): an array of pointers */
    }
    c = ok ? pack_cond_join(&r->p->a, COND_AND, part.p, part.n) : NULL;
    vec_release(&part);
    return c;
}

static struct cond *list(struct rule *r, const struct sigma_target *t, const struct pack_yaml *v)
{
    VEC(struct cond *) part = {0};
    bool ok = true, words = false;
    for (uint32_t i = 0; ok && i < v->n; i++) {
        if (v->item[i].type != PACK_YAML_MAP && v->item[i].type != PACK_YAML_LIST) {
            words = true;
            continue;
        }
        struct cond *c = selection(r, t, &v->item[i]);
        ok = c != NULL;
        if (ok)
            vec_push(&part, c); /* NOLINT(bugprone-sizeof-expression): an array of pointers */
    }
    if (ok && words) {
        struct pack_yaml only = {
            .type = PACK_YAML_LIST, .line = v->line, .item = arena_array(&r->p->a, struct pack_yaml, v->n)};
        for (uint32_t i = 0; i < v->n; i++)
            if (v->item[i].type == PACK_YAML_TEXT)
                only.item[only.n++] = v->item[i];
        struct cond *c = pack_sigma_keywords(r->p, &only, false, r->e);
        ok = c != NULL;
        if (ok)
            vec_push(&part, c); /* NOLINT(bugprone-sizeof-expression): an array of pointers */
    }
    struct cond *c = ok ? pack_cond_join(&r->p->a, COND_OR, part.p, part.n) : NULL;
    vec_release(&part);
    return c;
}

static struct cond *selection(struct rule *r, const struct sigma_target *t, const struct pack_yaml *v)
{
    if (v->type == PACK_YAML_MAP)
        return map(r, t, v);
    if (v->type == PACK_YAML_LIST)
        return list(r, t, v);
    if (v->type == PACK_YAML_TEXT)
        return pack_sigma_keywords(r->p, v, false, r->e);
    err_set(r->e, ERR_INPUT, "line %lu: a selection is empty", v->line);
    return NULL;
}

/* ---- one target ---- */

static struct cond *whole(struct rule *r, const struct sigma_target *t)
{
    struct str name[SELECTIONS];
    struct cond *cond[SELECTIONS], *part[16];
    size_t n = 0, parts = 0;
    const struct pack_yaml *condition = pack_yaml_get(r->detection, "condition");
    for (uint32_t i = 0; i < r->detection->n; i++) {
        if (str_is(r->detection->key[i], "condition") || str_is(r->detection->key[i], "timeframe"))
            continue;
        if (n == SELECTIONS) {
            err_set(r->e, ERR_LIMIT, "a rule has more than %d selections", SELECTIONS);
            return NULL;
        }
        name[n] = r->detection->key[i];
        cond[n] = selection(r, t, &r->detection->item[i]);
        if (!cond[n++])
            return NULL;
    }
    if (!condition) {
        err_set(r->e, ERR_INPUT, "the rule has no condition");
        return NULL;
    }
    if (condition->type == PACK_YAML_TEXT)
        return pack_sigma_condition(r->p, condition->text, name, cond, n, r->e);
    for (uint32_t i = 0; i < condition->n && parts < ARRAY_LEN(part); i++) {
        part[parts] = pack_sigma_condition(r->p, condition->item[i].text, name, cond, n, r->e);
        if (!part[parts++])
            return NULL;
    }
    return parts ? pack_cond_join(&r->p->a, COND_OR, part, parts) : NULL;
}

static void set_gate(struct rule *r, const struct sigma_target *t, struct indicator *x)
{
    struct str_split it = str_split_init(str_of(t->channels), ';');
    struct str one;
    x->channel = arena_array(&r->p->a, struct str, 8);
    while (x->channel_n < 8 && str_split_next(&it, &one))
        if (one.n)
            x->channel[x->channel_n++] = one;
    while (x->event_n < ARRAY_LEN(t->event) && t->event[x->event_n])
        x->event_n++;
    x->event = arena_array(&r->p->a, uint32_t, ARRAY_LEN(t->event));
    memcpy(x->event, t->event, sizeof(t->event));
}

/* Rules about requests look only at records that have a method. */
static struct cond *web_only(struct rule *r, const struct sigma_target *t, struct cond *c)
{
    struct pack_yaml yes = {.type = PACK_YAML_TEXT, .text = STR_LIT("true")};
    struct cond *part[2] = {pack_sigma_item(r->p, t, STR_LIT("cs-method|exists"), &yes, r->e), c};
    return part[0] ? pack_cond_join(&r->p->a, COND_AND, part, 2) : c;
}

static void add_need(struct rule *r, struct str need)
{
    struct check *k = &r->p->check[r->check];
    for (uint32_t i = 0; i < k->needs_n; i++)
        if (str_eq(k->needs[i], need))
            return;
    struct str *more = arena_array(&r->p->a, struct str, k->needs_n + 1);
    if (k->needs_n)
        memcpy(more, k->needs, k->needs_n * sizeof(*more));
    more[k->needs_n++] = need;
    k->needs = more;
}

struct leaves {
    size_t n;
};

static void count_leaf(void *ctx, const struct cond_test *t)
{
    struct leaves *l = ctx;
    (void)t;
    l->n++;
}

static int add_target(struct rule *r, const struct sigma_target *t, bool first, struct str *why)
{
    struct indicator x = r->base;
    struct leaves l = {0};
    struct cond *c = whole(r, t);
    if (!c)
        return ERR_INPUT;
    pack_cond_each(c, count_leaf, &l);
    bool unknown = pack_cond_unknown(c, why);
    if ((unknown && first) || !l.n)
        return 0;
    x.kind = INDICATOR_RECORD;
    x.cond = t->needs ? web_only(r, t, c) : c;
    set_gate(r, t, &x);
    if (unknown)
        x.why = *why;
    if (first) {
        if (t->needs)
            add_need(r, str_of(t->needs));
        for (uint32_t i = 0; i < x.channel_n && i < 1; i++)
            add_need(r, str_of(arena_printf(&r->p->a, "event:" STR_FMT, STR_ARG(x.channel[i]))));
    }
    pack_build_push(r->p, &x);
    return 1;
}

static void context(struct rule *r, const char *why)
{
    struct indicator x = r->base;
    x.kind = INDICATOR_RECORD;
    x.context = true;
    x.why = str_of(why);
    pack_build_note(r->p, PACK_NOT_EVALUABLE, x.line, x.value, "%s", why);
    pack_build_push(r->p, &x);
}

/* ---- one rule ---- */

static void grade(struct rule *r)
{
    static const struct {
        const char *word;
        int score;
    } levels[] = {{"informational", 10}, {"low", 30}, {"medium", 50}, {"high", 75}, {"critical", 90}};
    struct str word = pack_yaml_str(r->doc, "level");
    const struct pack_yaml *tags = pack_yaml_get(r->doc, "tags");
    bool entry = false, shell = false;
    r->base.score = 50;
    for (size_t i = 0; i < ARRAY_LEN(levels); i++)
        if (str_is_i(word, levels[i].word))
            r->base.score = levels[i].score;
    for (uint32_t i = 0; tags && tags->type == PACK_YAML_LIST && i < tags->n; i++) {
        struct str tag = tags->item[i].text;
        entry |= str_is_i(tag, "attack.t1190") || str_is_i(tag, "attack.initial-access") ||
                 str_is_i(tag, "attack.initial_access");
        shell |= str_starts_i(tag, "attack.t1505.003");
        if (str_starts_i(tag, "cve.") && !r->base.vulnerability.n)
            r->base.vulnerability = pack_build_cve(
                r->p,
                str_of(arena_printf(&r->p->a, "CVE-" STR_FMT,
                                    STR_ARG(str_sub(tag, str_starts_i(tag, "cve.cve-") ? 8 : 4, tag.n)))));
    }
    r->base.level = r->base.score < 70 ? LEVEL_HINT
                    : shell            ? LEVEL_SHELL_PRESENT
                    : entry            ? LEVEL_EXPLOITED
                                       : LEVEL_POST_EXPLOITATION;
}

static int rule_targets(struct rule *r)
{
    const struct sigma_target *t;
    struct str why = {"", 0};
    int rc = 0, added = 0;
    for (size_t i = 0; rc >= 0 && (t = pack_sigma_target(r->category, r->product, r->service, i)) != NULL;
         i++) {
        struct str reason = {"", 0};
        rc = add_target(r, t, i == 0, &reason);
        added += rc > 0;
        if (i == 0)
            why = reason;
        if (i == 0 && rc == 0)
            break;
    }
    if (rc < 0)
        return rc;
    if (!added && !pack_sigma_target(r->category, r->product, r->service, 0))
        context(r, arena_printf(
                       &r->p->a,
                       tr("no reader gives logs of category \"%.*s\", product \"%.*s\", service \"%.*s\""),
                       STR_ARG(str_sub(r->category, 0, 40)), STR_ARG(str_sub(r->product, 0, 40)),
                       STR_ARG(str_sub(r->service, 0, 40))));
    else if (!added)
        context(r, why.n ? why.p : tr("nothing in it can be evaluated"));
    return 0;
}

static int rule(struct pack *p, const struct pack_yaml *doc, const struct indicator *base, struct err *e)
{
    struct rule r = {.p = p, .doc = doc, .base = *base, .e = e};
    const struct pack_yaml *source = pack_yaml_get(doc, "logsource");
    struct str title = pack_yaml_str(doc, "title"), id = pack_yaml_str(doc, "id"),
               status = pack_yaml_str(doc, "status");
    r.detection = pack_yaml_get(doc, "detection");
    r.base.line = doc->line;
    r.base.row = (uint32_t)++p->rows;
    r.base.value = title;
    r.base.source_id = id;
    r.base.description = pack_yaml_str(doc, "description");
    r.base.source = pack_yaml_str(doc, "author");
    if (!title.n)
        return err_set(e, ERR_INPUT, "line %lu: a rule needs a title", doc->line);
    grade(&r);
    if (!p->title.n)
        p->title = pack_build_copy(p, title);
    r.check = r.base.check =
        pack_build_check(p, id.n ? arena_printf(&p->a, STR_FMT, STR_ARG(id)) : "rule", title, r.base.level);
    p->check[r.check].score = r.base.score;
    p->check[r.check].vulnerability = pack_build_copy(p, r.base.vulnerability);
    pack_build_vulnerability(p, r.base.vulnerability);
    if (pack_yaml_get(doc, "correlation")) {
        context(&r, tr("correlation rules are not evaluated"));
        return 0;
    }
    if (pack_yaml_get(doc, "filter")) {
        context(&r, tr("filter rules are not applied"));
        return 0;
    }
    if (!r.detection || r.detection->type != PACK_YAML_MAP || !source || source->type != PACK_YAML_MAP)
        return err_set(e, ERR_INPUT, "line %lu: a rule needs logsource and detection", doc->line);
    if (str_is_i(status, "deprecated") || str_is_i(status, "unsupported"))
        pack_build_note(p, PACK_WARNING, doc->line, title, tr("the rule's status is \"%.*s\""),
                        STR_ARG(status));
    r.category = pack_yaml_str(source, "category");
    r.product = pack_yaml_str(source, "product");
    r.service = pack_yaml_str(source, "service");
    return rule_targets(&r);
}

int pack_sigma_add(struct pack *p, struct str text, const struct indicator *i, struct err *e)
{
    struct pack_yaml *doc;
    size_t n;
    int rc = pack_yaml_read(&p->a, text, &doc, &n, e);
    for (size_t k = 0; rc == 0 && k < n; k++) {
        if (doc[k].type == PACK_YAML_NULL)
            continue;
        if (doc[k].type != PACK_YAML_MAP)
            return err_set(e, ERR_INPUT, "line %lu: a rule is a mapping", doc[k].line);
        rc = rule(p, &doc[k], i, e);
    }
    return rc;
}

static int sigma_read(struct pack *p, struct str text, struct err *e)
{
    struct indicator base = PACK_BUILD_ROW(0);
    int rc = pack_sigma_add(p, text, &base, e);
    return rc < 0 ? rc : p->rows ? 0 : err_set(e, ERR_INPUT, "there is no rule in it");
}

static int sigma_sniff(struct str head, struct str file_name)
{
    struct str line, rest = head;
    bool title = false, detection = false, logsource = false, correlation = false;
    (void)file_name;
    while (str_line_next(&rest, &line)) {
        title |= str_starts(line, "title:");
        detection |= str_starts(line, "detection:");
        logsource |= str_starts(line, "logsource:");
        correlation |= str_starts(line, "correlation:") || str_starts(line, "filter:");
    }
    return title && (detection || correlation) ? 90 : detection && logsource ? 80 : 0;
}

extern const struct pack_kind pack_sigma;
const struct pack_kind pack_sigma = {
    .name = "sigma", .title = TR("Sigma rules (YAML)"), .sniff = sigma_sniff, .read = sigma_read};
