#include "identify/name_version.h"

#include "identify/build_table.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool all_digits(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i]))
            return false;
    return s.n > 0;
}

static bool is_year(struct str s)
{
    return s.n == 4 && all_digits(s) && (str_starts(s, "19") || str_starts(s, "20"));
}

static struct str printed(struct arena *a, struct str x, const char *between, struct str y)
{
    return str_of(arena_printf(a, "%.*s%s%.*s", STR_ARG(x), between, STR_ARG(y)));
}

/* The first version that wanted() takes: what stands free before what stands in
 * brackets, the name before the version column. */
static struct str pick(const struct name_versions *v, bool (*wanted)(struct str))
{
    for (int pass = 0; pass < 3; pass++)
        for (size_t i = 0; i < v->version_n; i++) {
            const struct name_found *x = &v->version[i];
            int turn = x->column ? 2 : x->paren ? 1 : 0;
            if (turn == pass && !x->build && wanted(x->text))
                return x->text;
        }
    return (struct str){0};
}

static bool any_number(struct str s)
{
    return is_digit(s.p[0]);
}
static bool dotted_number(struct str s)
{
    return is_digit(s.p[0]) && str_chr(s, '.') != STR_NONE;
}
/* A generation; more digits are a model ("SRX1400"). */
static bool short_number(struct str s)
{
    return is_digit(s.p[0]) && (s.n < 3 || s.p[1] == 'r' || s.p[2] == 'r');
}
static bool r_number(struct str s)
{
    return s.p[0] == 'r';
}
static bool any_version(struct str s)
{
    return s.n > 0;
}

static struct str pick_build(const struct name_versions *v)
{
    for (size_t i = 0; i < v->version_n; i++)
        if (v->version[i].build)
            return v->version[i].text;
    return (struct str){0};
}

/* ---- updates ---- */

static struct str update_spell(const struct name_sources *s, const struct name_product *p,
                               const struct name_found *u, struct arena *a)
{
    struct str shape = s->rules->update.p[u->ref];
    if (str_is(shape, "u"))
        shape = p->u;
    size_t mark = str_chr(shape, '#');
    if (mark == STR_NONE)
        return shape;
    return str_of(arena_printf(a, "%.*s%.*s%.*s", (int)mark, shape.p, STR_ARG(u->text),
                               STR_ARG(str_sub(shape, mark + 1, shape.n))));
}

static void fill_update(const struct name_sources *s, const struct name_product *p,
                        const struct name_versions *v, size_t max, struct arena *a, struct name_match *m)
{
    m->update = p->update;
    for (size_t i = 0; i < v->update_n && i < max; i++) {
        struct str one = update_spell(s, p, &v->update[i], a);
        bool repeated = i && str_eq(one, update_spell(s, p, &v->update[i - 1], a));
        if (!repeated)
            m->update = m->update.n ? printed(a, m->update, "_", one) : one;
    }
}

/* ---- families ---- */

static struct str release_of(const struct name_rules *r, struct str family, struct str build)
{
    for (size_t i = 0; i < r->release.n; i++)
        if (str_eq(r->release.p[i].family, family) && str_eq(r->release.p[i].build, build))
            return r->release.p[i].release;
    return (struct str){0};
}

/* "10.0.19044.1288", "19044.1288" or "19044": the build number, and all of it when the update is stated too.
 */
static struct str windows_build(struct arena *a, struct str s, struct str *full)
{
    struct str rest =
        str_starts(s, "10.0.") || str_starts(s, "6.") ? str_sub(s, str_chr(s, '.') + 3, s.n) : s;
    size_t dot = str_chr(rest, '.');
    struct str build = dot == STR_NONE ? rest : str_sub(rest, 0, dot);
    *full = (struct str){0};
    if (!all_digits(build) || build.n < 4 || build.n > 5)
        return (struct str){0};
    if (dot != STR_NONE && all_digits(str_sub(rest, dot + 1, rest.n)))
        *full = str_eq(rest, s) ? printed(a, STR_LIT("10.0."), "", s) : s;
    return build;
}

/* "21h2", or year and month: 1507 to 1909. */
static bool looks_released(struct str s)
{
    if (s.n != 4 || !is_digit(s.p[0]) || !is_digit(s.p[1]) || !is_digit(s.p[3]))
        return false;
    return s.p[2] == 'h' ||
           (all_digits(s) && s.p[0] == '1' && s.p[1] >= '5' && (s.p[2] == '0' || s.p[2] == '1'));
}

static void form_windows(const struct name_sources *s, const struct name_product *p,
                         const struct name_versions *v, bool named, struct arena *a, struct name_match *m)
{
    struct str release = {0}, full = {0};
    for (size_t i = 0; i < v->version_n; i++) {
        struct str t = v->version[i].text, f, by_build = {0};
        struct str build = windows_build(a, t, &f), known = release_of(s->rules, p->product, t);
        if (known.n || (named && looks_released(t))) {
            release = release.n ? release : known.n ? known : t;
            continue;
        }
        if (build.n)
            by_build = release_of(s->rules, p->product, build);
        if (!release.n)
            release = by_build;
        if (f.n)
            full = f;
        if (build.n && (by_build.n || !named))
            m->build = t;
    }
    if (named && release.n)
        m->product = printed(a, p->product, "_", release);
    if (full.n)
        m->version = full;
}

static void form_year(const struct name_sources *s, const struct name_product *p,
                      const struct name_versions *v, struct name_match *m)
{
    struct str year = pick(v, is_year), number = pick(v, dotted_number);
    if (number.n)
        m->build = number;
    if (!year.n)
        for (size_t i = 0; i < v->version_n && !year.n; i++) {
            struct str t = v->version[i].text;
            year = release_of(s->rules, p->product, t);
            for (size_t n = t.n; n && !year.n; n--)
                if (t.p[n - 1] == '.')
                    year = release_of(s->rules, p->product, str_sub(t, 0, n - 1));
        }
    if (!m->version.n)
        m->version = year;
}

/* "8u281", "1.8.0_281", "8.0.2810.9" (the installer's own form of it). */
static void java_read(struct str t, struct str *major, struct str *update)
{
    size_t dot = str_chr(t, '.'), under = str_chr(t, '_'), u = str_chr(t, 'u');
    if (str_starts(t, "1.") && t.n > 2 && is_digit(t.p[2]) && !is_digit(t.n > 3 ? t.p[3] : 'x')) {
        *major = str_sub(t, 2, 1);
        if (under != STR_NONE)
            *update = str_sub(t, under + 1, t.n);
    } else if (u != STR_NONE && dot == STR_NONE) {
        *major = str_sub(t, 0, u);
        *update = str_sub(t, u + 1, t.n);
    } else if (dot == 1 && str_starts(str_sub(t, 1, t.n), ".0.") && (t.p[0] >= '6' && t.p[0] <= '8')) {
        struct str third = str_sub(t, 4, t.n);
        size_t end = str_chr(third, '.');
        *major = str_sub(t, 0, 1);
        if (end != STR_NONE && end > 1)
            *update = str_sub(third, 0, end - 1);
    } else {
        *major = t;
    }
    size_t k = 0;
    while (k < update->n && is_digit(update->p[k]))
        k++;
    *update = str_sub(*update, 0, k);
}

static void form_java(const struct name_product *p, const struct name_versions *v, struct arena *a,
                      struct name_match *m)
{
    struct str major = {0}, update = {0}, t = pick(v, any_number);
    if (t.n)
        java_read(t, &major, &update);
    if (v->update_n)
        update = v->update[0].text;
    if (!update.n)
        for (size_t i = 0; i < v->version_n && !update.n; i++) {
            struct str again, u = {0};
            java_read(v->version[i].text, &again, &u);
            if (str_eq(again, major))
                update = u;
        }
    bool old = major.n == 1 && major.p[0] <= '8';
    if (!old) {
        m->version = major;
    } else if (p->form == NAME_FORM_JAVA_SE) {
        m->version = update.n ? printed(a, major, "u", update) : major;
    } else {
        m->version = str_of(arena_printf(a, "1.%.*s.0", STR_ARG(major)));
        if (update.n)
            m->update = printed(a, STR_LIT("update"), "", update);
    }
}

/* "9.1r11.4" is 9.1 and r11.4; "18.4r1-s2" is 18.4 and r1-s2. */
static void form_r(const struct name_versions *v, struct name_match *m)
{
    struct str t = pick(v, dotted_number), r = pick(v, r_number);
    if (!t.n)
        t = pick(v, short_number);
    size_t at = str_chr(t, 'r');
    m->version = at == STR_NONE ? t : str_sub(t, 0, at);
    m->update = at == STR_NONE ? r : str_sub(t, at, t.n);
}

static struct str asa_plain(struct arena *a, struct str t)
{
    char *p = arena_dup(a, t.p, t.n);
    size_t n = 0;
    for (size_t i = 0; i < t.n; i++)
        if (t.p[i] == '(' || (t.p[i] == ')' && i + 1 < t.n && t.p[i + 1] != '.'))
            p[n++] = '.';
        else if (t.p[i] != ')')
            p[n++] = t.p[i];
    return str_n(p, n);
}

static const struct build_table *table_of(const struct name_sources *s, const struct name_product *p)
{
    for (size_t i = 0; i < s->build_n; i++)
        if (str_eq(build_table_vendor(s->build[i]), p->vendor) &&
            str_eq(build_table_product(s->build[i]), p->product))
            return s->build[i];
    return NULL;
}

static struct str level_written(const struct name_sources *s, const struct name_versions *v,
                                const char *shape, const char *as, struct arena *a)
{
    for (size_t i = 0; i < v->update_n; i++)
        if (str_is(s->rules->update.p[v->update[i].ref], shape))
            return str_of(arena_printf(a, "%s%.*s", as, STR_ARG(v->update[i].text)));
    return (struct str){0};
}

/* A rollup (2007, 2010) stands behind its service pack. */
static struct str with_rollup(struct arena *a, struct str level, struct str rollup)
{
    if (!str_starts_i(rollup, "RU"))
        return level;
    struct str number = str_sub(rollup, 2, rollup.n);
    size_t n = 0;
    while (n < number.n && is_digit(number.p[n]))
        n++;
    number.n = n;
    return level.n ? printed(a, level, "_rollup", number) : printed(a, STR_LIT("rollup"), "", number);
}

static void form_exchange(const struct name_sources *s, const struct name_product *p,
                          const struct name_versions *v, struct arena *a, struct name_match *m)
{
    const struct build_table *t = table_of(s, p);
    struct build_info b;
    struct str year = pick(v, is_year);
    struct str cu = level_written(s, v, "cumulative_update_#", "CU", a),
               sp = level_written(s, v, "sp#", "SP", a);
    struct str ru = level_written(s, v, "rollup#", "RU", a);
    m->version = m->version.n ? m->version : year;
    if (t && build_table_find(t, v->whole, &b)) {
        m->version = b.cpe_version;
        m->update = with_rollup(a, b.cpe_update, b.update);
        m->build = str_of(arena_printf(a, "%u.%u.%u.%u", b.build[0], b.build[1], b.build[2], b.build[3]));
        return;
    }
    struct str level = cu.n ? cu : sp;
    if (t && level.n && build_table_level(t, m->version, level, (struct str){0}, &b))
        m->update = with_rollup(a, b.cpe_update, ru);
    else if (level.n || ru.n)
        fill_update(s, p, v, 2, a, m);
}

static void form_plain(const struct name_sources *s, const struct name_product *p,
                       const struct name_versions *v, struct arena *a, struct name_match *m)
{
    struct str t = pick(v, p->form == NAME_FORM_DOTTED ? dotted_number : any_number);
    if (!t.n && p->form != NAME_FORM_DOTTED)
        t = pick(v, any_version);
    /* "11g Release 2 (11.2.0.4)", "XI (11.0.23)": what is in the brackets says it exactly. */
    for (size_t i = 0; i < v->version_n; i++)
        if (v->version[i].paren && dotted_number(v->version[i].text) && str_chr(t, '.') == STR_NONE)
            t = v->version[i].text;
    /* The column knows more than "PostgreSQL 13" says. */
    for (size_t i = 0; i < v->version_n; i++) {
        struct str c = v->version[i].text;
        if (v->version[i].column && t.n && str_chr(t, '.') == STR_NONE && c.n > t.n &&
            !memcmp(c.p, t.p, t.n) && c.p[t.n] == '.')
            t = c;
    }
    bool finer = t.n > m->version.n && m->version.n && !memcmp(t.p, m->version.p, m->version.n) &&
                 t.p[m->version.n] == '.';
    if (!m->version.n || finer)
        m->version = t;
    fill_update(s, p, v, 3, a, m);
    m->build = pick_build(v);
}

void name_version_fill(const struct name_sources *s, const struct name_product *p,
                       const struct name_versions *v, struct arena *a, struct name_match *m)
{
    m->vendor = p->vendor;
    m->product = p->product;
    m->version = p->version;
    m->update = p->update;
    m->also = p->also;
    switch (p->form) {
    case NAME_FORM_PLAIN:
    case NAME_FORM_DOTTED:
        form_plain(s, p, v, a, m);
        break;
    case NAME_FORM_YEAR:
        form_year(s, p, v, m);
        fill_update(s, p, v, 1, a, m);
        break;
    case NAME_FORM_EXCHANGE:
        form_exchange(s, p, v, a, m);
        break;
    case NAME_FORM_WINDOWS:
    case NAME_FORM_SERVER:
        form_windows(s, p, v, p->form == NAME_FORM_WINDOWS, a, m);
        fill_update(s, p, v, 1, a, m);
        break;
    case NAME_FORM_JAVA:
    case NAME_FORM_JAVA_SE:
        form_java(p, v, a, m);
        break;
    case NAME_FORM_R:
        form_r(v, m);
        break;
    case NAME_FORM_R_FIRST:
        m->version = pick(v, r_number);
        break;
    case NAME_FORM_ASA: {
        struct str t = pick(v, dotted_number);
        m->version = t.n ? asa_plain(a, t) : t;
        break;
    }
    case NAME_FORM_NONE:
        break;
    }
    if (m->update.n && !m->version.n)
        m->version = STR_LIT("-");
}
