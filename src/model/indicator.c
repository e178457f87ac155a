#include "model/indicator.h"

static const char *const level_name[] = {
    "hint", "scan", "probe", "exploited", "write-attempted", "written", "shell-present", "post-exploitation"};
static const char *const kind_name[] = {"path",      "hash",     "content", "line",   "record", "file",
                                        "yara",      "registry", "ip",      "domain", "url",    "user-agent",
                                        "detection", "process",  "command", "other"};
static const char *const tlp_name[] = {"", "clear", "green", "amber", "amber+strict", "red"};
static const char *const note_name[] = {"rejected", "duplicate", "warning", "expired", "not-evaluable"};

static const char *name_at(const char *const *names, size_t n, unsigned i)
{
    return i < n ? names[i] : "";
}

const char *indicator_level_name(enum indicator_level l)
{
    return name_at(level_name, ARRAY_LEN(level_name), (unsigned)l);
}

bool indicator_level_by_name(struct str name, enum indicator_level *out)
{
    for (unsigned i = 0; i < ARRAY_LEN(level_name); i++)
        if (str_is_i(name, level_name[i])) {
            *out = (enum indicator_level)i;
            return true;
        }
    return false;
}

const char *indicator_kind_name(enum indicator_kind k)
{
    return name_at(kind_name, ARRAY_LEN(kind_name), (unsigned)k);
}

const char *indicator_tlp_name(enum tlp t)
{
    return name_at(tlp_name, ARRAY_LEN(tlp_name), (unsigned)t);
}

const char *pack_note_kind_name(enum pack_note_kind k)
{
    return name_at(note_name, ARRAY_LEN(note_name), (unsigned)k);
}
