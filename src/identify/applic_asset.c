/* Making the statement and the asset ready. */
#include "identify/applic_platform.h"

void applic_name_init(struct arena *a, char part, struct str vendor, struct str product, struct str version,
                      struct str update, struct applic_name *out)
{
    if (str_is(version, "-"))
        version.n = 0;
    if (str_is(update, "-"))
        update.n = 0;
    *out = (struct applic_name){.version = version};
    cpe_init(&out->cpe);
    if (part)
        cpe_set(a, &out->cpe, CPE_PART, str_n(&part, 1));
    cpe_set(a, &out->cpe, CPE_VENDOR, vendor);
    cpe_set(a, &out->cpe, CPE_PRODUCT, product);
    cpe_set(a, &out->cpe, CPE_VERSION, version);
    cpe_set(a, &out->cpe, CPE_UPDATE, update);
}

void applic_asset_init(struct arena *a, const struct applic_name *name, size_t n, unsigned known,
                       struct applic_asset *out)
{
    uint32_t size = 16;
    while (size < 2 * n && size < 1U << 30)
        size *= 2;
    *out = (struct applic_asset){.name = name,
                                 .name_n = n,
                                 .known = known,
                                 .head = arena_array(a, uint32_t, size),
                                 .next = arena_array(a, uint32_t, n + 1),
                                 .mask = size - 1};
    for (size_t i = 0; i < n; i++) {
        const struct cpe *c = &name[i].cpe;
        out->families |= applic_platform_of(c);
        if (str_is(c->attr[CPE_PART], "o"))
            out->known |= APPLIC_OS_KNOWN;
        if (!cpe_has(c, CPE_PRODUCT))
            continue; /* is never matched */
        uint32_t slot = (uint32_t)str_hash(c->attr[CPE_PRODUCT]) & out->mask;
        out->next[i] = out->head[slot];
        out->head[slot] = (uint32_t)i + 1;
    }
    if (out->families)
        out->known |= APPLIC_OS_KNOWN;
}

static void prepare_leaf(struct arena *a, const struct cpe_match *m, struct applic_leaf *leaf,
                         struct applic *s)
{
    leaf->match = m;
    leaf->bounds = (struct cpe_bounds){str_trim(m->start_incl), str_trim(m->start_excl),
                                       str_trim(m->end_incl), str_trim(m->end_excl)};
    if (cpe_parse_tolerant(a, m->criteria, &leaf->cpe, NULL, NULL) || !cpe_has(&leaf->cpe, CPE_PRODUCT) ||
        leaf->cpe.wild >> CPE_PRODUCT & 1) {
        leaf->refused = true;
        s->refused++;
        return;
    }
    leaf->hash = str_hash(leaf->cpe.attr[CPE_PRODUCT]);
}

struct applic *applic_prepare(struct arena *a, const struct cpe_config *config, size_t n)
{
    struct applic *s = arena_new(a, struct applic);
    s->config = arena_array(a, struct applic_config, n);
    s->config_n = n;
    for (size_t i = 0; i < n; i++) {
        const struct cpe_config *from = &config[i];
        struct applic_config *to = &s->config[i];
        *to = (struct applic_config){.op_and = from->op_and, .negate = from->negate, .node_n = from->node_n};
        to->node = arena_array(a, struct applic_node, from->node_n);
        s->negated = s->negated || from->negate;
        for (size_t k = 0; k < from->node_n; k++) {
            const struct cpe_node *node = &from->node[k];
            struct applic_node *out = &to->node[k];
            *out =
                (struct applic_node){.op_and = node->op_and, .negate = node->negate, .leaf_n = node->match_n};
            out->leaf = arena_array(a, struct applic_leaf, node->match_n);
            s->negated = s->negated || node->negate;
            for (size_t j = 0; j < node->match_n; j++)
                prepare_leaf(a, &node->match[j], &out->leaf[j], s);
        }
    }
    return s;
}
