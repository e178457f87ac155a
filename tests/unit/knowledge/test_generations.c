/* Several processes and one knowledge file; readers and writers that are killed. */
#include <signal.h>
#include <sys/wait.h>

#include "knowledge_test.h"

/* A writer's generation g holds 200 records that all say g. */
static void write_generations(const char *dir, int last)
{
    struct knowledge *k;
    if (knowledge_open(&k, dir, NULL))
        _exit(1);
    for (int g = 1; last == 0 || g <= last; g++) {
        char text[32], id[32];
        snprintf(text, sizeof(text), "%d", g);
        if (knowledge_begin(k, NULL))
            _exit(2);
        for (int i = 0; i < 200; i++) {
            snprintf(id, sizeof(id), "CVE-2021-%d", i);
            struct vuln v = a_vuln(id, "nvd", text, DAY(0), DAY(0) + g);
            if (knowledge_put_vuln(k, &v, NULL, 0, NULL, NULL))
                _exit(3);
        }
        if (knowledge_commit(k, NULL))
            _exit(4);
    }
    knowledge_close(k);
    _exit(0);
}

/* 0 when every look found one generation, whole. */
static int look(struct knowledge *k)
{
    struct arena a = {0};
    struct known_vuln *v;
    struct str said = {0};
    size_t n, have = 0;
    if (knowledge_read_begin(k, NULL))
        return 2;
    for (int i = 0; i < 200; i++) {
        char id[32];
        snprintf(id, sizeof(id), "CVE-2021-%d", i);
        int rc = knowledge_vuln(k, str_of(id), INT64_MAX, &a, &v, &n, NULL);
        if (rc == ERR_NOT_FOUND)
            continue;
        if (rc || (have && !str_eq(said, v[0].v.description)))
            return 3;
        said = v[0].v.description;
        have++;
    }
    knowledge_read_end(k);
    arena_release(&a);
    return have == 0 || have == 200 ? 0 : 4;
}

static void read_for_ever(const char *dir, int times)
{
    struct knowledge *k;
    if (knowledge_open(&k, dir, NULL))
        _exit(1);
    for (int i = 0; i < times; i++) {
        int rc = look(k);
        if (rc)
            _exit(rc);
    }
    knowledge_close(k);
    _exit(0);
}

static pid_t child(void (*f)(const char *, int), const char *dir, int n)
{
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        f(dir, n);
    return pid;
}

static int wait_status(pid_t pid)
{
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void two_read_while_one_writes(void **state)
{
    struct kt *t = *state;
    knowledge_close(t->k); /* a process opens the file once; here the children do */
    t->k = NULL;
    pid_t w = child(write_generations, t->dir, 30), r1 = child(read_for_ever, t->dir, 60),
          r2 = child(read_for_ever, t->dir, 60);
    assert_int_equal(wait_status(w), 0);
    assert_int_equal(wait_status(r1), 0);
    assert_int_equal(wait_status(r2), 0);
}

/* kill -9 of writers and of readers: the last generation is whole, and the next writer goes on. */
static void killed(void **state)
{
    struct kt *t = *state;
    struct knowledge_stat st;
    unsigned seed = 1;
    knowledge_close(t->k);
    t->k = NULL;
    for (int i = 0; i < 12; i++) {
        pid_t w = child(write_generations, t->dir, 0), r = child(read_for_ever, t->dir, 1000000);
        usleep(30000 + (useconds_t)(rand_r(&seed) % 50000));
        kill(r, SIGKILL);
        kill(w, SIGKILL);
        assert_true(WIFSIGNALED(wait_status(r)));
        assert_true(WIFSIGNALED(wait_status(w)));
        ok(t, knowledge_open(&t->k, t->dir, &t->e));
        assert_int_equal(look(t->k), 0);
        struct vuln v = a_vuln("CVE-9", "nvd", arena_printf(&t->a, "%d", i), DAY(0), DAY(i));
        assert_true(put(t, &v));
        knowledge_close(t->k);
        t->k = NULL;
    }
    ok(t, knowledge_open(&t->k, t->dir, &t->e));
    ok(t, knowledge_read_begin(t->k, &t->e));
    ok(t, knowledge_stat(t->k, &st, &t->e));
    assert_true(st.vuln_states >= 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {kt_test(two_read_while_one_writes), kt_test(killed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
