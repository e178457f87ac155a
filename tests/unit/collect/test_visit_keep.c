/* Visits without a network: the mirror folder; visits that are killed; reading again from the spool. */
#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>

#include "visit_test.h"

#define REC(id, text) "{\"id\":\"" id "\",\"text\":\"" text "\"}\n"

static void open_mirror(struct visit_test *t, const char *url)
{
    visit_open(t, NULL, NULL);
    t->env.http = NULL;
    t->env.mirror = str_of(arena_printf(&t->a, "%s/mirror", t->dir));
    t->setup.url = str_of(url);
}

static void by_host(void **state)
{
    struct visit_test t;
    (void)state;
    open_mirror(&t, "https://feed.example/steers");
    write_file(&t, "mirror/feed.example/steers",
               "{\"next\":\"/page?p=2&x=1\"}\n{\"next\":\"/absent\"}\n{\"next\":\"/dir/"
               "\"}\n{\"next\":\"https://../secret.jsonl\"}\n"
               "{\"next\":\"https://feed.example/../../secret.jsonl\"}\n" REC("CVE-1", "one"));
    write_file(&t, "mirror/feed.example/page?p=2&x=1", REC("CVE-2", "two"));
    write_file(&t, "mirror/feed.example/dir/index.html", REC("CVE-3", "three"));
    write_file(&t, "secret.jsonl", REC("CVE-9", "secret"));
    assert_visit(&t, VISIT_OK); /* what a mirror lacks is not asked of the network, and is no failure */
    assert_true(t.r.documents == 3 && t.r.good == 3);
    assert_string_equal(known(&t, "CVE-2"), "two");
    assert_string_equal(known(&t, "CVE-3"), "three");
    assert_string_equal(known(&t, "CVE-9"), ""); /* nothing outside the mirror is read */
    assert_visit(&t, VISIT_UNCHANGED);
    assert_int_equal(parses, 4); /* the list alone, for what it asks for */
    write_file(&t, "mirror/feed.example/page?p=2&x=1", REC("CVE-2", "two again"));
    assert_visit(&t, VISIT_OK);
    assert_int_equal(parses, 6);
    assert_string_equal(known(&t, "CVE-2"), "two again");
    visit_close(&t);
}

static void by_source(void **state)
{
    struct visit_test t;
    char path[256], to[256];
    (void)state;
    open_mirror(&t, "");
    write_file(&t, "mirror/lines/2021/b.jsonl", REC("CVE-2", "two"));
    write_file(&t, "mirror/lines/a.jsonl", REC("CVE-1", "one"));
    write_file(&t, "mirror/lines/README.md", "These are files.\n");
    write_file(&t, "mirror/lines/.hidden.jsonl", REC("CVE-4", "hidden"));
    write_file(&t, "mirror/other/c.jsonl", REC("CVE-3", "not ours"));
    write_file(&t, "elsewhere/d.jsonl", REC("CVE-5", "linked"));
    snprintf(path, sizeof(path), "%s/mirror/lines/again", t.dir); /* a folder that leads to itself */
    assert_int_equal(symlink(".", path), 0);
    snprintf(path, sizeof(path), "%s/mirror/lines/d.jsonl", t.dir);
    snprintf(to, sizeof(to), "%s/elsewhere/d.jsonl", t.dir);
    assert_int_equal(symlink(to, path), 0);
    t.s.page_max = 1; /* bounds what a feed asks for, not the files that are there */
    assert_visit(&t, VISIT_OK);
    assert_int_equal(t.r.documents, 3);
    assert_string_equal(known(&t, "CVE-1"), "one");
    assert_string_equal(known(&t, "CVE-2"), "two");
    assert_string_equal(known(&t, "CVE-5"), "linked");
    assert_string_equal(known(&t, "CVE-3"), "");
    assert_string_equal(known(&t, "CVE-4"), "");
    t.env.mirror = str_of(arena_printf(&t.a, "%s/no/such/mirror", t.dir));
    assert_visit(&t, VISIT_SKIPPED);
    visit_close(&t);
}

static void bad_files(void **state)
{
    struct visit_test t;
    char path[256];
    (void)state;
    open_mirror(&t, "");
    write_file(&t, "mirror/lines/a.jsonl", "{\"full\":true}\n" REC("CVE-1", "one"));
    write_file(&t, "mirror/lines/b.jsonl", "{\"count\":7}\n" REC("CVE-2", "two"));
    write_file(&t, "mirror/lines/c.jsonl", REC("CVE-3", "three"));
    snprintf(path, sizeof(path), "%s/mirror/lines/d.jsonl", t.dir);
    assert_int_equal(mkfifo(path, 0600), 0); /* nothing that a visit could wait for */
    assert_visit(&t, VISIT_PARTIAL);
    assert_says(&t, "b.jsonl");
    assert_string_equal(known(&t, "CVE-1"), "one");
    assert_string_equal(known(&t, "CVE-2"), "");
    assert_string_equal(known(&t, "CVE-3"), "three");
    t.env.limit = 10;
    write_file(&t, "mirror/lines/c.jsonl", REC("CVE-3", "more than ten bytes"));
    (void)visit(&t);
    assert_string_equal(known(&t, "CVE-3"), "three");
    visit_close(&t);
}

/* From the spool alone everything is known again, and nothing twice. */
static void reread(void **state)
{
    struct visit_test t;
    struct document *d;
    struct notice_rev *r;
    size_t n, count;
    (void)state;
    open_mirror(&t, "https://feed.example/list.jsonl");
    write_file(&t, "mirror/feed.example/list.jsonl",
               "{\"next\":\"/b\"}\nbad line\n{\"notice\":\"N-1\",\"text\":\"words\"}\n" REC("CVE-1", "one"));
    write_file(&t, "mirror/feed.example/b", REC("CVE-2", "two"));
    assert_visit(&t, VISIT_OK);
    ok(&t, knowledge_clear(t.knowledge, &t.e));
    assert_string_equal(known(&t, "CVE-1"), "");
    t.env.mirror = (struct str){0};
    ok(&t, visit_store_documents(t.db, &t.a, &d, &n, &t.e));
    assert_int_equal(n, 2);
    for (size_t i = 0; i < n; i++)
        ok(&t, visit_reread(&t.env, &t.s, &t.setup, &d[i], &t.e));
    assert_string_equal(known(&t, "CVE-1"), "one");
    assert_string_equal(known(&t, "CVE-2"), "two");
    ok(&t, notice_store_list(t.db, 0, DAY(99), 10, &t.a, &r, &count, &t.e));
    assert_int_equal(count, 1);
    assert_int_equal(documents(&t), 2);
    /* A document whose bytes are gone says so, and changes nothing. */
    struct document gone = d[0];
    gone.sha256 = STR_LIT("0000000000000000000000000000000000000000000000000000000000000000");
    assert_int_equal(visit_reread(&t.env, &t.s, &t.setup, &gone, &t.e), ERR_NOT_FOUND);
    assert_string_equal(known(&t, "CVE-1"), "one");
    visit_close(&t);
}

static int die_at;

static void die(void *ctx, const char *source, const char *what, uint64_t done, uint64_t total)
{
    (void)ctx, (void)source, (void)what, (void)total;
    if (die_at >= 0 && done == (uint64_t)die_at)
        raise(SIGKILL);
}

static void visit_in_child(struct visit_test *t, int at, unsigned after_us)
{
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        die_at = at;
        state_open(t);
        t->env.progress = die;
        for (;;) { /* again and again, until killed */
            if (visit_run(&t->env, &t->s, &t->setup, &t->a, &t->r, &t->e))
                _exit(1);
            t->env.again = true;
        }
    }
    if (after_us) {
        usleep(after_us);
        kill(pid, SIGKILL);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
}

#define KILL_DOCUMENTS 8
#define KILL_RECORDS 30

/* Every document that is listed has its bytes, and each document's records are there all or not at all. */
static void consistent(struct visit_test *t)
{
    struct document *d;
    struct buf said = BUF_INIT(4096);
    size_t n;
    ok(t, db_check(t->db, &said, &t->e));
    assert_string_equal(buf_cstr(&said), "");
    buf_release(&said);
    ok(t, visit_store_documents(t->db, &t->a, &d, &n, &t->e));
    for (size_t i = 0; i < n; i++)
        ok(t, spool_verify(t->spool, arena_dup(&t->a, d[i].sha256.p, d[i].sha256.n), &t->e));
    for (int i = 0; i < KILL_DOCUMENTS; i++) {
        int have = 0;
        char id[32], url[64];
        for (int k = 0; k < KILL_RECORDS; k++) {
            snprintf(id, sizeof(id), "CVE-%d-%d", i, k);
            have += known(t, id)[0] != 0;
        }
        assert_true(have == 0 || have == KILL_RECORDS);
        snprintf(url, sizeof(url), "https://feed.example/%d", i);
        for (size_t k = 0; k < n; k++)
            if (str_is(d[k].url, url))
                assert_int_equal(have, KILL_RECORDS); /* what is listed is known */
    }
}

static void killed(void **state)
{
    struct visit_test t;
    unsigned seed = 1;
    struct visit v;
    (void)state;
    open_mirror(&t, "https://feed.example/steers");
    write_file(&t, "mirror/feed.example/steers",
               "{\"next\":\"/0\"}\n{\"next\":\"/1\"}\n{\"next\":\"/2\"}\n{\"next\":\"/3\"}\n{\"next\":\"/"
               "4\"}\n{\"next\":\"/5\"}\n"
               "{\"next\":\"/6\"}\n{\"next\":\"/7\"}\n");
    for (int i = 0; i < KILL_DOCUMENTS; i++) {
        struct buf b = BUF_INIT(64 * KIB);
        char path[64];
        for (int k = 0; k < KILL_RECORDS; k++)
            buf_printf(&b, "{\"id\":\"CVE-%d-%d\",\"text\":\"x\"}\n{\"notice\":\"N-%d-%d\",\"text\":\"y\"}\n",
                       i, k, i, k);
        snprintf(path, sizeof(path), "mirror/feed.example/%d", i);
        write_file(&t, path, buf_cstr(&b));
        buf_release(&b);
    }
    for (int i = 0; i < 20; i++) {
        state_close(&t); /* a process opens the knowledge once: the child does */
        if (i < KILL_DOCUMENTS)
            visit_in_child(&t, i, 0); /* between two documents */
        else
            visit_in_child(&t, -1, 15000 + (unsigned)(rand_r(&seed) % 60000)); /* anywhere */
        state_open(&t);
        consistent(&t);
    }
    t.env.again = false;
    (void)visit(&t);
    assert_true(t.r.outcome == VISIT_OK || t.r.outcome == VISIT_UNCHANGED);
    consistent(&t);
    assert_string_equal(known(&t, "CVE-7-29"), "x");
    /* What the killed ones left running is closed as failed, an hour later. */
    ok(&t, visit_store_close_running(t.db, DAY(12), &t.e));
    struct buf b = BUF_INIT(64);
    ok(&t, db_pragma(t.db, "SELECT count(*) FROM fact_visit WHERE outcome = 'running'", &b, &t.e));
    assert_string_equal(buf_cstr(&b), "0");
    buf_clear(&b);
    ok(&t, db_pragma(t.db, "SELECT count(*) FROM fact_notice_rev", &b, &t.e));
    assert_string_equal(buf_cstr(&b), "240"); /* nothing lost, nothing twice */
    buf_release(&b);
    ok(&t, visit_store_get(t.db, t.setup.name, VISIT_LAST_OK, DAY(99), &t.a, &v, &t.e));
    visit_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_host), cmocka_unit_test(by_source), cmocka_unit_test(bad_files),
        cmocka_unit_test(reread),  cmocka_unit_test(killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
