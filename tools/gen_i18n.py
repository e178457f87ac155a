#!/usr/bin/env python3
"""i18n/ja.json (English text -> Japanese text) to a C table sorted by the English bytes."""
import json
import sys


def c_string(text):
    out = []
    for byte in text.encode("utf-8"):
        char = chr(byte)
        if char in '"\\':
            out.append("\\" + char)
        elif 32 <= byte < 127 and char != "?":
            out.append(char)
        else:
            out.append("\\%03o" % byte)
    return '"' + "".join(out) + '"'


def main():
    source, target = sys.argv[1:3]
    with open(source, encoding="utf-8") as f:
        pairs = json.load(f)
    lines = ["/* Generated from i18n/ja.json. */", "#include <stddef.h>",
             "struct i18n_pair { const char *en, *ja; };",
             "extern const struct i18n_pair i18n_pairs[];", "extern const size_t i18n_pairs_n;",
             "const struct i18n_pair i18n_pairs[] = {"]
    for en in sorted(pairs, key=lambda t: t.encode("utf-8")):
        lines.append("{%s, %s}," % (c_string(en), c_string(pairs[en])))
    lines += ["{0, 0}};", "const size_t i18n_pairs_n = sizeof(i18n_pairs) / sizeof(i18n_pairs[0]) - 1;"]
    with open(target, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")


main()
