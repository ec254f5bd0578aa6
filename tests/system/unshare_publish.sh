#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# unshare_publish.sh - ports of the host that lead into namespaces of a user's own
. "$(dirname "$0")/lib.sh"
need setpriv python3 ss
host_start "$@"
. "$tests/../unshare/lib.sh"

publish()
{
	as alice runnsctl publish "$@"
}

# A server that says where it is and, by UDP, sends back what comes.
cat >$out/serve.py <<-'END'
	import os, socket, sys, threading
	net = os.readlink("/proc/self/ns/net").encode()
	t = socket.socket(); t.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
	t.bind(("0.0.0.0", 80 if os.getuid() == 0 else 8080)); t.listen()
	u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(("127.0.0.1", 9090))
	def echo():
	    while True:
	        data, peer = u.recvfrom(2000); u.sendto(data, peer)
	threading.Thread(target=echo, daemon=True).start()
	open(sys.argv[1], "wb").write(net)
	while True:
	    c, _ = t.accept(); c.sendall(net); c.close()
END
cat >$out/ask.py <<-'END'
	import socket, sys
	host, port = sys.argv[1], int(sys.argv[2])
	try:
	    if sys.argv[3:]:
	        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(3)
	        s.sendto(b"ping", (host, port)); print(s.recv(100).decode())
	    else:
	        s = socket.create_connection((host, port), 3)
	        print(s.recv(100).decode())
	except OSError as e:
	    print(e.strerror or "timed out")
END
ask()
{
	as bob python3 $out/ask.py "$@"
}

nothing_listens()
{
	[ -z "$(ss -Hltun | grep -E ':(1808[01]|19090)')" ]
}

for net in none veth slirp; do
	words=--net=$net
	runnsctl __kinds | grep -qx $net || continue
	if [ $net = veth ]; then
		conf_write <<<''
		echo 'alice host - veth=4' >/etc/security/runns.map
		un --net veth true 2>$out/err || { diag "veth: $(cat $out/err)"; continue; }
	fi
	rm -f $out/up
	un --name work $words -p 18080:8080 -p 127.0.0.1:19090:9090/udp \
		python3 $out/serve.py $out/up 2>$out/said &
	wait_until 20 test -s $out/up || diag "$(cat $out/said)"
	is "$(ask 127.0.0.1 18080)" "$(cat $out/up)" "$net: a connection"
	is "$(ask 127.0.0.1 19090 udp)" ping "$net: datagrams"
	is "$(publish --name work --list | sort | xargs)" \
		"127.0.0.1:18080:8080/tcp 127.0.0.1:19090:9090/udp" "$net: the list"
	runs "$net: one more" publish --name work '*:18081:8080'
	is "$(ask 203.0.113.2 18081)" "$(cat $out/up)" "$net: at all addresses"
	refuses "$net: once only" publish --name work '*:18081:8080'
	runs "$net: taken away" publish --name work -d '*:18081:8080'
	is "$(ask 203.0.113.2 18081)" "Connection refused" "$net: nobody is there"
	refuses "$net: not twice" publish --name work -d '*:18081:8080'
	pkill -KILL -f "[s]erve.py $out/up"
	wait_until 10 nothing_listens
	ok $? "$net: all goes with the instance" "$(ss -Hltunp)"
	wait_until 10 sh -c '! pgrep -u alice runnsctl'
	ok $? "$net: no process is left" "$(pgrep -au alice)"
done

# --- what cannot be ----------------------------------------------------------------

rm -f $out/up
un --name work python3 $out/serve.py $out/up &
wait_until 20 test -s $out/up
python3 -c 'import socket, time
s = socket.socket(); s.bind(("127.0.0.1", 18085)); s.listen(); time.sleep(1000)' &
wait_until 10 sh -c 'ss -Hlt | grep -q :18085'
like "$(publish --name work 18085:8080 2>&1)" "18085.*Address already in use" \
	"a port that is taken"
un -p 18085:8080 touch $out/ran 2>$out/said
is $? 125 "at the start too"
like "$(cat $out/said)" "18085.*Address already in use" "which says so"
ok "$(test ! -e $out/ran; echo $?)" "and nothing runs"
[ "$(sysctl -n net.ipv4.ip_unprivileged_port_start)" -le 80 ] ||
	like "$(publish --name work 80:8080 2>&1)" "Permission denied" "a port of root's"
like "$(publish --name other 18080:8080 2>&1)" "no instance other" "no such instance"
ok "$(test ! -e /home/alice/.local/state/runns/other; echo $?)" "none is made by that"
for words in "x" "1:2:3:4" "0:80" "80" "18080:8080/sctp" "--list 80:80" ""; do
	# shellcheck disable=SC2086
	publish --name work $words >$out/said 2>&1
	is $? 2 "wrong: $words"
done
un --net host -p 18080:8080 true 2>/dev/null
is $? 125 "with the network host"
as bob runnsctl publish --state /home/alice/.local/state/runns/work 18080:8080 2>/dev/null
isnt $? 0 "another user cannot"

# --- the end inside (R3) --------------------------------------------------------------

un --name rooted --map-root sh -c 'readlink /proc/self/ns/net >'$out'/rooted
	exec sleep 1000' &
wait_until 20 test -s $out/rooted
runs "published" publish --name rooted 18081:80
far=$(pgrep -u alice -f 'runnsctl unshare --name rooted' | while read -r pid; do
	[ "$(readlink /proc/$pid/ns/net)" != "$(cat $out/rooted)" ] ||
		[ "$(readlink /proc/$pid/ns/mnt)" != "$(readlink /proc/self/ns/mnt)" ] ||
		echo $pid
done)
isnt "$far" "" "its end inside is there"
cat >$out/trace.py <<-'END'
	import ctypes, sys
	libc = ctypes.CDLL(None, use_errno=True)
	print(libc.ptrace(0x4206, int(sys.argv[1]), 0, 0))
END
is "$(un --name rooted python3 $out/trace.py "$far")" -1 \
	"root inside cannot trace it, which has the host's files"
# What the keeper holds is not in it: neither the socket nor the lock.
is "$(find /proc/$far/fd -lname "*control*" -o -lname "*lock*" -o -lname "pipe*" | wc -l)" 0 \
	"nor has it the keeper's"
pkill -KILL -u alice -f '[r]unnsctl unshare --name'
wait_until 10 nothing_listens
ok $? "without a keeper nothing is published"

done_testing
