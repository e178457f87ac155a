/* Records to bytes and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "knowledge/record.h"
#include "sample_vuln.h"

static void same(struct vuln *a, struct vuln *b)
{
    sample_list la = {0}, lb = {0};
    sample_strings(a, &la);
    sample_strings(b, &lb);
    assert_int_equal(la.n, lb.n);
    for (size_t i = 0; i < la.n; i++)
        if (!str_eq(*la.p[i], *lb.p[i]))
            fail_msg("string %zu", i);
    vec_release(&la);
    vec_release(&lb);
    assert_true(a->state == b->state && a->published == b->published && a->modified == b->modified &&
                a->known == b->known);
    assert_true(a->ssvc.when == b->ssvc.when && a->kev.added == b->kev.added && a->kev.due == b->kev.due &&
                a->kev.ransomware == b->kev.ransomware);
    assert_true(a->metric_n == b->metric_n && a->config_n == b->config_n && a->affected_n == b->affected_n &&
                a->product_n == b->product_n && a->ref_n == b->ref_n && a->cwe_n == b->cwe_n &&
                a->alias_n == b->alias_n);
    for (size_t i = 0; i < a->metric_n; i++)
        assert_memory_equal(&a->metric[i].score, &b->metric[i].score, sizeof(double));
    for (size_t i = 0; i < a->config_n; i++) {
        const struct cpe_config *x = &a->config[i], *y = &b->config[i];
        assert_true(x->op_and == y->op_and && x->negate == y->negate && x->node_n == y->node_n);
        for (size_t n = 0; n < x->node_n; n++) {
            assert_true(x->node[n].op_and == y->node[n].op_and && x->node[n].negate == y->node[n].negate &&
                        x->node[n].match_n == y->node[n].match_n);
            for (size_t m = 0; m < x->node[n].match_n; m++)
                assert_int_equal(x->node[n].match[m].vulnerable, y->node[n].match[m].vulnerable);
        }
    }
}

static void round_trip(void **state)
{
    struct arena a = {0};
    struct buf b = BUF_INIT(MIB);
    struct vuln v, w;
    struct err e = {0};
    (void)state;
    sample_vuln(&v, &a);
    record_write(&v, &b);
    assert_false(buf_full(&b));
    if (record_read(buf_str(&b), &a, &w, &e) != 0)
        fail_msg("%s", e.text);
    same(&v, &w);
    buf_clear(&b);
    struct vuln empty = {.published = WHEN_NONE, .modified = WHEN_NONE, .known = WHEN_NONE};
    record_write(&empty, &b);
    assert_int_equal(record_read(buf_str(&b), &a, &w, &e), 0);
    same(&empty, &w);
    assert_null(w.metric);
    buf_release(&b);
    arena_release(&a);
}

/* Cut anywhere, and with a byte behind: an error, and no stray read (ASan watches; the copy has no slack). */
static void cut_anywhere(void **state)
{
    struct arena a = {0};
    struct buf b = BUF_INIT(MIB);
    struct vuln v, w;
    (void)state;
    sample_vuln(&v, &a);
    v.description = STR_LIT("short");
    record_write(&v, &b);
    for (size_t n = 0; n < b.n; n++) {
        struct arena r = {0};
        struct err e = {0};
        char *copy = mem_alloc(n);
        memcpy(copy, b.p, n);
        if (record_read(str_n(copy, n), &r, &w, &e) != ERR_INPUT)
            fail_msg("%zu of %zu bytes pass", n, b.n);
        assert_true(e.text[0] != 0);
        free(copy);
        arena_release(&r);
    }
    buf_addc(&b, 0);
    assert_int_equal(record_read(buf_str(&b), &a, &w, NULL), ERR_INPUT);
    assert_int_equal(record_read((struct str){0}, &a, &w, NULL), ERR_INPUT);
    buf_release(&b);
    arena_release(&a);
}

/* Each byte replaced by each of a few: read or refused, never a stray read, and memory stays in proportion.
 */
static void bytes_changed(void **state)
{
    static const unsigned char to[] = {0, 1, 0x7F, 0x80, 0xFF};
    struct arena a = {0}, r = {0};
    struct buf b = BUF_INIT(MIB);
    struct vuln v, w;
    (void)state;
    sample_vuln(&v, &a);
    v.description = STR_LIT("short");
    record_write(&v, &b);
    for (size_t i = 0; i < b.n; i++) {
        char was = b.p[i];
        for (size_t k = 0; k < sizeof(to); k++) {
            b.p[i] = (char)to[k];
            arena_clear(&r);
            int rc = record_read(buf_str(&b), &r, &w, NULL);
            assert_true(rc == 0 || rc == ERR_INPUT);
            assert_true(r.used < b.n * 1000);
        }
        b.p[i] = was;
    }
    buf_release(&b);
    arena_release(&a);
    arena_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip), cmocka_unit_test(cut_anywhere),
                                       cmocka_unit_test(bytes_changed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
