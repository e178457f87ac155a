#!/bin/sh
# Investigation: verdict, exit code and text agree; evidence is sealed; nothing is called clean in part.
. "$(dirname "$0")/lib.sh"
t=$work/host
mkdir -p "$t/inetpub/wwwroot/aspnet_client" "$t/Exchange/Logging/HttpProxy/Ecp"
fields=DateTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,ClientRequestId,Protocol,UrlHost,UrlStem,ProtocolAction,AuthenticationType,IsAuthenticated,AuthenticatedUser,Organization,AnchorMailbox,UserAgent,ClientIpAddress,ServerHostName,HttpStatus
log=$t/Exchange/Logging/HttpProxy/Ecp/HttpProxy_2021030304-1.LOG
row() { printf '2021-03-03T04:0%s:00.000Z,5e58f5e5-1ddc-48d3-82c6-0199bc121640,15,1,2106,2,,Ecp,mail.contoso.com,/ecp/y.js,,FBA,False,,,%s,python,203.0.113.7,EXCH01,%s\r\n' "$1" "$2" "$3"; }
head_of() { printf '#Software: Microsoft Exchange Server\r\n#Version: 15.01.2106.002\r\n#Log-type: HttpProxy Logs\r\n#Date: 2021-03-03T04:00:00.000Z\r\n#Fields: %s\r\n' "$fields"; }
{ head_of; row 1 user@contoso.com 200; } >"$log"

run packs list --format json
is "the shipped packs are listed" "$rc" 0
is "two of them" "$(member "$work/out" "sorted(r['pack'] for r in d['rows'])")" "['log4shell', 'proxylogon']"
run packs check proxylogon log4shell
is "and read without a rejected row" "$rc" 0

run investigate "$t" --pack proxylogon --lang en
is "nothing found in a part of the evidence exits 3" "$rc" 3
like "and is called not established" "$out" "not established"
unlike "never clean" "$out" "no trace found"
run investigate "$t" --pack proxylogon --format json
is "JSON says the same" "$(member "$work/out" "sorted(set(v['established'] for v in d['verdicts']))")" "[False]"

{ head_of; row 1 'ServerInfo~a]@exch01:444/autodiscover/autodiscover.xml?a=~1' 200; row 2 'ServerInfo~a]@exch01:444/ecp/proxyLogon.ecp?a=~1' 241; } >"$log"
echo evil >"$t/inetpub/wwwroot/aspnet_client/SUPP0RT.ASPX"
find "$t" -type f -exec sha256sum {} + | sort >"$work/before"
run investigate "$t=D:" --pack proxylogon --format json --collect "$work/ev" --case INC-7 --report "$work/r.html" --csv "$work/r.csv" --sarif "$work/r.sarif"
is "findings exit 1" "$rc" 1
cp "$work/out" "$work/one.json"
find "$t" -type f -exec sha256sum {} + | sort >"$work/after"
is "nothing in the tree was changed" "$(cmp "$work/before" "$work/after" && echo same)" same
is "the request through the flaw" "$(member "$work/one.json" "[(s['line_or_record'],s['time'],s['level']) for s in d['sightings'] if s['check']=='1a']")" "[(7, '2021-03-03T04:02:00Z', 'exploited')]"
is "the probe before it" "$(member "$work/one.json" "[s['line_or_record'] for s in d['sightings'] if s['check']=='1c']")" "[6]"
is "the page, whatever its letter case" "$(member "$work/one.json" "[s['path'].split('/')[-1] for s in d['sightings'] if s['check']=='p1']")" "['SUPP0RT.ASPX']"
is "the verdict" "$(member "$work/one.json" "[(v['level'],v['established']) for v in d['verdicts'] if v['cve']=='CVE-2021-27065']")" "[('shell-present', True)]"
like "a check without its log is not done" "$(member "$work/one.json" "[(c['state'],c['missing']) for c in d['coverage'] if c['check']=='4a']")" "not-done"
run investigate "$t" --pack proxylogon --lang ja
is "in Japanese too" "$rc" 1
like "with the pack's Japanese titles" "$out" "侵害"

run investigate verify "$work/ev.tar"
is "the evidence is whole" "$rc" 0
run investigate "$t" --pack proxylogon --collect "$work/ev"
is "evidence is never written over" "$rc" 6
sed -i 's/evil/evel/' "$work/ev.tar"
run investigate verify "$work/ev.tar"
is "a changed byte is noticed" "$rc" 4
like "and named" "$out" "SUPP0RT.ASPX"
like "the timeline is CSV" "$(head -1 "$work/r.csv")" "time,time_source"
is "SARIF has a result for every sighting and hint" "$(member "$work/r.sarif" "len(d['runs'][0]['results'])")" "$(member "$work/one.json" "len(d['sightings'])+len(d['hints'])")"
unlike "the page runs no script" "$(cat "$work/r.html")" "<script"

rm "$t/inetpub/wwwroot/aspnet_client/SUPP0RT.ASPX"
run investigate "$t=D:" --pack proxylogon --format json --previous "$work/one.json"
is "what is gone is told" "$(member "$work/out" "[(g['check'],g['because_of_pack']) for g in d['gone']]")" "[('p1', False)]"

# A journal: cut anywhere it leads to the same result; other packs are refused.
export TOBAN_NOW=2021-03-17T00:00:00Z # the result says when it was made
run investigate "$t=D:" --pack proxylogon --format json
cp "$work/out" "$work/whole.json"
run investigate "$t=D:" --pack proxylogon --format json --resume "$work/journal"
is "a sweep with a journal says the same" "$(cmp "$work/out" "$work/whole.json" && echo same)" same
head -c "$(($(wc -c <"$work/journal") - 20))" "$work/journal" >"$work/torn"
run investigate "$t=D:" --pack proxylogon --format json --resume "$work/torn"
is "and so does one that goes on from a torn one" "$(cmp "$work/out" "$work/whole.json" && echo same)" same
run investigate "$t=D:" --pack proxylogon --lang en --resume "$work/torn"
like "what was done is not done again" "$out" "taken over from an earlier run"
run investigate "$t=D:" --pack log4shell --resume "$work/journal"
is "other packs are refused" "$rc" 6
like "and that is said" "$err" "other packs"

unset TOBAN_NOW
# Rules that kill the YARA library kill neither the reading of packs nor the sweep.
printf 'rule a { condition: (-9223372036854775807 - 1) \\ -1 == 1 }\n' >"$work/dies.yar"
run packs check "$work/dies.yar"
is "rules that the compiler dies of are refused" "$rc" 4
like "as rules that cannot be used" "$err$out" "cannot be used"
printf 'rule a { condition: (filesize - filesize - 9223372036854775807 - 1) \\ (filesize - filesize - 1) == 7 }\n' >"$work/dies.yar"
run packs check "$work/dies.yar"
is "rules that only the scan dies of can be read" "$rc" 0
run investigate "$t=D:" --pack "$work/dies.yar" --lang en
is "and the sweep comes to its end" "$rc" 3
like "and says on how many files they broke off" "$out" "YARA: broke off"

# A folder is what the user says it is.
mkdir -p "$work/copy/FrontEnd/HttpProxy/owa/auth"
echo x >"$work/copy/FrontEnd/HttpProxy/owa/auth/RedirSuiteServerProxy.aspx"
run investigate --root "$work/copy=%ExchangeInstallPath%" --pack proxylogon --format json
is "a folder given as the Exchange folder" "$(member "$work/out" "[(p['kind'],p['how']) for p in d['layout']]")" "[('exchange', 'given')]"
is "is searched as such" "$rc" 1

run investigate "$work/none" --pack proxylogon
is "a path that is not there" "$rc" 4
run investigate "$t"
is "no pack" "$rc" 2
run investigate "$t" --pack nosuch
is "an unknown pack" "$rc" 4
run evtx /dev/null
is "no event log in an empty file" "$out" ""
finish
