/* Errors as values, and the catalogue they speak from. */
#include <errno.h>
#include <pthread.h>

#include "base_test.h"

struct i18n_pair {
    const char *en, *ja;
};
extern const struct i18n_pair i18n_pairs[];
extern const size_t i18n_pairs_n;

static void texts(void **state)
{
    struct err e = {0};
    (void)state;
    assert_int_equal(err_set(&e, ERR_INPUT, "no %s in %d", "id", 3), ERR_INPUT);
    assert_int_equal(e.code, ERR_INPUT);
    assert_string_equal(e.text, "no id in 3");
    assert_int_equal(err_prefix(&e, "record %d", 7), ERR_INPUT);
    assert_string_equal(e.text, "record 7: no id in 3");
    assert_int_equal(err_at(&e, ERR_USAGE, "a.yaml", 12, "bad %c", 'x'), ERR_USAGE);
    assert_string_equal(e.text, "a.yaml:12: bad x");
    err_at(&e, ERR_USAGE, "a.yaml", 0, "bad");
    assert_string_equal(e.text, "a.yaml: bad");
    err_clear(&e);
    assert_int_equal(e.code, 0);
    assert_string_equal(e.text, "");
    /* A caller that does not want the text still gets the code. */
    assert_int_equal(err_set(NULL, ERR_LIMIT, "x"), ERR_LIMIT);
    assert_int_equal(err_at(NULL, ERR_LIMIT, "f", 1, "x"), ERR_LIMIT);
    assert_true(err_prefix(NULL, "x") < 0);
    err_clear(NULL);
}

static void system_errors(void **state)
{
    struct err e = {0};
    (void)state;
    errno = ENOENT;
    assert_int_equal(err_sys(&e, "cannot read %s", "f"), ERR_NOT_FOUND);
    assert_string_equal(e.text, "cannot read f: No such file or directory");
    assert_int_equal(errno, ENOENT);
    errno = EACCES;
    assert_int_equal(err_sys(&e, "x"), ERR_PERM);
    errno = ENOSPC;
    assert_int_equal(err_sys(&e, "x"), ERR_IO);
    errno = EIO;
    assert_int_equal(err_sys(NULL, "x"), ERR_IO);
}

/* Too long a text is cut at a character's edge, wherever the edge falls. */
static void cut(void **state)
{
    char ja[2048], pad[8];
    (void)state;
    for (size_t i = 0; i + 3 < sizeof(ja); i += 3)
        memcpy(ja + i, "当", 4);
    for (size_t shift = 0; shift < 4; shift++) {
        struct err e = {0};
        memset(pad, 'a', sizeof(pad));
        pad[shift] = 0;
        err_set(&e, ERR_INPUT, "%s%s", pad, ja);
        size_t n = strlen(e.text);
        assert_true(n > sizeof(e.text) - 4 && n < sizeof(e.text));
        assert_true(str_is_utf8(str_of(e.text)));
        err_prefix(&e, "%s", "b");
        assert_true(str_is_utf8(str_of(e.text)));
        assert_int_equal(strncmp(e.text, "b: ", 3), 0);
        err_at(&e, ERR_INPUT, ja, 1, "x");
        assert_true(str_is_utf8(str_of(e.text)));
    }
}

/* The exit codes are promised for ever. */
static void exit_codes(void **state)
{
    (void)state;
    assert_int_equal(err_exit_code(ERR_OK), 0);
    assert_int_equal(err_exit_code(ERR_USAGE), 2);
    assert_int_equal(err_exit_code(ERR_STALE), 3);
    assert_int_equal(err_exit_code(ERR_INPUT), 4);
    assert_int_equal(err_exit_code(ERR_LIMIT), 4);
    assert_int_equal(err_exit_code(ERR_NOT_FOUND), 4);
    assert_int_equal(err_exit_code(ERR_IO), 5);
    assert_int_equal(err_exit_code(ERR_INTERNAL), 5);
    assert_int_equal(err_exit_code(ERR_PERM), 6);
    assert_int_equal(err_exit_code(ERR_CONFLICT), 6);
    assert_int_equal(err_exit_code(-12345), 5);
}

static void *other_thread(void *arg)
{
    *(enum lang *)arg = i18n_lang();
    return NULL;
}

static void catalogue(void **state)
{
    pthread_t t;
    enum lang there = LANG_JA;
    (void)state;
    for (size_t i = 0; i < i18n_pairs_n; i++) {
        if (i > 0)
            assert_true(strcmp(i18n_pairs[i - 1].en, i18n_pairs[i].en) < 0);
        assert_ptr_equal(tr_in(LANG_JA, i18n_pairs[i].en), i18n_pairs[i].ja);
        assert_ptr_equal(tr_in(LANG_EN, i18n_pairs[i].en), i18n_pairs[i].en);
        assert_true(str_is_utf8(str_of(i18n_pairs[i].ja)));
    }
    assert_string_equal(tr_in(LANG_JA, "\x01 no such text"), "\x01 no such text");
    assert_string_equal(tr_in(LANG_JA, "\x7f\x7f no such text"), "\x7f\x7f no such text");
    i18n_use(LANG_JA);
    assert_int_equal(i18n_lang(), LANG_JA);
    /* The language belongs to the thread. */
    assert_int_equal(pthread_create(&t, NULL, other_thread, &there), 0);
    assert_int_equal(pthread_join(t, NULL), 0);
    assert_int_equal(there, LANG_EN);
    if (i18n_pairs_n)
        assert_ptr_equal(tr(i18n_pairs[0].en), i18n_pairs[0].ja);
    i18n_use(LANG_EN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),      cmocka_unit_test(system_errors), cmocka_unit_test(cut),
        cmocka_unit_test(exit_codes), cmocka_unit_test(catalogue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
