/* Playbooks as text: the shipped ones, what is refused and where, which fits what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "codec/stream.h"
#include "contain/playbook.h"

static const char *const shipped_name[] = {"mail-server", "web-appliance", "workstations"};

static void shipped_read(const char *name, struct arena *a, struct playbook *p)
{
    struct buf b = BUF_INIT(MIB);
    struct err e = {0};
    char path[4096];
    snprintf(path, sizeof(path), "%s/rules/playbooks/%s.txt", getenv("TOBAN_SOURCE") ? getenv("TOBAN_SOURCE") : ".", name);
    if (stream_slurp(path, &b, &e) || playbook_parse(p, str_of(name), arena_str(a, buf_str(&b)), path, a, &e))
        fail_msg("%s", e.text);
    buf_release(&b);
}

static void both(const char *name, const struct playbook_text *t, bool needed)
{
    if ((t->in[LANG_EN].n == 0) != (t->in[LANG_JA].n == 0) || (needed && t->in[LANG_EN].n == 0))
        fail_msg("%s: a text is in one language only, or missing", name);
    size_t lines[2] = {0};
    for (int i = 0; i < 2; i++)
        for (size_t k = 0; k < t->in[i].n; k++)
            lines[i] += t->in[i].p[k] == '\n';
    assert_int_equal(lines[0], lines[1]); /* item for item */
}

/* Every text of the shipped ones is there in both languages; every action can be undone or says that it cannot. */
static void shipped(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ARRAY_LEN(shipped_name); i++) {
        struct arena a = {0};
        struct playbook p;
        bool tells_commission = false, keeps_from_directory = false;
        shipped_read(shipped_name[i], &a, &p);
        both("title", &p.title, true);
        both("intro", &p.intro, true);
        both("stops", &p.stops, true);
        both("experts", &p.experts, true);
        for (size_t k = 0; k < p.action_n; k++) {
            const struct playbook_action *x = &p.action[k];
            const char *name = arena_printf(&a, "%s: " STR_FMT, shipped_name[i], STR_ARG(x->name));
            both(name, &x->title, true);
            both(name, &x->effect, !x->tell);
            both(name, &x->undo, !x->tell);
            both(name, &x->owner, !x->tell);
            both(name, &x->when, x->tell);
            both(name, &x->how, false);
            for (size_t c = 0; c < x->command_n; c++)
                both(name, &x->command[c].note, true);
            tells_commission = tells_commission || str_is(x->name, "ppc");
            keeps_from_directory = keeps_from_directory || str_is(x->name, "cut-ad");
        }
        assert_true(tells_commission && keeps_from_directory);
        arena_release(&a);
    }
}

static void fits(void **unused)
{
    (void)unused;
    struct arena a = {0};
    struct playbook p[3];
    for (size_t i = 0; i < 3; i++)
        shipped_read(shipped_name[i], &a, &p[i]);
    const struct {
        const char *product, *kind, *purpose;
        int best; /* -1: none */
    } row[] = {{"microsoft:exchange_server", "サーバー", "全社メール", 0},
               {"microsoft:exchange_server", "", "", 0},
               {"", "サーバー", "Mail relay", 0},
               {"pulsesecure:pulse_connect_secure", "ネットワーク機器", "在宅勤務の接続", 1},
               {"fortinet:fortios", "", "", 1},
               {"fortinet:fortimail", "アプライアンス", "メールの検査", 0},
               {"microsoft:outlook", "ノートPC", "事務、メール", 2}, /* people read mail there */
               {"", "Laptop", "", 2},
               {"postgresql:postgresql", "サーバー", "会計", -1}};
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        struct str product = str_of(row[i].product);
        int best = -1, top = 0;
        for (int k = 0; k < 3; k++) {
            int score = playbook_fits(&p[k], &product, 1, str_of(row[i].kind), str_of(row[i].purpose));
            if (score > top) {
                top = score;
                best = k;
            }
        }
        if (best != row[i].best)
            fail_msg("%s / %s / %s", row[i].product, row[i].kind, row[i].purpose);
    }
    arena_release(&a);
}

#define HEAD "title = T\n"
#define ACTION "action = cut\ntitle = t\neffect = e\nundo = u\nrequired = yes\n"

static void refused(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        int rc;
        const char *where; /* "book:3:" */
    } row[] = {{HEAD ACTION, 0, ""},
               {"# comment\n\n" HEAD ACTION, 0, ""},
               {HEAD ACTION "on = switch\ndo = x {ip}\nback = y { $_.Name } ${name}\n", 0, ""},
               {"", ERR_INPUT, "book:"},
               {HEAD, ERR_INPUT, "book:"},
               {ACTION, ERR_INPUT, "book:"},
               {HEAD "action = cut\ntitle = t\neffect = e\nundo = u\n", ERR_INPUT, "book:"}, /* nothing required */
               {HEAD "no equals sign\n", ERR_INPUT, "book:2:"},
               {HEAD "colour = red\n", ERR_INPUT, "book:2:"},
               {HEAD "title.fr = x\n", ERR_INPUT, "book:2:"},
               {HEAD "title. = x\n", ERR_INPUT, "book:2:"},
               {HEAD "intro =\n", ERR_INPUT, "book:2:"},
               {HEAD "product = exchange\n", ERR_INPUT, "book:2:"},
               {HEAD "kind = a,,b\n", ERR_INPUT, "book:2:"},
               {HEAD "kind.ja = a\n", ERR_INPUT, "book:2:"},
               {HEAD "intro = a\tb\n", ERR_INPUT, "book:2:"},
               {HEAD "intro = a \033[2J\n", ERR_INPUT, "book:2:"},
               {HEAD "intro = {nothing}\n", ERR_INPUT, "book:2:"},
               {HEAD "action = Cut It\n", ERR_INPUT, "book:2:"},
               {HEAD ACTION ACTION, ERR_INPUT, "book:7:"},
               {HEAD "action = cut\neffect = e\nundo = u\n" ACTION, ERR_INPUT, "book:2:"},
               {HEAD "action = cut\ntitle = t\nundo = u\n", ERR_INPUT, "book:2:"},
               {HEAD "action = cut\ntitle = t\neffect = e\n", ERR_INPUT, "book:2:"},
               {HEAD ACTION "required = perhaps\n", ERR_INPUT, "book:7:"},
               {HEAD ACTION "undo-days = -1\n", ERR_INPUT, "book:7:"},
               {HEAD ACTION "undo-days = 99999\n", ERR_INPUT, "book:7:"},
               {HEAD ACTION "per = galaxy\n", ERR_INPUT, "book:7:"},
               {HEAD ACTION "do = x\n", ERR_INPUT, "book:7:"}, /* before on */
               {HEAD ACTION "on = switch\n", ERR_INPUT, "book:2:"},
               {HEAD ACTION "on = switch\ndo = x {adress}\n", ERR_INPUT, "book:8:"},
               {HEAD ACTION "tell = boss\ntitle = b\n", ERR_INPUT, "book:7:"},
               {HEAD ACTION "tell = boss\ntitle = b\nwhen = w\non = switch\n", ERR_INPUT, "book:10:"},
               {HEAD ACTION "tell = boss\ntitle = b\nwhen = w\nrequired = yes\n", ERR_INPUT, "book:10:"},
               {HEAD ACTION "tell = cut\n", ERR_INPUT, "book:7:"},
               {"title = \xff\n" ACTION, ERR_INPUT, "book:"}};
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        struct arena a = {0};
        struct playbook p;
        struct err e = {0};
        int rc = playbook_parse(&p, STR_LIT("book"), str_of(row[i].text), "book", &a, &e);
        if (rc != row[i].rc || strncmp(e.text, row[i].where, strlen(row[i].where)) != 0)
            fail_msg("row %zu: %d, %s", i, rc, e.text);
        arena_release(&a);
    }
}

static void limits(void **unused)
{
    (void)unused;
    struct arena a = {0};
    struct playbook p;
    struct err e = {0};
    struct buf b = BUF_INIT(MIB);
    buf_adds(&b, HEAD);
    for (int i = 0; i < LIMIT_PLAYBOOK_LINES; i++)
        buf_adds(&b, "intro = x\n");
    size_t fits_n = b.n;
    buf_adds(&b, ACTION);
    assert_int_equal(playbook_parse(&p, STR_LIT("b"), buf_str(&b), "b", &a, &e), 0);
    b.n = fits_n;
    buf_adds(&b, "intro = x\n" ACTION);
    assert_int_equal(playbook_parse(&p, STR_LIT("b"), buf_str(&b), "b", &a, &e), ERR_LIMIT);
    buf_clear(&b);
    buf_adds(&b, HEAD "intro = ");
    for (size_t i = 0; i < LIMIT_PLAYBOOK_TEXT; i++)
        buf_addc(&b, 'x');
    buf_adds(&b, "\n" ACTION);
    assert_int_equal(playbook_parse(&p, STR_LIT("b"), buf_str(&b), "b", &a, &e), ERR_LIMIT);
    buf_clear(&b);
    buf_adds(&b, HEAD);
    for (int i = 0; i <= LIMIT_PLAYBOOK_ITEMS; i++)
        buf_printf(&b, "action = a%d\ntitle = t\neffect = e\nundo = u\nrequired = yes\n", i);
    assert_int_equal(playbook_parse(&p, STR_LIT("b"), buf_str(&b), "b", &a, &e), ERR_INPUT);
    buf_clear(&b);
    while (b.n <= LIMIT_PLAYBOOK)
        buf_adds(&b, "# comment\n");
    assert_int_equal(playbook_parse(&p, STR_LIT("b"), buf_str(&b), "b", &a, &e), ERR_LIMIT);
    buf_release(&b);
    arena_release(&a);
}

static void languages(void **unused)
{
    (void)unused;
    struct arena a = {0};
    struct playbook p;
    struct err e = {0};
    assert_int_equal(playbook_parse(&p, STR_LIT("b"), STR_LIT("title.ja = 題\nintro = both\nintro.en = more\n" ACTION), "b", &a, &e), 0);
    assert_true(str_is(playbook_say(&p.title, LANG_EN), "題")); /* the other, when there is none */
    assert_true(str_is(playbook_say(&p.intro, LANG_JA), "both"));
    assert_true(str_is(playbook_say(&p.intro, LANG_EN), "both\nmore"));
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shipped), cmocka_unit_test(fits), cmocka_unit_test(refused), cmocka_unit_test(limits),
                                       cmocka_unit_test(languages)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
