#include "model/contact.h"

static const char *const kind_name[] = {"person", "role", "organisation"};
static const char *const channel_name[] = {"phone", "mobile", "sms", "chat",     "mail",
                                           "fax",   "radio",  "web", "in-person"};

const char *contact_kind_name(enum contact_kind k)
{
    return kind_name[k];
}

bool contact_kind_by_name(struct str name, enum contact_kind *out)
{
    for (size_t i = 0; i < ARRAY_LEN(kind_name); i++) {
        if (str_is(name, kind_name[i])) {
            *out = (enum contact_kind)i;
            return true;
        }
    }
    return false;
}

const char *contact_channel_name(enum contact_channel_kind k)
{
    return channel_name[k];
}

bool contact_channel_by_name(struct str name, enum contact_channel_kind *out)
{
    for (size_t i = 0; i < ARRAY_LEN(channel_name); i++) {
        if (str_is(name, channel_name[i])) {
            *out = (enum contact_channel_kind)i;
            return true;
        }
    }
    return false;
}
