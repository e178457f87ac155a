#!/bin/sh
# What we write, before the validators of others: csaf-validator-lib (schema and all mandatory tests), the
# schemas of CycloneDX, SARIF and OpenVEX. npm puts them into TOBAN_VALIDATE, never into the source tree.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../cli/lib.sh"
. "$here/../cli/report_story.sh"
dir=${TOBAN_VALIDATE:-${TMPDIR:-/tmp}/toban-validate}
command -v node >/dev/null || skip_all "no node; script/bootstrap installs it"
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ] || skip_all "node is older than 18"
command -v npm >/dev/null || skip_all "no npm; script/bootstrap installs it"
mkdir -p "$dir"
if ! cmp -s "$here/package-lock.json" "$dir/installed-lock.json"; then
  cp "$here/package.json" "$here/package-lock.json" "$dir/"
  (cd "$dir" && HOME="$dir" timeout 180 npm ci --omit=optional --ignore-scripts --no-audit --no-fund --prefer-offline) >"$work/npm.log" 2>&1 ||
    skip_all "npm ci failed: $(grep -m 1 -iE 'err' "$work/npm.log")"
  cp "$here/package-lock.json" "$dir/installed-lock.json"
fi
cp "$here/validate.js" "$dir/"
story
set --
form() { # CASE FORMAT KIND LANGUAGE
  run report case "$1" --format "$2" --lang "$4" --out "$work/$1-$3-$4.json"
  [ "$rc" = 0 ] || not_ok "report case $1 --format $2" "$err"
}
for c in C-1 C-2 C-3; do
  for l in en ja; do
    form $c csaf csaf $l
    form $c cyclonedx-vex cyclonedx $l
    form $c sarif sarif $l
    set -- "$@" csaf:"$work/$c-csaf-$l.json" cyclonedx:"$work/$c-cyclonedx-$l.json" sarif:"$work/$c-sarif-$l.json"
    [ $c = C-2 ] && continue # it has nothing that OpenVEX could state
    form $c openvex openvex $l
    set -- "$@" openvex:"$work/$c-openvex-$l.json"
  done
done
# A case whose machines left the ledger, closed machines among them.
say case close C-1 mail-osaka mail-tokyo --why proved
head -3 "$TOBAN_SOURCE/samples/ledger.csv" >"$work/few.csv"
say ledger import "$work/few.csv" --replace
say case sync C-1
for f in csaf:csaf cyclonedx-vex:cyclonedx openvex:openvex; do
  run report case C-1 --format "${f%:*}" --out "$work/gone.${f#*:}.json"
  set -- "$@" "${f#*:}:$work/gone.${f#*:}.json"
done
# And one that must not pass, so that a validator that looks at nothing is told.
python3 - "$work/C-1-csaf-en.json" "$work/broken.json" <<'P'
import json, sys
d = json.load(open(sys.argv[1]))
del d["vulnerabilities"][0]["remediations"]
json.dump(d, open(sys.argv[2], "w"))
P
(cd "$dir" && node validate.js "$@") >"$work/answers" 2>&1
for a in "$@"; do
  name=$(basename "${a#*:}")
  if grep -qxF "ok $a" "$work/answers"; then ok "${a%%:*}: $name"
  elif grep -qxF "skip $a" "$work/answers"; then ok "${a%%:*}: $name # SKIP its schema is not in TOBAN_TEST_DATA"
  else not_ok "${a%%:*}: $name" "$(grep -A 10 -F "not ok $a" "$work/answers" || tail -5 "$work/answers")"; fi
done
# three machines of the story are affected
is "the validator refuses what lacks an action statement" "$(cd "$dir" && node validate.js csaf:"$work/broken.json" | grep -c 'mandatoryTest_6_1_27_10')" 3
finish
