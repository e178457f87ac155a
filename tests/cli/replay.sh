#!/bin/sh
# ProxyLogon replayed from real data: what was knowable on 3 March 2021 at noon, and a week later.
# The ledger is samples/ledger.csv: 40 rows, six Exchange servers; the notices are samples/mirror.
. "$(dirname "$0")/lib.sh"
d=$TOBAN_TEST_DATA
[ -d "$d/msrc/2021-Mar" ] || skip_all "the data of March 2021 is absent"
m=$work/mirror
mkdir -p "$m/msrc" "$m/nvd" "$m/kev"
cp -r "$TOBAN_SOURCE/samples/mirror/jpcert" "$TOBAN_SOURCE/samples/mirror/cisa" "$m/"
cp -r "$d/msrc/2021-Mar" "$m/msrc/"
cp "$d"/nvd/timeline-2021-03/*.gz "$m/nvd/"
cp "$d/kev/known_exploited_vulnerabilities.json" "$m/kev/"

run ledger import "$TOBAN_SOURCE/samples/ledger.csv" --store "$store"
is "the ledger is taken" "$rc" 0
like "all 40 rows" "$out" "40 rows, 40 assets"
run collect --mirror "$m" --store "$store"
is "every source of the mirror is read" "$rc" 0

status() { member "$work/out" "' '.join(sorted({x['name']+'='+x['status'] for i in d['items'] for x in i['machines'] if x['name'].startswith('mail-') and '$1' in i['vulnerabilities']}))"; }
cves_of() { member "$work/out" "' '.join(sorted({f['vulnerability'] for i in d['items'] for x in i['machines'] if x['name']=='$1' for f in x['findings'] if f['status']=='affected'}))"; }

run round --no-collect --as-of 2021-03-03T12:00+09:00 --format json --store "$store"
is "3 March: the right machines" "$(status CVE-2021-26855)" "mail-log=affected mail-nagoya=affected mail-old=affected mail-osaka=affected mail-shop=affected mail-tokyo=not affected"
is "3 March: no CPE in sight" "$(member "$work/out" "sum('cpe:' in f['criteria'] for i in d['items'] if 'CVE-2021-26855' in i['vulnerabilities'] for x in i['machines'] for f in x['findings'])")" 0
is "3 March: the sentence is quoted" "$(member "$work/out" "[i['quote'].startswith('マイクロソフト社は、これらの脆弱性のうち4件') and i['exploited'] for i in d['items'] if 'CVE-2021-26855' in i['vulnerabilities']]")" "[True]"
is "3 March: two machines are at a contractor, two of the open ones exposed" "$(member "$work/out" "[(i['at_contractors'],i['exposed']) for i in d['items'] if 'CVE-2021-26855' in i['vulnerabilities']]")" "[(2, 2)]"
is "3 March: 3 days and a forensic look" "$(member "$work/out" "[(i['decision']['outcome'],i['decision']['forensic'],i['decision']['kev_by_notice']) for i in d['items'] if 'CVE-2021-26855' in i['vulnerabilities']]")" "[('3DF', True, True)]"
is "3 March: the patched one, by its build" "$(member "$work/out" "['15.1.2176.9' in f['why'] for i in d['items'] for x in i['machines'] if x['name']=='mail-tokyo' for f in x['findings'] if f['vulnerability']=='CVE-2021-26855']")" "[True]"
is "3 March: what applies to the 2010 one" "$(cves_of mail-old)" "CVE-2021-26857"

run round --no-collect --as-of 2021-03-02T12:00+09:00 --format json --store "$store"
is "2 March: nobody could know" "$(member "$work/out" "[i['title'] for i in d['items'] if 'CVE-2021-26855' in i['vulnerabilities']]")" "[]"

run round --no-collect --as-of 2021-03-10 --format json --store "$store"
is "10 March: the same machines" "$(status CVE-2021-26855)" "mail-log=affected mail-nagoya=affected mail-old=affected mail-osaka=affected mail-shop=affected mail-tokyo=not affected"

# Without builds, the ranges that NVD published on 9 March decide.
printf '管理番号,機器名,製品名\r\nB-1,ex-cu18,Microsoft Exchange Server 2016 CU18\r\nB-2,ex-cu20,Microsoft Exchange Server 2016 CU20\r\n' >"$work/nobuild.csv"
other="sqlite:$work/two/toban.db"
run ledger import "$work/nobuild.csv" --store "$other"
run collect nvd --mirror "$m" --store "$other"
run ledger where CVE-2021-26855 --as-of 2021-03-10 --format json --store "$other"
is "10 March: a level without build is affected by range" "$(member "$work/out" "sorted((r['name'],r['status']) for r in d['rows'])")" "[('ex-cu18', 'affected'), ('ex-cu20', 'not affected')]"
is "with other sources never visited, the answer exits 3" "$rc" 3
like "and names them" "$err" "msrc (never)"
cat >"$work/only-nvd.yaml" <<Y
sources: {jvndb: {enabled: no}, msrc: {enabled: no}, cve5: {enabled: no}, kev: {enabled: no}, epss: {enabled: no}}
Y
run ledger where CVE-2021-26855 --as-of 2021-03-10 --store "$other" --config "$work/only-nvd.yaml"
is "finding machines exits 1" "$rc" 1

run round --no-collect --as-of 2021-03-03T12:00+09:00 --store "$store" --lang ja
like "Japanese: the quoted sentence" "$out" "限定的な標的型攻撃を確認している"
run round --no-collect --store "$store"
run why F-1 --store "$store"
is "why answers" "$rc" 0
like "why leads to the bytes" "$out" "sha256"
finish
