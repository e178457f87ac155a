/* judge.h — from readings of sentences to one judgement. Private to this folder.
 */
#ifndef TOBAN_ASSESS_TERMS_JUDGE_H
#define TOBAN_ASSESS_TERMS_JUDGE_H

#include "assess/terms/engine.h"

struct cve_at {
    uint32_t start, end; /* in folded */
    uint32_t id;         /* index in judge.cve */
};

struct judged_sentence {
    const struct text *text;
    const struct text_sentence *s;
    bool in_title;
    uint32_t first, n;        /* readings */
    uint32_t cve_first, cves; /* mentions */
};

#define CVES_MAX 4096 /* different identifiers of one notice; further ones are not scoped */

struct judge {
    const struct terms *terms;
    const struct terms_input *in;
    struct arena *arena;
    struct text text[2];
    VEC(struct judged_sentence) sentence;
    VEC(struct reading_at) reading;
    VEC(struct cve_at) mention;
    VEC(struct str) cve;
    struct map cve_index;
    struct sentence_notes *notes; /* of the sentence that is read */
};

/* scope.c: which identifiers does this reading speak of? Indexes of judge.cve in the arena; 0 when none are
 * named. */
size_t scope_of(const struct judge *j, const struct reading_at *r, const uint32_t **ids);
/* resolve.c: questions with their answers, table columns, corrections. Changes readings in place. */
void resolve_readings(struct judge *j);

#endif
