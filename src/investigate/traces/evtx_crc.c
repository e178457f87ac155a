/* Eight tables, eight bytes a step: the checksum must not cost more than the reading. */
#include "investigate/traces/evtx_in.h"

#include <threads.h>

#define POLYNOMIAL 0xEDB88320u

static uint32_t table[8][256];

static void table_make(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t v = i;
        for (int k = 0; k < 8; k++)
            v = (v >> 1) ^ (v & 1 ? POLYNOMIAL : 0);
        table[0][i] = v;
    }
    for (uint32_t i = 0; i < 256; i++)
        for (int k = 1; k < 8; k++)
            table[k][i] = (table[k - 1][i] >> 8) ^ table[0][table[k - 1][i] & 255];
}

uint32_t evtx_crc(uint32_t crc, const uint8_t *p, size_t n)
{
    static once_flag once = ONCE_FLAG_INIT;
    call_once(&once, table_make);
    crc = ~crc;
    for (; n >= 8; n -= 8, p += 8) {
        uint32_t a = crc ^ evtx_u32(p), b = evtx_u32(p + 4);
        crc = table[7][a & 255] ^ table[6][a >> 8 & 255] ^ table[5][a >> 16 & 255] ^ table[4][a >> 24] ^
              table[3][b & 255] ^ table[2][b >> 8 & 255] ^ table[1][b >> 16 & 255] ^ table[0][b >> 24];
    }
    while (n--)
        crc = crc >> 8 ^ table[0][(crc ^ *p++) & 255];
    return ~crc;
}
