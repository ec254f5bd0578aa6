#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctl_check.sh - runnsctl check: the verdict, the place of every error, who may
# run it, and that it agrees with the module about every bad file
. "$(dirname "$0")/lib.sh"
need python3 setpriv
host_start "$@"

t=$host_dir/t
mkdir $t
cd $t || bail "no directory"

# verdict STATUS TEXT ARGUMENT...: exit status; the output is in $out
verdict()
{
	local expected=$1 text=$2
	shift 2
	out=$(timeout 20 runnsctl check "$@" 2>&1)
	is $? "$expected" "$text"
}

# finds PLACE: TEXT: a finding of the last verdict
finds()
{
	like "$out" "^$1" "  it says $1"
}

as_user()
{
	setpriv --reuid 5001 --regid 5001 --clear-groups -- "$@"
}

# --- files that are named -------------------------------------------------------

printf 'alice work -\nbob u-%%u - create=tenant\n' >good.map
printf '[work]\nDNS = 9.9.9.9\n[tenant]\nLinger = no\n' >good.conf
verdict 0 "good files" good.map good.conf
is "$out" "good.map: OK
good.conf: OK" "  it says so"
verdict 0 "quietly" -q good.map good.conf
is "$out" "" "  without a word"
cp good.map other
verdict 0 "a map of any name" --map other
verdict 2 "a file that could be either" other
verdict 2 "an unknown option" --frob
verdict 2 "an option without its value" --conf
verdict 1 "a file that is not there" absent.map
finds 'absent.map: cannot be read: '

printf 'alice\nbob u-%%u - frob\ncarol ../x\ndave a -\n' >many.map
verdict 1 "several errors in one map" many.map
is "$(printf '%s\n' "$out" | cut -d : -f 1-2)" "many.map:1
many.map:2
many.map:3" "  all are found, each in its line"
printf '[a]\nMTU = 1\nbogus = 1\nNat = perhaps\n\n[b]\nDNS=x\n' >many.conf
verdict 1 "several errors in one conf" many.conf
is "$(printf '%s\n' "$out" | cut -d : -f 1-3)" "many.conf:2:7
many.conf:3:1
many.conf:4:7
many.conf:7:5" "  all are found, each at its column"
printf 'alice \\\n  ../x \\\n  -\nbob deny - frob=1\n' >joined.map
verdict 1 "an error in a rule of several lines" joined.map
finds joined.map:2:3:
finds joined.map:4:12:
verdict 1 "errors in two files" many.map many.conf
finds many.map:1:
finds many.conf:7:5:

# name, language, text (printf), place
while IFS='|' read -r name kind text place; do
	# shellcheck disable=SC2059
	printf "$text" >"$name.$kind"
	verdict 1 "$name ($kind)" "$name.$kind"
	finds "$name.$kind$place"
done <<'END'
empty|map||: 
nul|map|alice wo\000rk -\n|:1:9: 
nul|conf|[a]\nMTU=1\0005\n|:2:6: NUL byte
crlf|map|alice work -\r\n|:1:13: carriage return
crlf|conf|[a]\r\n|:1:4: carriage return
bom|map|\357\273\277alice work -\n|:1:1: 
bom|conf|\357\273\277[a]\n|:1:1: byte order mark
cut|map|alice work -|:1:13: 
cut|conf|[a]\nMTU=1500|:2:9: 
escape|map|ali\033ce work -\n|:1:4: 
hook|conf|[a]\nOnUp=x y\n|:2:6: the absolute path of a program expected
binless|conf|[a]\nType=bin\n|:1: .a. has Type=bin, but no BIN
vpnless|conf|[a]\nKillSwitch=yes\n|:1: .a. has KillSwitch=yes and no VPN
twice|conf|[a]\n[A]\n|:2: section
overlap|conf|[a]\nAddress=10.0.0.1/8\n[b]\nAddress=10.1.0.1/16\n|:3: Address of .b. overlaps
hex|conf|[a]\nMTU=0x500\n|:2:5: 
prefix|conf|[a]\nAddress=10.0.0.1/33\n|:2:9: 
zone|conf|[a]\nDNS=fe80::1%%eth0\n|:2:5: 
END

mkfifo fifo.map
verdict 1 "a FIFO" fifo.map
finds 'fifo.map: cannot be read: is not a regular file'
mkdir dir.conf
verdict 1 "a directory" dir.conf
truncate -s 2G sparse.map
verdict 1 "2 GiB of nothing" sparse.map
finds 'sparse.map: cannot be read: is too large'
python3 -c 'print("x" * 1000000)' >line.map
verdict 1 "a line of 1 MB" line.map
finds line.map:1:
python3 -c 'print("a b -\n" * 120000)' >rules.map
verdict 1 "more rules than fit" rules.map
python3 -c '[print(f"[n{i}]\nInterfaceIn=v{i}\nAddress=10.{i//16384}.{i//64%256}.{i%64*4+1}/30") for i in range(65536)]' >sections.conf
SECONDS=0
verdict 0 "65,536 sections" sections.conf
ok $((SECONDS > 5)) "  within seconds"

# --- maps and confs together -------------------------------------------------------

printf 'alice Work - create\nbob u-%%u - create=nobody\ncarol c-%%u - create=fixed\n' >wants.map
printf '[work]\n[fixed]\nAddress=10.0.0.1/24\n' >has.conf
verdict 1 "sections that the map names" wants.map has.conf
finds 'wants.map:1: .*"Work".*\[work\] at has.conf:1'
finds 'wants.map:2: .*no section for "nobody"'
finds 'wants.map:3: .*"fixed" has Address'
verdict 0 "which the map alone cannot tell" wants.map
chmod 0666 good.map
verdict 0 "a file that others may write to" good.map
finds 'good.map: would be refused .*\(warning\)$'

# --- JSON --------------------------------------------------------------------------

json()
{
	python3 -c 'import json, sys; d = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"
}

verdict 1 "JSON of findings" --json many.conf
is "$(printf '%s' "$out" | json '[(f["line"], f["column"], f["severity"]) for f in d["findings"]][:2]')" \
	"[(2, 7, 'error'), (3, 1, 'error')]" "  has their places"
is "$(printf '%s' "$out" | json 'd["ok"], d["files"]')" "(False, ['many.conf'])" \
	"  and the verdict"
name=$(printf 'e\033[1m\xff\xe2\x80\xae".map')
printf 'x\n' >"$name"
verdict 1 "a file with a name of evil" --json "$name"
is "$(printf '%s' "$out" | json 'd["files"][0].encode("unicode_escape").decode()')" \
	'e\x1b[1m\ufffd\u202e".map' "  is valid JSON"
unlike "$out" $'\033' "  without an escape"
verdict 1 "and as text" "$name"
unlike "$out" "$(printf '\033|\xe2\x80\xae')" "  without one either"

# --- the installed files -----------------------------------------------------------

# disagree TEXT: check finds something, and the module lets nobody in
agree_bad()
{
	verdict 1 "$1"
	refuses "  the module refuses as well" pamtester door dave open_session
}

verdict 0 "nothing is installed"
like "$out" 'nobody is mapped' "  it says what that means"
map_write <good.map
cp good.conf /etc/runns.conf
verdict 0 "good files are installed"
is "$out" "/etc/security/runns.map: OK
/etc/runns.conf: OK" "  and named"
runs "  the module lets the unmapped in" pamtester door dave open_session close_session
is "$(as_user runnsctl check)" "$out" "any user may ask"

mkdir /etc/security/runns.map.d
printf 'dave deny\n' >/etc/security/runns.map.d/10-x.map
printf 'not a rule' >/etc/security/runns.map.d/.hidden.map
printf 'not a rule' >/etc/security/runns.map.d/20-x.map.bak
verdict 0 "with a drop-in"
like "$out" '^/etc/security/runns.map.d/10-x.map: OK' "  which comes first"
rm /etc/security/runns.map.d/10-x.map

chmod 0666 /etc/security/runns.map
agree_bad "a map that everybody may write"
finds '/etc/security/runns.map: will be refused'
chmod 0644 /etc/security/runns.map
chown alice /etc/security/runns.map
agree_bad "a map of a user"
chown root /etc/security/runns.map
chmod 0777 /etc/security
agree_bad "a directory that everybody may write"
chmod 0755 /etc/security
chmod 0777 /etc/security/runns.map.d
agree_bad "a directory of drop-ins that everybody may write"
chmod 0755 /etc/security/runns.map.d
mv /etc/security/runns.map $t/real.map
ln -s $t/real.map /etc/security/runns.map
agree_bad "a link"
rm /etc/security/runns.map
mkfifo /etc/security/runns.map
agree_bad "a FIFO as map"
rm /etc/security/runns.map
for bad in empty nul crlf bom cut escape line; do
	install -m 0644 $bad.map /etc/security/runns.map
	agree_bad "$bad as map"
done
map_write <$t/real.map
verdict 0 "the good map again"
chmod 0600 /etc/runns.conf
verdict 0 "a conf for root alone"
out=$(as_user runnsctl check 2>&1)
is $? 1 "another user cannot check that"
finds '/etc/runns.conf: cannot be read: Permission denied'

done_testing
