/* hive_log.h — the transaction logs of a registry hive: what Windows wrote there and not yet into the hive.
 *
 * A hive whose two sequence numbers differ, or whose base block does not add up, was copied while in use or after a
 * crash. Beside it lie HIVE.LOG1 and HIVE.LOG2 (HIVE.LOG before Windows Vista). Two formats: entries "HvLE"
 * with dirty pages, checked by two Marvin32 hashes (Windows 8.1 and later), and one bitmap "DIRT" of dirty
 * pages of 512 bytes. Layout as published in the "Windows registry file format specification" (M. Suhanov).
 *
 * Every size is checked against the log and LIMIT_HIVE; an entry that does not fit ends its log, as for Windows
 * itself. The hive examined is never written: a copy is.
 * Threads: no state.
 */
#ifndef TOBAN_INVESTIGATE_HIVE_LOG_H
#define TOBAN_INVESTIGATE_HIVE_LOG_H

#include "base/base.h"

/* False when fd is no hive (magic, size). dirty: it needs its logs. */
bool hive_log_head(int fd, bool *dirty);

struct hive_log_result {
    size_t entries, pages; /* applied */
    uint32_t sequence;     /* of the hive afterwards */
};
/* Applies what the logs hold beyond the hive to the copy open for reading and writing. 0 when something was applied,
 * ERR_NOT_FOUND when there was nothing to apply (the copy is as it was), ERR_IO when the copy cannot be written. */
int hive_log_replay(int copy, const struct str *log, size_t n, struct hive_log_result *out, struct err *e) MUST_CHECK;

/* Marvin32 (hi << 32 | lo); the logs use the seed HIVE_LOG_SEED. */
#define HIVE_LOG_SEED 0x82ef4d887a4e55c5u
uint64_t hive_log_marvin(uint64_t seed, struct str bytes);

#endif
