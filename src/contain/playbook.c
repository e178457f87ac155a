#include "contain/playbook.h"

const char *const playbook_places[PLAYBOOK_PLACES] = {
    "name", "account", "key",        "ip",    "dc_name", "dc_ip",        "admin_ip", "vlan",
    "port", "case",    "owner", "department", "place", "purpose", "organisation", "contact",  "count"};

struct reading {
    struct playbook *p;
    struct arena *a;
    struct err *e;
    const char *file;
    unsigned long line;
    VEC(struct str) product, kind, purpose, directory;
    VEC(struct playbook_action) action;
    VEC(struct playbook_command) command; /* of the action being read */
    unsigned long action_line;
    struct map names;
};

static int refuse(struct reading *r, const char *why, struct str what)
{
    return err_at(r->e, ERR_INPUT, r->file, r->line, "%s: \"%.*s\"", tr(why), STR_ARG(str_sub(what, 0, 100)));
}

/* ---- places ---- */

static enum playbook_place place_of(struct str word)
{
    int i = 0;
    while (i < PLAYBOOK_PLACES && !str_is(word, playbook_places[i]))
        i++;
    return (enum playbook_place)i;
}

bool playbook_place_next(struct str s, size_t *pos, size_t *end, enum playbook_place *place)
{
    for (size_t i = *pos; i < s.n; i++) {
        size_t n = i + 1;
        if (s.p[i] != '{' || (i && (s.p[i - 1] == '{' || s.p[i - 1] == '$')))
            continue;
        while (n < s.n && ((s.p[n] >= 'a' && s.p[n] <= 'z') || s.p[n] == '_'))
            n++;
        if (n == i + 1 || n == s.n || s.p[n] != '}')
            continue;
        *pos = i;
        *end = n + 1;
        *place = place_of(str_sub(s, i + 1, n - i - 1));
        return true;
    }
    return false;
}

static int check_places(struct reading *r, struct str s)
{
    size_t pos = 0, end;
    enum playbook_place place;
    for (; playbook_place_next(s, &pos, &end, &place); pos = end)
        if ((int)place == PLAYBOOK_PLACES)
            return refuse(r, TR("there is no such place to fill in; in a command write blanks inside the braces"),
                          str_sub(s, pos, end - pos));
    return 0;
}

/* ---- values ---- */

static int add_line(struct reading *r, struct str *to, struct str line)
{
    size_t lines = 1;
    for (size_t i = 0; i < to->n; i++)
        lines += to->p[i] == '\n';
    if (to->n + line.n >= LIMIT_PLAYBOOK_TEXT || (to->n && lines >= LIMIT_PLAYBOOK_LINES))
        return err_at(r->e, ERR_LIMIT, r->file, r->line, "this text is too long: at most %d lines and %lu bytes",
                      LIMIT_PLAYBOOK_LINES, LIMIT_PLAYBOOK_TEXT);
    if (to->n == 0)
        *to = arena_str(r->a, line);
    else
        *to = str_of(arena_printf(r->a, STR_FMT "\n" STR_FMT, STR_ARG(*to), STR_ARG(line)));
    return check_places(r, line);
}

static int add_text(struct reading *r, struct playbook_text *t, struct str lang, struct str value)
{
    int rc = 0;
    if (value.n == 0)
        return refuse(r, TR("a text is missing behind the ="), lang);
    if (lang.n && !str_is(lang, "ja") && !str_is(lang, "en"))
        return refuse(r, TR("the language of a text is ja or en"), lang);
    if (lang.n == 0 || str_is(lang, "en"))
        rc = add_line(r, &t->in[LANG_EN], value);
    if (rc == 0 && (lang.n == 0 || str_is(lang, "ja")))
        rc = add_line(r, &t->in[LANG_JA], value);
    return rc;
}

#define ADD_WORDS(r, v, value)                                                                               \
    do {                                                                                                     \
        struct str_split it_ = str_split_init(value, ',');                                                   \
        struct str word_;                                                                                    \
        while (str_split_next(&it_, &word_)) {                                                               \
            word_ = str_trim(word_);                                                                         \
            if (word_.n == 0)                                                                                \
                return refuse(r, TR("a word is missing between two commas"), value);                         \
            if ((v)->n >= LIMIT_PLAYBOOK_ITEMS)                                                              \
                return refuse(r, TR("too many words"), word_);                                               \
            vec_push(v, arena_str((r)->a, word_));                                                           \
        }                                                                                                    \
    } while (0)

static int read_products(struct reading *r, struct str value)
{
    size_t from = r->product.n;
    ADD_WORDS(r, &r->product, value);
    for (size_t i = from; i < r->product.n; i++)
        if (str_chr(r->product.p[i], ':') == STR_NONE)
            return refuse(r, TR("a product is written vendor:product"), r->product.p[i]);
    return 0;
}

/* ---- blocks ---- */

static bool block_name(struct str s)
{
    bool ok = s.n > 0 && s.n <= 40;
    for (size_t i = 0; ok && i < s.n; i++)
        ok = (s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || (i && s.p[i] == '-');
    return ok;
}

static bool empty(const struct playbook_text *t)
{
    return t->in[LANG_EN].n == 0 && t->in[LANG_JA].n == 0;
}

static void close_commands(struct reading *r, struct playbook_action *x)
{
    x->command = arena_array(r->a, struct playbook_command, r->command.n + 1);
    if (r->command.n)
        memcpy(x->command, r->command.p, r->command.n * sizeof(*x->command));
    x->command_n = r->command.n;
    vec_clear(&r->command);
}

/* What the block that ends here lacks. */
static int close_action(struct reading *r)
{
    if (r->action.n == 0)
        return 0;
    struct playbook_action *x = &r->action.p[r->action.n - 1];
    close_commands(r, x);
    r->line = r->action_line;
    if (empty(&x->title))
        return refuse(r, TR("it has no title"), x->name);
    if (x->tell)
        return empty(&x->when) ? refuse(r, TR("it does not say when to tell them (when)"), x->name) : 0;
    if (empty(&x->effect))
        return refuse(r, TR("it does not say what its effect is (effect)"), x->name);
    if (empty(&x->undo))
        return refuse(r, TR("it does not say how it is undone (undo)"), x->name);
    for (size_t i = 0; i < x->command_n; i++)
        if (x->command[i].go.n == 0)
            return refuse(r, TR("it has no command (do) for this system"), x->command[i].on);
    return 0;
}

static int open_action(struct reading *r, struct str name, bool tell)
{
    unsigned long line = r->line;
    bool made;
    int rc = close_action(r);
    r->line = r->action_line = line;
    if (rc)
        return rc;
    if (!block_name(name))
        return refuse(r, TR("a name has small letters, digits and hyphens, 40 at most"), name);
    map_put(&r->names, name, &made);
    if (!made)
        return refuse(r, TR("this name was given before"), name);
    if (r->action.n >= LIMIT_PLAYBOOK_ITEMS)
        return refuse(r, TR("too many actions"), name);
    vec_push(&r->action,
             ((struct playbook_action){.name = arena_str(r->a, name), .tell = tell, .per_machine = !tell}));
    return 0;
}

static int open_command(struct reading *r, struct playbook_action *x, struct str name)
{
    if (x->tell)
        return refuse(r, TR("commands belong to an action, not to somebody who is told"), name);
    if (!block_name(name))
        return refuse(r, TR("a name has small letters, digits and hyphens, 40 at most"), name);
    if (r->command.n >= LIMIT_PLAYBOOK_ITEMS)
        return refuse(r, TR("too many commands"), name);
    vec_push(&r->command, ((struct playbook_command){.on = arena_str(r->a, name)}));
    return 0;
}

static int read_choice(struct reading *r, struct playbook_action *x, struct str key, struct str value)
{
    int64_t days;
    if (str_is(key, "per") && (str_is(value, "machine") || str_is(value, "plan"))) {
        x->per_machine = str_is(value, "machine");
        return 0;
    }
    if (str_is(key, "required") && !x->tell && (str_is(value, "yes") || str_is(value, "no"))) {
        x->required = str_is(value, "yes");
        return 0;
    }
    if (str_is(key, "only") && (str_is(value, "contractor") || str_is(value, "batch"))) {
        x->only = str_is(value, "batch") ? PLAYBOOK_BATCH : PLAYBOOK_CONTRACTOR;
        x->per_machine = true;
        return 0;
    }
    if (str_is(key, "undo-days") && !x->tell && num_i64(value, &days) && days >= 0 && days <= 3650) {
        x->undo_days = (int)days;
        return 0;
    }
    return refuse(r, TR("the key is not known here, or has another value than it may have"), key);
}

static int read_in_action(struct reading *r, struct str key, struct str lang, struct str value)
{
    struct playbook_action *x = &r->action.p[r->action.n - 1];
    struct playbook_command *c = r->command.n ? &r->command.p[r->command.n - 1] : NULL;
    const struct {
        const char *key;
        struct playbook_text *t;
    } text[] = {{"title", &x->title},
                {"owner", &x->owner},
                {x->tell ? "when" : "effect", x->tell ? &x->when : &x->effect},
                {x->tell ? "how" : "undo", x->tell ? &x->how : &x->undo},
                {"note", c ? &c->note : NULL}};
    for (size_t i = 0; i < ARRAY_LEN(text); i++)
        if (text[i].t && str_is(key, text[i].key))
            return add_text(r, text[i].t, lang, value);
    if (lang.n)
        return refuse(r, TR("the key is not known here, or has no language"), key);
    if (str_is(key, "on"))
        return open_command(r, x, value);
    if (c && value.n && (str_is(key, "do") || str_is(key, "back")))
        return add_line(r, str_is(key, "do") ? &c->go : &c->back, value);
    return read_choice(r, x, key, value);
}

static int read_head(struct reading *r, struct str key, struct str lang, struct str value)
{
    const struct {
        const char *key;
        struct playbook_text *t;
    } text[] = {{"title", &r->p->title}, {"intro", &r->p->intro}, {"stops", &r->p->stops}, {"experts", &r->p->experts}};
    for (size_t i = 0; i < ARRAY_LEN(text); i++)
        if (str_is(key, text[i].key))
            return add_text(r, text[i].t, lang, value);
    if (lang.n)
        return refuse(r, TR("the key is not known here, or has no language"), key);
    if (str_is(key, "product"))
        return read_products(r, value);
    if (str_is(key, "kind"))
        ADD_WORDS(r, &r->kind, value);
    else if (str_is(key, "purpose"))
        ADD_WORDS(r, &r->purpose, value);
    else if (str_is(key, "directory"))
        ADD_WORDS(r, &r->directory, value);
    else
        return refuse(r, TR("the key is not known here"), key);
    return 0;
}

/* A control character would reach a terminal with the plan. */
static bool plain(struct str line)
{
    for (size_t i = 0; i < line.n; i++)
        if ((unsigned char)line.p[i] < ' ' || line.p[i] == 0x7f)
            return false;
    return true;
}

static int read_line(struct reading *r, struct str line)
{
    size_t eq = str_chr(line, '=');
    if (eq == STR_NONE)
        return refuse(r, TR("a line is KEY = VALUE"), line);
    if (!plain(line))
        return refuse(r, TR("a control character (a tab?) is in the line"), str_trim(str_sub(line, 0, eq)));
    struct str key = str_trim(str_sub(line, 0, eq)), value = str_trim(str_sub(line, eq + 1, line.n)), lang = {0};
    if (str_is(key, "action") || str_is(key, "tell"))
        return open_action(r, value, str_is(key, "tell"));
    size_t dot = str_chr(key, '.');
    if (dot != STR_NONE) {
        lang = str_sub(key, dot + 1, key.n);
        key = str_sub(key, 0, dot);
        if (lang.n == 0)
            return refuse(r, TR("the language of a text is ja or en"), key);
    }
    return r->action.n ? read_in_action(r, key, lang, value) : read_head(r, key, lang, value);
}

static struct str *hand_over(struct arena *a, const struct str *p, size_t n)
{
    struct str *v = arena_array(a, struct str, n + 1);
    if (n)
        memcpy(v, p, n * sizeof(*p));
    return v;
}

static int finish(struct reading *r)
{
    struct playbook *p = r->p;
    int rc = close_action(r);
    p->product = hand_over(r->a, r->product.p, p->product_n = r->product.n);
    p->kind = hand_over(r->a, r->kind.p, p->kind_n = r->kind.n);
    p->purpose = hand_over(r->a, r->purpose.p, p->purpose_n = r->purpose.n);
    p->directory = hand_over(r->a, r->directory.p, p->directory_n = r->directory.n);
    p->action = arena_array(r->a, struct playbook_action, r->action.n + 1);
    p->action_n = r->action.n;
    if (r->action.n)
        memcpy(p->action, r->action.p, r->action.n * sizeof(*p->action));
    if (rc)
        return rc;
    bool required = false;
    for (size_t i = 0; i < p->action_n; i++)
        required = required || (p->action[i].required && p->action[i].per_machine && p->action[i].only == PLAYBOOK_ALWAYS);
    r->line = 0;
    if (empty(&p->title))
        return refuse(r, TR("it has no title"), p->name);
    if (!required)
        return refuse(r, TR("no action for every machine is required (required = yes), so nothing would ever be contained"), p->name);
    return 0;
}

int playbook_parse(struct playbook *out, struct str name, struct str bytes, const char *file, struct arena *a,
                   struct err *e)
{
    struct reading r = {.p = out, .a = a, .e = e, .file = file};
    struct str rest = bytes, line;
    int rc = 0;
    *out = (struct playbook){.name = arena_str(a, name)};
    if (bytes.n > LIMIT_PLAYBOOK)
        return err_at(e, ERR_LIMIT, file, 0, "the playbook is larger than %lu bytes", LIMIT_PLAYBOOK);
    if (!str_is_utf8(bytes))
        return err_at(e, ERR_INPUT, file, 0, "the playbook is not UTF-8");
    while (rc == 0 && str_line_next(&rest, &line)) {
        r.line++;
        line = str_trim(line);
        if (line.n && line.p[0] != '#')
            rc = read_line(&r, line);
    }
    if (rc == 0)
        rc = finish(&r);
    vec_release(&r.product);
    vec_release(&r.kind);
    vec_release(&r.purpose);
    vec_release(&r.directory);
    vec_release(&r.action);
    vec_release(&r.command);
    map_release(&r.names);
    return rc;
}

/* ---- use ---- */

struct str playbook_say(const struct playbook_text *t, enum lang lang)
{
    return t->in[lang].n ? t->in[lang] : t->in[lang == LANG_EN ? LANG_JA : LANG_EN];
}

bool playbook_word(const struct str *word, size_t n, struct str text)
{
    for (size_t i = 0; i < n; i++)
        if (str_find_i(text, word[i]) != STR_NONE)
            return true;
    return false;
}

int playbook_fits(const struct playbook *p, const struct str *product, size_t product_n, struct str kind,
                  struct str purpose)
{
    int score = 0;
    for (size_t i = 0; score == 0 && i < product_n; i++)
        for (size_t k = 0; k < p->product_n; k++)
            if (str_eq(product[i], p->product[k]))
                score = 4;
    score += playbook_word(p->kind, p->kind_n, kind) ? 2 : 0;
    return score + (playbook_word(p->purpose, p->purpose_n, purpose) ? 1 : 0);
}
