/* The file itself: schema, transactions, other processes, backup. */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "store_test.h"

static void opens_and_migrates(void **state)
{
    struct store_test *t = *state;
    assert_true(atoi(store_ask(t, "PRAGMA user_version")) >= 1);
    assert_string_equal(store_ask(t, "PRAGMA journal_mode"), "wal");
    assert_string_equal(store_ask(t, "PRAGMA foreign_keys"), "1");
    assert_string_equal(store_ask(t, "PRAGMA synchronous"), "2");
    assert_string_equal(
        store_ask(t, "SELECT count(*) FROM sqlite_schema WHERE type='table' AND sql NOT LIKE '%STRICT%'"),
        "0");
    /* Every table says which of the three kinds it is. */
    assert_string_equal(
        store_ask(
            t, "SELECT count(*) FROM sqlite_schema WHERE type='table' AND name NOT LIKE 'fact!_%' ESCAPE '!'"
               " AND name NOT LIKE 'derived!_%' ESCAPE '!' AND name NOT LIKE 'decision!_%' ESCAPE '!'"),
        "0");
    assert_string_equal(db_path(t->db), t->path);
    db_close(t->db);
    assert_ok(db_open(&t->db, t->path, &t->e), t); /* and again, with nothing to do */
}

static void refuses_newer(void **state)
{
    struct store_test *t = *state;
    assert_ok(db_exec(t->db, "PRAGMA user_version = 9999", &t->e), t);
    db_close(t->db);
    t->db = NULL;
    assert_int_equal(db_open(&t->db, t->path, &t->e), ERR_CONFLICT);
    assert_non_null(strstr(t->e.text, "9999"));
    assert_non_null(strstr(t->e.text, t->path));
    assert_null(t->db);
}

static void refuses_other_files(void **state)
{
    struct store_test *t = *state;
    struct db *other = NULL;
    char path[128];
    snprintf(path, sizeof(path), "%s/letter.txt", t->dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    for (int i = 0; i < 1000; i++)
        fputs("This is a letter and no database. ", f);
    fclose(f);
    assert_int_equal(db_open(&other, path, &t->e), ERR_INPUT);
    assert_null(other);
    snprintf(path, sizeof(path), "%s/no/such/folder/toban.db", t->dir);
    assert_int_equal(db_open(&other, path, &t->e), ERR_IO);
    assert_null(other);
}

static int put_round(struct store_test *t, int64_t at)
{
    return db_run(t->db, "round_put", &t->e, ARG_I("at", at), ARG_I("items", 0));
}

static const char *rounds(struct store_test *t)
{
    return store_ask(t, "SELECT group_concat(at, ' ') FROM (SELECT at FROM fact_round ORDER BY id)");
}

static void nests(void **state)
{
    struct store_test *t = *state;
    assert_ok(db_begin(t->db, &t->e), t);
    assert_ok(put_round(t, 1), t);
    assert_ok(db_begin(t->db, &t->e), t);
    assert_ok(put_round(t, 2), t);
    assert_ok(db_begin(t->db, &t->e), t);
    assert_ok(put_round(t, 3), t);
    assert_ok(db_commit(t->db, &t->e), t);
    db_rollback(t->db); /* takes 3 along, which was only committed into it */
    assert_ok(db_begin(t->db, &t->e), t);
    assert_ok(put_round(t, 4), t);
    assert_ok(db_commit(t->db, &t->e), t);
    assert_ok(db_commit(t->db, &t->e), t);
    assert_string_equal(rounds(t), "1 4");
    assert_ok(db_begin(t->db, &t->e), t);
    assert_ok(db_begin(t->db, &t->e), t);
    assert_ok(put_round(t, 5), t);
    assert_ok(db_commit(t->db, &t->e), t);
    db_rollback(t->db);
    assert_string_equal(rounds(t), "1 4");
    db_rollback(t->db); /* no effect outside */
    assert_ok(put_round(t, 6), t);
    assert_string_equal(rounds(t), "1 4 6");
}

static void statements(void **state)
{
    struct store_test *t = *state;
    int64_t n = 7;
    struct stmt *st;
    assert_int_equal(db_run(t->db, "no_such_statement", &t->e), ERR_INTERNAL);
    assert_int_equal(db_run(t->db, "no_such_statement", NULL), ERR_INTERNAL);
    assert_int_equal(db_run(t->db, "round_put", &t->e, ARG_I("at", 1)), ERR_INTERNAL); /* one too few */
    assert_int_equal(db_run(t->db, "round_put", &t->e, ARG_I("at", 1), ARG_I("thing", 1)), ERR_INTERNAL);
    err_clear(&t->e);
    assert_int_equal(db_get_int(t->db, &n, "round_last", &t->e, ARG_I("before", 100)), ERR_NOT_FOUND);
    assert_int_equal(t->e.code, 0);
    assert_int_equal(n, 7);
    /* Constraint: a row that points nowhere. */
    assert_int_equal(db_run(t->db, "component_clear", &t->e, ARG_I("asset", 1)), 0);
    assert_int_equal(db_run(t->db, "import_error_put", &t->e, ARG_I("import", 99), ARG_I("line", 1),
                            ARG_C("field", ""), ARG_C("cell", ""), ARG_C("reason", ""), ARG_C("row", "")),
                     ERR_CONFLICT);
    /* Text keeps NULs and every byte; a view of nothing is an empty text. */
    assert_ok(db_run(t->db, "cursor_put", &t->e, ARG_S("source", STR_LIT("a\0b")),
                     ARG_S("cursor", (struct str){0}), ARG_I("last_ok", INT64_MIN)),
              t);
    assert_ok(db_query(t->db, &st, "cursor_get", &t->e, ARG_S("source", STR_LIT("a\0b"))), t);
    assert_int_equal(stmt_next(st, &t->e), 1);
    assert_int_equal(stmt_str(st, 0).n, 0);
    assert_false(stmt_is_null(st, 0));
    assert_true(stmt_int(st, 1) == INT64_MIN);
    stmt_done(st);
    stmt_done(NULL);
}

/* Runs f in a child; the pipe says when it has come as far as it wants. */
static pid_t in_child(struct store_test *t, void (*f)(struct store_test *, int), int *ready)
{
    int fd[2];
    assert_int_equal(pipe(fd), 0);
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(fd[0]);
        f(t, fd[1]);
        _exit(0);
    }
    close(fd[1]);
    *ready = fd[0];
    return pid;
}

static void say(int fd)
{
    if (write(fd, "x", 1) != 1)
        _exit(1);
}

static void hold_lock(struct store_test *t, int fd)
{
    struct db *db;
    if (db_open(&db, t->path, NULL) || db_begin(db, NULL))
        _exit(1);
    say(fd);
    usleep(200000);
    if (db_run(db, "round_put", NULL, ARG_I("at", 77), ARG_I("items", 0)) || db_commit(db, NULL))
        _exit(1);
    db_close(db);
}

static void wait_for(int fd)
{
    char c;
    assert_int_equal(read(fd, &c, 1), 1);
}

static int child_status(pid_t pid)
{
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

/* A writer that finds the store locked waits for its turn, and then sees what the other wrote. */
static void waits_its_turn(void **state)
{
    struct store_test *t = *state;
    int fd;
    pid_t pid = in_child(t, hold_lock, &fd);
    wait_for(fd);
    assert_ok(db_begin(t->db, &t->e), t);
    assert_string_equal(rounds(t), "77");
    assert_ok(db_commit(t->db, &t->e), t);
    assert_int_equal(child_status(pid), 0);
    close(fd);
}

static void hold_for_ever(struct store_test *t, int fd)
{
    struct db *db;
    if (db_open(&db, t->path, NULL) || db_begin(db, NULL) ||
        db_run(db, "round_put", NULL, ARG_I("at", 78), ARG_I("items", 0)))
        _exit(1);
    say(fd);
    pause();
}

/* One that never ends its write: readers go on, a writer is told; when it is killed, nothing of it stays. */
static void a_dead_writer(void **state)
{
    struct store_test *t = *state;
    int fd;
    assert_ok(put_round(t, 1), t);
    pid_t pid = in_child(t, hold_for_ever, &fd);
    wait_for(fd);
    assert_string_equal(rounds(t), "1");
    assert_ok(db_exec(t->db, "PRAGMA busy_timeout = 50", &t->e), t);
    assert_int_equal(db_begin(t->db, &t->e), ERR_IO);
    assert_non_null(strstr(t->e.text, t->path));
    db_rollback(t->db);
    assert_int_equal(kill(pid, SIGKILL), 0);
    child_status(pid);
    close(fd);
    assert_ok(db_begin(t->db, &t->e), t);
    assert_ok(put_round(t, 2), t);
    assert_ok(db_commit(t->db, &t->e), t);
    assert_string_equal(rounds(t), "1 2");
}

static void open_new(struct store_test *t, int fd)
{
    char path[128];
    struct db *db;
    struct err e;
    snprintf(path, sizeof(path), "%s/new.db", t->dir);
    if (db_open(&db, path, &e)) {
        fprintf(stderr, "%s\n", e.text);
        _exit(1);
    }
    if (db_run(db, "round_put", &e, ARG_I("at", 1), ARG_I("items", 0))) {
        fprintf(stderr, "%s\n", e.text);
        _exit(2);
    }
    db_close(db);
    say(fd);
}

/* Several processes make the same store at the same time. */
static void made_by_many(void **state)
{
    struct store_test *t = *state;
    pid_t pid[8];
    int fd[8];
    char path[128];
    for (size_t i = 0; i < ARRAY_LEN(pid); i++)
        pid[i] = in_child(t, open_new, &fd[i]);
    for (size_t i = 0; i < ARRAY_LEN(pid); i++) {
        assert_int_equal(child_status(pid[i]), 0);
        close(fd[i]);
    }
    snprintf(path, sizeof(path), "%s/new.db", t->dir);
    db_close(t->db);
    assert_ok(db_open(&t->db, path, &t->e), t);
    assert_string_equal(rounds(t), "1 1 1 1 1 1 1 1");
}

static void write_on(struct store_test *t, int fd)
{
    struct db *db;
    if (db_open(&db, t->path, NULL))
        _exit(1);
    for (int64_t i = 0;; i++) {
        /* Always two rows of the same number in one transaction: a copy in between would show. */
        if (db_begin(db, NULL) || db_run(db, "round_put", NULL, ARG_I("at", i), ARG_I("items", 1)) ||
            db_run(db, "round_put", NULL, ARG_I("at", i), ARG_I("items", 2)) || db_commit(db, NULL))
            _exit(1);
        if (i == 10)
            say(fd);
    }
}

/* A backup taken while another process writes is whole, sound, and opens. */
static void backup_and_restore(void **state)
{
    struct store_test *t = *state;
    char path[128];
    struct db *copy;
    int fd;
    pid_t pid = in_child(t, write_on, &fd);
    wait_for(fd);
    for (int i = 0; i < 5; i++) {
        snprintf(path, sizeof(path), "%s/backup%d.db", t->dir, i);
        assert_ok(db_backup(t->db, path, &t->e), t);
    }
    assert_int_equal(kill(pid, SIGKILL), 0);
    child_status(pid);
    close(fd);
    assert_int_equal(db_backup(t->db, path, &t->e), ERR_CONFLICT); /* never over a file that is there */
    snprintf(path, sizeof(path), "%s/no/folder/b.db", t->dir);
    assert_int_equal(db_backup(t->db, path, &t->e), ERR_IO);
    struct db *live = t->db;
    for (int i = 0; i < 5; i++) {
        struct buf said = BUF_INIT(4096);
        snprintf(path, sizeof(path), "%s/backup%d.db", t->dir, i);
        assert_ok(db_open(&copy, path, &t->e), t);
        assert_ok(db_check(copy, &said, &t->e), t);
        assert_int_equal(said.n, 0);
        buf_release(&said);
        t->db = copy;
        assert_true(atoi(store_ask(t, "SELECT count(*) FROM fact_round")) >= 22);
        assert_string_equal(
            store_ask(t, "SELECT count(*) FROM (SELECT at FROM fact_round GROUP BY at HAVING count(*) <> 2)"),
            "0");
        assert_ok(put_round(t, -1), t); /* restored, it is a store like any other */
        t->db = live;
        db_close(copy);
    }
}

static void finds_damage(void **state)
{
    struct store_test *t = *state;
    struct buf said = BUF_INIT(64 * KIB);
    assert_ok(db_check(t->db, &said, &t->e), t);
    assert_int_equal(said.n, 0);
    /* A row that points nowhere. */
    assert_ok(db_exec(t->db,
                      "PRAGMA foreign_keys = OFF;"
                      "INSERT INTO fact_import_error(import, line, field, cell, reason, row) VALUES (99, 1, "
                      "'', '', '', '')",
                      &t->e),
              t);
    assert_ok(db_check(t->db, &said, &t->e), t);
    assert_non_null(strstr(buf_cstr(&said), "fact_import_error"));
    buf_clear(&said);
    /* Bytes of a page gone bad. */
    for (int i = 0; i < 2000; i++)
        assert_ok(put_round(t, i), t);
    assert_ok(db_exec(t->db, "PRAGMA wal_checkpoint(TRUNCATE)", &t->e), t);
    int64_t page = atoi(store_ask(t, "SELECT rootpage FROM sqlite_schema WHERE name = 'fact_round'"));
    db_close(t->db);
    t->db = NULL;
    int fd = open(t->path, O_WRONLY | O_CLOEXEC);
    unsigned char junk[1024];
    memset(junk, 0xA5, sizeof(junk));
    assert_int_equal(pwrite(fd, junk, sizeof(junk), (page - 1) * 4096), sizeof(junk));
    close(fd);
    int rc = db_open(&t->db, t->path, &t->e);
    if (rc == 0)
        rc = db_check(t->db, &said, &t->e);
    assert_true(rc < 0 || said.n > 0);
    buf_release(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(opens_and_migrates),  store_test(refuses_newer),
        store_test(refuses_other_files), store_test(nests),
        store_test(statements),          store_test(waits_its_turn),
        store_test(a_dead_writer),       store_test(made_by_many),
        store_test(backup_and_restore),  store_test(finds_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
