#include "identify/applic.h"

#include "identify/applic_platform.h"
#include "identify/applic_verdict.h"

/* Is that kind of thing inventoried at all? */
static bool inventoried(const struct applic_asset *asset, const struct applic_leaf *leaf)
{
    struct str part = leaf->cpe.attr[CPE_PART];
    if (str_is(part, "o"))
        return asset->known & APPLIC_OS_KNOWN;
    if (str_is(part, "h"))
        return asset->known & APPLIC_HARDWARE_KNOWN;
    return asset->known & APPLIC_SOFTWARE_KNOWN;
}

/* The leaf against all names of the asset. */
static enum applic_truth leaf_truth(const struct applic_leaf *leaf, const struct applic_asset *asset,
                                    size_t focus)
{
    if (leaf->refused)
        return APPLIC_FALSE;
    unsigned family = applic_platform_generic(leaf);
    if (family & asset->families)
        return APPLIC_TRUE;
    enum applic_truth best = APPLIC_FALSE;
    bool met = false;
    for (uint32_t i = asset->head[(uint32_t)leaf->hash & asset->mask]; i && best != APPLIC_TRUE;
         i = asset->next[i - 1]) {
        const struct applic_name *name = &asset->name[i - 1];
        if (!str_eq(name->cpe.attr[CPE_PRODUCT], leaf->cpe.attr[CPE_PRODUCT]))
            continue;
        met = met || cpe_match_attr(&leaf->cpe, &name->cpe, CPE_VENDOR) != CPE_DISJOINT;
        best = MAX(best, applic_leaf_holds(leaf, name, NULL, NULL));
    }
    if (best == APPLIC_TRUE)
        return best;
    if (applic_platform_targets(&asset->name[focus].cpe, leaf))
        return cpe_bounds_none(&leaf->bounds) && !cpe_has(&leaf->cpe, CPE_VERSION) ? APPLIC_TRUE
                                                                                   : APPLIC_UNKNOWN;
    if (met)
        return best;
    if (!inventoried(asset, leaf) || applic_platform_vague(asset->families, leaf))
        return APPLIC_UNKNOWN;
    return APPLIC_FALSE;
}

static enum applic_truth join(bool op_and, enum applic_truth so_far, enum applic_truth t)
{
    return op_and ? MIN(so_far, t) : MAX(so_far, t);
}

static enum applic_truth negated(bool negate, enum applic_truth t)
{
    return negate ? (enum applic_truth)(APPLIC_TRUE - t) : t;
}

static enum applic_truth node_truth(const struct applic_node *node, const struct applic_asset *asset,
                                    size_t focus)
{
    if (!node->leaf_n)
        return APPLIC_FALSE;
    enum applic_truth t = node->op_and ? APPLIC_TRUE : APPLIC_FALSE;
    for (size_t i = 0; i < node->leaf_n && t != (node->op_and ? APPLIC_FALSE : APPLIC_TRUE); i++)
        t = join(node->op_and, t, leaf_truth(&node->leaf[i], asset, focus));
    return negated(node->negate, t);
}

static enum applic_truth config_truth(const struct applic_config *c, const struct applic_asset *asset,
                                      size_t focus)
{
    if (!c->node_n)
        return APPLIC_FALSE;
    enum applic_truth t = c->op_and ? APPLIC_TRUE : APPLIC_FALSE;
    for (size_t i = 0; i < c->node_n && t != (c->op_and ? APPLIC_FALSE : APPLIC_TRUE); i++)
        t = join(c->op_and, t, node_truth(&c->node[i], asset, focus));
    return negated(c->negate, t);
}

/* Does the leaf speak about this product at all, version aside? */
static bool names_product(const struct applic_leaf *leaf, const struct applic_name *name)
{
    return !leaf->refused && str_eq(leaf->cpe.attr[CPE_PRODUCT], name->cpe.attr[CPE_PRODUCT]) &&
           cpe_match_attr(&leaf->cpe, &name->cpe, CPE_VENDOR) != CPE_DISJOINT &&
           cpe_match_attr(&leaf->cpe, &name->cpe, CPE_PART) != CPE_DISJOINT;
}

/* The more a verdict says, the higher. */
static int weight(const struct applic_found *f)
{
    if (!f->leaf)
        return -1;
    if (f->leaf_truth == APPLIC_FALSE)
        return 0;
    int w = f->leaf_truth == APPLIC_TRUE ? 8 : 1;
    if (f->leaf_truth == APPLIC_TRUE && f->path == APPLIC_TRUE)
        w += 4;
    return w + (f->loose ? 0 : 2) + (f->leaf_truth == APPLIC_TRUE && f->leaf->bounds.end_excl.n > 0);
}

static void offer(struct applic_found *best, const struct applic_found *f)
{
    if (weight(f) > weight(best))
        *best = *f;
}

/* A device known by its hardware while its firmware is not inventoried. */
static bool is_firmware_gap(const struct applic_config *c, const struct applic_leaf *hardware,
                            const struct applic_asset *asset, size_t focus,
                            const struct applic_leaf **firmware)
{
    if (!c->op_and || hardware->match->vulnerable || !str_is(hardware->cpe.attr[CPE_PART], "h"))
        return false;
    for (size_t k = 0; k < c->node_n; k++)
        for (size_t j = 0; j < c->node[k].leaf_n; j++) {
            const struct applic_leaf *l = &c->node[k].leaf[j];
            if (l->refused || !l->match->vulnerable || !str_is(l->cpe.attr[CPE_PART], "o"))
                continue;
            if (leaf_truth(l, asset, focus) == APPLIC_UNKNOWN) {
                *firmware = l;
                return true;
            }
        }
    return false;
}

/* Truths around a leaf, worked out when first asked for. */
struct path {
    const struct applic_config *config;
    const struct applic_node *node;
    bool config_known, node_known;
    enum applic_truth config_truth, node_truth;
};

static enum applic_truth path_truth(struct path *p, const struct applic_asset *asset, size_t focus)
{
    if (!p->config_known)
        p->config_truth = config_truth(p->config, asset, focus);
    p->config_known = true;
    if (!p->node_known)
        p->node_truth = node_truth(p->node, asset, focus);
    p->node_known = true;
    return MIN(p->config_truth, p->node_truth);
}

static void look(struct path *p, const struct applic_leaf *leaf, const struct applic_asset *asset,
                 size_t focus, struct applic_found *best)
{
    bool negate = p->node->negate || p->config->negate;
    bool pairs = p->config->op_and || p->node->op_and;
    const struct applic_name *name = &asset->name[focus];
    if (!names_product(leaf, name))
        return;
    struct applic_found f = {.leaf = leaf, .path = APPLIC_TRUE};
    f.leaf_truth = applic_leaf_holds(leaf, name, &f.reason, &f.loose);
    if (!leaf->match->vulnerable) {
        if (f.leaf_truth == APPLIC_FALSE || !is_firmware_gap(p->config, leaf, asset, focus, &f.leaf))
            return;
        f.leaf_truth = APPLIC_UNKNOWN;
        f.reason = APPLIC_NO_PLATFORM;
        offer(best, &f);
        return;
    }
    /* under negation a leaf that holds is a reason against */
    if (p->node->negate != p->config->negate)
        f.leaf_truth = APPLIC_FALSE;
    if (f.leaf_truth != APPLIC_FALSE && (pairs || negate)) {
        f.path = path_truth(p, asset, focus);
        if (f.path == APPLIC_FALSE) {
            f.leaf_truth = APPLIC_FALSE;
            f.context = true;
        }
    }
    offer(best, &f);
}

int applic_judge(const struct applic *s, const struct applic_asset *asset, size_t focus, struct str source,
                 struct arena *a, struct applic_result *out)
{
    *out = (struct applic_result){0};
    if (focus >= asset->name_n || !cpe_has(&asset->name[focus].cpe, CPE_PRODUCT))
        return 0;
    struct applic_found best = {0};
    uint64_t hash = str_hash(asset->name[focus].cpe.attr[CPE_PRODUCT]);
    for (size_t i = 0; i < s->config_n; i++) {
        struct path path = {.config = &s->config[i]};
        for (size_t k = 0; k < path.config->node_n; k++) {
            path.node = &path.config->node[k];
            path.node_known = false;
            for (size_t j = 0; j < path.node->leaf_n; j++)
                if (path.node->leaf[j].hash == hash)
                    look(&path, &path.node->leaf[j], asset, focus, &best);
        }
    }
    if (!best.leaf)
        return 0;
    applic_verdict_write(&best, &asset->name[focus], source, a, out);
    return 1;
}
