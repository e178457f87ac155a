/* The ledger: imports overlaid with what people said. */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "store_test.h"

#include "store/ledger_store.h"

static struct component exchange[] = {{.product = STR_LIT("Microsoft Exchange Server 2016"),
                                       .version = STR_LIT("CU19"),
                                       .build = STR_LIT("15.1.2176.2"),
                                       .vendor = STR_LIT("Microsoft"),
                                       .cpe = STR_LIT("cpe:2.3:a:x:y"),
                                       .purl = STR_LIT("pkg:a/b"),
                                       .seen = WHEN_NONE},
                                      {.product = STR_LIT("Windows Server 2016"), .seen = DAY(1)}};

static struct asset an_asset(const char *key, const char *name)
{
    return (struct asset){.key = str_of(key),
                          .name = str_of(name),
                          .kind = STR_LIT("server"),
                          .place = STR_LIT("本社"),
                          .purpose = STR_LIT("mail"),
                          .owner = STR_LIT("佐藤"),
                          .department = STR_LIT("情シス"),
                          .organisation = STR_LIT(""),
                          .contact = STR_LIT("a@example.jp"),
                          .os = STR_LIT("Windows"),
                          .ip = STR_LIT("192.0.2.1"),
                          .serial = STR_LIT("S1"),
                          .exposure = EXPOSURE_PUBLIC,
                          .criticality = CRITICALITY_HIGH,
                          .count = 3,
                          .component = exchange,
                          .component_n = 2};
}

static struct import_head head(const char *ledger, when_t at)
{
    return (struct import_head){.ledger = str_of(ledger),
                                .file = STR_LIT("servers.csv"),
                                .sha256 = STR_LIT("aa"),
                                .who = STR_LIT("sato"),
                                .at = at,
                                .rows_read = 2};
}

static struct import_count import(struct store_test *t, const struct import_head *h, const struct asset *as,
                                  size_t n)
{
    struct import_count c;
    assert_ok(ledger_store_import(t->db, h, as, n, NULL, 0, &c, &t->e), t);
    return c;
}

static struct ledger load(struct store_test *t)
{
    struct ledger l;
    assert_ok(ledger_store_load(t->db, &t->a, &l, &t->e), t);
    return l;
}

static void every_field(void **state)
{
    struct store_test *t = *state;
    struct asset as[] = {an_asset("S-1", "mail01"), {.key = STR_LIT("S-2"), .count = 1}};
    struct import_head h = head("hq", DAY(5));
    assert_true(load(t).newest_import == WHEN_NONE);
    struct import_count c = import(t, &h, as, 2);
    assert_true(c.added == 2 && c.updated == 0 && c.missing == 0);
    struct ledger l = load(t);
    assert_int_equal(l.n, 2);
    assert_true(l.newest_import == DAY(5));
    const struct asset *a = &l.asset[0].a;
    assert_text(l.asset[0].ledger, "hq");
    assert_text(a->key, "S-1");
    assert_text(a->name, "mail01");
    assert_text(a->kind, "server");
    assert_text(a->place, "本社");
    assert_text(a->purpose, "mail");
    assert_text(a->owner, "佐藤");
    assert_text(a->department, "情シス");
    assert_text(a->contact, "a@example.jp");
    assert_text(a->os, "Windows");
    assert_text(a->ip, "192.0.2.1");
    assert_text(a->serial, "S1");
    assert_true(a->exposure == EXPOSURE_PUBLIC && a->criticality == CRITICALITY_HIGH && a->count == 3);
    assert_int_equal(a->component_n, 2);
    assert_text(a->component[0].build, "15.1.2176.2");
    assert_text(a->component[0].vendor, "Microsoft");
    assert_text(a->component[0].cpe, "cpe:2.3:a:x:y");
    assert_text(a->component[0].purl, "pkg:a/b");
    assert_text(a->component[0].source, "servers.csv"); /* which import said so */
    assert_true(a->component[0].seen == DAY(5) && a->component[1].seen == DAY(1));
    assert_int_equal(l.asset[1].a.component_n, 0);
    struct ledger_asset one;
    assert_ok(ledger_store_find(t->db, STR_LIT("mail01"), &t->a, &one, &t->e), t);
    assert_int_equal(one.a.component_n, 2);
    assert_text(one.a.owner, "佐藤");
}

static void never_twice(void **state)
{
    struct store_test *t = *state;
    struct asset as[] = {an_asset("S-1", "mail01"), an_asset("S-2", "web01")};
    struct import_head h = head("hq", DAY(5)), other = head("branch", DAY(5));
    import(t, &h, as, 2);
    int64_t id = load(t).asset[0].a.id;
    as[0].name = STR_LIT("mail02");
    as[0].component_n = 1;
    h.at = DAY(6);
    struct import_count c = import(t, &h, as, 2);
    assert_true(c.added == 0 && c.updated == 2);
    struct ledger l = load(t);
    assert_int_equal(l.n, 2);
    assert_int_equal(l.asset[0].a.id, id); /* what points to it still does */
    assert_text(l.asset[0].a.name, "mail02");
    assert_int_equal(l.asset[0].a.component_n, 1); /* its software is what the newest import says */
    c = import(t, &other, as, 2);                  /* the same key in another ledger is another asset */
    assert_int_equal(c.added, 2);
    assert_int_equal(load(t).n, 4);
}

static void retires(void **state)
{
    struct store_test *t = *state;
    struct asset as[] = {an_asset("S-1", "mail01"), an_asset("S-2", "web01")};
    struct import_head h = head("hq", DAY(5)), other = head("branch", DAY(5));
    struct ledger_asset one;
    import(t, &h, as, 2);
    import(t, &other, as, 1);
    struct import_count c = import(t, &h, as, 1);
    assert_int_equal(c.missing, 1);
    assert_int_equal(load(t).n, 3); /* told, but not taken away */
    h.replace = true;
    c = import(t, &h, as, 1);
    assert_int_equal(c.missing, 1);
    struct ledger l = load(t);
    assert_int_equal(l.n, 2); /* of this ledger only */
    assert_int_equal(ledger_store_find(t->db, STR_LIT("web01"), &t->a, &one, &t->e), ERR_NOT_FOUND);
    c = import(t, &h, as, 1);
    assert_int_equal(c.missing, 0); /* retired already */
    c = import(t, &h, as, 2);
    assert_int_equal(load(t).n, 3); /* back again */
    assert_ok(ledger_store_find(t->db, STR_LIT("web01"), &t->a, &one, &t->e), t);
}

static void a_persons_word(void **state)
{
    struct store_test *t = *state;
    struct asset as[] = {an_asset("S-1", "mail01"), an_asset("S-2", "web01")};
    struct import_head h = head("hq", DAY(5)), other = head("branch", DAY(5));
    import(t, &h, as, 2);
    import(t, &other, as, 1);
    struct ledger_asset one;
    assert_ok(ledger_store_find(t->db, STR_LIT("web01"), &t->a, &one, &t->e), t);
    static const char *const said[][2] = {{"owner", "鈴木"},
                                          {"exposure", "internal"},
                                          {"criticality", "low"},
                                          {"count", "12"},
                                          {"purpose", "公開Web"}};
    for (size_t i = 0; i < ARRAY_LEN(said); i++)
        assert_ok(ledger_store_set(t->db, &one, str_of(said[i][0]), str_of(said[i][1]), STR_LIT("sato"),
                                   DAY(6), &t->e),
                  t);
    assert_ok(db_run(t->db, "assessment_clear", &t->e), t); /* what a rebuild drops */
    assert_ok(db_run(t->db, "finding_clear", &t->e), t);
    assert_ok(db_run(t->db, "derived_name_clear", &t->e), t);
    as[1].owner = STR_LIT("田中");
    h.at = DAY(7);
    h.replace = true;
    import(t, &h, as, 1); /* gone ... */
    import(t, &h, as, 2); /* ... and back */
    struct ledger l = load(t);
    assert_int_equal(l.n, 3);
    for (size_t i = 0; i < l.n; i++) {
        const struct ledger_asset *x = &l.asset[i];
        bool it = str_is(x->a.key, "S-2");
        assert_text(x->a.owner, it ? "鈴木" : "佐藤");
        assert_true(x->a.exposure == (it ? EXPOSURE_INTERNAL : EXPOSURE_PUBLIC));
        assert_true(x->a.criticality == (it ? CRITICALITY_LOW : CRITICALITY_HIGH));
        assert_int_equal(x->a.count, it ? 12 : 3);
        assert_true((str_find(x->set_by_person, STR_LIT("owner")) != STR_NONE) == it);
    }
    assert_ok(ledger_store_find(t->db, STR_LIT("web01"), &t->a, &one, &t->e), t);
    assert_text(one.a.purpose, "公開Web");
    assert_ok(ledger_store_set(t->db, &one, STR_LIT("owner"), STR_LIT(""), STR_LIT("sato"), DAY(8), &t->e),
              t);
    assert_ok(ledger_store_find(t->db, STR_LIT("web01"), &t->a, &one, &t->e), t);
    assert_text(one.a.owner, "田中"); /* the word taken back, the import's counts again */
}

static void dry_run(void **state)
{
    struct store_test *t = *state;
    struct asset as[] = {an_asset("S-1", "mail01"), an_asset("S-2", "web01"), an_asset("S-3", "db01")};
    struct import_head h = head("hq", DAY(5));
    struct import_count c;
    import(t, &h, as, 2);
    const char *sum =
        "SELECT (SELECT count(*) FROM fact_import) || ' ' || (SELECT count(*) FROM fact_asset) || ' ' ||"
        " (SELECT group_concat(id || name || coalesce(retired, '')) FROM fact_asset) || ' ' || (SELECT "
        "count(*) FROM fact_component)";
    const char *before = store_ask(t, sum);
    as[1].name = STR_LIT("other");
    h.replace = true;
    assert_ok(ledger_store_dry_run(t->db, &h, as + 1, 2, &c, &t->e), t);
    assert_true(c.added == 1 && c.updated == 1 && c.missing == 1);
    assert_string_equal(store_ask(t, sum), before);
}

static void finding(void **state)
{
    struct store_test *t = *state;
    struct asset as[] = {an_asset("S-1", "twin"), an_asset("S-2", "twin"),
                         an_asset("A-1", "named like a number"), an_asset("A-900", "x")};
    struct import_head h = head("hq", DAY(5));
    struct ledger_asset one;
    import(t, &h, as, 4);
    struct ledger l = load(t);
    assert_int_equal(ledger_store_find(t->db, STR_LIT("twin"), &t->a, &one, &t->e), ERR_CONFLICT);
    assert_int_equal(ledger_store_find(t->db, STR_LIT("nobody"), &t->a, &one, &t->e), ERR_NOT_FOUND);
    assert_int_equal(ledger_store_find(t->db, STR_LIT("A-901"), &t->a, &one, &t->e), ERR_NOT_FOUND);
    char *number = arena_printf(&t->a, "a-%lld", (long long)l.asset[1].a.id);
    assert_ok(ledger_store_find(t->db, str_of(number), &t->a, &one, &t->e), t);
    assert_text(one.a.key, "S-2");
    assert_ok(ledger_store_find(t->db, STR_LIT("S-1"), &t->a, &one, &t->e), t);
    /* A management number that looks like ours: the one it fits, and no guess when it fits two. */
    assert_ok(ledger_store_find(t->db, STR_LIT("A-900"), &t->a, &one, &t->e), t);
    assert_text(one.a.key, "A-900");
    assert_int_equal(l.asset[0].a.id, 1);
    assert_int_equal(ledger_store_find(t->db, STR_LIT("A-1"), &t->a, &one, &t->e), ERR_CONFLICT);
}

static void rows_set_aside(void **state)
{
    struct store_test *t = *state;
    struct import_error bad[] = {{.line = 3,
                                  .field = STR_LIT("count"),
                                  .cell = STR_LIT("many"),
                                  .reason = STR_LIT("no number"),
                                  .row = STR_LIT("S-9,many")},
                                 {.line = 4,
                                  .field = STR_LIT(""),
                                  .cell = STR_LIT(""),
                                  .reason = STR_LIT("empty"),
                                  .row = STR_LIT(",")}};
    struct import_head h = head("hq", DAY(5));
    struct import_error *got;
    struct import_count c;
    size_t n;
    h.rows_bad = 2;
    assert_ok(ledger_store_import(t->db, &h, NULL, 0, bad, 2, &c, &t->e), t);
    assert_ok(ledger_store_errors(t->db, &t->a, &got, &n, &t->e), t);
    assert_int_equal(n, 2);
    assert_true(got[0].line == 3 && got[0].at == DAY(5));
    assert_text(got[0].cell, "many");
    assert_text(got[0].row, "S-9,many");
    assert_text(got[0].file, "servers.csv");
    h.rows_bad = 0;
    import(t, &h, NULL, 0); /* repaired: only the latest import speaks */
    assert_ok(ledger_store_errors(t->db, &t->a, &got, &n, &t->e), t);
    assert_int_equal(n, 0);
}

/* The 2nd of three rows cannot be kept: none is. */
static void all_or_nothing(void **state)
{
    struct store_test *t = *state;
    struct asset as[] = {an_asset("S-1", "mail01"), an_asset("S-2", "web01"), an_asset("S-3", "db01")};
    struct import_head h = head("hq", DAY(5));
    struct import_count c;
    assert_ok(db_exec(t->db,
                      "CREATE TEMP TRIGGER stop BEFORE INSERT ON fact_asset WHEN NEW.key = 'S-2' BEGIN "
                      "SELECT RAISE(FAIL, 'no'); END",
                      &t->e),
              t);
    assert_true(ledger_store_import(t->db, &h, as, 3, NULL, 0, &c, &t->e) < 0);
    assert_string_equal(
        store_ask(t, "SELECT (SELECT count(*) FROM fact_asset) + (SELECT count(*) FROM fact_import)"), "0");
    assert_ok(db_exec(t->db, "DROP TRIGGER stop", &t->e), t);
    c = import(t, &h, as, 3);
    assert_int_equal(c.added, 3);
}

/* Imports of 40 assets with 2 components, each import under a name of its own, until killed. */
static void import_for_ever(const char *path)
{
    struct db *db;
    struct asset as[40];
    char key[40][16], name[32];
    if (db_open(&db, path, NULL))
        _exit(1);
    for (int round = 1;; round++) {
        struct import_head h = head("hq", DAY(round));
        struct import_count c;
        snprintf(name, sizeof(name), "round %d", round);
        for (size_t i = 0; i < ARRAY_LEN(as); i++) {
            snprintf(key[i], sizeof(key[i]), "S-%zu", i);
            as[i] = an_asset(key[i], name);
        }
        h.replace = true;
        if (ledger_store_import(db, &h, as, ARRAY_LEN(as), NULL, 0, &c, NULL))
            _exit(2);
    }
}

/* kill -9 at moments that chance chooses: the store opens, is sound, and holds whole imports only. */
static void killed_in_the_middle(void **state)
{
    struct store_test *t = *state;
    unsigned seed = 1;
    int imports = 0;
    for (int i = 0; i < 25; i++) {
        fflush(NULL);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0)
            import_for_ever(t->path);
        usleep(20000 + (useconds_t)(rand_r(&seed) % 60000));
        kill(pid, SIGKILL);
        int status;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
        struct db *db;
        assert_ok(db_open(&db, t->path, &t->e), t);
        struct buf said = BUF_INIT(4096);
        assert_ok(db_check(db, &said, &t->e), t);
        assert_string_equal(buf_cstr(&said), "");
        buf_release(&said);
        struct ledger l;
        assert_ok(ledger_store_load(db, &t->a, &l, &t->e), t);
        assert_true(l.n == 0 || l.n == 40);
        for (size_t k = 0; k < l.n; k++) {
            assert_true(str_eq(l.asset[k].a.name, l.asset[0].a.name)); /* all of one import */
            assert_int_equal(l.asset[k].a.component_n, 2);
        }
        db_close(db);
    }
    imports = atoi(store_ask(t, "SELECT count(*) FROM fact_import"));
    assert_true(imports > 0);
    assert_string_equal(store_ask(t, "SELECT count(*) FROM fact_asset"), "40");
}

static void names(void **state)
{
    struct store_test *t = *state;
    struct asset as[] = {an_asset("S-1", "mail01"), an_asset("S-2", "web01")};
    struct import_head h = head("hq", DAY(5));
    struct name_row *r;
    struct ledger l;
    size_t n;
    as[1].component_n = 1;
    import(t, &h, as, 2);
    assert_ok(ledger_store_written(t->db, &t->a, &r, &n, &t->e), t);
    assert_int_equal(n, 2); /* distinct, though three rows */
    for (size_t i = 0; i < n; i++)
        if (str_is(r[i].vendor, "Microsoft"))
            assert_text(r[i].key, "cpe:2.3:a:x:y");
    struct name_row ex = {.vendor = STR_LIT("Microsoft"),
                          .product = STR_LIT("Microsoft Exchange Server 2016"),
                          .version = STR_LIT("CU19"),
                          .build = STR_LIT("15.1.2176.2"),
                          .status = STR_LIT("rule"),
                          .key = STR_LIT("microsoft:exchange_server"),
                          .cpe_version = STR_LIT("2016"),
                          .cpe_update = STR_LIT("cumulative_update_19"),
                          .exact = STR_LIT("15.1.2176.2"),
                          .reason = STR_LIT("because")};
    struct name_row win = {.vendor = STR_LIT(""),
                           .product = STR_LIT("Windows Server 2016"),
                           .version = STR_LIT(""),
                           .build = STR_LIT(""),
                           .status = STR_LIT("none"),
                           .reason = STR_LIT("no such name")};
    assert_ok(ledger_store_put_name(t->db, &ex, &t->e), t);
    assert_ok(ledger_store_put_name(t->db, &win, &t->e), t);
    ex.status = STR_LIT("confirmed");
    assert_ok(ledger_store_put_name(t->db, &ex, &t->e), t);
    assert_ok(ledger_store_names(t->db, &t->a, &r, &n, &t->e), t);
    assert_int_equal(n, 2);
    assert_ok(ledger_store_name_queue(t->db, &t->a, &r, &n, &t->e), t);
    assert_int_equal(n, 1);
    assert_text(r[0].product, "Windows Server 2016");
    assert_true(r[0].machines == 3 && r[0].rows == 1);
    assert_ok(ledger_store_of_product(t->db, STR_LIT("microsoft:exchange_server"), STR_LIT(""), &t->a, &l, &t->e), t);
    assert_int_equal(l.n, 2);
    assert_ok(ledger_store_of_product(t->db, STR_LIT("microsoft:word"), STR_LIT(""), &t->a, &l, &t->e), t);
    assert_int_equal(l.n, 0);
    h.replace = true;
    import(t, &h, as + 1, 1); /* S-1 is gone, and Windows with it */
    assert_ok(ledger_store_of_product(t->db, STR_LIT("microsoft:exchange_server"), STR_LIT(""), &t->a, &l, &t->e), t);
    assert_int_equal(l.n, 1);
    assert_ok(ledger_store_name_queue(t->db, &t->a, &r, &n, &t->e), t);
    assert_int_equal(n, 0);
}

static void confirmed_names(void **state)
{
    struct store_test *t = *state;
    struct name_confirmed_row c = {STR_LIT("exchange 2016"), STR_LIT("Exchange 2016"),
                                   STR_LIT("microsoft:exchange_server:2016")},
                              *got;
    size_t n;
    assert_ok(ledger_store_confirm(t->db, &c, STR_LIT("sato"), DAY(1), &t->e), t);
    c.cpe = STR_LIT("");
    assert_ok(ledger_store_confirm(t->db, &c, STR_LIT("sato"), DAY(2), &t->e), t); /* a later word replaces */
    assert_ok(ledger_store_confirmed(t->db, &t->a, &got, &n, &t->e), t);
    assert_int_equal(n, 1);
    assert_text(got[0].cpe, "");
    assert_text(got[0].written, "Exchange 2016");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(every_field),
        store_test(never_twice),
        store_test(retires),
        store_test(a_persons_word),
        store_test(dry_run),
        store_test(finding),
        store_test(rows_set_aside),
        store_test(all_or_nothing),
        store_test(names),
        store_test(confirmed_names),
        store_test(killed_in_the_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
