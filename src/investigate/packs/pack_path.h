/* pack_path.h — paths of files, compared as people mean them.
 *
 * Normal form: '/' between the parts, ASCII lower case, a drive first ("c:/…", also
 * for a path of a system without drives, or when it is not known), no "//", "/./" or
 * trailing '/', "\\?\" taken off. Names outside ASCII are kept byte for byte.
 *
 * A pattern is case-blind, separator-neutral and drive-neutral:
 *   C:\dir\x.aspx, /dir/x.aspx   at the root of any drive; and, as a disk may have been
 *                                 mounted or copied anywhere, at the end of a longer path
 *                                 when the pattern has at least two parts
 *   dir\x.aspx, x.aspx           at the end of any path, from the beginning of a part
 *   %Variable%\dir\x.aspx        known variables of Windows are what they are by default;
 *                                 any other is "some directories"
 *   * within a part, ** over parts, ? one character
 *   trailing '\' or '/'          everything below that directory
 */
#ifndef TOBAN_INVESTIGATE_PACKS_PACK_PATH_H
#define TOBAN_INVESTIGATE_PACKS_PACK_PATH_H

#include "base/base.h"
#include "model/indicator.h"

/* Appends the normal form. `root` is where in path the scanned root ends (what is in front is
 * the place of the evidence, not part of its disk; 0 when the path is the disk's own);
 * drive is the letter that root stands for, or 0: 'c'. */
void pack_path_normal(struct str path, size_t root, char drive, struct buf *out);

/* Regular expression over normal forms for a literal or glob pattern, anchored at the end; understood by PCRE
 * and Hyperscan alike. False when the pattern names nothing ("", "*", "C:\"). */
bool pack_path_regex(struct str pattern, struct buf *out);
/* A stranger's regular expression over Windows or POSIX paths, rewritten for normal forms:
 * '\\' becomes '/', a fixed drive letter any drive. */
void pack_path_rewrite(struct str regex, struct buf *out);
/* True when the pattern has '*' or '?'. */
bool pack_path_is_glob(struct str pattern);

#endif
