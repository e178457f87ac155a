/* charset.h — bytes of unknown encoding to UTF-8.
 *
 * Order of detection: BOM; NUL in alternate bytes = UTF-16 without BOM;
 * ISO-2022-JP escapes; valid UTF-8, or UTF-8 with fewer than one damaged
 * character in twenty; else CP932 against EUC-JP by score, CP932 winning ties. "Shift_JIS" always means CP932 (Microsoft's), "EUC-JP" EUC-JP-MS.
 * 0x8160 of CP932 is U+FF5E, as Windows has it.
 */
#ifndef TOBAN_CODEC_CHARSET_H
#define TOBAN_CODEC_CHARSET_H

#include "base/base.h"

enum charset { CHARSET_UTF8, CHARSET_UTF8_BOM, CHARSET_UTF16LE, CHARSET_UTF16BE, CHARSET_CP932, CHARSET_EUCJP, CHARSET_ISO2022JP, CHARSET_LATIN1 };

const char *charset_name(enum charset c);
/* By name as people and headers write it; false when unknown. */
bool charset_by_name(struct str name, enum charset *out);
/* Judged from the first bytes (give at least 64 KiB when there are that many). *bom_n = bytes of BOM. */
enum charset charset_detect(struct str bytes, size_t *bom_n);
/* Appends to out as UTF-8 without BOM. Bytes that do not decode become U+FFFD and are counted in *bad (may be NULL). */
int charset_to_utf8(enum charset c, struct str bytes, struct buf *out, size_t *bad, struct err *e) MUST_CHECK;
/* The character of a byte 0x80..0x9F in Windows-1252; its five holes are themselves. */
uint32_t charset_cp1252(unsigned char c);
/* Detect and convert. */
int charset_any_to_utf8(struct str bytes, struct buf *out, enum charset *found, size_t *bad, struct err *e) MUST_CHECK;

#endif
