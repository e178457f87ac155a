/* XML, strict and lenient (first byte), then HTML from the same bytes. */
#include "codec/html.h"
#include "codec/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const struct xml *x)
{
    for (; x; x = x->next) {
        if (x->at > (x->parent ? x->parent->text.n : 0))
            __builtin_trap();
        walk(x->first);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct arena a = {0};
    struct err e = {0};
    struct str s = str_n((const char *)data + 1, size - 1);
    struct xml *x = xml_parse(&a, s, data[0] & 2 ? "shift_jis" : NULL, data[0] & 1 ? XML_LENIENT : 0, &e);
    if (!x != (e.code != 0))
        __builtin_trap();
    walk(x);
    if (x && !str_is_utf8(xml_deep_text(&a, x)))
        __builtin_trap();
    struct buf b = BUF_INIT(4 * MIB), c = BUF_INIT(4 * MIB);
    html_text(s, &b);
    html_find(s, "div", "a");
    html_escape(s, &c);
    buf_clear(&b);
    html_unescape(buf_str(&c), &b);
    if (!buf_full(&b) && !buf_full(&c) && !str_eq(buf_str(&b), s))
        __builtin_trap();
    buf_release(&b);
    buf_release(&c);
    arena_release(&a);
    return 0;
}
