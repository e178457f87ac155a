/* Transaction logs of a registry hive: first 4 KiB the hive, the rest one log twice; its hashes made right, so that
 * what lies behind them is reached, when the first byte of the hive's name is odd. */
#include <endian.h>
#include <sys/mman.h>
#include <unistd.h>

#include "investigate/hive_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void sign(char *p, size_t n)
{
    for (size_t at = 512; at + 40 <= n && memcmp(p + at, "HvLE", 4) == 0;) {
        uint32_t len;
        memcpy(&len, p + at + 4, 4);
        len = le32toh(len);
        if (len < 512 || len > n - at)
            return;
        uint64_t h = htole64(hive_log_marvin(HIVE_LOG_SEED, str_n(p + at + 40, len - 40)));
        memcpy(p + at + 24, &h, 8);
        h = htole64(hive_log_marvin(HIVE_LOG_SEED, str_n(p + at, 32)));
        memcpy(p + at + 32, &h, 8);
        at += len;
    }
}

static void sum(char *p)
{
    uint32_t x = 0, w;
    for (int i = 0; i < 508; i += 4) {
        memcpy(&w, p + i, 4);
        x ^= w;
    }
    x = x == 0 ? 1 : x == UINT32_MAX ? UINT32_MAX - 1 : x;
    memcpy(p + 508, &x, 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4096 + 512 || size > MIB)
        return 0;
    char *p = mem_dup(data, size), *log = p + 4096;
    size_t n = size - 4096;
    struct hive_log_result r;
    struct err e;
    if (data[48] & 1) {
        memcpy(p, "regf", 4);
        memcpy(log, "regf", 4);
        sum(p);
        sum(log);
        sign(log, n);
    }
    int copy = memfd_create("hive", MFD_CLOEXEC);
    struct str logs[2] = {str_n(log, n), str_n(log, n)};
    bool dirty;
    if (copy >= 0 && pwrite(copy, p, 4096, 0) == 4096 && hive_log_head(copy, &dirty))
        (void)!hive_log_replay(copy, logs, 2, &r, &e);
    if (copy >= 0)
        close(copy);
    free(p);
    return 0;
}
