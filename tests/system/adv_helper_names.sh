#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# adv_helper_names.sh - an ordinary user against the setuid helper: names,
# handles, maps, files of /etc/netns, a resolv.conf of one's own, races
. "$(dirname "$0")/../helper/lib.sh"
need setfacl python3 flock
helper_host "$@"
map=/etc/security/runns.map
long=$(printf 'n%.0s' {1..60})
map_write <<-END
	alice	work	lab,absent,k-*,$long*,churn
	*	-	-
END
cp $map $out/map

# refused TEXT PATTERN ARGUMENT...: within two seconds, with the cause
refused()
{
	local text=$1 pattern=$2
	shift 2
	said=$(timeout -k 1 2 "$launch" $alice -- "$helper" "$@" -- $cred 2>&1)
	denied $? "$text" "$pattern"
}

# --- E: names -------------------------------------------------------------------

refused "E06: a name that is not allowed" '^runns-helper: forbidden: there is no such network that you may use$' \
	-n forbidden
foreign=${said//forbidden/NAME}
for name in '' . .. a/b /abs ../../proc/1/ns/net /run/netns/work ./work work/ forbidden/../work \
	"$(printf 'x%.0s' {1..64})" "$(printf 'x%.0s' {1..256})" $'work\n' $'\nwork' -work ' ' 'work lab' \
	%s%n%x $'\001' $'\033[2J' $'\377\376' $'w\303\244' WORK Work wor wor\? 'wor*' '*' '%u' host deny + - \
	0 1 $$ self work,lab $'work\tlab' 4294967296; do
	h "-n$name" -- $cred
	status=$?
	if [ -z "$name" ]; then
		# "-n" alone takes the next word.
		denied $status "E01: an empty name" .
		continue
	fi
	is "$status $(printf '%s\n' "$said" | sed -E 's/^(runns-helper: ).*(: there is .*)$/\1NAME\2/')" \
		"125 $foreign" \
		"E01: $(printf %q "${name:0:20}"): refused, in the same words"
	unlike "$said" $'[\001-\037\177]|\302[\200-\237]' "E01: and nothing of it reaches the terminal"
done
h "--name=" -- $cred
is "$? ${said/": there"/NAME: there}" "125 $foreign" "E01: an empty name, in the same words"
if "$inject" -x 2 list /bin/true >/dev/null 2>&1; [ $? -ne 77 ]; then
	# shellcheck disable=SC2086
	is "$("$inject" -x 2 list "$launch" $alice -- "$helper" -n ../../etc/shadow -- $cred 2>/dev/null |
		grep -c -e shadow -e 'run/netns')" 0 "E01: no file is touched for it"
fi
sleep 300 &
pid=$!
ip netns add $pid
[ $pid -gt 9 ]
map_write <<<"alice work $pid,1"
h -n $pid -- $cred
is "$? $(cookie_said)" "42 $(cookie_of $pid)" "E02: a name of digits is a name, though a process has it"
ip netns del $pid
refused "E02: and no process's namespace" 'does not exist' -n $pid
refused "E02: nor that of init" 'does not exist' -n 1
kill $pid
cp $out/map $map

# --- E03: what lies at the name ------------------------------------------------

touch /run/netns/k-empty; chmod 0 /run/netns/k-empty
mkdir /run/netns/k-dir
mkfifo /run/netns/k-fifo
mknod /run/netns/k-null c 1 3
mknod /run/netns/k-block b 7 250
ln -s work /run/netns/k-link
ln -s /proc/1/ns/net /run/netns/k-init
ln -s /nonexistent /run/netns/k-dangling
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("/run/netns/k-socket")'
for kind in mnt user pid uts ipc cgroup time; do
	touch /run/netns/k-$kind
	mount --bind /proc/1/ns/$kind /run/netns/k-$kind 2>/dev/null || :
done
touch /run/netns/k-proc /run/netns/k-file
mount --bind /proc/version /run/netns/k-proc
echo text >/run/netns/k-file
for name in /run/netns/k-*; do
	refused "E03: $(stat -c %F "$name") at ${name##*/}" 'not a network namespace|could be changed|not available' \
		-n "${name##*/}"
done
unshare -Urn sleep 300 &
pid=$!
wait_until 5 netns_differs $pid
touch /run/netns/k-theirs
mount --bind /proc/$pid/ns/net /run/netns/k-theirs
refused "E03: a namespace that a user's namespace owns" 'could be changed' -n k-theirs
kill $pid
# umount(8) follows links.
find /run/netns -name 'k-*' -type l -delete
umount /run/netns/k-* 2>/dev/null
rm -rf /run/netns/k-*

# --- E05: the directory of all names ---------------------------------------------

for how in "chmod 0777" "chmod 1777" "chmod 0775" "chown alice" "setfacl -m u:alice:rwx"; do
	$how /run/netns
	refused "E05: /run/netns after $how" 'could be changed|not available' -n work
	setfacl -b /run/netns; chown root /run/netns; chmod 0755 /run/netns
done
for how in "chmod 0777" "chown alice"; do
	$how /run
	refused "E05: /run after $how" . -n work
	chown root /run; chmod 0755 /run
done
ip netns add "${long}a" && ip netns add "${long}b"
for last in a b; do
	h -n "$long$last" -- $cred
	is "$? $(cookie_said)" "42 $(cookie_of "$long$last")" "E07: names that differ in the last byte: $last"
done
ip netns del "${long}a"; ip netns del "${long}b"
(cd /run/netns && seq -f 'n%.0f' 10000 | xargs touch)
begin=$(date +%s%N)
h -n work -- $cred
is "$? $(cookie_said) $((($(date +%s%N) - begin) / 1000000000))" "42 $work 0" \
	"E08: 10,000 names cost nothing"
(cd /run/netns && seq -f 'n%.0f' 10000 | xargs rm)

# --- E06: time --------------------------------------------------------------------

rounds=${full:+10000}
rounds=${rounds:-800}
$drive time $rounds 5001 "$helper" forbidden absent-2 forbidden/x ../../run/netns/work lab2 >timed
is "$(awk '{ print $2 }' timed | sort -u)" 125 "E06: all of them are refused"
is "$(awk '$4 < 400 || $4 > 600' timed)" '' \
	"E06: the time does not tell a name that exists from any other" "$(cat timed)"
diag "$(cat timed)"

# --- F: the map -------------------------------------------------------------------

# bad_map TEXT: nobody gets anywhere, and nobody is told what is in it
bad_map()
{
	refused "map $1" '^runns-helper: it cannot be told which networks you may use' -n work
	unlike "$said" ' work|runns\.map|[0-9]' "map $1: alice is told nothing of it"
}

good_map()
{
	rm -rf $map /etc/security/runns.map.d
	cp $out/map $map
	h -n work -- $cred
	[ $? -eq 42 ] || bail "the good map does not work again: $said"
}

good_map
chown alice $map; bad_map "F01: alice's"; good_map
chmod 0664 $map; bad_map "F01: writable by a group"; good_map
chmod 0646 $map; bad_map "F01: writable by others"; good_map
setfacl -m u:alice:rw $map; bad_map "F01: writable by an access list"; good_map
for dir in /etc/security /etc; do
	chown bob $dir; bad_map "F01: below $dir of bob's"; chown root $dir
	chmod 0757 $dir; bad_map "F01: below $dir that others may write"; chmod 0755 $dir
done
mkdir /home/alice/security && echo 'alice forbidden *' >/home/alice/security/runns.map
mv /etc/security /etc/security.old; ln -s /home/alice/security /etc/security
bad_map "F01: below a link to alice's directory"
rm /etc/security; mv /etc/security.old /etc/security; good_map
ln -sf /home/alice/security/runns.map $map; bad_map "F02: a link"; good_map
rm $map; mkfifo $map; bad_map "F02: a FIFO"; good_map
rm $map; mkdir $map; bad_map "F02: a directory"; good_map
rm $map; mknod $map c 1 5; bad_map "F02: an endless device"; good_map
rm $map; mkfifo /etc/security/f; mkdir /etc/security/runns.map.d; mv /etc/security/f /etc/security/runns.map.d/a.map
cp $out/map $map; bad_map "F02: a FIFO in runns.map.d"; good_map
truncate -s 2G $map; bad_map "F02: of 2 GiB"; good_map
mount --bind /proc/version $map; bad_map "F02: a file of /proc"; umount $map; good_map
mkdir -m 0777 /etc/security/runns.map.d; bad_map "F01: runns.map.d that others may write"; good_map
for text in '' 'alice work -\n* - -' 'alice work\000 -\n' 'alice work -\r\n' '\357\273\277alice work -\n' 'alice\n' \
	'alice "work -\n' 'alice work - mandatory\n' 'alice ../work -\n' '-1 work -\n' '1e9 work -\n' \
	'5001:4294967296 work -\n' 'alice %%u -\n'; do
	# The format is the map.
	# shellcheck disable=SC2059
	printf "$text" >$map
	bad_map "F03: '${text:0:30}'"
	good_map
done
{ printf 'alice,'; head -c 1100000 /dev/zero | tr '\0' x; echo ' work -'; } >$map
bad_map "F03: a line of 1 MiB"; good_map
rm $map
refused "F03: no map at all: nobody is mapped" 'there is no such network' -n work
good_map

echo 'alice work -' >$out/a; echo 'alice lab -' >$out/b
$drive swap $map $out/a $out/b 4000 300 &
swap=$!
$drive runs 300 5001 $out/none "$helper" -- /usr/local/bin/probe cookie >runs.1 &
other=$!
$drive runs 300 5001 $out/none "$helper" -- /usr/local/bin/probe cookie >runs.2
wait $other; kill $swap 2>/dev/null; wait $swap
is "$(cat runs.? | awk '{ print $1, $4 }' | sort | uniq -c | awk '{ print $2, $3 }' | paste -sd ' ')" \
	"$(printf '%s\n' "0 $work" "0 $lab" | sort | paste -sd ' ')" \
	"F04: replaced all the time: every run sees one whole map"
good_map

# --- F08: /etc/netns/N ----------------------------------------------------------------

# bad_etc TEXT COMMAND: done in /etc/netns/work, undone afterwards
bad_etc()
{
	cp -a /etc/netns/work /etc/netns/work.good
	(cd /etc/netns/work && eval "$2")
	refused "F08: $1" 'not available|/etc/netns' -n work
	rm -rf /etc/netns/work; mv /etc/netns/work.good /etc/netns/work
}
bad_etc "the directory is alice's" 'chown alice .'
bad_etc "others may write to it" 'chmod 0777 .'
bad_etc "a file of alice's" 'cp /dev/null hosts; chown alice hosts'
bad_etc "a file that others may write" 'cp /dev/null hosts; chmod 0666 hosts'
bad_etc "a link to what only root may read" 'ln -s /etc/shadow hosts'
bad_etc "a FIFO" 'mkfifo hosts'
bad_etc "a device" 'mknod hosts c 1 5'
bad_etc "what there is not in /etc" 'touch nothing-like-it'
h -n work -- $cred
is "$? $(cookie_said)" "42 $work" "F08: and all is well again"

# --- a resolv.conf of one's own --------------------------------------------------------

echo 'nameserver 192.0.2.9' >/home/alice/resolv
chown alice /home/alice/resolv
head -c 65537 /dev/zero >big
truncate -s 2G sparse
mkfifo fifo
cp /home/alice/resolv shared; chmod 0666 shared
cp /home/alice/resolv /etc/resolv.roots
mkdir -m 0777 open; cp /home/alice/resolv open/resolv

# own TEXT STATUS-OR-NNP REDIRECTION
own()
{
	said=$(eval "timeout 5 $launch $alice -- $helper -n work -R 5 -- $cred $3" 2>&1)
	local status=$?
	if [ "$2" = refused ]; then
		denied $status "-R: $1: refused"
	else
		is "$status $(printf '%s\n' "$said" | sed -n 's/^no_new_privs=//p') $(printf '%s\n' "$said" |
			grep -c 'resolv=nameserver.040192.0.2.9')" "42 $2 1" "-R: $1: NoNewPrivs $2"
	fi
}
own "hers" 1 '5</home/alice/resolv'
own "root's, in root's directories" 0 '5</etc/resolv.roots'
own "root's, but others may write to it" 1 '5<shared'
own "root's, in a directory of everybody's" 1 '5<open/resolv'
own "a directory" refused '5</etc'
own "a FIFO" refused '5<>fifo'
own "a terminal's sort of thing" refused '5</dev/zero'
own "not open" refused '5<&-'
own "opened for writing only" refused '5>>shared'
own "too large" refused '5<big'
own "far too large" refused '5<sparse'
own "a file of /proc" refused '5</proc/version'
exec 6<open/resolv
rm open/resolv
own "deleted" 1 '5<&6'
exec 6<&-
cp -l /etc/resolv.roots /etc/resolv.link && mv /etc/resolv.link /etc/resolv.moved
own "root's, by another name" 0 '5</etc/resolv.moved'
h -n work -- cat /etc/resolv.conf
is "$said" "nameserver 198.51.100.53" "-R: nobody else ever sees it"
mkdir -p /run/runns/net/work && touch /run/runns/net/work/strict-dns
own "StrictDNS" refused '5</home/alice/resolv'
own "StrictDNS, and root's" refused '5</etc/resolv.roots'
rm -r /run/runns/net/work

# --- races and crowds -------------------------------------------------------------------

count=${full:+10000}
$drive publish churn "${count:-2000}" 2000 >published &
publisher=$!
for i in 1 2; do
	$drive runs 1000000 5001 $out/stop "$helper" -n churn -- /usr/local/bin/probe cookie >churn.$i &
	runners="${runners-} $!"
done
wait $publisher
is "$? $(wc -l <published)" "0 ${count:-2000}" "E04: so many namespaces of one name came and went"
touch stop
# shellcheck disable=SC2086
wait $runners
# A run is well if it was refused, or its namespace had the name at some moment of it.
is "$(awk 'FNR == NR { from[$1] = $2; to[$1] = $3; next }
	$1 == 125 && $4 ~ /^runns-helper:/ { refused++; next }
	$1 == 0 && ($4 in from) && $2 <= to[$4] && $3 >= from[$4] { ran++; next }
	{ print }
	END { print (ran > 20) ? "" : "only " ran + 0 " runs" }' published churn.1 churn.2)" '' \
	"E04: every run was inside a namespace that had the name then, or refused"
diag "$(awk '{ n[$1]++ } END { for (s in n) print "status", s ":", n[s] }' churn.1 churn.2)"

h -n work -- true
mounts=$(cut -d ' ' -f 3- /proc/1/mountinfo | grep -v /run/runns/views)
# shellcheck disable=SC2086
{
	"$launch" $alice swarm=250 -- "$helper" -n work -- $cred -o /dev/null >crowd.1 2>/dev/null &
	one=$!
	"$launch" $alice swarm=125 -- "$helper" -n forbidden -- $cred -o /dev/null >crowd.2 2>/dev/null &
	two=$!
	"$launch" groups=0 gid=5004 uid=5004 swarm=125 -- "$helper" -n work -- $cred -o /dev/null >crowd.3 2>/dev/null
	wait $one $two
}
is "$(cat crowd.1 crowd.2 crowd.3 | paste -sd ' ')" "42:250 125:125 125:125" \
	"C13: 500 at once: each has the right answer"
is "$(cut -d ' ' -f 3- /proc/1/mountinfo | grep -v /run/runns/views)" "$mounts" "C13: no mount is left"

nothing_runs()
{
	! pgrep -u alice >/dev/null
}

# C14: whatever of it alice can open she locks.
mkdir -p /run/runns/lock; chmod 0700 /run/runns/lock; touch /run/runns/lock/handles
as -- /usr/bin/find /run/runns /etc/security /etc/netns /run/netns -type f -readable >readable 2>/dev/null
as -- /usr/bin/find /run/runns /run/netns -readable >>readable 2>/dev/null
unlike "$(cat readable)" /run/runns/lock/ "C14: locks are out of her reach"
while read -r file; do
	as -- "$(command -v flock)" -x "$file" sleep 60 2>/dev/null &
done <readable
sleep 0.3
while umount -l /run/runns/views 2>/dev/null; do :; done
rm -rf /run/runns/views
begin=$(date +%s%N)
h -n work -- $cred
is "$? $(cookie_said) $((($(date +%s%N) - begin) / 2000000000))" "42 $work 0" \
	"C14: and what she can lock delays nobody"
# One that is just being started is found the next time.
alice_ends()
{
	pkill -KILL -u alice
	nothing_runs
}
wait_until 10 alice_ends

# --- C11, C12: cgroups, cores -------------------------------------------------------------

mkdir cg
if mount -t cgroup -o pids x cg 2>/dev/null || mount -t cgroup2 x cg 2>/dev/null; then
	mkdir cg/runns-adv
	[ -e cg/runns-adv/pids.max ] || echo +pids >cg/cgroup.subtree_control
	if echo 1 >cg/runns-adv/pids.max; then
		while umount -l /run/runns/views 2>/dev/null; do :; done
		rm -rf /run/runns/views
		for i in 1 2; do
			# shellcheck disable=SC2086
			sound "C11: a cgroup of one process, try $i" cgroup=$out/cg/runns-adv $alice
		done
	fi
	rmdir cg/runns-adv
	umount cg
else
	skip "C11: a cgroup of one process" "no cgroup can be made here"
fi
if mount -t cgroup -o memory x cg 2>/dev/null; then
	mkdir cg/runns-adv
	for size in 2M 1M 600K 300K; do
		echo $size >cg/runns-adv/memory.limit_in_bytes 2>/dev/null || continue
		# shellcheck disable=SC2086
		"$launch" cgroup=$out/cg/runns-adv $alice -- "$helper" -n work -- $cred -o $out/f >/dev/null 2>err
		case $? in
		42) is "$(value cookie f)" "$work" "C11: $size of memory: runs, inside" ;;
		*) pass "C11: $size of memory: not run" ;;
		esac
	done
	rmdir cg/runns-adv
	umount cg
fi
h -n work -- $cred
is "$? $(cookie_said)" "42 $work" "C11: afterwards all is well"
rm -f core*
calls=$("$inject" -x 2 list "$launch" limit=4:max $alice -- "$helper" -n work -- true 2>/dev/null | grep -c ^call)
for k in $(seq 5 40 "$calls"); do
	# shellcheck disable=SC2086
	"$inject" -x 2 $k SEGV "$launch" limit=4:max cd=$out $alice -- "$helper" -n work -- true >/dev/null 2>&1
	[ $? -eq 139 ] || fail "C12: a fault of memory at call $k ends it"
done
is "$(find . -maxdepth 1 -name "*core*")" "" "C12: and no core is left, whatever the limit"

# --- P01: what is printed -------------------------------------------------------------------

log_mark
for name in $'\033]0;x\007' $'\302\233x' $'a\342\200\256b' $'\377' $'two\nlines'; do
	h -n work -- "$name"
	is $? 127 "P01: a program called $(printf %q "$name")"
	unlike "$said" $'[\001-\010\013-\037\177]|\302\233|\342\200\256|\377' "P01: is shown harmlessly"
	is "$(printf '%s\n' "$said" | wc -l)" 1 "P01: on one line"
	h -n "$name" -- true
	is "$? $(printf '%s\n' "$said" | wc -l)" "125 1" "P01: as a network too"
done
is "$(log_since . | grep -acP '[\x00-\x08\x0b-\x1f\x7f]|\xc2\x9b|\xff')" 0 "P01: nor does the log get any of it"

# --- E05 again: what cannot be undone ----------------------------------------------------------

mount --make-private /run/netns
h -n work -- $cred
is "$? $(cookie_said)" "42 $work" "E05: one without propagation is as good"
mount -t tmpfs -o mode=1777 x /run/netns
refused "E05: one that all may write" 'could be changed' -n work
umount /run/netns
mount -t tmpfs -o mode=0755 x /run/netns
refused "E05: an empty /run/netns" 'does not exist' -n work
runs "nothing of alice's is left running" wait_until 10 nothing_runs
done_testing
