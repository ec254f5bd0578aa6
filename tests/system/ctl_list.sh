#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctl_list.sh - runnsctl list: whose processes are shown to whom, under which
# name, and that nothing else can be learned from it
. "$(dirname "$0")/lib.sh"
need python3 setpriv
host_start "$@"

t=$host_dir/t
mkdir $t
chmod 1777 $t
cd $t || bail "no directory"

as()
{
	local uid=$1
	shift
	setpriv --reuid "$uid" --regid "$uid" --clear-groups -- "$@"
}

# spot UID COMMAND...: a process of that user; its pid is in $pid
spot()
{
	local uid=$1
	shift
	as "$uid" "$@" &
	pid=$!
	wait_until 10 runs_as "$uid" "$pid"
}

runs_as()
{
	grep -q "^Uid:[[:space:]]*$1[[:space:]]" "/proc/$2/status" &&
		[ "$(cat "/proc/$2/comm")" != setpriv ]
}

# field PYTHON: what an expression over the rows of JSON in $out gives
field()
{
	printf '%s' "$out" | python3 -c '
import json, sys
rows = json.load(sys.stdin)
print(eval(sys.argv[1], {"rows": rows}))' "$1"
}

list()
{
	out=$(timeout 20 runnsctl list "$@" 2>err)
	status=$?
}

# list_as UID ARGUMENT...
list_as()
{
	local uid=$1
	shift
	out=$(timeout 20 setpriv --reuid "$uid" --regid "$uid" --clear-groups \
		-- runnsctl list "$@" 2>err)
	status=$?
}

# --- nothing ----------------------------------------------------------------------

kill "$inet_pid" && wait "$inet_pid" 2>/dev/null
list
is "$status" 0 "root, nobody in a namespace: exit 0"
like "$out" '^\(private\)' "  but for the internet of this test, which has no name"
pkill -f peer.py
pkill dnsmasq
wait_until 10 test -z "$(runnsctl list)"
list
is "$status $out" "0 " "root, nobody in a namespace: nothing, exit 0"
list --json
is "$(field 'rows')" "[]" "  and an empty array of JSON"
list_as 5001 --json
is "$status $(field 'rows')" "0 []" "  so for a user"

# --- root -----------------------------------------------------------------------

for name in work lab; do
	ip netns add $name
done
cat >/etc/security/runns.map <<-END
	alice work lab
	bob lab -
END
chmod 0644 /etc/security/runns.map
nsenter --net=/run/netns/work setpriv --reuid 5001 --regid 5001 \
	--clear-groups sleep 1000 &
alice=$!
nsenter --net=/run/netns/lab setpriv --reuid 5002 --regid 5002 \
	--clear-groups sleep 1001 &
bob=$!
unshare -n sleep 1002 &
private=$!
spot 5001 sleep 1003
outside=$pid
wait_until 10 runs_as 5001 $alice
wait_until 10 runs_as 5002 $bob
wait_until 10 netns_differs $private

list
is "$status" 0 "root: exit 0"
is "$(printf '%s\n' "$out" | awk '{ print $1, $2, $3, $4 }')" \
	"NAMESPACE PID USER COMMAND
lab $bob bob sleep
work $alice alice sleep
(private) $private root sleep" "  everybody's processes, by name, and those without a name"
list work
is "$(printf '%s\n' "$out" | awk 'NR > 1 { print $2 }')" "$alice" \
	"root, NAME: those in it"
list absent
is "$status $out" "1 " "root, a name that is not there: exit 1"
like "$(cat err)" 'absent: there is no network namespace of that name' "  it says so"
list --json
is "$(field '[(r["namespace"], r["kind"], r["pid"], r["uid"], r["user"], r["command"]) for r in rows]')" \
	"[('lab', 'named', $bob, 5002, 'bob', 'sleep'), ('work', 'named', $alice, 5001, 'alice', 'sleep'), (None, 'private', $private, 0, 'root', 'sleep')]" \
	"root, JSON: the same"
is "$(field 'rows[0]["inode"]')" "$(stat -Lc %i /run/netns/lab)" \
	"  and the number of the namespace"
ln -s work /run/netns/link
touch /run/netns/plain
list link
is "$status" 1 "a link is not the name of a namespace"
list plain
is "$status" 1 "nor is a file"
rm /run/netns/link /run/netns/plain
touch /run/netns/alias
mount --bind /run/netns/work /run/netns/alias
list
like "$out" "^alias +$alice alice" "a second name: the first by alphabet is shown"
list work
like "$out" "^work +$alice alice" "  or the one asked for"
umount /run/netns/alias
rm /run/netns/alias

# --- threads and processes that may not be traced ---------------------------------

python3 - 3>ready <<-'END' &
	import ctypes, os, threading, time
	libc = ctypes.CDLL(None)
	def go():
	    fd = os.open("/run/netns/lab", os.O_RDONLY)
	    libc.setns(fd, 0)
	    os.write(3, b"x")
	    time.sleep(1000)
	threading.Thread(target=go).start()
	time.sleep(1000)
END
threaded=$!
wait_until 10 test -s ready
list lab
like "$out" "^lab +$threaded root" "a process of which one thread is inside is shown"
kill $threaded
wait $threaded 2>/dev/null

# hidden DIRECTORY: a process of alice's there that may not be traced
cat >hidden.py <<-'END'
	import ctypes, sys, time
	ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
	open(sys.argv[1], "w").write("x")
	time.sleep(1000)
END
nsenter --net=/run/netns/work setpriv --reuid 5001 --regid 5001 \
	--clear-groups python3 hidden.py hidden1 &
hidden=$!
wait_until 10 test -s hidden1
list work
like "$out" "^work +$hidden alice" "root: whose process it is, also if it may not be traced"

# --- users -----------------------------------------------------------------------

list_as 5001
is "$status" 0 "a user on the host: exit 0"
is "$(printf '%s\n' "$out" | awk 'NR > 1 { print $1, $2, $3 }')" \
	"$(printf '%s\n' "work $alice alice" "work $hidden alice" | sort -k 2n)" \
	"  his own processes, also one that may not be traced; none on the host"
list_as 5001 work
is "$(printf '%s\n' "$out" | awk 'NR > 1 { print $2 }' | sort -n | paste -sd ' ')" \
	"$(printf '%s\n' $alice $hidden | sort -n | paste -sd ' ')" \
	"a user, NAME: those in it"
kill $alice
wait $alice 2>/dev/null
list_as 5001
like "$out" "^\(unknown\) +$hidden alice" \
	"where nothing tells the name of the network of his process: it says so"
kill $hidden
wait $hidden 2>/dev/null

for name in absent lab; do
	list_as 5001 $name
	printf '%s\n' "$status" "$out" "$(cat err)" >answer-$name
done
is "$(cat answer-lab)" "$(cat answer-absent)" \
	"a user: the same answer for a foreign and an absent name"
like "$(head -n 1 answer-lab)" '^0$' "  exit 0"
list_as 5003
is "$status $out" "0 " "a user without processes: nothing, exit 0"
list_as 5002
like "$out" "^lab +$bob bob" "another user sees his"
unlike "$out" alice "  and no other's"

# --- inside a session ---------------------------------------------------------------

# inside ARGUMENT...: list in a session of alice's
inside()
{
	# shellcheck disable=SC2016
	out=$(runuser -u alice -- sh -c 'sleep 1004 >/dev/null 2>&1 &
		until grep -qx sleep /proc/$!/comm; do :; done
		exec runnsctl list "$@"' sh "$@" 2>err </dev/null)
	status=$?
	pkill -f 'sleep 1004'
}

inside
is "$status" 0 "inside a session: exit 0"
like "$out" '^\(current\) +[0-9]+ alice +sleep' "  names are hidden there"
unlike "$out" "(^|[^0-9])$outside " "  what is on the host is not shown"
like "$(cat err)" 'no name of a namespace can be seen from here' "  it says so"
for name in absent work lab; do
	inside $name
	printf '%s\n' "$status" "$out" "$(cat err)" >answer-$name
done
is "$(cat answer-work)" "$(cat answer-absent)" "inside: no name tells more than another"
is "$(cat answer-lab)" "$(cat answer-absent)" "  nor a foreign one"
inside --json
is "$(field '{(r["namespace"], r["kind"], r["user"]) for r in rows}')" \
	"{(None, 'current', 'alice')}" "inside, JSON"
is "$(as 5001 unshare -Ur runnsctl list --json lab 2>/dev/null)" "[]" \
	"root of a user namespace is the user that he is"

# --- words, names, terminals ----------------------------------------------------------

for words in 'work lab' '../work' 'host' '-x' '--json=1'; do
	# shellcheck disable=SC2086
	list $words
	is "$status" 2 "wrong words: $words"
done
runs "help" runnsctl help list
like "$(runnsctl __commands)" '^list	' "it is known to completion"

evil=$(printf 'e\033[31m\302\205\342\200\256\377\nv')
cp /bin/sleep "$t/$evil"
nsenter --net=/run/netns/work setpriv --reuid 5001 --regid 5001 \
	--clear-groups "./$evil" 1000 &
pid=$!
wait_until 10 runs_as 5001 $pid
for locale in C C.UTF-8 de_DE.ISO-8859-1 nonsense; do
	out=$(LC_ALL=$locale LANG=$locale COLUMNS=20 runnsctl list work)
	is $? 0 "locale $locale"
	is "$(printf '%s\n' "$out" | wc -l)" 2 "  a newline in a name makes no line"
	is "$(printf '%s' "$out" | LC_ALL=C tr -d '\n -~' | wc -c)" 0 \
		"  and nothing else reaches the terminal"
done
list --json
like "$(field '[r["command"] for r in rows if r["uid"] == 5001]')" \
	'\\x1b\[31m' "JSON has the name, escaped"
is "$(printf '%s' "$out" | LC_ALL=C tr -d '\n -~' | LC_ALL=C grep -c '[[:cntrl:]]')" 0 \
	"  without control characters"

for command in 'list' 'list --json' 'check' 'explain alice' 'help'; do
	# shellcheck disable=SC2086
	runnsctl $command >&- 2>err
	is $? 1 "$command: standard output closed"
	like "$(cat err)" 'standard output: ' "  it says so"
	# shellcheck disable=SC2086
	runnsctl $command >/dev/full 2>/dev/null
	is $? 1 "$command: standard output full"
	# shellcheck disable=SC2086
	(trap '' PIPE; runnsctl $command 2>/dev/null; echo $? >piped) | :
	like "$(cat piped)" '^(0|1)$' "$command: nobody reads, SIGPIPE ignored"
done
out=$(python3 - <<-'END'
	import os, pty, struct, fcntl, termios
	pid, fd = pty.fork()
	if pid == 0:
	    os.execvp("runnsctl", ["runnsctl", "list"])
	fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 5, 20, 0, 0))
	while True:
	    try:
	        if not os.read(fd, 4096): break
	    except OSError: break
	print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
)
is "$out" 0 "a terminal of 20 columns"

done_testing
