/* Arena, growing arrays, the map. */
#include "base_test.h"

static void arena_gives(void **state)
{
    struct arena a = {0};
    char *first = arena_alloc(&a, 1);
    (void)state;
    assert_non_null(first);
    for (size_t i = 0; i < 20000; i++) {
        unsigned char *p = arena_alloc(&a, i % 97);
        assert_int_equal((uintptr_t)p % 16, 0);
        memset(p, (int)i, i % 97); /* ASan and what is read below tell when two overlap */
    }
    char *big = arena_alloc(&a, 9 * MIB); /* larger than any block it would make by itself */
    memset(big, 1, 9 * MIB);
    assert_string_equal(arena_printf(&a, "%s-%d", "F", 17), "F-17");
    assert_null(arena_strdup(&a, NULL));
    struct str s = arena_str(&a, (struct str){0});
    assert_int_equal(s.n, 0);
    assert_int_equal(s.p[0], 0);
    int *zero = arena_array(&a, int, 1000);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(zero[i], 0);
    arena_clear(&a);
    assert_int_equal(a.used, 0);
    assert_ptr_equal(arena_alloc(&a, 16), big); /* the largest block was kept */
    arena_release(&a);
    arena_release(&a);
    arena_release(NULL);
    arena_clear(&a);
}

static void arena_neighbours(void **state)
{
    struct arena a = {0};
    char *p[1000];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(p); i++)
        p[i] = arena_printf(&a, "%zu", i * 7919);
    for (size_t i = 0; i < ARRAY_LEN(p); i++) {
        char want[32];
        snprintf(want, sizeof(want), "%zu", i * 7919);
        assert_string_equal(p[i], want);
    }
    arena_release(&a);
}

static void vector(void **state)
{
    VEC(uint32_t) v = {0};
    (void)state;
    for (uint32_t i = 0; i < 100000; i++)
        vec_push(&v, i * 3);
    *vec_add(&v) = 1;
    assert_int_equal(v.n, 100001);
    for (uint32_t i = 0; i < 100000; i++)
        assert_int_equal(v.p[i], i * 3);
    vec_clear(&v);
    assert_int_equal(v.n, 0);
    vec_release(&v);
    assert_null(v.p);
}

static void map_keys(void **state)
{
    struct map m = {0};
    char key[32];
    bool made;
    (void)state;
    assert_null(map_get(&m, STR_LIT("")));
    for (uint64_t i = 0; i < 100000; i++) {
        int n = snprintf(key, sizeof(key), "CVE-%llu", (unsigned long long)i);
        uint64_t *v = map_put(&m, str_n(key, (size_t)n), &made);
        assert_true(made);
        assert_int_equal(*v, 0);
        *v = i;
    }
    assert_int_equal(m.n, 100000);
    for (uint64_t i = 0; i < 100000; i++) {
        int n = snprintf(key, sizeof(key), "CVE-%llu", (unsigned long long)i);
        uint64_t *v = map_put(&m, str_n(key, (size_t)n), &made);
        assert_false(made);
        assert_int_equal(*v, i);
        key[0] = 'X';
        assert_null(map_get(&m, str_n(key, (size_t)n)));
    }
    map_release(&m);
    assert_null(map_get(&m, STR_LIT("CVE-1")));
    map_release(NULL);
}

static void map_bytes(void **state)
{
    struct map m = {0};
    (void)state;
    *map_put(&m, STR_LIT("a\0b"), NULL) = 1;
    *map_put(&m, STR_LIT("a\0c"), NULL) = 2;
    *map_put(&m, STR_LIT("a"), NULL) = 3;
    *map_put(&m, (struct str){0}, NULL) = 4;
    assert_int_equal(*map_get(&m, STR_LIT("a\0b")), 1);
    assert_int_equal(*map_get(&m, STR_LIT("a\0c")), 2);
    assert_int_equal(*map_get(&m, STR_LIT("a")), 3);
    assert_int_equal(*map_get(&m, STR_LIT("")), 4);
    map_release(&m);
}

/* Keys that fall into one slot of the smallest table stay apart, and through every growth. */
static void map_collisions(void **state)
{
    struct map m = {0};
    VEC(uint64_t) key = {0};
    (void)state;
    for (uint64_t i = 0; key.n < 200; i++)
        if ((str_hash(str_n((char *)&i, sizeof(i))) & 0xFF) == 7)
            vec_push(&key, i);
    for (size_t i = 0; i < key.n; i++)
        *map_put(&m, str_n((char *)&key.p[i], sizeof(key.p[i])), NULL) = i;
    for (size_t i = 0; i < key.n; i++)
        assert_int_equal(*map_get(&m, str_n((char *)&key.p[i], sizeof(key.p[i]))), i);
    assert_int_equal(m.n, 200);
    vec_release(&key);
    map_release(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_gives), cmocka_unit_test(arena_neighbours), cmocka_unit_test(vector),
        cmocka_unit_test(map_keys),    cmocka_unit_test(map_bytes),        cmocka_unit_test(map_collisions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
