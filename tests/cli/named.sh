#!/bin/sh
# A product that a notice is about stays on the list when records speak of other products only.
. "$(dirname "$0")/lib.sh"
sed 's/nvd: {enabled: no}/nvd: {enabled: yes, min_records: 0}/' "$TOBAN_SOURCE/samples/demo.yaml" >"$work/toban.yaml"
export TOBAN_CONFIG="$work/toban.yaml" TOBAN_STORE="$store" TOBAN_NOW=2021-03-03T12:00+09:00
cp -r "$TOBAN_SOURCE/samples/mirror" "$work/mirror"
mkdir "$work/mirror/nvd"
# record CPE: what NVD might say of CVE-2021-21972
record() {
  cat >"$work/mirror/nvd/$2.json" <<J
{"resultsPerPage":1,"startIndex":0,"totalResults":1,"format":"NVD_CVE","version":"2.0","timestamp":"$3","vulnerabilities":[{"cve":{
"id":"CVE-2021-21972","sourceIdentifier":"x@example.org","published":"2021-02-24T17:15:15.833","lastModified":"$3","vulnStatus":"Analyzed",
"descriptions":[{"lang":"en","value":"A plugin has a flaw."}],"metrics":{},"references":[],
"configurations":[{"nodes":[{"operator":"OR","negate":false,"cpeMatch":[{"vulnerable":true,"criteria":"$1","matchCriteriaId":"00000000-0000-4000-8000-000000000001"}]}]}]}}]}
J
}
machine() { run round --mirror "$work/mirror" --format json --all; member "$work/out" "[(m['status']) for i in d['items'] if 'CVE-2021-21972' in str(i) for m in i['machines'] if m['name']=='vcenter']"; }
run ledger import "$TOBAN_SOURCE/samples/ledger.csv"
is "named by the notice, before any record" "$(machine)" "['possible']"
record 'cpe:2.3:a:example:plugin:1.0:*:*:*:*:*:*:*' a 2021-03-01T00:00:00.000
is "a record of another product takes nothing away" "$(machine)" "['possible']"
run ledger where CVE-2021-21972
like "and it is said why" "$out" "for other products only"
record 'cpe:2.3:a:vmware:vcenter_server:6.0:-:*:*:*:*:*:*' b 2021-03-02T00:00:00.000
is "a record of this product decides" "$(machine | grep -c possible)" 0
finish
