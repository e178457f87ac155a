#!/bin/sh
# Sources: mirrors, a document that shrank, records set aside, staleness, offline.
. "$(dirname "$0")/lib.sh"
m=$work/m
mkdir -p "$m/kev" "$m/jpcert"
kev() { # COUNT STATED DATE
  python3 - "$1" "$2" "$3" <<'P' >"$m/kev/kev.json"
import json, sys
n, stated, date = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
print(json.dumps({"title": "t", "catalogVersion": "1", "dateReleased": date + "T00:00:00Z", "count": stated, "vulnerabilities": [
    {"cveID": "CVE-2021-%05d" % i, "vendorProject": "v", "product": "p", "vulnerabilityName": "n", "dateAdded": "2021-11-03",
     "shortDescription": "s", "requiredAction": "a", "dueDate": "2021-11-17", "notes": ""} for i in range(n)]}))
P
}
kev 2000 2000 2026-01-01
run collect kev --mirror "$m" --store "$store"
is "a whole catalogue is taken" "$rc" 0
run db status --store "$store" --format json
is "2000 entries" "$(member "$work/out" "d['rows'][0]['kev']")" 2000
kev 900 900 2026-01-02
run collect kev --mirror "$m" --store "$store"
is "a shrunken one exits 3" "$rc" 3
like "and is shouted about" "$err" "REFUSED"
run db status --store "$store" --format json
is "the last good data is kept" "$(member "$work/out" "d['rows'][0]['kev']")" 2000
kev 2000 2001 2026-01-03
run collect kev --mirror "$m" --store "$store"
is "a wrong count exits 3" "$rc" 3
echo '<html><body>maintenance</body></html>' >"$m/kev/kev.json"
run collect kev --mirror "$m" --store "$store"
run db status --store "$store" --format json
is "a page instead of JSON changes nothing" "$(member "$work/out" "d['rows'][0]['kev']")" 2000
kev 2000 2000 2026-01-04
python3 - "$m/kev/kev.json" <<'P'
import json, sys
d = json.load(open(sys.argv[1])); d["vulnerabilities"][7]["cveID"] = "CVE-20x1-1"; json.dump(d, open(sys.argv[1], "w"))
P
run collect kev --mirror "$m" --store "$store"
is "one corrupt record does not stop the rest" "$rc" 0
run sources check kev --store "$store"
is "it is shown" "$rc" 3
like "with its bytes" "$out" "CVE-20x1-1"
run sources --store "$store"
is "sources never visited exit 3" "$rc" 3
run round --offline --store "$store"
is "an empty ledger and stale sources exit 3" "$rc" 3
like "no all-clear is given" "$out" "not an all-clear"
run round --no-collect --since 2030-01-01 --store "$store"
is "a window that cannot be exits 2" "$rc" 2
finish
