#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# names_leak.sh - every way to look a name up, from a session and from a
# program that was started inside, while resolvers run on the host and while
# the host replaces its files: the logs of the servers tell who was asked
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
need dig host nscd musl-gcc
host_start "$@"

hosts_log=$host_dir/dns-host.log
own_log=$host_dir/dns-work.log
decoy=$host_dir/dns-decoy.log
touched=$host_dir/touched
lookup=/usr/local/bin/lookup-musl
musl-gcc -static -o $lookup "$tests/lookup.c" || bail "musl-gcc"

# --- the host's resolvers ------------------------------------------------------

# A server on all of its addresses, 127.0.0.53 too; the real nscd; and in place
# of resolved and avahi who notes each connection to its sockets.
resolvers_start()
{
	: >$decoy
	chmod 0666 $decoy
	dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv \
		--no-hosts --user=root --pid-file= --log-queries \
		--log-facility=$decoy --local-ttl=600 --host-record=which.test,192.0.2.99 \
		--local=/test/ >$decoy.err 2>&1 &
	mkdir -p /run/nscd /run/systemd/resolve /run/avahi-daemon
	nscd -F >$host_dir/nscd.log 2>&1 &
	: >$touched
	chmod 0666 $touched
	python3 -c '
import os, select, socket, sys
socks = []
for path in sys.argv[2:]:
    s = socket.socket(socket.AF_UNIX)
    s.bind(path)
    os.chmod(path, 0o666)
    s.listen(9)
    socks.append(s)
while True:
    for s in select.select(socks, [], [])[0]:
        s.accept()[0].close()
        open(sys.argv[1], "a").write(s.getsockname() + "\n")' \
		$touched /run/systemd/resolve/io.systemd.Resolve \
		/run/systemd/resolve/io.systemd.Resolve.Monitor \
		/run/avahi-daemon/socket &
	wait_until 10 test -S /run/nscd/socket &&
		wait_until 10 test -S /run/avahi-daemon/socket &&
		wait_until 10 grep -q started $decoy
}

# asked: how often anybody but the network's server was asked
asked()
{
	cat $hosts_log $decoy $touched | grep -cE 'query|Resolve|avahi'
}

# Does the host's nscd answer without asking anybody?
remembered()
{
	local before
	before=$(asked)
	getent ahostsv4 which.test
	[ "$(asked)" = "$before" ]
}

# --- ways ------------------------------------------------------------------------

session()
{
	su alice -c "$1"
}

helper()
{
	setpriv --reuid 5001 --regid 5001 --clear-groups \
		--reset-env runnsctl run -n own -- sh -c "cd /; $1"
}

one='sed -n "s/.*\\(192\\.0\\.2\\.[0-9]*\\).*/\\1/p" | head -n 1'
ways=(
	"getent ahostsv4 which.test | $one"
	"getent hosts -s dns which.test; getent ahostsv4 which.test | $one"
	"python3 -c 'import socket; print(socket.gethostbyname(\"which.test\"))'"
	"$lookup which.test"
	"dig +short which.test"
	"dig +short +tcp which.test"
	"host -t A which.test | $one"
	"dig +short @203.0.113.1 which.test"
	"dig +short +tcp @203.0.113.1 which.test"
	"dig +short @203.0.113.2 which.test"
	"dig +short @192.0.2.8 which.test"
	"dig +short +tcp @192.0.2.8 which.test"
	"RES_OPTIONS=use-vc getent ahostsv4 which.test | $one"
	"LOCALDOMAIN=test getent ahostsv4 which | $one"
)
refusals=(
	"dig +short +tries=1 @127.0.0.53 which.test"
	"dig +short +tries=1 +tcp @127.0.0.53 which.test"
	"dig +short +tries=1 @127.0.0.1 which.test"
	"dig +short +tries=1 @::1 which.test"
	"dig +short +tries=1 +tcp @::1 which.test"
	"dig +short +tries=1 @2001:db8:100::53 which.test"
)
sockets=(
	/run/nscd/socket
	/var/run/nscd/socket
	/run/systemd/resolve/io.systemd.Resolve
	/run/systemd/resolve/io.systemd.Resolve.Monitor
	/run/avahi-daemon/socket
)

# matrix TEXT: by each way, from each side of the door
matrix()
{
	local how way path before
	before=$(asked)
	for how in session helper; do
		for way in "${ways[@]}"; do
			is "$($how "$way" 2>&1 | tail -n 1)" 192.0.2.53 \
				"$1, $how: ${way%% |*}"
		done
		for way in "${refusals[@]}"; do
			unlike "$($how "$way" 2>&1)" '^192' "$1, $how: $way"
		done
		for path in "${sockets[@]}"; do
			like "$($how "python3 -c '
import socket
s = socket.socket(socket.AF_UNIX)
try:
    s.connect(\"$path\")
    print(\"connected\")
except OSError as e:
    print(e.strerror)'" 2>&1)" 'No such file' "$1, $how: $path"
		done
	done
	is "$(asked)" "$before" "$1: nobody else was asked"
}

# --- the test --------------------------------------------------------------------

map_write <<-END
	alice	own	-
END
conf_write <<-END
	[own]
	DNS = 198.51.100.53
END
echo 'nameserver 203.0.113.2' >/etc/resolv.conf
resolvers_start || bail "no resolvers: $(cat $host_dir/nscd.log $decoy.err)"
is "$(getent ahostsv4 which.test | awk 'NR == 1 { print $1 }')" 192.0.2.99 \
	"(the host knows the name)"
runs "(and its nscd remembers it)" wait_until 10 remembered
runs "up" runnsctl up own
matrix "at first"
isnt "$(grep -c 'query' $own_log)" 0 "(the network's server was)"

# --- while the host replaces its files -------------------------------------------

# In the session; stdin and stdout of a shell that stays in it.
session_open()
{
	mkfifo $host_dir/in $host_dir/out
	su alice -c 'exec sh' <$host_dir/in >$host_dir/out 2>&1 &
	session_pid=$!
	exec 7>$host_dir/in 8<$host_dir/out
}

# ask_session COMMAND: its output, of one line
ask_session()
{
	local answer
	echo "echo \"\$({ $1; } 2>/dev/null | tail -n 1)\"" >&7
	read -r -t 20 -u 8 answer
	echo "$answer"
}

covers()
{
	runnsctl status --json own | python3 -c '
import json, sys
print(*sorted(json.load(sys.stdin)[0]["lost_covers"]))'
}

# lost TEXT ADDRESS FILE...: until FILE is covered again ADDRESS is what is
# found, if anything, and by nobody else; status and audit tell, refresh mends
lost()
{
	local text=$1 before file
	before=$(asked)
	is "$(ask_session "getent ahostsv4 which.test | $one")" "$2" \
		"$text: libc finds ${2:-nothing}"
	is "$(ask_session "$lookup which.test | $one")" "$2" "$text: musl too"
	is "$(ask_session "dig +short which.test | $one")" "$2" \
		"$text: dig too"
	shift 2
	is "$(asked)" "$before" "$text: nobody else was asked"
	is "$(covers)" "$*" "$text: status names it"
	for file; do
		like "$(runnsctl status own 2>&1)" "sees the host's $file" \
			"$text: for people too"
		like "$(runnsctl audit alice)" "sees the host's $file" \
			"$text: audit as well"
	done
	runs "$text: refresh" runnsctl refresh
	is "$(covers)" "" "$text: covers it again"
	unlike "$(runnsctl audit alice)" 'covers' "$text: and audit is content"
	is "$(ask_session 'grep -v "^#" /etc/resolv.conf')" \
		'nameserver 198.51.100.53' "$text: in the session that runs"
}

session_open
is "$(ask_session 'echo ready')" ready "a session"
echo 'nameserver 203.0.113.1' >/etc/resolv.new
mv /etc/resolv.new /etc/resolv.conf
is "$(ask_session 'cat /etc/resolv.conf')" 'nameserver 203.0.113.1' \
	"(the cover of a file that is replaced is lost)"
lost "replaced" 192.0.2.53 /etc/resolv.conf
echo 'nameserver 127.0.0.53' >/run/systemd/resolve/stub-resolv.conf
ln -sf ../run/systemd/resolve/stub-resolv.conf /etc/resolv.new
mv /etc/resolv.new /etc/resolv.conf
lost "a link now" "" /etc/resolv.conf
ln -sf /nowhere/resolv.conf /etc/resolv.new
mv /etc/resolv.new /etc/resolv.conf
lost "a dangling link" "" /etc/resolv.conf
sed 's/^hosts:.*/hosts: resolve files dns/' /etc/nsswitch.conf >/etc/nsswitch.new
mv /etc/nsswitch.new /etc/nsswitch.conf
lost "nsswitch.conf" 192.0.2.53 /etc/nsswitch.conf
rm /etc/resolv.conf
is "$(covers)" /etc/resolv.conf "removed: status names it"
before=$(asked)
is "$(ask_session "dig +short @203.0.113.1 which.test")" 192.0.2.53 \
	"removed: look-ups go right"
is "$(asked)" "$before" "removed: nobody else was asked"
refuses "removed: there is nothing to cover, which refresh says" \
	runnsctl refresh
echo 'nameserver 203.0.113.1' >/etc/resolv.conf
lost "there again" 192.0.2.53 /etc/resolv.conf
exec 7>&- 8<&-
wait $session_pid
matrix "afterwards"

# --- other files of the administrator's -------------------------------------------

mkdir -p /etc/netns/own/myconf
echo '192.0.2.77 pinned.test' >/etc/netns/own/hosts
printf 'passwd: files\ngroup: files\nhosts: dns\n' >/etc/netns/own/nsswitch.conf
echo special >/etc/netns/own/myconf/file
mkdir -p /etc/myconf
echo host >/etc/myconf/file
is "$(session 'getent ahostsv4 pinned.test' | tail -n 1)" '' \
	"nsswitch.conf of /etc/netns/NAME counts before ours"
rm /etc/netns/own/nsswitch.conf
for how in session helper; do
	is "$($how "getent hosts pinned.test")" '192.0.2.77      pinned.test' \
		"$how: hosts of /etc/netns/NAME"
	is "$($how 'cat /etc/myconf/file')" special "$how: a directory of it"
done
done_testing
