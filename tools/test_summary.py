#!/usr/bin/env python3
"""Counts the cases of a meson test run (TAP on stdout), names what failed and what was skipped and why.

Last line: N passed, M failed, K skipped. Exit status 1 when something failed or nothing ran.
"""
import json
import os
import re
import sys

CASE = re.compile(r"^(not ok|ok) \d+ ?-? ?(.*)$")


def main():
    log = os.path.join(sys.argv[1], "meson-logs", "testlog.json")
    passed = failed = skipped = 0
    for line in open(log, encoding="utf-8"):
        run = json.loads(line)
        out = run.get("stdout", "")
        cases = [m.groups() for m in (CASE.match(l) for l in out.splitlines()) if m]
        reasons = re.findall(r"^# (.*)$", out, re.M)
        bad = 0
        for verdict, name in cases:
            if "# SKIP" in name:
                skipped += 1
                print("skipped: %s: %s (%s)" % (run["name"], name.replace(" # SKIP", ""),
                                                next((r for r in reasons if "skip" in r.lower() or "absent" in r.lower()),
                                                     "see the test")))
            elif verdict == "ok":
                passed += 1
            else:
                failed += 1
                bad += 1
                print("FAILED: %s: %s" % (run["name"], name))
        if run["result"] not in ("OK", "SKIP") and bad == 0:
            failed += 1
            print("FAILED: %s: %s\n%s\n%s" % (run["name"], run["result"], out[-2000:], run.get("stderr", "")[-3000:]))
        elif run["result"] == "OK" and not cases:
            passed += 1
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    sys.exit(1 if failed or passed == 0 else 0)


main()
