# report_story.sh — ProxyLogon on the sample ledger up to the 8th of March, so that every state of a machine is there.
# Sourced after lib.sh. C-1 has all states, C-2 is empty, C-3 has a title that wants escaping everywhere.
cp "$TOBAN_SOURCE/samples/demo.yaml" "$work/toban.yaml"
cat >>"$work/toban.yaml" <<'Y'
report:
  publisher: 株式会社サンプル商事
  namespace: https://www.example.jp/
Y
export TOBAN_CONFIG="$work/toban.yaml" TOBAN_STORE="$store"
at() { export TOBAN_NOW="$1"; }
as() { export TOBAN_WHO="$1"; }
# row KEY BUILD FILE: an inventory of one Exchange server of the ledger, as the sample has it but for the build
row() {
  python3 - "$TOBAN_SOURCE/samples/ledger.csv" "$1" "$2" "$3" <<'P'
import csv, sys
src, key, build, out = sys.argv[1:]
rows = list(csv.reader(open(src, encoding="cp932", newline="")))
keep = [rows[0]] + [r[:-1] + [build] for r in rows[1:] if r[0] == key]
csv.writer(open(out, "w", encoding="cp932", newline="")).writerows(keep)
P
}
say() { "$TOBAN" "$@" >>"$work/story.log" 2>&1; }
story() {
  as tanaka
  at 2021-03-03T12:00+09:00
  say ledger import "$TOBAN_SOURCE/samples/ledger.csv"
  say round --mirror "$TOBAN_SOURCE/samples/mirror"
  say case open N-1
  say fix plan C-1
  for p in P-1 P-2 P-3 P-4 P-5; do say fix plan $p --test "send and receive" --rollback "restore the snapshot" --trigger "no mail" --owner ito; done
  at 2021-03-03T18:00+09:00
  say case check mail-osaka clean --coverage "IIS, ECP and HttpProxy logs from 2021-02-20" --why "no trace"
  say case check mail-nagoya not-established --why "the logs begin on 2021-03-01"
  say case check mail-shop compromised --why "a web shell in aspnet_client"
  as kacho
  say fix waive mail-nagoya --why "土曜に作り直すため <b>"
  as bucho
  say fix waive mail-nagoya --approve --why "=承知した。6日に再構築すること"
  as tanaka
  at 2021-03-04T09:00+09:00
  say case contained mail-shop --why "taken off the network"
  say fix mitigate mail-log --what "443 を閉じた" --owner ito --until 2021-03-10 --why "until the patch"
  at 2021-03-05T21:00+09:00
  say fix apply mail-osaka mail-nagoya --to KB5000871 --tested "mail flows"
  at 2021-03-06T09:00+09:00
  row S-002 15.0.1497.12 "$work/osaka.csv"
  say ledger import "$work/osaka.csv"
  say round --no-collect
  say case triage mail-old unknown --why "nobody can log in"
  say case open --title "empty"
  say case open CVE-2021-0001 --title '=1+1 <script>alert("x")</script> & "末"'
  at 2021-03-08T09:00+09:00
}
