/* evidence.h — 証拠保全: copies of the files that carry findings, so that others can trust them later.
 *
 * The folder is new: nothing is ever written over. Layout:
 *   files/N/…        the copies, below the number of their root, with their own names
 *   manifest.jsonl   a line a file: where it was, size, SHA-256 while it was read and of the copy read
 *                    again, its stat before and after, how it was acquired; tool and pack versions first
 *   custody.jsonl    who did what, when, on which machine
 *   report.json      the result of the sweep
 * Every line of the two logs holds the SHA-256 of the line before it ("prev"); the last line of the
 * custody log holds those of the manifest's last line and of the report. FOLDER.tar is all of it in one sealed file; its SHA-256
 * is in FOLDER.tar.sha256. What cannot be copied is a line that says so.
 *
 * Files are opened below their root without following links, read-only, with O_NOATIME where allowed.
 */
#ifndef TOBAN_INVESTIGATE_EVIDENCE_H
#define TOBAN_INVESTIGATE_EVIDENCE_H

#include "base/base.h"
#include "investigate/sweep.h"

struct evidence_options {
    const char *folder;
    struct str case_name, who; /* "" unknown */
    struct str report;         /* JSON */
    when_t (*clock)(void);     /* the room has none of its own */
};
struct evidence_result {
    size_t files, failed, changed; /* changed: while they were copied */
    uint64_t bytes;
    char seal[65]; /* SHA-256 of the archive */
    char manifest[65]; /* of the manifest's last line: it stands for all before it */
    char archive[4096];
};
int evidence_collect(const struct sweep *s, const struct evidence_options *o, struct evidence_result *out, struct err *e) MUST_CHECK;

/* Checks a sealed archive: its own hash when the .sha256 file is there, both chains, every copy, and
 * that nothing was added. Findings go to say (translated), one a call. 0: whole; ERR_INPUT: not. */
int evidence_verify(const char *archive, void (*say)(void *ctx, const char *text), void *ctx, size_t *files, struct err *e) MUST_CHECK;

/* True when the folder is evidence that was collected before: it has our manifest, whole by its chain. */
bool evidence_is_folder(const char *folder);

/* True when the file is an archive that we sealed, whole by its manifest; head is its beginning. */
bool evidence_is_archive(int fd, struct str head);

/* ---- evidence_log.c: lines chained by hash ---- */
struct evidence_log {
    int fd;
    char prev[65]; /* "" before the first line */
};
/* Writes {"prev":…, body…}: body is JSON members without braces. */
int evidence_log_add(struct evidence_log *l, struct str members, struct err *e) MUST_CHECK;
/* True when every line holds the hash of the one before; last gets that of the last line. */
bool evidence_log_check(struct str text, char last[65], size_t *bad_line);

#endif
