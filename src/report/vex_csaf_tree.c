/* The product tree: software as the ledger writes it, machines, and which is installed on which. */
#include <stdlib.h>

#include "report/vex_csaf.h"

static int compare(const struct report_machine *a, const struct report_machine *b)
{
    const struct str x[] = {a->vendor, a->product, a->version, a->cpe, a->purl}, y[] = {b->vendor, b->product, b->version, b->cpe, b->purl};
    for (size_t i = 0; i < ARRAY_LEN(x); i++) {
        int c = str_cmp(x[i], y[i]);
        if (c)
            return c;
    }
    return 0;
}

static int by_software(const void *x, const void *y)
{
    const struct report_machine *a = ((const struct csaf_software *)x)->m, *b = ((const struct csaf_software *)y)->m;
    int c = compare(a, b);
    return c ? c : (a > b) - (a < b);
}

static void product_ids(struct csaf *x)
{
    struct buf b = BUF_INIT(256 * KIB);
    x->product = arena_array(x->a, struct str, x->c->machine_n + 1);
    for (size_t i = 0; i < x->c->machine_n; i++) {
        buf_clear(&b);
        if (x->of[i] != SIZE_MAX)
            buf_printf(&b, STR_FMT "@", STR_ARG(x->software[x->of[i]].id));
        vex_asset_id(&x->c->machine[i], &b);
        x->product[i] = arena_str(x->a, buf_str(&b));
    }
    buf_release(&b);
}

void csaf_products(struct csaf *x)
{
    size_t n = x->c->machine_n, k = 0;
    struct csaf_software *m = arena_array(x->a, struct csaf_software, n + 1);
    x->of = arena_array(x->a, size_t, n + 1);
    x->software = arena_array(x->a, struct csaf_software, n + 1);
    for (size_t i = 0; i < n; i++) {
        x->of[i] = SIZE_MAX;
        if (x->c->machine[i].product.n)
            m[k++].m = &x->c->machine[i];
    }
    if (k)
        qsort(m, k, sizeof(*m), by_software);
    for (size_t i = 0; i < k; i++) {
        if (i == 0 || compare(m[i].m, m[i - 1].m) != 0) {
            x->software[x->software_n].m = m[i].m;
            x->software[x->software_n].id = str_of(arena_printf(x->a, "software-%zu", x->software_n + 1));
            x->software_n++;
        }
        x->of[m[i].m - x->c->machine] = x->software_n - 1;
    }
    product_ids(x);
}

/* CSAF 2.0, 6.1.31: what reads as a range is no product_version. */
static bool is_version(struct str s)
{
    static const char *const word[] = {"<", ">", "after", "all", "before", "earlier", "later", "prior", "version"};
    for (size_t i = 0; i < ARRAY_LEN(word); i++)
        if (str_find_i(s, str_of(word[i])) != STR_NONE)
            return false;
    return s.n != 0;
}

static bool in_branches(const struct csaf_software *s)
{
    return s->m->vendor.n && is_version(s->m->version);
}

static void full_name(struct json_writer *w, const struct csaf_software *s)
{
    struct buf b = BUF_INIT(128 * KIB);
    vex_software_name(s->m, &b);
    json_w_object(w);
    json_w_kstr(w, "name", buf_str(&b));
    json_w_kstr(w, "product_id", s->id);
    if (s->m->cpe.n || vex_is_purl(s->m->purl)) {
        json_w_key(w, "product_identification_helper");
        json_w_object(w);
        if (s->m->cpe.n)
            json_w_kstr(w, "cpe", s->m->cpe);
        if (vex_is_purl(s->m->purl))
            json_w_kstr(w, "purl", s->m->purl);
        json_w_object_end(w);
    }
    json_w_object_end(w);
    buf_release(&b);
}

static void branch_open(struct json_writer *w, const char *category, struct str name)
{
    json_w_object(w);
    json_w_kcstr(w, "category", category);
    json_w_kstr(w, "name", name);
}

static void branches(struct json_writer *w, const struct csaf *x)
{
    const struct report_machine *last = NULL;
    size_t n = 0;
    for (size_t i = 0; i < x->software_n; i++) {
        const struct csaf_software *s = &x->software[i];
        if (!in_branches(s))
            continue;
        bool vendor = !last || !str_eq(last->vendor, s->m->vendor), product = vendor || !str_eq(last->product, s->m->product);
        if (product && last) {
            json_w_array_end(w);
            json_w_object_end(w);
        }
        if (vendor && last) {
            json_w_array_end(w);
            json_w_object_end(w);
        }
        if (n++ == 0) {
            json_w_key(w, "branches");
            json_w_array(w);
        }
        if (vendor) {
            branch_open(w, "vendor", s->m->vendor);
            json_w_key(w, "branches");
            json_w_array(w);
        }
        if (product) {
            branch_open(w, "product_name", s->m->product);
            json_w_key(w, "branches");
            json_w_array(w);
        }
        branch_open(w, "product_version", s->m->version);
        json_w_key(w, "product");
        full_name(w, s);
        json_w_object_end(w);
        last = s->m;
    }
    for (int i = 0; n && i < 2; i++) {
        json_w_array_end(w);
        json_w_object_end(w);
    }
    if (n)
        json_w_array_end(w);
}

static void full_names(struct json_writer *w, const struct csaf *x)
{
    struct buf b = BUF_INIT(128 * KIB);
    json_w_key(w, "full_product_names");
    json_w_array(w);
    for (size_t i = 0; i < x->software_n; i++)
        if (!in_branches(&x->software[i]))
            full_name(w, &x->software[i]);
    for (size_t i = 0; i < x->c->machine_n; i++) {
        const struct report_machine *m = &x->c->machine[i];
        buf_clear(&b);
        vex_asset_id(m, &b);
        json_w_object(w);
        json_w_kstr(w, "name", m->name.n ? m->name : buf_str(&b));
        json_w_kstr(w, "product_id", buf_str(&b));
        json_w_object_end(w);
    }
    json_w_array_end(w);
    buf_release(&b);
}

static void relationships(struct json_writer *w, const struct csaf *x)
{
    struct buf id = BUF_INIT(128 * KIB), name = BUF_INIT(256 * KIB);
    size_t n = 0;
    for (size_t i = 0; i < x->c->machine_n; i++) {
        if (x->of[i] == SIZE_MAX)
            continue;
        const struct report_machine *m = &x->c->machine[i];
        if (n++ == 0) {
            json_w_key(w, "relationships");
            json_w_array(w);
        }
        buf_clear(&id);
        buf_clear(&name);
        vex_asset_id(m, &id);
        vex_software_name(m, &name);
        buf_printf(&name, " @ " STR_FMT, STR_ARG(m->name));
        json_w_object(w);
        json_w_kcstr(w, "category", "installed_on");
        json_w_key(w, "full_product_name");
        json_w_object(w);
        json_w_kstr(w, "name", buf_str(&name));
        json_w_kstr(w, "product_id", x->product[i]);
        json_w_object_end(w);
        json_w_kstr(w, "product_reference", x->software[x->of[i]].id);
        json_w_kstr(w, "relates_to_product_reference", buf_str(&id));
        json_w_object_end(w);
    }
    if (n)
        json_w_array_end(w);
    buf_release(&id);
    buf_release(&name);
}

void csaf_tree(struct json_writer *w, const struct csaf *x)
{
    if (x->c->machine_n == 0)
        return;
    json_w_key(w, "product_tree");
    json_w_object(w);
    branches(w, x);
    full_names(w, x);
    relationships(w, x);
    json_w_object_end(w);
}
