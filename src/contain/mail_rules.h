/* mail_rules.h — is this machine a mail system? Told by its product, or by what people wrote of its use.
 *
 *   product = vendor:product, …   what CPE calls mail servers
 *   word = メール, …               such a word in the use or kind of a machine makes it one,
 *   client = PC, …                unless its kind has such a word: people read mail there
 *
 * Words are compared as written, without regard to ASCII case. Pure; immutable once parsed.
 */
#ifndef TOBAN_CONTAIN_MAIL_RULES_H
#define TOBAN_CONTAIN_MAIL_RULES_H

#include "base/base.h"

struct mail_rules {
    struct str *product, *word, *client;
    size_t product_n, word_n, client_n;
};
/* In the arena; ERR_INPUT with file and line. */
int mail_rules_parse(struct mail_rules *out, struct str bytes, const char *file, struct arena *a,
                     struct err *e) MUST_CHECK;
bool mail_rules_product(const struct mail_rules *r, struct str key);
bool mail_rules_words(const struct mail_rules *r, struct str kind, struct str purpose);

#endif
