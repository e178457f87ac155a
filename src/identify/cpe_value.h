/* cpe_value.h — one attribute of a CPE name in its canonical spelling (cpe.h). */
#ifndef TOBAN_IDENTIFY_CPE_VALUE_H
#define TOBAN_IDENTIFY_CPE_VALUE_H

#include "identify/cpe.h"

/* Reads one attribute as it stands in a formatted string. 0, or ERR_INPUT. */
int cpe_value_read(struct arena *a, struct str raw, struct cpe *out, enum cpe_attr x, bool strict,
                   unsigned *repairs) MUST_CHECK;
/* Stores a canonical value: sets the masks, turns a lone hyphen value into "\-". */
void cpe_value_store(struct cpe *out, enum cpe_attr x, struct str canonical, bool wild);
bool cpe_value_is_language(struct str s);
static inline bool cpe_value_bare(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}
static inline bool cpe_value_print(unsigned char c)
{
    return c > 0x20 && c < 0x7f;
}

#endif
