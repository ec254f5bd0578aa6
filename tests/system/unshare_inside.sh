#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# unshare_inside.sh - runnsctl unshare: processes, ids, files and hooks inside
. "$(dirname "$0")/lib.sh"
need setpriv python3 newuidmap newgidmap
host_start "$@"
. "$tests/../unshare/lib.sh"

# --- processes ----------------------------------------------------------------------

# shellcheck disable=SC2016
{
	is "$(un --pid sh -c 'echo $$ $PPID')" "2 1" "the first is an init"
	is "$(un --pid sh -c 'set -- /proc/[0-9]*; echo $#')" 2 \
		"its /proc shows its own processes"
	ends 7 "the program's status" --pid sh -c 'exit 7'
	ends 143 "a signal" --pid sh -c 'kill -TERM $$'
	ends 127 "not found" --pid nothing-of-that-name
	is "$(un --pid sh -c 'sh -c "sleep 0.1 & exec true"; sleep 0.5;
		grep -l "^State:.Z" /proc/[0-9]*/status | wc -l')" 0 \
		"it reaps what loses its parent"
}
un --pid sh -c 'trap "echo got; exit 3" TERM; echo ready; while :; do sleep 0.1; done' \
	>$out/trap &
pid=$!
wait_until 10 grep -q ready $out/trap
kill -TERM $(pgrep -f -o 'runnsctl unshare --pid')
wait $pid
is "$?/$(tail -n 1 $out/trap)" 3/got "signals reach the program"
un --pid sh -c 'sleep 1001 & exec sleep 1002' &
pid=$!
wait_until 10 pgrep -f 'sleep 1001' >/dev/null
kill -KILL $(pgrep -f -o 'runnsctl unshare --pid')
wait $pid 2>/dev/null
wait_until 10 sh -c '! pgrep -f "sleep 100[12]"'
ok $? "killed, it takes all of it along"
un --pid sh -c 'sleep 1003 >/dev/null 2>&1 & true'
wait_until 10 sh -c '! pgrep -f "[s]leep 1003"'
ok $? "what is left goes with the program"
is "$(as alice python3 "$tests/peer.py" pty -- runnsctl unshare --pid \
	sh -c 'test -t 0 && ps -o stat= -p 2' | tr -d '\r ')" "S+" \
	"it has the terminal"

state=/home/alice/.local/state/runns/work
mkfifo -m 0666 $out/first
un --name work --pid sh -c 'readlink /proc/self/ns/pid >'$out'/first.ns; read x' \
	<>$out/first &
wait_until 10 test -s $out/first.ns
is "$(un --name work readlink /proc/self/ns/pid)" "$(cat $out/first.ns)" \
	"who joins is in the same processes"
ends 9 "with its own status" --name work sh -c 'exit 9'
un --name work sh -c 'sleep 1004 >/dev/null 2>&1 & echo $! >'$out/bg
echo >$out/first
wait %?first 2>/dev/null
is "$(un --name work readlink /proc/self/ns/pid)" "$(cat $out/first.ns)" \
	"the init stays for the others"
un --name work kill "$(cat $out/bg)"
wait_until 10 test ! -e $state
ok $? "and goes with the last"
wait_until 10 sh -c '! pgrep -u alice runnsctl'
ok $? "nothing is left"
is "$(un --time --monotonic 100000 --boottime 200000 sh -c \
	'cut -d . -f 1 /proc/uptime')" "$(($(cut -d . -f 1 /proc/uptime) + 200000))" \
	"clocks of its own"
is "$(un --cgroup cat /proc/self/cgroup | grep -vc ':/$')" 0 \
	"its control group is the root"

# --- ids ----------------------------------------------------------------------------

subids()
{
	printf '%s\n' "$1" >/etc/subuid
	printf '%s\n' "${2-$1}" >/etc/subgid
}

# map WORD...: the map of ids, as lines of three numbers
map()
{
	un "$@" -- cat /proc/self/uid_map 2>$out/err | awk '{ print $1, $2, $3 }' |
		paste -sd ,
}

is "$(map --map-user 7:8)" "7 5001 1" "another user inside"
is "$(un --map-user 7:8 id -g)" 8 "and group"
subids alice:100000:65536
is "$(map --map-auto --map-root)" "0 5001 1,1 100000 65536" "subordinate ids"
is "$(map --map-auto)" "5001 5001 1,0 100000 5001,5002 105001 60535" \
	"around the own one"
is "$(un --map-auto --map-root cat /proc/self/setgroups)" allow \
	"setgroups as /etc/subgid has it"
is "$(un --map-auto --map-root setpriv --reuid 1 --regid 1 --clear-groups \
	id -u)" 1 "other users can be"
subids 5001:100000:10
is "$(map --map-auto --map-root)" "0 5001 1,1 100000 10" "by uid"
subids "bob:1:10
alice:200000:100
nonsense
alice:100000:50"
is "$(map --map-auto --map-root)" "0 5001 1,1 100000 50,51 200000 100" "two ranges"
subids "alice:100000:100
alice:100050:100"
is "$(map --map-auto --map-root)" "0 5001 1,1 100000 150" "ranges that overlap"
subids "alice:x:y
alice:100000:100"
is "$(map --map-auto --map-root)" "0 5001 1,1 100000 100" "a line that is broken"
like "$(cat $out/err)" "/etc/subuid:1: left out" "is named"
for broken in alice: alice:1 alice:1:0 alice:0:4294967296 alice:4294967290:10 \
	"alice:1:1:1" "alice:-1:5" "alicex:100000:5" "" "alice 1 5"; do
	subids "$broken"
	ends 125 "no range: '$broken'" --map-auto true
	like "$(cat $out/said)" "no ids for alice.*usermod" "and what to do"
done
subids alice:100000:65536
is "$(un cat /proc/self/uid_map | xargs)" "5001 5001 1" "only when asked for"
mkdir $out/bin
for program in newuidmap newgidmap; do
	chmod u-s "$(command -v $program)"
	ends 125 "$program without rights" --map-auto true
	like "$(cat $out/said)" "$program.*set-user-ID" "is named"
	setcap cap_set${program:3:3}+ep "$(command -v $program)" 2>$out/setcap &&
		is "$(map --map-auto --map-root)" "0 5001 1,1 100000 65536" \
			"$program with capabilities"
	mv "$(command -v $program)" $out/bin/
	hash -r
	ends 125 "$program absent" --map-auto true
	like "$(cat $out/said)" "$program is not there.*uidmap" "is named"
	install -m 4755 $out/bin/$program /usr/bin/$program
done
is "$(map --map-auto --map-root)" "0 5001 1,1 100000 65536" "and they are back"

# --- files --------------------------------------------------------------------------

install -d -o alice /home/alice/{a,b,root,root/{proc,sys,dev,tmp}}
echo one >/home/alice/a/file
chown alice /home/alice/a/file
is "$(un --bind /home/alice/a:/home/alice/b cat /home/alice/b/file)" one "bind"
is "$(un --bind a:/home/alice/b:ro sh -c 'echo x >b/file; cat b/file' 2>$out/err)" one \
	"bind, read-only"
like "$(cat $out/err)" "Read-only file system" "says so"
is "$(un --bind a/file:/etc/hostname cat /etc/hostname)" one "bind of a file"
is "$(un --tmpfs /home/alice/a sh -c 'ls -A a; touch a/x; ls a')" x "tmpfs"
is "$(ls /home/alice/a)" file "stays inside"
is "$(un --copy-up /etc --map-root sh -c 'rm /etc/passwd; echo new >/etc/new
	cat /etc/new; ls /etc/passwd' 2>/dev/null)" new "copy-up: a writable /etc"
ok "$(test -s /etc/passwd -a ! -e /etc/new; echo $?)" "the host's is as it was"
mkdir -p /usr/local/room/below && mount -t tmpfs below /usr/local/room/below
echo below >/usr/local/room/below/file
is "$(un --copy-up /usr/local/room sh -c 'cat /usr/local/room/below/file
	ln -s x /usr/local/room/new; ls /usr/local/room')" "below
below
new" "copy-up of a directory with mounts below: links"
umount /usr/local/room/below
mount --bind /etc/hostname /etc/hosts
is "$(un --name etc sh -c 'cat /etc/hosts /etc/resolv.conf; id -un')" "host
alice" "/etc with a mount below, as in containers"
umount /etc/hosts
is "$(un --copy-up /etc head -n 1 /etc/passwd)" "$(head -n 1 /etc/passwd)" \
	"with the host's files"
for words in "--bind a" "--bind :/x" "--bind a:b" "--bind a:/b:rw" "--tmpfs x" \
	"--bind /nothing:/home/alice/b" "--root /nothing" "--copy-up /nothing" \
	"--map-user x" "--map-user 4294967295" "--map-root --map-user 1" \
	"--monotonic x"; do
	# shellcheck disable=SC2086
	ends 125 "wrong: $words" $words true
done

un --fill root sh cat ls id readlink mount 2>$out/err
ok $? "a root directory is filled" "$(cat $out/err)"
is "$(un --root root sh -c 'ls -d /home /proc/self /sys/class/net/lo 2>&1; pwd')" \
	"ls: cannot access '/home': No such file or directory
/proc/self
/sys/class/net/lo
/" "it is the root"
is "$(un --root root --bind a:/data/in cat /data/in/file)" one "with a bind"
is "$(un --root root --pid sh -c 'readlink /proc/self')" "$(un --pid sh -c 'readlink /proc/self')" \
	"and processes of its own"
is "$(un --root root --name r sh -c 'readlink /proc/self/ns/net' | cut -c 1-4)" \
	"net:" "and a name"
is "$(un --root root cat /proc/1/root/etc/passwd 2>/dev/null)" "" \
	"the host's files are not to be reached by it"

# --- hooks --------------------------------------------------------------------------

rm -f $out/log
log="echo \$RUNNS_STATUS \$(readlink /proc/self/ns/net) >>$out/log"
host_ns=$(readlink /proc/self/ns/net)
ends 5 "with hooks" --pre "echo pre >>$out/log" --exec "echo one >>$out/log" \
	--exec "echo two >>$out/log" --post "$log" sh -c 'exit 5'
is "$(paste -sd ' ' $out/log)" "pre one two 5 $host_ns" "in their order"
rm $out/log
ends 3 "an --exec that fails" --exec 'exit 3' --exec "touch $out/ran" --post "$log" \
	touch $out/ran
ok "$(test ! -e $out/ran; echo $?)" "is the last"
is "$(cat $out/log)" "3 $host_ns" "--post runs"
rm $out/log
ends 125 "a --pre that fails" --pre false --post "$log" touch $out/ran
ok "$(test ! -e $out/ran; echo $?)" "nothing runs"
is "$(cat $out/log)" "125 $host_ns" "but --post"
is "$(un --exec 'echo a' --exec 'echo b')" "a
b" "only --exec"
rm $out/log
as alice python3 "$tests/peer.py" pty ready=$'\x03' -- runnsctl unshare \
	--post "$log" sh -c 'echo ready; sleep 60' >/dev/null
is "$(cat $out/log)" "130 $host_ns" "--post runs after Ctrl-C"
rm $out/log
un --post "$log" sh -c 'echo >'$out'/up; exec sleep 60' &
pid=$!
wait_until 10 test -s $out/up
kill -TERM $(pgrep -f -o 'runnsctl unshare --post')
wait $pid
is "$?/$(cat $out/log)" "143/143 $host_ns" "and after TERM"
rm $out/up
un --post "$log" sh -c 'echo >'$out'/up; exec sleep 1004' &
pid=$!
wait_until 10 test -s $out/up
kill -KILL $(pgrep -f -o 'runnsctl unshare --post')
wait $pid 2>/dev/null
wait_until 10 sh -c '! pgrep -f "sleep 100[4]"'
ok $? "killed, it takes the program along"

done_testing
