/* contact.h — whom to reach, by what means, in which order (連絡先, BCP).
 *
 * A channel says what has to run for it to work. When a mail system is among the affected machines,
 * every list leads with channels that do not need it (contain/contact.h).
 */
#ifndef TOBAN_MODEL_CONTACT_H
#define TOBAN_MODEL_CONTACT_H

#include "base/base.h"

enum contact_kind { CONTACT_PERSON, CONTACT_ROLE, CONTACT_ORGANISATION };
enum contact_channel_kind {
    CHANNEL_PHONE,
    CHANNEL_MOBILE,
    CHANNEL_SMS,
    CHANNEL_CHAT,
    CHANNEL_MAIL,
    CHANNEL_FAX,
    CHANNEL_RADIO,
    CHANNEL_WEB,
    CHANNEL_IN_PERSON
};
const char *contact_kind_name(enum contact_kind k); /* person role organisation */
bool contact_kind_by_name(struct str name, enum contact_kind *out);
const char *
contact_channel_name(enum contact_channel_kind k); /* phone mobile sms chat mail fax radio web in-person */
bool contact_channel_by_name(struct str name, enum contact_channel_kind *out);

struct contact_channel {
    int64_t id, contact;
    int order; /* from 1: try in this order */
    enum contact_channel_kind kind;
    struct str address;
    struct str needs; /* "", "mail", or keys of assets with blanks between; a channel of kind mail needs
                         "mail" always */
};

struct contact {
    int64_t id; /* shown as K-4 */
    struct str name;
    enum contact_kind kind;
    struct str role, organisation, department, lang, note;
    int call_order;     /* among the callees of called_by, from 1; 0: not in the call tree */
    int64_t called_by;  /* 0: by the one on duty */
    int64_t substitute; /* 0: none */
    when_t checked;     /* WHEN_NONE: never */
    struct str checked_by, who;
    when_t at;
    struct contact_channel *channel;
    size_t channel_n;
};

#endif
