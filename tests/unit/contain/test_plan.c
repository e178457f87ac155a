/* Plans: what the ledger says in them, what a hostile ledger does not get into them, how far they have come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "codec/json.h"
#include "contain/plan.h"

static const char book_text[] = "title = Mail\n"
                                "intro = For {purpose} of {name}.\n"
                                "stops = mail\n"
                                "experts = a web shell\n"
                                "directory = domain controller\n"
                                "action = cut\n"
                                "title = Cut {name}\n"
                                "effect = e\n"
                                "undo = u\n"
                                "owner = {owner}\n"
                                "required = yes\n"
                                "undo-days = 7\n"
                                "on = nftables\n"
                                "note = at {place}\n"
                                "do = nft add rule x ip saddr {ip} ip daddr {dc_ip} drop\n"
                                "do = hostname '{name}' {account}$ {key} {case} {admin_ip} {vlan} {port} {owner}\n"
                                "back = nft delete {ip}\n"
                                "action = keep\n"
                                "title = Keep\n"
                                "effect = e\n"
                                "undo = u\n"
                                "required = yes\n"
                                "per = plan\n"
                                "action = many\n"
                                "title = Many\n"
                                "effect = e\n"
                                "undo = u\n"
                                "only = batch\n"
                                "tell = contractor\n"
                                "title = {organisation}\n"
                                "when = now\n"
                                "only = contractor\n";

struct fixture {
    struct arena a;
    struct playbook book;
    struct plan_machine ledger[4];
    struct asset asset[4];
    struct plan_input in;
};

static int setup(void **state)
{
    struct fixture *f = mem_zalloc(sizeof(*f));
    struct err e = {0};
    if (playbook_parse(&f->book, STR_LIT("mail"), str_of(book_text), "mail", &f->a, &e))
        fail_msg("%s", e.text);
    f->asset[0] = (struct asset){.key = STR_LIT("S-1"), .name = STR_LIT("mail-1.example.jp"), .purpose = STR_LIT("mail"), .owner = STR_LIT("sato"), .place = STR_LIT("Tokyo"), .department = STR_LIT("IT"), .ip = STR_LIT("192.0.2.1, 2001:db8::1"), .count = 1};
    f->asset[1] = (struct asset){.key = STR_LIT("S-2"), .name = STR_LIT("dc-1"), .purpose = STR_LIT("Domain Controller"), .ip = STR_LIT("192.0.2.53/24"), .place = STR_LIT("Tokyo"), .department = STR_LIT("IT"), .count = 1};
    f->asset[2] = (struct asset){.key = STR_LIT("S-3"), .name = STR_LIT("web"), .place = STR_LIT("Tokyo"), .department = STR_LIT("Shop"), .organisation = STR_LIT("Hokuto"), .count = 3};
    f->asset[3] = (struct asset){.key = STR_LIT("S-4"), .name = STR_LIT("far"), .place = STR_LIT("Osaka"), .department = STR_LIT("IT"), .count = 1};
    for (int i = 0; i < 4; i++)
        f->ledger[i] = (struct plan_machine){STR_LIT("main"), &f->asset[i]};
    f->in = (struct plan_input){.book = &f->book, .case_id = 7, .who = STR_LIT("tanaka"), .at = 0, .machine = f->ledger, .machine_n = 1,
                                .ledger = f->ledger, .ledger_n = 4, .site = {STR_LIT("192.0.2.200 192.0.2.201"), STR_LIT("99")}};
    i18n_use(LANG_EN);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    arena_release(&f->a);
    free(f);
    return 0;
}

static struct containment draft(struct fixture *f)
{
    struct containment p;
    struct err e = {0};
    if (plan_draft(&f->in, &f->a, &p, &e))
        fail_msg("%s", e.text);
    return p;
}

static struct str command(struct fixture *f, const struct containment *p, const char *which)
{
    struct err e = {0};
    const struct json *all = json_parse(&f->a, p->action[0].commands, &e);
    if (json_len(all) != 1)
        fail_msg("%s", e.text);
    return json_get_str(json_at(all, 0), which);
}

static bool has(struct str s, const char *part)
{
    return str_find(s, str_of(part)) != STR_NONE;
}

static void drafted(void **state)
{
    struct fixture *f = *state;
    struct containment p = draft(f);
    assert_int_equal(p.action_n, 2); /* neither a batch nor a contractor's */
    assert_true(str_is(p.action[0].title, "Cut mail-1.example.jp"));
    assert_true(str_is(p.action[0].owner, "sato"));
    assert_true(str_is(p.action[0].asset_key, "S-1") && p.action[0].required && p.action[0].undo_days == 7);
    assert_int_equal(p.action[1].asset_key.n, 0);
    assert_true(str_is(command(f, &p, "do"), "nft add rule x ip saddr 192.0.2.1 ip daddr 192.0.2.53 drop\n"
                                             "nft add rule x ip saddr 2001:db8::1 ip daddr 192.0.2.53 drop\n"
                                             "hostname 'mail-1.example.jp' mail-1$ S-1 C-7 192.0.2.200 99 <fill in: port> sato\n"
                                             "hostname 'mail-1.example.jp' mail-1$ S-1 C-7 192.0.2.201 99 <fill in: port> sato"));
    assert_true(str_is(command(f, &p, "undo"), "nft delete 192.0.2.1\nnft delete 2001:db8::1"));
    assert_true(str_is(command(f, &p, "note"), "at Tokyo"));
    assert_true(has(p.intro, "For mail of mail-1.example.jp."));
    assert_true(has(p.intro, "a web shell") && has(p.intro, "- dc-1") && !has(p.intro, "- far") && !has(p.intro, "- web"));
    f->in.machine_n = 3;
    p = draft(f);
    assert_int_equal(p.action_n, 3 + 1 + 1 + 1);
    assert_true(str_is(p.action[4].name, "many") && str_is(p.action[4].asset_key, "S-3") && has(p.action[4].effect, "3 machines"));
    assert_true(str_is(p.action[5].title, "Tell: Hokuto") && plan_tells(&p.action[5]));
}

/* What somebody wrote into a ledger never becomes part of a command, unless it can only be a name or an address. */
static void hostile(void **state)
{
    struct fixture *f = *state;
    static const char *const bad[] = {"a; rm -rf /", "$(reboot)", "`id`", "a'b", "a\"b", "a\nreboot", "a b", "a|b", "a&b", "-x", "--all", "a>b", "a%PATH%",
                                      "a\\b", "{ip}", "サーバー", "a\033[2Jb", "a:b", "a/b", "..", ".x", "a\u202eb", "a#b", "a*", "a\tb", "a,b", "(a)", "!a", "~a", "@a"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct str s = str_of(bad[i]);
        f->asset[0].name = f->asset[0].key = f->asset[0].ip = f->asset[0].owner = f->asset[0].place = f->asset[0].purpose = s;
        f->asset[1].ip = f->in.site.admin_ip = f->in.site.vlan = s;
        struct containment p = draft(f);
        if (!str_is(command(f, &p, "do"), "nft add rule x ip saddr <fill in: ip> ip daddr <fill in: dc_ip> drop\n"
                                          "hostname '<fill in: name>' <fill in: account>$ <fill in: key> C-7 <fill in: admin_ip> <fill in: vlan> <fill in: port> <fill in: owner>"))
            fail_msg("%s: " STR_FMT, bad[i], STR_ARG(command(f, &p, "do")));
        const struct json *fill = json_get(json_at(json_parse(&f->a, p.action[0].commands, NULL), 0), "fill");
        assert_int_equal(json_len(fill), 9); /* all places but the case */
        for (size_t k = 0; k < json_len(fill); k++)
            assert_true(json_get_str(json_at(fill, k), "why").n > 0);
        /* Nor does it begin a line of its own in a text, or speak to a terminal. */
        assert_false(has(p.intro, "\nreboot"));
        assert_false(has(p.action[0].title, "\n"));
        assert_false(has(p.intro, "\033"));
    }
}

static void addresses(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *ip, *wanted;
    } row[] = {{"192.0.2.9", "nft delete 192.0.2.9"},
               {"2001:db8::9", "nft delete 2001:db8::9"},
               {"192.0.2.9/24", "nft delete 192.0.2.9"},
               {"192.0.2.9; 192.0.2.10", "nft delete 192.0.2.9\nnft delete 192.0.2.10"},
               {"", "nft delete <fill in: ip>"},
               {" ,; ", "nft delete <fill in: ip>"},
               {"192.0.2.999", "nft delete <fill in: ip>"},
               {"192.0.2.9/999", "nft delete <fill in: ip>"},
               {"DHCP", "nft delete <fill in: ip>"},
               {"192.0.2.9, DHCP", "nft delete <fill in: ip>"}, /* half a block is worse than a mark */
               {"fe80::1%eth0", "nft delete <fill in: ip>"}};
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        f->asset[0].ip = str_of(row[i].ip);
        struct containment p = draft(f);
        if (!str_is(command(f, &p, "undo"), row[i].wanted))
            fail_msg("%s: " STR_FMT, row[i].ip, STR_ARG(command(f, &p, "undo")));
    }
    struct buf many = BUF_INIT(MIB);
    for (int i = 0; i <= LIMIT_CONTAIN_VALUES; i++)
        buf_printf(&many, "192.0.2.%d ", i);
    f->asset[0].ip = buf_str(&many);
    struct containment p = draft(f);
    assert_true(str_is(command(f, &p, "undo"), "nft delete <fill in: ip>"));
    buf_release(&many);
    /* One directory server whose address is not known leaves the way open. */
    f->asset[0].ip = STR_LIT("192.0.2.1");
    f->asset[3].purpose = STR_LIT("domain controller 2");
    p = draft(f);
    assert_true(has(command(f, &p, "do"), "<fill in: dc_ip>"));
    f->asset[0].name = STR_LIT("longer-than-fifteen.example.jp");
    p = draft(f);
    assert_true(has(command(f, &p, "do"), "'longer-than-fifteen.example.jp' <fill in: account>$"));
}

static void bounded(void **state)
{
    struct fixture *f = *state;
    struct containment p;
    struct err e = {0};
    struct plan_machine *m = arena_array(&f->a, struct plan_machine, LIMIT_CONTAIN_MACHINES + 1);
    for (size_t i = 0; i <= LIMIT_CONTAIN_MACHINES; i++)
        m[i] = f->ledger[0];
    f->in.machine = m;
    f->in.machine_n = 0;
    assert_int_equal(plan_draft(&f->in, &f->a, &p, &e), ERR_USAGE);
    f->in.machine_n = LIMIT_CONTAIN_MACHINES + 1;
    assert_int_equal(plan_draft(&f->in, &f->a, &p, &e), ERR_LIMIT);
    char *huge = mem_alloc(LIMIT_LEDGER_CELL);
    memset(huge, 'x', LIMIT_LEDGER_CELL);
    assert_true(plan_plain(str_n(huge, LIMIT_LEDGER_CELL), &f->a).n <= 203);
    free(huge);
}

/* ---- state ---- */

static struct containment_event *happen(struct containment *p, int number, enum containment_event_kind kind, when_t undo_by)
{
    struct containment_event *ev = &p->event[p->event_n++];
    *ev = (struct containment_event){.plan = p->id, .number = number, .kind = kind, .at = (when_t)p->event_n, .who = STR_LIT("x"), .undo_by = undo_by};
    return ev;
}

static void states(void **state)
{
    struct fixture *f = *state;
    when_t since;
    f->in.machine_n = 2;
    struct containment p = draft(f); /* 1, 2: cut; 3: keep, of the whole plan */
    struct str ledger = STR_LIT("main"), one = STR_LIT("S-1"), two = STR_LIT("S-2");
    p.event = arena_array(&f->a, struct containment_event, 20);
    assert_int_equal(p.action_n, 3);
    assert_int_equal(plan_state_of(&p), PLAN_DRAFT);
    happen(&p, 1, CONTAINMENT_DONE, WHEN_NONE); /* whatever was written: without approval nothing is contained */
    happen(&p, 3, CONTAINMENT_DONE, WHEN_NONE);
    assert_false(plan_contained(&p, ledger, one));
    p.event_n = 0;
    happen(&p, 0, CONTAINMENT_APPROVED, WHEN_NONE);
    assert_int_equal(plan_state_of(&p), PLAN_APPROVED);
    happen(&p, 1, CONTAINMENT_DONE, 100);
    assert_int_equal(plan_state_of(&p), PLAN_UNDER_WAY);
    assert_false(plan_contained(&p, ledger, one));
    happen(&p, 3, CONTAINMENT_DONE, WHEN_NONE);
    assert_true(plan_contained(&p, ledger, one));
    assert_false(plan_contained(&p, ledger, two));
    assert_false(plan_contained(&p, ledger, STR_LIT("S-9"))); /* not of this plan */
    assert_false(plan_contained(&p, STR_LIT("other"), one));
    assert_false(plan_wants_undoing(&p, &p.action[0], 99, &since));
    assert_true(plan_wants_undoing(&p, &p.action[0], 100, &since) && since == 100);
    assert_false(plan_wants_undoing(&p, &p.action[2], 1000, &since));
    happen(&p, 2, CONTAINMENT_SKIPPED, WHEN_NONE);
    assert_int_equal(plan_state_of(&p), PLAN_DONE);
    assert_true(plan_contained(&p, ledger, two)); /* one of its two required actions done, the other left out */
    happen(&p, 1, CONTAINMENT_UNDONE, WHEN_NONE);
    assert_false(plan_contained(&p, ledger, one));
    assert_false(plan_wants_undoing(&p, &p.action[0], 1000, &since));
    assert_int_equal(plan_action_state_of(&p, &p.action[0], NULL), PLAN_ACTION_UNDONE);
    happen(&p, 1, CONTAINMENT_DONE, 500); /* again */
    assert_true(plan_contained(&p, ledger, one));
    assert_true(plan_wants_undoing(&p, &p.action[0], 500, &since) && since == 500);
    p.event_n = 0;
    happen(&p, 0, CONTAINMENT_APPROVED, WHEN_NONE);
    for (int i = 1; i <= 3; i++)
        happen(&p, i, CONTAINMENT_SKIPPED, WHEN_NONE);
    assert_false(plan_contained(&p, ledger, one)); /* nothing was done */
    p.event_n = 0;
    happen(&p, 0, CONTAINMENT_REFUSED, WHEN_NONE);
    assert_int_equal(plan_state_of(&p), PLAN_REFUSED);
}

#define PLAN_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {PLAN_TEST(drafted), PLAN_TEST(hostile), PLAN_TEST(addresses), PLAN_TEST(bounded), PLAN_TEST(states)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
