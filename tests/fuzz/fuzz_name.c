/* Product names: a rule file, a name and a text against it, a build table, a name index.
 * The first byte chooses which part the rest is. */
#include "identify/build_table.h"
#include "identify/name.h"
#include "identify/name_dictionary.h"
#include "identify/name_rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char vendors[] = "acme also=other = Acme | アクメ\nother = Other\n";
static const char names[] =
    "word version = v | ver\nword build = build\nupdate u = u | update\nupdate sp# = SP\n"
    "update cumulative_update_# = CU\nnoise = x64 | ja | の\nrelease win 19044 = 21h2\n[acme]\n"
    "win form=windows = Win\nsrv form=server = Srv\njre form=java = Java\nse form=java_se = Java SE\n"
    "junos form=r = Junos\ngaia form=r_first = Gaia\nasa form=asa = ASA\nyear form=year = !Word | ?Office\n"
    "mail form=exchange = Mail Server\nfw form=dotted = Fire Wall\napp = App | アプリ\n[other]\napp = "
    "App\nacme = Acme\n";
static const char builds[] =
    "family f acme:mail\nproduct A 2016 T\nproduct B 2019 U\nupdate CU# = cumulative_update_#\n"
    "build 15.1.100.1 A CU1 - -\nbuild 15.1.100.9 A CU1 SU 2021-03-02\n"
    "build 15.2.200.1 B CU2 - -\nfix KB1 CVE-1\nfixed 15.1.100.9 verify 15.1.100.5\n"
    "contained 15.2.200.1\n";

static struct name_rules *rules_make(struct str text)
{
    struct name_rules *r = name_rules_new();
    if (name_rules_vendors(r, "v", str_of(vendors), NULL) || name_rules_products(r, "n", text, NULL)) {
        name_rules_free(r);
        return NULL;
    }
    name_rules_ready(r);
    return r;
}

static void ask(const struct name_rules *r, const struct build_table *t, const struct name_dictionary *d,
                struct str s)
{
    const struct build_table *tables[] = {t};
    struct name_sources src = {.rules = r, .dictionary = d, .build = tables, .build_n = t ? 1 : 0};
    struct arena a = {0};
    struct buf row = BUF_INIT(MIB);
    struct name_match m;
    struct name_hits h;
    struct str_split it = str_split_init(s, '\t');
    struct name_input in = {0};
    (void)(str_split_next(&it, &in.product) && str_split_next(&it, &in.vendor) &&
           str_split_next(&it, &in.version));
    if (!name_match(&src, &in, &a, &m, NULL))
        name_row(in.product, &m, &a, &row);
    if (!name_find_in_text(r, s, &a, &h, NULL))
        for (size_t i = 0; i < h.n; i++)
            if (h.p[i].start >= h.p[i].end || h.p[i].end > s.n)
                __builtin_trap();
    buf_release(&row);
    arena_release(&a);
}

static void build_ask(const struct build_table *t, struct str s)
{
    struct build_info b;
    struct build_answer w;
    struct arena a = {0};
    if (build_table_find(t, s, &b))
        build_table_fix(t, &a, &b, STR_LIT("CVE-1"), &w);
    if (build_table_level(t, STR_LIT("A"), s, (struct str){0}, &b))
        build_table_fix(t, &a, &b, STR_LIT("KB1"), &w);
    arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct name_rules *known;
    static struct build_table *table;
    if (!known)
        known = rules_make(str_of(names));
    if (!table && build_table_parse(&table, "b", str_of(builds), NULL))
        __builtin_trap();
    if (!known || size < 1)
        return 0;
    struct str s = str_n((const char *)data + 1, size - 1);
    struct name_dictionary *d = NULL;
    struct build_table *t = NULL;
    struct name_rules *r = NULL;
    switch (data[0] % 5) {
    case 0:
        r = rules_make(s);
        if (r)
            ask(r, table, NULL, s);
        break;
    case 1:
        if (!build_table_parse(&t, "b", s, NULL))
            build_ask(t, s);
        break;
    case 2: {
        char *copy = mem_dup(s.p, s.n); /* aligned */
        if (!name_dictionary_open_mem(&d, "d", str_n(copy, s.n), NULL))
            ask(known, table, d, STR_LIT("Acme App 1.0"));
        name_dictionary_free(d);
        free(copy);
        break;
    }
    case 3:
        build_ask(table, s);
        break;
    default:
        ask(known, table, NULL, s);
    }
    name_rules_free(r);
    build_table_free(t);
    return 0;
}
