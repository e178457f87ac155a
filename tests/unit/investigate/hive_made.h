/* hive_made.h — small registry hives and their transaction logs, made by hand from the published format. */
#ifndef TOBAN_TEST_HIVE_MADE_H
#define TOBAN_TEST_HIVE_MADE_H

#include <hivex.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static inline void put32(unsigned char *p, uint32_t v)
{
    memcpy(p, &v, 4);
}

/* The checksum of a base block: XOR of its first 508 bytes as words. */
static inline void hive_sum(unsigned char *h)
{
    uint32_t sum = 0, word;
    for (int i = 0; i < 508; i += 4) {
        memcpy(&word, h + i, 4);
        sum ^= word;
    }
    put32(h + 508, sum == 0 ? 1 : sum == UINT32_MAX ? UINT32_MAX - 1 : sum);
}

/* An empty hive: the base block, one bin of 4 KiB with the root key, its security cell and free space. */
static inline void empty_hive(unsigned char h[8192])
{
    memset(h, 0, 8192);
    memcpy(h, "regf", 4);
    put32(h + 4, 1);
    put32(h + 8, 1);
    put32(h + 20, 1);
    put32(h + 24, 3);
    put32(h + 32, 1);
    put32(h + 36, 32); /* the root key */
    put32(h + 40, 4096);
    put32(h + 44, 1);
    hive_sum(h);
    unsigned char *bin = h + 4096, *nk = bin + 32, *sk = nk + 96;
    memcpy(bin, "hbin", 4);
    put32(bin + 8, 4096);
    put32(nk, (uint32_t)-96);
    memcpy(nk + 4, "nk\x2c\0", 4);
    for (int at = 28; at <= 44; at += 4)
        put32(nk + 4 + at, 0xFFFFFFFF);
    put32(nk + 4 + 20, 0);
    put32(nk + 4 + 24, 0);
    put32(nk + 4 + 36, 0);
    put32(nk + 4 + 44, 32 + 96);
    put32(nk + 4 + 48, 0xFFFFFFFF);
    nk[4 + 72] = 4;
    memcpy(nk + 4 + 76, "ROOT", 4);
    put32(sk, (uint32_t)-48);
    memcpy(sk + 4, "sk", 2);
    put32(sk + 8, 32 + 96);
    put32(sk + 12, 32 + 96);
    put32(sk + 16, 1);
    put32(sk + 20, 20);
    put32(sk + 48, 4096 - 32 - 96 - 48); /* free */
}

/* A hive at path with one text value; keys ends with NULL. The file is there already when add is set. */
static inline int hive_made(const char *path, bool add, const char *const *keys, const char *name, const char *value)
{
    unsigned char empty[8192];
    char wide[1024];
    if (!add) {
        FILE *f = fopen(path, "wb");
        empty_hive(empty);
        if (!f || fwrite(empty, 1, sizeof(empty), f) != sizeof(empty))
            return -1;
        fclose(f);
    }
    hive_h *h = hivex_open(path, HIVEX_OPEN_WRITE);
    if (!h)
        return -1;
    hive_node_h node = hivex_root(h);
    for (; *keys && node; keys++) {
        hive_node_h next = hivex_node_get_child(h, node, *keys);
        node = next ? next : hivex_node_add_child(h, node, *keys);
    }
    size_t n = strlen(value) + 1;
    for (size_t i = 0; i < n; i++) {
        wide[2 * i] = value[i];
        wide[2 * i + 1] = 0;
    }
    hive_set_value v = {(char *)(uintptr_t)name, hive_t_REG_SZ, 2 * n, wide};
    int rc = node ? hivex_node_set_value(h, node, &v, 0) : -1;
    rc = rc == 0 ? hivex_commit(h, NULL, 0) : rc;
    hivex_close(h);
    return rc;
}

#endif
