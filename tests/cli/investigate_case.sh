#!/bin/sh
# A sweep's verdict goes into the case, by rule and gate; what is refused takes nothing from the report.
. "$(dirname "$0")/lib.sh"
cp "$TOBAN_SOURCE/samples/demo.yaml" "$work/toban.yaml"
export TOBAN_CONFIG="$work/toban.yaml" TOBAN_STORE="$store" TOBAN_WHO=tanaka TOBAN_NOW=2021-03-03T12:00+09:00
run ledger import "$TOBAN_SOURCE/samples/ledger.csv"
run round --mirror "$TOBAN_SOURCE/samples/mirror"
run case open N-1
is "a case from the notice" "$rc" 0
cat >"$work/names.pack" <<'P'
pack names
title Names
version 1
vulnerability CVE-2021-26855
check n1
    title Page nobody installed
    vulnerability CVE-2021-26855
    level shell-present
    needs file-names
    path \inetpub\wwwroot\aspnet_client\evil.aspx
check n2
    title Somebody asked
    vulnerability CVE-2021-26855
    level probe
    needs file-names
    path \inetpub\wwwroot\asked.txt
P
t=$work/host
mkdir -p "$t/inetpub/wwwroot/aspnet_client" "$t/Windows/System32"
echo x >"$t/inetpub/wwwroot/index.htm"
verdict() { run case show C-1 --format json; member "$work/out" "[m['verdict'] for m in d['machines'] if m['name']=='$1'][0]"; }
detail() { run case show C-1 --format json; cat "$work/out"; }

run investigate "$t=C:" --pack "$work/names.pack" --case C-1 --asset mail-osaka
is "nothing found, all examined" "$rc" 0
like "said on stderr" "$err" "mail-osaka entered: clean"
like "the report is there" "$out" "no trace found"
is "the case has it" "$(verdict mail-osaka)" clean
like "with its coverage" "$(detail)" "names of files"

echo x >"$t/inetpub/wwwroot/asked.txt"
run investigate "$t=C:" --pack "$work/names.pack" --case C-1 --asset mail-osaka
is "a probe is a finding" "$rc" 1
is "and suspicious" "$(verdict mail-osaka)" suspicious

echo x >"$t/inetpub/wwwroot/aspnet_client/Evil.aspx"
run investigate "$t=C:" --pack "$work/names.pack" --case C-1 --asset mail-osaka --collect "$work/ev"
is "a page is a finding" "$rc" 1
is "and compromised" "$(verdict mail-osaka)" compromised
like "the detail names the evidence" "$(detail)" "$work/ev"
last=$(tail -1 "$work/ev/manifest.jsonl" | tr -d '\n' | sha256sum | cut -c1-64)
like "and the manifest by its hash" "$(detail)" "$last"

mkdir "$work/logs"
echo x >"$work/logs/a.txt"
run investigate "$work/logs" --pack "$work/names.pack" --case C-1 --asset mail-nagoya
is "not everything could be examined" "$rc" 3
is "and nothing is established" "$(verdict mail-nagoya)" not-established

# The machine by the name in its records.
printf '%s\n' '{"Event":{"System":{"Provider":{"#attributes":{"Name":"x"}},"EventID":1,"Channel":"Application","Computer":"MAIL-SHOP.shop.example","EventRecordID":1,"TimeCreated":{"#attributes":{"SystemTime":"2021-03-03T01:00:00Z"}}},"EventData":{"a":"b"}}}' >"$t/events.json"
run investigate "$t=C:" --pack "$work/names.pack" --case C-1
is "found by its host name" "$rc" 1
is "which is in the case" "$(verdict mail-shop)" compromised
rm "$t/events.json"

run investigate "$t=C:" --pack "$work/names.pack" --case C-1
is "no record names a machine" "$rc" 4
like "and that is said" "$err" "--asset"
like "the report is printed even so" "$out" "Evil.aspx"
run investigate "$t=C:" --pack "$work/names.pack" --case C-1 --asset nobody
is "an unknown machine" "$rc" 4
like "the report, again" "$out" "Evil.aspx"
run investigate "$t=C:" --pack "$work/names.pack" --case C-99 --asset mail-osaka
is "an unknown case" "$rc" 4
run investigate "$t=C:" --pack "$work/names.pack" --asset mail-osaka
is "a machine without a case" "$rc" 2
run investigate "$t=C:" --pack "$work/names.pack" --case INC-7
is "any other name is only a name" "$rc" 1
unlike "and enters nothing" "$err" "entered"

# A machine that is not part of the case is refused by the gate.
run investigate "$t=C:" --pack "$work/names.pack" --case C-1 --asset web-corp
is "a machine of another case" "$rc" 6
like "is refused by the gate" "$err" "not part of case C-1"
finish
