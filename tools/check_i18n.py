#!/usr/bin/env python3
"""Every message has a Japanese text, every Japanese text a message, and their conversions agree.

Messages are the literals inside tr(), TR(), err_set(), err_at(), err_sys(),
err_prefix(), log_line(), cli_usage().
usage: check_i18n.py ROOT [--missing FILE]   FILE gets the literals without translation, as JSON
"""
import json
import os
import re
import sys

CALLS = {"tr": 0, "TR": 0, "tr_in": 1, "err_set": 2, "err_at": 4, "err_sys": 1, "err_prefix": 1, "log_line": 1,
         "cli_usage": 1}
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|/\*.*?\*/|//[^\n]*|[A-Za-z_]\w*|[(),?:;{}\[\]]|\s+|.', re.S)
MACROS = {"STR_FMT": "%.*s", "PRId64": "ld", "PRIu64": "lu"}
CONVERSION = re.compile(r"%(?:(\d+)\$)?[-+ #0]*(\*|\d+)?(?:\.(\*|\d+))?(hh|h|ll|l|z|j|t)?([diouxXeEfgGcsp%])")


def unescape(text):
    raw = text[1:-1].encode("utf-8").decode("unicode_escape").encode("latin-1", "replace")
    return raw.decode("utf-8", "replace")


def literals(text):
    """Yields (line, literal) for each message of one file; a conditional gives both of its literals."""
    tokens = [(m.group(0), m.start()) for m in TOKEN.finditer(text)]
    tokens = [t for t in tokens if not t[0].isspace() and not t[0].startswith(("/*", "//"))]
    for i, (word, at) in enumerate(tokens):
        if word not in CALLS or i + 1 >= len(tokens) or tokens[i + 1][0] != "(":
            continue
        depth, arg, current, j = 0, 0, [], i + 1
        while j < len(tokens):
            w = tokens[j][0]
            if w in "([{":
                depth += 1
            elif w in ")]}":
                depth -= 1
                if depth == 0:
                    break
            elif w == "," and depth == 1:
                arg += 1
                j += 1
                continue
            if arg == CALLS[word] and depth == 1 and w != "(":
                current.append(w)
            j += 1
        piece = None
        for w in current + ["?"]:
            if w.startswith('"'):
                piece = (piece or "") + unescape(w)
            elif w in MACROS and piece is not None:
                piece += MACROS[w]
            elif w in MACROS:
                piece = MACROS[w]
            else:
                if piece is not None:
                    yield text.count("\n", 0, at) + 1, piece
                piece = None


def conversions(text):
    out = []
    for m in CONVERSION.finditer(text):
        number, width, precision, size, kind = m.groups()
        if kind == "%":
            continue
        out.append((int(number) if number else None, width == "*", precision == "*", size or "", "d" if kind in "di" else kind))
    if any(c[0] for c in out):
        if not all(c[0] for c in out):
            return ["numbered and plain conversions mixed: undefined in printf"]
        out.sort(key=lambda c: c[0] or 0)
    return [c[1:] for c in out]


def main():
    root = sys.argv[1]
    with open(os.path.join(root, "i18n", "ja.json"), encoding="utf-8") as f:
        ja = json.load(f)
    used, bad = {}, 0
    for folder, _, files in os.walk(os.path.join(root, "src")):
        for name in sorted(files):
            if name.endswith((".c", ".h")):
                path = os.path.join(folder, name)
                for line, text in literals(open(path, encoding="utf-8").read()):
                    if re.search("[A-Za-z]{2}", CONVERSION.sub("", text)):
                        used.setdefault(text, "%s:%d" % (os.path.relpath(path, root), line))
    missing = [t for t in used if t not in ja]
    for text in missing:
        print("%s: no Japanese for %s" % (used[text], json.dumps(text, ensure_ascii=False)))
        bad += 1
    for text, japanese in ja.items():
        if text not in used and re.search("[A-Za-z]{2}", CONVERSION.sub("", text)):
            print("i18n/ja.json: nothing says %s" % json.dumps(text, ensure_ascii=False))
            bad += 1
        if conversions(text) != conversions(japanese):
            print("i18n/ja.json: conversions differ: %s" % json.dumps(text, ensure_ascii=False))
            bad += 1
    if len(sys.argv) > 3:
        with open(sys.argv[3], "w", encoding="utf-8") as f:
            json.dump(missing, f, ensure_ascii=False, indent=1)
    sys.exit(1 if bad else 0)


main()
