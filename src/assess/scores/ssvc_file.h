/* ssvc_file.h — shared by ssvc.c and ssvc_file.c only. */
#ifndef TOBAN_ASSESS_SCORES_SSVC_FILE_H
#define TOBAN_ASSESS_SCORES_SSVC_FILE_H

#include "assess/scores/ssvc.h"

/* "no, yes" for messages; lives in the arena. */
const char *ssvc_value_list(struct arena *a, const struct ssvc_column *c);

/* A stranger's text in a message: short, cut at a character's edge. */
static inline struct str ssvc_clip(struct str s)
{
    return str_n(s.p, s.n > 60 ? str_utf8_clip(s.p, 60) : s.n);
}

#endif
