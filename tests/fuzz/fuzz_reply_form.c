/* Reply forms that strangers fill in, and tables of contacts. */
#include <stdint.h>

#include "contain/contact_table.h"
#include "contain/reply_form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void form(struct str bytes, struct arena *a)
{
    struct err e = {0};
    struct reply_form f;
    if (reply_form_read(bytes, a, &f, &e))
        return;
    const struct str answer[] = {f.runs_written, f.product, f.version, f.machines, f.found, f.patched, f.contact, f.note};
    for (size_t i = 0; i < ARRAY_LEN(answer); i++)
        if (answer[i].n > LIMIT_LEDGER_CELL || !str_is_utf8(answer[i]))
            __builtin_trap();
    if (f.enquiry < 0 || (f.runs.n && !str_is(f.runs, "yes") && !str_is(f.runs, "no") && !str_is(f.runs, "unknown")))
        __builtin_trap();
}

static void table(struct str bytes, struct arena *a)
{
    struct err e = {0};
    struct contact_words w = {0};
    struct contact_table t;
    if (contact_words_read(&w, STR_LIT("name = name, 氏名\nphone = phone, 電話\nmail = mail\norder = order\nchecked = date\nkind = kind\nkind.role = role"), "w", &e))
        __builtin_trap();
    if (contact_table_read(bytes, "t", &w, NULL, ZONE_JST, a, &t, &e) == 0)
        for (size_t i = 0; i < t.n; i++)
            if (t.row[i].c.name.n == 0 || t.row[i].c.channel_n > LIMIT_CONTACT_CHANNELS)
                __builtin_trap();
    contact_words_release(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    struct str bytes = str_n((const char *)data, size);
    form(bytes, &a);
    table(bytes, &a);
    arena_release(&a);
    return 0;
}
