/* Settings: where each comes from, what is refused; and the rules of a site. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "app/config.h"
#include "app/rules.h"

struct ct {
    char dir[64], file[128];
    struct config *c;
    struct arena a;
    struct err e;
};

extern char **environ;

static int setup(void **state)
{
    struct ct *t = mem_zalloc(sizeof(*t));
    snprintf(t->dir, sizeof(t->dir), "/tmp/toban-test-XXXXXX");
    if (!mkdtemp(t->dir))
        return -1;
    snprintf(t->file, sizeof(t->file), "%s/toban.yaml", t->dir);
    /* Nothing of the machine it runs on. */
    for (char **p = environ; *p;) {
        if (strncmp(*p, "TOBAN_", 6) == 0) {
            char name[128] = "";
            snprintf(name, sizeof(name), "%.*s", (int)strcspn(*p, "="), *p);
            unsetenv(name);
            p = environ;
        } else {
            p++;
        }
    }
    setenv("XDG_CONFIG_HOME", t->dir, 1);
    setenv("HOME", t->dir, 1);
    *state = t;
    return 0;
}

static int teardown(void **state)
{
    struct ct *t = *state;
    char cmd[96];
    config_free(t->c);
    arena_release(&t->a);
    snprintf(cmd, sizeof(cmd), "rm -rf '%s'", t->dir);
    int rc = system(cmd);
    free(t);
    return rc;
}

static void write_to(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static const struct config_flag no_flags[] = {{0}};

static int load(struct ct *t, const char *yaml, const struct config_flag *flags)
{
    config_free(t->c);
    t->c = NULL;
    err_clear(&t->e);
    if (yaml)
        write_to(t->file, yaml);
    return config_load(&t->c, yaml ? t->file : NULL, flags ? flags : no_flags, &t->e);
}

static void is(struct ct *t, const char *key, const char *value, enum config_origin origin, const char *where)
{
    for (size_t i = 0; i < config_n(t->c); i++) {
        const struct config_entry *x = config_at(t->c, i);
        if (!str_is(x->key, key))
            continue;
        if (!str_is(x->value, value) || x->origin != origin || !str_ends(x->where, where))
            fail_msg("%s = \"" STR_FMT "\" from " STR_FMT " (%d)", key, STR_ARG(x->value), STR_ARG(x->where),
                     (int)x->origin);
        assert_true(str_is(config_str(t->c, key), value));
        return;
    }
    fail_msg("%s is not there", key);
}

static void loads(struct ct *t, const char *yaml, const struct config_flag *flags)
{
    if (load(t, yaml, flags) != 0)
        fail_msg("%s", t->e.text);
}

static void precedence(void **state)
{
    struct ct *t = *state;
    static const struct config_flag lang[] = {{"lang", "--lang", "ja"}, {"store", "--store", NULL}, {0}};
    loads(t, NULL, NULL);
    assert_null(config_file(t->c));
    is(t, "round.days", "7", CONFIG_DEFAULT, "");
    is(t, "lang", "", CONFIG_DEFAULT, "");
    loads(t, "round:\n  days: 14\nlang: en\nstore: sqlite:/file\n", NULL);
    assert_string_equal(config_file(t->c), t->file);
    is(t, "round.days", "14", CONFIG_FILE, "toban.yaml:2");
    is(t, "lang", "en", CONFIG_FILE, "toban.yaml:3");
    setenv("TOBAN_ROUND_DAYS", "21", 1);
    setenv("TOBAN_STORE", "sqlite:/env", 1);
    loads(t, "round:\n  days: 14\nlang: en\nstore: sqlite:/file\n", lang);
    is(t, "round.days", "21", CONFIG_ENV, "TOBAN_ROUND_DAYS");
    is(t, "store", "sqlite:/env", CONFIG_ENV, "TOBAN_STORE"); /* a flag that was not given is none */
    is(t, "lang", "ja", CONFIG_FLAG, "--lang");
    assert_int_equal(config_int(t->c, "round.days", 0), 21);
    assert_int_equal(config_int(t->c, "lang", 5), 5);
    /* Sorted by key, each once. */
    for (size_t i = 1; i < config_n(t->c); i++)
        assert_true(str_cmp(config_at(t->c, i - 1)->key, config_at(t->c, i)->key) < 0);
    unsetenv("TOBAN_ROUND_DAYS");
    unsetenv("TOBAN_STORE");
}

static void which_file(void **state)
{
    struct ct *t = *state;
    char path[128];
    snprintf(path, sizeof(path), "%s/toban", t->dir);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%s/toban/toban.yaml", t->dir);
    write_to(path, "who: mine\n");
    loads(t, NULL, NULL);
    is(t, "who", "mine", CONFIG_FILE, "toban/toban.yaml:1");
    write_to(t->file, "who: named\n");
    setenv("TOBAN_CONFIG", t->file, 1);
    loads(t, NULL, NULL);
    is(t, "who", "named", CONFIG_FILE, "toban.yaml:1");
    setenv("TOBAN_CONFIG", "/no/such/file.yaml", 1);
    assert_true(load(t, NULL, NULL) < 0); /* named and absent is an error, not silence */
    assert_non_null(strstr(t->e.text, "/no/such/file.yaml"));
    unsetenv("TOBAN_CONFIG");
}

static void nested(void **state)
{
    struct ct *t = *state;
    loads(t,
          "# settings\nsources:\n  nvd:\n    enabled: no\n    key_file: /etc/toban/nvd.key\n  msrc_blog:\n   "
          " period: 90\n"
          "feeds:\n  vendor:\n    url: \"https://vendor.example/rss\"\n    publisher: 日本ベンダー\n    "
          "trusted: yes\n"
          "net:\n  private_hosts: [a.example, b.example]\n  proxy: ''\n",
          NULL);
    is(t, "sources.nvd.key_file", "/etc/toban/nvd.key", CONFIG_FILE, ":5");
    is(t, "sources.msrc_blog.period", "90", CONFIG_FILE, ":7");
    is(t, "feeds.vendor.publisher", "日本ベンダー", CONFIG_FILE, ":11");
    is(t, "net.private_hosts", "a.example b.example", CONFIG_FILE, ":14");
    assert_true(config_bool(t->c, "feeds.vendor.trusted"));
    assert_false(config_bool(t->c, "sources.nvd.enabled"));
    assert_false(config_bool(t->c, "no.such.key"));
    assert_true(str_is(config_strf(t->c, "feeds.%s.url", "vendor"), "https://vendor.example/rss"));
    assert_int_equal(config_str(t->c, "feeds.other.url").n, 0);
    loads(t, "", NULL);
    loads(t, "# nothing but words\n", NULL);
}

static void refused(void **state)
{
    struct ct *t = *state;
    static const struct {
        const char *yaml, *where, *what;
    } list[] = {
        {"lang: en\nlanguage: ja\n", ":2: ", "language"},
        {"sources:\n  nvd:\n    urll: x\n", ":3: ", "sources.nvd.urll"},
        {"sources:\n  nvd: yes\n", ":2: ", "sources.nvd"},
        {"lang: fr\n", ":1: ", "fr"},
        {"offline: maybe\n", ":1: ", "maybe"},
        {"round:\n  days: many\n", ":2: ", "many"},
        {"round:\n  days: -1\n", ":2: ", "-1"},
        {"zone: Tokyo\n", ":1: ", "Tokyo"},
        {"zone: \".5\"\n", ":1: ", ".5"},
        {"\n\nnet:\n  private_hosts: [a, {b: c}]\n", ":4: ", "private_hosts"},
        {"lang: [en\n", ":", ""},
        {"a: b: c\n", ":1", ""},
        {"\tlang: en\n", ":1", ""},
        {"just text\n", "", "toban.yaml"},
        {"- a\n- b\n", "", "toban.yaml"},
        {"a: {b: {c: {d: {e: {f: {g: {h: {i: {j: {k: 1}}}}}}}}}}\n", ":1", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(list); i++) {
        if (load(t, list[i].yaml, NULL) != ERR_USAGE)
            fail_msg("accepted: %s", list[i].yaml);
        assert_null(t->c);
        const char *at = strstr(t->e.text, t->file);
        if (!at || !strstr(at + strlen(t->file), list[i].where) || !strstr(t->e.text, list[i].what))
            fail_msg("%s\ngives: %s", list[i].yaml, t->e.text);
        assert_true(str_is_utf8(str_of(t->e.text)));
    }
    setenv("TOBAN_ROUND_DAYS", "soon", 1);
    assert_int_equal(load(t, NULL, NULL), ERR_USAGE);
    assert_non_null(strstr(t->e.text, "TOBAN_ROUND_DAYS"));
    unsetenv("TOBAN_ROUND_DAYS");
    static const struct config_flag flag[] = {{"lang", "--lang", "de"}, {0}};
    assert_int_equal(load(t, NULL, flag), ERR_USAGE);
    assert_non_null(strstr(t->e.text, "--lang"));
    /* Bytes that are no text at all. */
    FILE *f = fopen(t->file, "w");
    for (int i = 0; i < 1000; i++)
        fputc(i * 7 % 256, f);
    fclose(f);
    assert_int_equal(config_load(&t->c, t->file, no_flags, &t->e), ERR_USAGE);
}

static void environment(void **state)
{
    struct ct *t = *state;
    static const struct {
        const char *name, *value, *key;
    } list[] = {
        {"TOBAN_SOURCES_NVD_KEY_FILE", "/k", "sources.nvd.key_file"},
        {"TOBAN_SOURCES_MSRC_BLOG_STALE_HOURS", "5", "sources.msrc_blog.stale_hours"},
        {"TOBAN_SOURCES_NVD_URL", "https://mirror.example/", "sources.nvd.url"},
        {"TOBAN_FEEDS_OUR_VENDOR_TRUSTED", "yes", "feeds.our_vendor.trusted"},
        {"TOBAN_NET_CA_FILE", "/ca.pem", "net.ca_file"},
        {"TOBAN_NET_PRIVATE_HOSTS", "a b", "net.private_hosts"},
        {"TOBAN_DECIDE_SITE_DAYS", "3", "decide.site_days"},
        {"TOBAN_OFFLINE", "1", "offline"},
    };
    for (size_t i = 0; i < ARRAY_LEN(list); i++)
        setenv(list[i].name, list[i].value, 1);
    setenv("TOBAN_NOW", "2021-03-03T12:00+09:00", 1); /* ours, but no setting */
    loads(t, NULL, NULL);
    for (size_t i = 0; i < ARRAY_LEN(list); i++) {
        is(t, list[i].key, list[i].value, CONFIG_ENV, list[i].name);
        unsetenv(list[i].name);
    }
    assert_true(config_bool(t->c, "offline"));
    unsetenv("TOBAN_NOW");
}

static void zones(void **state)
{
    struct ct *t = *state;
    static const struct {
        const char *text;
        int s;
    } list[] = {{"+09:00", 32400}, {"+0900", 32400}, {"+09", 32400},   {"-03:30", -12600},
                {"Z", 0},          {"+00:00", 0},    {"+14:00", 50400}};
    for (size_t i = 0; i < ARRAY_LEN(list); i++) {
        char yaml[64];
        snprintf(yaml, sizeof(yaml), "zone: \"%s\"\n", list[i].text);
        loads(t, yaml, NULL);
        if (config_zone(t->c) != list[i].s)
            fail_msg("%s: %d", list[i].text, config_zone(t->c));
    }
    setenv("TZ", "JST-9", 1);
    tzset();
    loads(t, NULL, NULL);
    assert_int_equal(config_zone(t->c), 32400); /* the machine's */
}

/* ---- rules ---- */

static const struct rule_file *named(const struct rule_file *f, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (str_is(f[i].name, name))
            return &f[i];
    return NULL;
}

static void shipped_rules(void **state)
{
    struct ct *t = *state;
    struct rule_file *f, one;
    struct str bytes;
    size_t n;
    assert_int_equal(rules_list((struct str){0}, "urgency/", ".rules", &t->a, &f, &n, &t->e), 0);
    assert_true(named(f, n, "urgency/ja.rules") && named(f, n, "urgency/en.rules"));
    for (size_t i = 0; i < n; i++) {
        assert_true(f[i].bytes.n > 0 && !f[i].site && !f[i].replaces &&
                    str_starts(f[i].path, "rules/urgency/"));
        assert_true(rules_shipped(arena_dup(&t->a, f[i].name.p, f[i].name.n), &bytes) &&
                    str_eq(bytes, f[i].bytes));
        if (i)
            assert_true(str_cmp(f[i - 1].name, f[i].name) < 0);
    }
    assert_int_equal(rules_get((struct str){0}, "urgency/xx.rules", &t->a, &one, &t->e), ERR_NOT_FOUND);
    assert_int_equal(rules_list((struct str){0}, "no/such/", ".rules", &t->a, &f, &n, &t->e), 0);
    assert_int_equal(n, 0);
    assert_false(rules_shipped("urgency", &bytes));
}

static void site_rules(void **state)
{
    struct ct *t = *state;
    struct rule_file *f, one;
    size_t n, before;
    char path[192];
    struct str site = str_of(arena_printf(&t->a, "%s/site", t->dir));
    snprintf(path, sizeof(path), "%s/site", t->dir);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(rules_list(site, "urgency/", ".rules", &t->a, &f, &before, &t->e),
                     0); /* a site without any */
    snprintf(path, sizeof(path), "%s/site/urgency", t->dir);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%s/site/urgency/ja.rules", t->dir);
    write_to(path, "ours\n");
    snprintf(path, sizeof(path), "%s/site/urgency/more.rules", t->dir);
    write_to(path, "added\n");
    snprintf(path, sizeof(path), "%s/site/urgency/note.txt", t->dir);
    write_to(path, "no rules\n");
    snprintf(path, sizeof(path), "%s/site/urgency/.hidden.rules", t->dir);
    write_to(path, "an editor's\n");
    assert_int_equal(rules_list(site, "urgency/", ".rules", &t->a, &f, &n, &t->e), 0);
    assert_int_equal(n, before + 1);
    const struct rule_file *ja = named(f, n, "urgency/ja.rules"), *more = named(f, n, "urgency/more.rules"),
                           *en = named(f, n, "urgency/en.rules");
    assert_true(ja && ja->site && ja->replaces && str_is(ja->bytes, "ours\n"));
    assert_true(str_ends(ja->path, "/site/urgency/ja.rules"));
    assert_true(more && more->site && !more->replaces && str_is(more->bytes, "added\n"));
    assert_true(en && !en->site);
    assert_int_equal(rules_get(site, "urgency/more.rules", &t->a, &one, &t->e), 0);
    assert_true(str_is(one.bytes, "added\n"));
}

/* No name leads out of the folder. */
static void traversal(void **state)
{
    struct ct *t = *state;
    static const char *const list[] = {"../secret.rules",
                                       "urgency/../../secret.rules",
                                       "urgency/..",
                                       "..",
                                       ".",
                                       "/etc/passwd",
                                       "urgency//ja.rules",
                                       "",
                                       "./urgency/ja.rules"};
    struct rule_file one;
    char path[192];
    struct str site = str_of(arena_printf(&t->a, "%s/site", t->dir));
    snprintf(path, sizeof(path), "%s/site", t->dir);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%s/site/urgency", t->dir);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%s/secret.rules", t->dir);
    write_to(path, "secret\n");
    for (size_t i = 0; i < ARRAY_LEN(list); i++)
        if (rules_get(site, list[i], &t->a, &one, &t->e) != ERR_NOT_FOUND)
            fail_msg("\"%s\" is read", list[i]);
}

#define ct_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ct_test(precedence),    ct_test(which_file),  ct_test(nested),
        ct_test(refused),       ct_test(environment), ct_test(zones),
        ct_test(shipped_rules), ct_test(site_rules),  ct_test(traversal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
