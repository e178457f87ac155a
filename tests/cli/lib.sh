# lib.sh — for tests of the command line: cases in TAP, on a store of their own.
# The test sets nothing; meson gives TOBAN (the program), TOBAN_SOURCE, TOBAN_TEST_DATA.
set -u
n=0
bad=0
work=$(mktemp -d "${TMPDIR:-/tmp}/toban-test.XXXXXX")
trap 'rm -rf "$work"' EXIT
unset TOBAN_CONFIG TOBAN_LANG TOBAN_STORE TOBAN_NOW XDG_CONFIG_HOME LC_ALL LC_MESSAGES LANG
export HOME="$work" TZ=Asia/Tokyo
store="sqlite:$work/toban.db"

toban() { "$TOBAN" "$@"; }
# run ARGS…: output in $out, messages in $err, status in $rc
run() {
  "$TOBAN" "$@" >"$work/out" 2>"$work/err"
  rc=$?
  out=$(cat "$work/out")
  err=$(cat "$work/err")
}
ok() { n=$((n + 1)); echo "ok $n - $1"; }
not_ok() {
  n=$((n + 1)); bad=1
  echo "not ok $n - $1"
  shift
  printf '%s\n' "$@" | sed 's/^/# /'
}
is() { # NAME GOT WANTED
  if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "got:    $2" "wanted: $3" "$(head -5 "$work/err" 2>/dev/null)"; fi
}
like() { # NAME TEXT FIXED-STRING
  if printf '%s\n' "$2" | grep -qF -e "$3"; then ok "$1"; else not_ok "$1" "no \"$3\" in:" "$(printf '%s' "$2" | head -20)"; fi
}
unlike() { # NAME TEXT FIXED-STRING
  if printf '%s\n' "$2" | grep -qF -e "$3"; then not_ok "$1" "\"$3\" is in:" "$(printf '%s' "$2" | head -20)"; else ok "$1"; fi
}
skip_all() { echo "# skipped: $1"; echo "ok 1 - # SKIP $1"; echo "1..1"; exit 0; }
finish() { echo "1..$n"; exit $bad; }
# member FILE EXPRESSION: a Python expression over the JSON document d
member() { python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$1" "$2"; }
