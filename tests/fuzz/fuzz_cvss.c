/* A CVSS vector: whatever comes, an answer or an error; what is read once reads again the same. */
#include <stdint.h>
#include <stdlib.h>

#include "assess/scores/cvss.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct cvss v, again;
    struct err e = {0};
    struct buf out = BUF_INIT(MIB);
    int rc = cvss_parse(text, &v, &e);
    if (rc == 0) {
        int s[] = {v.base, v.threat, v.env, v.overall};
        for (size_t i = 0; i < ARRAY_LEN(s); i++)
            if (s[i] < 0 || s[i] > 100)
                abort();
        if (cvss_parse(str_of(v.vector), &again, &e) < 0 || again.base != v.base || again.threat != v.threat ||
            again.env != v.env || again.overall != v.overall)
            abort();
    } else if (!e.text[0] || !str_is_utf8(str_of(e.text)))
        abort();
    if (cvss_line(text, &out) != rc || !str_is_utf8(buf_str(&out)))
        abort();
    buf_release(&out);
    return 0;
}
