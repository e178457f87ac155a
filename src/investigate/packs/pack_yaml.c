#include "investigate/packs/pack_yaml.h"

#include <libfyaml.h>

#define DOCUMENTS 10000

struct loader {
    struct arena *a;
    size_t nodes;
    struct err *e;
};

static unsigned long line_of(struct fy_node *n)
{
    struct fy_token *t = fy_node_get_scalar_token(n);
    const struct fy_mark *m = t ? fy_token_start_mark(t) : NULL;
    return m && m->line >= 0 ? (unsigned long)m->line + 1 : 0;
}

static bool is_null(struct fy_node *n, struct str s)
{
    return fy_node_get_style(n) == FYNS_PLAIN && (!s.n || str_is(s, "~") || str_is_i(s, "null"));
}

static int load(struct loader *l, struct fy_node *n, unsigned depth, struct pack_yaml *out);

static int load_list(struct loader *l, struct fy_node *n, unsigned depth, struct pack_yaml *out)
{
    void *it = NULL;
    struct fy_node *x;
    int count = fy_node_sequence_item_count(n), rc = 0;
    out->type = PACK_YAML_LIST;
    out->item = arena_array(l->a, struct pack_yaml, count > 0 ? count : 1);
    while (rc == 0 && (x = fy_node_sequence_iterate(n, &it)) != NULL && out->n < (uint32_t)count) {
        rc = load(l, x, depth, &out->item[out->n]);
        if (!out->line)
            out->line = out->item[out->n].line;
        out->n++;
    }
    return rc;
}

static int load_map(struct loader *l, struct fy_node *n, unsigned depth, struct pack_yaml *out)
{
    void *it = NULL;
    struct fy_node_pair *x;
    int count = fy_node_mapping_item_count(n), rc = 0;
    out->type = PACK_YAML_MAP;
    out->item = arena_array(l->a, struct pack_yaml, count > 0 ? count : 1);
    out->key = arena_array(l->a, struct str, count > 0 ? count : 1);
    while (rc == 0 && (x = fy_node_mapping_iterate(n, &it)) != NULL && out->n < (uint32_t)count) {
        struct fy_node *k = fy_node_pair_key(x);
        size_t len = 0;
        const char *s = k && fy_node_get_type(k) == FYNT_SCALAR ? fy_node_get_scalar(k, &len) : NULL;
        if (k && fy_node_get_type(k) != FYNT_SCALAR)
            return err_set(l->e, ERR_INPUT, "a key is no text (line %lu)", line_of(k));
        out->key[out->n].p = arena_dup(l->a, s ? s : "", s ? len : 0);
        out->key[out->n].n = s ? len : 0;
        rc = load(l, fy_node_pair_value(x), depth, &out->item[out->n]);
        if (k && line_of(k))
            out->item[out->n].line = line_of(k);
        if (!out->line)
            out->line = out->item[out->n].line;
        out->n++;
    }
    return rc;
}

static int load(struct loader *l, struct fy_node *n, unsigned depth, struct pack_yaml *out)
{
    *out = (struct pack_yaml){.type = PACK_YAML_NULL};
    if (!n)
        return 0;
    if (depth > LIMIT_PACK_DEPTH)
        return err_set(l->e, ERR_LIMIT, "it is nested more than %d deep", LIMIT_PACK_DEPTH);
    if (++l->nodes > LIMIT_PACK_NODES)
        return err_set(l->e, ERR_LIMIT, "it has more than %d parts", LIMIT_PACK_NODES);
    switch (fy_node_get_type(n)) {
    case FYNT_SEQUENCE:
        return load_list(l, n, depth + 1, out);
    case FYNT_MAPPING:
        return load_map(l, n, depth + 1, out);
    default:
        break;
    }
    out->line = line_of(n);
    if (fy_node_is_alias(n))
        return err_set(l->e, ERR_INPUT, "line %lu: aliases (*name) are not read; write the value itself",
                       out->line);
    size_t len = 0;
    const char *s = fy_node_get_scalar(n, &len);
    struct str text = str_n(s ? s : "", s ? len : 0);
    if (is_null(n, text))
        return 0;
    out->type = PACK_YAML_TEXT;
    out->text = str_n(arena_dup(l->a, text.p, text.n), text.n);
    return 0;
}

static int first_error(struct fy_diag *diag, struct err *e)
{
    void *it = NULL;
    const struct fy_diag_error *x = fy_diag_errors_iterate(diag, &it);
    if (x && x->msg)
        return err_set(e, ERR_INPUT, "line %d: %s", x->line, x->msg);
    return err_set(e, ERR_INPUT, "it is not well-formed YAML");
}

static void silent(struct fy_diag *diag, void *user, const char *p, size_t n)
{
    (void)diag;
    (void)user;
    (void)p;
    (void)n;
}

static int load_all(struct loader *l, struct fy_parser *parser, struct fy_diag *diag, struct pack_yaml **docs,
                    size_t *count)
{
    VEC(struct pack_yaml) v = {0};
    struct fy_document *d;
    int rc = 0;
    while (rc == 0 && v.n < DOCUMENTS && (d = fy_parse_load_document(parser)) != NULL) {
        struct pack_yaml *y = vec_add(&v);
        rc = load(l, fy_document_root(d), 0, y);
        fy_parse_document_destroy(parser, d);
    }
    if (rc == 0 && fy_parser_get_stream_error(parser))
        rc = first_error(diag, l->e);
    *count = v.n;
    *docs = arena_array(l->a, struct pack_yaml, v.n + 1);
    if (v.n)
        memcpy(*docs, v.p, v.n * sizeof(*v.p));
    vec_release(&v);
    return rc;
}

int pack_yaml_read(struct arena *a, struct str text, struct pack_yaml **docs, size_t *n, struct err *e)
{
    struct fy_diag_cfg dc;
    struct loader l = {.a = a, .e = e};
    *n = 0;
    if (text.n > LIMIT_PACK_YAML)
        return err_set(e, ERR_LIMIT, "a YAML file of more than %lu MiB is not read", LIMIT_PACK_YAML / MIB);
    if (text.n == 0)
        return err_set(e, ERR_INPUT, "it is empty");
    fy_diag_cfg_default(&dc);
    dc.fp = NULL;
    dc.output_fn = silent;
    dc.colorize = false;
    struct fy_diag *diag = fy_diag_create(&dc);
    if (!diag)
        return err_set(e, ERR_INTERNAL, "the YAML reader cannot be started");
    fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg pc = {.flags = 0, .diag = diag};
    struct fy_parser *parser = fy_parser_create(&pc);
    int rc = parser && fy_parser_set_string(parser, text.p, text.n) == 0
                 ? 0
                 : err_set(e, ERR_INTERNAL, "the YAML reader cannot be started");
    if (rc == 0)
        rc = load_all(&l, parser, diag, docs, n);
    if (parser)
        fy_parser_destroy(parser);
    fy_diag_destroy(diag);
    return rc;
}

const struct pack_yaml *pack_yaml_get(const struct pack_yaml *y, const char *key)
{
    for (uint32_t i = 0; y && y->type == PACK_YAML_MAP && i < y->n; i++)
        if (str_is(y->key[i], key))
            return &y->item[i];
    return NULL;
}

struct str pack_yaml_str(const struct pack_yaml *y, const char *key)
{
    const struct pack_yaml *x = pack_yaml_get(y, key);
    return x && x->type == PACK_YAML_TEXT ? x->text : (struct str){"", 0};
}
