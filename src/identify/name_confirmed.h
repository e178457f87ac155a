/* name_confirmed.h — answers a person has given, by the key of the name. Immutable; shared by threads. */
#ifndef TOBAN_IDENTIFY_NAME_CONFIRMED_H
#define TOBAN_IDENTIFY_NAME_CONFIRMED_H

#include "identify/name.h"

/* True, and the answer in *m, when the name was confirmed. key from name_fold. */
bool name_confirmed_get(const struct name_confirmed *c, struct str key, struct name_match *m);

#endif
