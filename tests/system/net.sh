#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# net.sh - networks: built, used, mended, taken down; by both firewalls
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
host_start "$@"

# --- looking -------------------------------------------------------------------

# reaches HOST PORT: can a TCP connection be made from here?
# shellcheck disable=SC2016
reaches='timeout 1 bash -c "exec 3<>/dev/tcp/$0/$1"'


# udp_heard PID PORT COMMAND...: what a listener beside PID hears of a sender
udp_heard()
{
	local pid=$1 port=$2 heard=$host_dir/heard
	shift 2
	: >"$heard"
	nsenter -t "$pid" -n -- python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", int(sys.argv[1])))
s.settimeout(1.5)
print("ready", flush=True)
try:
    print(s.recvfrom(99)[1][0], flush=True)
except OSError:
    print("silence", flush=True)' "$port" >"$heard" &
	local listener=$!
	wait_until 5 grep -q ready "$heard"
	"$@" >/dev/null 2>&1
	wait $listener
	tail -n 1 "$heard"
}

serve()
{
	nsenter -t "$1" -n -- python3 "$tests/peer.py" http "$2" \
		>/dev/null 2>&1 &
	servers="${servers-} $!"
}

sections()
{
	conf_write <<-END
		[work]
		[lab]
		[open]
		Isolate = no
		[open2]
		Isolate = no
		[plain]
		Nat = none
		[own]
		InterfaceIn = vpn9
		Address = 172.30.9.1/24
		DNS = 198.51.100.53
		Search = corp.test
		[pattern]
		DNS = 198.51.100.53
		Linger = no
	END
}

# --- one backend -----------------------------------------------------------------

traffic()
{
	local fw=$1 work lab open2 plain
	runs "$fw: up of six networks" \
		runnsctl up work lab open open2 plain own
	work=$(address_of work) lab=$(address_of lab)
	open2=$(address_of open2) plain=$(address_of plain)
	is "$(inside work python3 "$tests/peer.py" get 198.51.100.1)" \
		203.0.113.2 "$fw: traffic leaves masqueraded"
	is "$(inside own python3 "$tests/peer.py" get 198.51.100.1)" \
		203.0.113.2 "$fw: also of one with names and addresses of its own"
	is "$(inside plain python3 "$tests/peer.py" get 198.51.100.1)" \
		"$plain" "$fw: and with Nat=none as it is"

	serve $$ 8081
	for name in work lab open open2 own; do
		nsenter --net=/run/netns/$name -- python3 "$tests/peer.py" \
			http 80 >/dev/null 2>&1 &
		servers="${servers-} $!"
	done
	for name in work lab open open2 own; do
		wait_until 5 inside $name bash -c "$reaches" 127.0.0.1 80
	done
	wait_until 5 bash -c "$reaches" 127.0.0.1 8081

	runs "$fw: the host reaches a network" bash -c "$reaches" "$work" 80
	runs "$fw: one with a name of its own too" \
		bash -c "$reaches" 172.30.9.2 80
	refuses "$fw: a network does not reach another" \
		inside work bash -c "$reaches" "$lab" 80
	refuses "$fw: nor one with a name of its own" \
		inside work bash -c "$reaches" 172.30.9.2 80
	refuses "$fw: nor that one another" \
		inside own bash -c "$reaches" "$lab" 80
	refuses "$fw: nor an open one" \
		inside work bash -c "$reaches" "$open2" 80
	refuses "$fw: an open one does not reach one that is not" \
		inside open bash -c "$reaches" "$work" 80
	runs "$fw: but another open one" \
		inside open bash -c "$reaches" "$open2" 80
	for name in work own; do
		refuses "$fw: $name does not reach the host by its gateway" \
			inside $name bash -c "$reaches" \
			"$(ip -n $name route show default | awk '{ print $3 }')" 8081
		refuses "$fw: nor by its other address" \
			inside $name bash -c "$reaches" 203.0.113.2 8081
	done
	runs "$fw: an open network reaches the host" \
		inside open bash -c "$reaches" 203.0.113.2 8081
	refuses "$fw: nobody outside reaches a network" \
		inet bash -c "$reaches" "$work" 80
	refuses "$fw: nor one with a name of its own" \
		inet bash -c "$reaches" 172.30.9.2 80
	# shellcheck disable=SC2086
	kill $servers
	servers=
}

spoofing()
{
	local fw=$1 lab
	lab=$(address_of lab)
	is "$(udp_heard "$inet_pid" 9001 inside work \
		python3 -c "$(udp_code)" \
		198.51.100.1 9001)" 203.0.113.2 "$fw: a packet is heard"
	for source in 10.9.9.9 "$lab"; do
		inside work ip addr add "$source/32" dev lo
		is "$(udp_heard "$inet_pid" 9001 inside work \
			python3 -c "$(udp_code)" 198.51.100.1 9001 "$source")" \
			silence "$fw: one with the foreign source $source is not"
		inside work ip addr del "$source/32" dev lo
	done
	ip -n own addr add 10.9.9.9/32 dev lo
	is "$(udp_heard "$inet_pid" 9001 inside own \
		python3 -c "$(udp_code)" 198.51.100.1 9001 10.9.9.9)" \
		silence "$fw: nor from one with a name of its own"
}

udp_code()
{
	cat <<-'END'
		import socket, sys
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		if len(sys.argv) > 3:
		    s.bind((sys.argv[3], 0))
		s.sendto(b"hello", (sys.argv[1], int(sys.argv[2])))
	END
}

# The host is nobody else's router.
not_a_router()
{
	local fw=$1 other
	hold_netns
	other=$held_pid
	ip link add other0 type veth peer name eth0 netns "$other"
	ip addr add 10.77.0.1/24 dev other0
	ip link set other0 up
	nsenter -t "$other" -n ip addr add 10.77.0.2/24 dev eth0
	nsenter -t "$other" -n ip link set eth0 up
	nsenter -t "$other" -n ip route add default via 10.77.0.1
	inet ip route replace 10.77.0.0/24 via 203.0.113.2
	is "$(sysctl -n net.ipv4.ip_forward)" 0 "$fw: ip_forward stays off"
	is "$(sysctl -n net.ipv4.conf.eth0.forwarding)" 1 \
		"$fw: the uplink forwards"
	is "$(udp_heard "$other" 9002 inet python3 -c "$(udp_code)" \
		10.77.0.2 9002)" silence "$fw: but not for others"
	is "$(udp_heard "$inet_pid" 9002 nsenter -t "$other" -n python3 -c \
		"$(udp_code)" 198.51.100.1 9002)" silence "$fw: nor the other way"
	sysctl -q -w net.ipv4.ip_forward=1
	runs "$fw: up, after somebody has turned forwarding on" \
		runnsctl up work
	is "$(udp_heard "$other" 9002 inet python3 -c "$(udp_code)" \
		10.77.0.2 9002)" 203.0.113.1 "$fw: is not in his way"
	sysctl -q -w net.ipv4.ip_forward=0
	kill "$other"
	wait_until 5 no_other0 || ip link del other0
	inet ip route del 10.77.0.0/24
	# Turning it off turned every device off.
	runs "$fw: up, after it was turned off again" runnsctl up work
}

no_other0()
{
	! ip link show other0 2>/dev/null
}

backend_test()
{
	local fw=$1
	sections
	# What stays, such as /run/netns and empty tables, stays once.
	runnsctl up work && runnsctl down work
	settled before
	inet ip route replace 172.24.0.0/16 via 203.0.113.2
	inet ip route replace 172.30.9.0/24 via 203.0.113.2
	runs "$fw: up" runnsctl up work
	is "$(sed -n 's/^firewall=//p' /run/runns/net/work/state)" "$fw" \
		"$fw: is used"
	traffic "$fw"
	spoofing "$fw"
	not_a_router "$fw"
	runs "$fw: down --all" runnsctl down --all
	settled after
	snap_same before after "$fw: everything is as before"
}

# --- without traffic ----------------------------------------------------------------

names_inside()
{
	is "$(cat /run/runns/net/own/etc/resolv.conf | grep -v '^#')" \
		$'nameserver 198.51.100.53\nsearch corp.test' \
		"DNS= and Search= make resolv.conf"
	is "$(readlink /etc/netns/own/resolv.conf)" \
		/run/runns/net/own/etc/resolv.conf "ip netns exec finds it"
	is "$(ip netns exec own getent ahostsv4 which.test |
		awk 'NR == 1 { print $1 }')" 192.0.2.53 "and it is asked"
	runs "StrictDNS holds with servers of its own" \
		test -e /run/runns/net/own/strict-dns
	is "$(grep ^hosts: /run/runns/net/own/etc/nsswitch.conf)" \
		'hosts: files dns' "with its nsswitch.conf"
	refuses "but not without" test -e /run/runns/net/work/strict-dns
	is "$(ip netns exec work getent ahostsv4 which.test |
		awk 'NR == 1 { print $1 }')" 192.0.2.1 "the host's servers else"
	mkdir -p /run/systemd/resolve
	echo 'nameserver 198.51.100.53' >/run/systemd/resolve/resolv.conf
	echo 'nameserver 127.0.0.53' >/etc/resolv.conf
	runnsctl up work
	is "$(grep ^nameserver /run/runns/net/work/etc/resolv.conf)" \
		'nameserver 198.51.100.53' "behind a stub the real servers"
	rm -r /run/systemd
	like "$(runnsctl up work 2>&1)" 'no name server' \
		"none to be reached is said"
	unlike "$(cat /run/runns/net/work/etc/resolv.conf)" ^nameserver \
		"and a stub is never written down"
	echo 'nameserver 203.0.113.1' >/etc/resolv.conf
	runnsctl up work
}

sysctls_inside()
{
	is "$(inside work sysctl -n net.ipv4.ping_group_range)" \
		"$(sysctl -n net.ipv4.ping_group_range)" "ping_group_range is the host's"
	is "$(inside work sysctl -n net.ipv4.ip_unprivileged_port_start)" 80 \
		"ip_unprivileged_port_start too"
	is "$(inside work sysctl -n net.ipv6.conf.eth0.accept_ra)" 0 \
		"no router is believed"
	is "$(sysctl -n "net.ipv6.conf.$(device_of work).disable_ipv6")" 1 \
		"the host's end has no IPv6"
	like "$(ip -n work link show lo)" 'LOOPBACK,UP' "lo is up"
}

mending()
{
	local link
	link=$(device_of work)
	ip link del "$link"
	runs "up mends a deleted device" runnsctl up work
	is "$(inside work python3 "$tests/peer.py" get 198.51.100.1)" \
		203.0.113.2 "and it works"
	nft flush ruleset
	runs "up mends a flushed firewall" runnsctl up work
	is "$(inside work python3 "$tests/peer.py" get 198.51.100.1)" \
		203.0.113.2 "and it works"
	nft flush chain inet runns arriving
	runnsctl up work
	refuses "up mends a flushed chain" \
		inside work bash -c "$reaches" 203.0.113.2 22
	is "$(nft list chain inet runns arriving | grep -c drop)" 2 \
		"with its rules"
	ip -n work route del default
	ip -n work addr flush dev eth0
	ip -n work link set eth0 down
	ip addr flush dev "$(device_of work)"
	: >/run/runns/net/work/etc/resolv.conf
	runs "up mends addresses, routes and files" runnsctl up work
	is "$(inside work python3 "$tests/peer.py" get 198.51.100.1)" \
		203.0.113.2 "and it works"
	like "$(cat /run/runns/net/work/etc/resolv.conf)" 203.0.113.1 \
		"with its name server"
	settled standing-a
	runs "up of what stands" runnsctl up work
	settled standing-b
	snap_same standing-a standing-b "changes nothing"
}

busy()
{
	local pid
	nsenter --net=/run/netns/work -- sleep 1000 &
	pid=$!
	wait_until 5 pgrep -f 'sleep 1000'
	like "$(runnsctl down work 2>&1)" "$pid \(sleep, uid 0\)" \
		"down names who is inside"
	refuses "and fails" runnsctl down work
	runs "the name is still there" test -e /run/netns/work
	is "$(inside work python3 "$tests/peer.py" get 198.51.100.1)" \
		203.0.113.2 "and works"
	runs "down --kill" runnsctl down --kill work
	refuses "ends them" kill -0 $pid
	refuses "and removes it" test -e /run/netns/work
	runs "down of what is not there" runnsctl down work
}

foreign()
{
	ip netns add theirs
	refuses "a namespace of somebody else's is not taken over" \
		runnsctl up theirs
	refuses "nor removed" runnsctl down theirs
	runs "it is still there" ip netns exec theirs true
	runnsctl up work
	ip netns del work
	ip netns add work
	refuses "also under a name that was ours" runnsctl up work
	refuses "or removed" runnsctl down work
	runs "it is still there" ip netns exec work true
	ip netns del work
	runs "once it is gone the name is ours again" runnsctl up work
	runs "down" runnsctl down work
	ip netns del theirs

	# What was taken down has left its names.
	wait_until 5 no_links
	ip link add rn-2 type veth peer name foreign1
	ip link add foreign0 type veth peer name foreign2
	ip link property add dev foreign0 altname rn-3
	sections
	rm -f /run/runns/pool/.hint
	wait_until 5 no_links
	runs "up beside foreign devices" runnsctl up work lab
	unlike "$(device_of work) $(device_of lab)" '^rn-[23]| rn-[23]' \
		"takes other numbers"
	runnsctl down work lab
	like "$(ip -o link show rn-2)" 'state DOWN' "and leaves them alone"
	ip link del rn-2
	ip link del foreign0
	ip link add vpn9 type veth peer name foreign3
	like "$(runnsctl up own 2>&1)" 'InterfaceIn=vpn9' \
		"a foreign device with a name that was asked for is an error"
	runs "it is still there" ip link show vpn9
	refuses "and nothing else" test -e /run/runns/net/own
	ip link del vpn9
}

pool()
{
	wait_until 5 no_links
	rm -f /run/runns/pool/.hint
	printf '[runns]\nPool = 10.200.0.0/29\nPoolPrefix = 31\n' >/etc/runns.conf
	runs "a pool of four networks" runnsctl up p1 p2 p3 p4
	is "$(ls -A /run/runns/net)" $'.made-etc-netns\np1\np2\np3\np4' \
		"holds four"
	is "$(inside p4 python3 "$tests/peer.py" get 198.51.100.1)" \
		203.0.113.2 "a /31 works"
	like "$(runnsctl up p5 2>&1)" 'pool 10.200.0.0/29' \
		"the fifth is refused by name"
	refuses "and leaves nothing" test -e /run/runns/net/p5
	runnsctl down p2
	wait_until 5 test "$(ip -o link | grep -c rn-)" = 3
	runs "after a down there is room" runnsctl up p5
	runnsctl down --all
	wait_until 5 no_links
	ln -s gone /run/runns/pool/1
	ln -s gone /run/runns/pool/2
	runs "numbers of killed builders are used again" \
		runnsctl up p1 p2 p3 p4
	runnsctl down --all
	wait_until 5 no_links

	sections
	rm -f /run/runns/pool/.hint
	ip link add lan0 type veth peer name lan1
	ip link set lan1 up
	ip link set lan0 up
	ip addr add 172.24.1.77/24 dev lan0
	ip route add 172.24.2.128/25 dev lan0
	runs "up beside foreign routes" runnsctl up work lab
	unlike "$(address_of work) $(address_of lab)" '172\.24\.[12]\.' \
		"avoids them"
	runnsctl down work lab
	ip addr add 172.30.9.200/24 dev lan0
	like "$(runnsctl up own 2>&1)" 'another route' \
		"and says so for an address that was asked for"
	ip link del lan0
}

requests()
{
	refuses "a login builds nothing from defaults" \
		runnsctl up --login nosection
	runs "an administrator does" runnsctl up nosection
	runs "a section as pattern" runnsctl up --section pattern u-alice
	like "$(cat /run/runns/net/u-alice/etc/resolv.conf)" 198.51.100.53 \
		"is followed"
	refuses "by hand it lingers" test -e /run/runns/net/u-alice/idle-down
	refuses "a section that fixes an address is no pattern" \
		runnsctl up --section own u-bob
	refuses "nor is one that does not exist" \
		runnsctl up --section nosuch u-bob
	printf 'login=1\nsection=pattern\n' >/run/runns/request/u-bob
	runs "what a login has left is followed" runnsctl up u-bob
	refuses "and removed" test -e /run/runns/request/u-bob
	runs "Linger=no is noted" test -e /run/runns/net/u-bob/idle-down
	nsenter --net=/run/netns/u-bob -- sleep 1000 &
	local pid=$!
	wait_until 5 pgrep -f 'sleep 1000'
	runs "gc --idle" runnsctl gc --idle u-bob
	runs "leaves it while somebody is inside" test -e /run/netns/u-bob
	kill $pid
	wait $pid 2>/dev/null
	runs "gc --idle" runnsctl gc --idle u-bob u-alice
	refuses "takes it down after" test -e /run/netns/u-bob
	runs "and only it" test -e /run/netns/u-alice
	refuses "no name with a slash" runnsctl up ../evil
	refuses "no keyword" runnsctl up host
	is "$(runnsctl up >/dev/null 2>&1; echo $?)" 2 "no name is wrong usage"
	runs "down --all" runnsctl down --all
}

together()
{
	local i pids='' failed=0
	for i in $(seq 20); do
		runnsctl up same &
		pids="$pids $!"
	done
	for i in $pids; do
		wait "$i" || failed=1
	done
	is $failed 0 "20 ups of one network at once succeed"
	is "$(ip -o link | grep -c runns:same)" 1 "and build it once"
	is "$(ls /run/runns/pool | wc -l)" 1 "with one number"
	pids=
	for i in $(seq 50); do
		runnsctl up "n$i" &
		pids="$pids $!"
	done
	for i in $pids; do
		wait "$i" || failed=1
	done
	is $failed 0 "50 ups of different networks at once succeed"
	is "$(ip -o link | grep -c 'runns:n')" 50 "and build 50"
	is "$(nft list set inet runns links | grep -o '"rn-' | wc -l)" 51 \
		"all of them in the firewall"
	runs "all are shown" test "$(runnsctl status | grep -c ' up ')" = 51
	runs "as valid JSON" python3 -c 'import json, sys
assert len(json.load(sys.stdin)) == 51' < <(runnsctl status --json)
	runs "down --all" runnsctl down --all
	for i in $(seq 30); do
		runnsctl up same 2>/dev/null &
		runnsctl down same 2>/dev/null &
	done
	wait_until 30 no_runnsctl
	runs "up against down: down" runnsctl down same
}

steering()
{
	hold_netns
	local second=$held_pid
	ip link add eth1 type veth peer name second0 netns "$second"
	ip addr add 192.0.2.2/24 dev eth1
	ip link set eth1 up
	nsenter -t "$second" -n ip link set lo up
	nsenter -t "$second" -n ip addr add 192.0.2.1/24 dev second0
	nsenter -t "$second" -n ip link set second0 up
	nsenter -t "$second" -n ip addr add 198.51.100.1/32 dev lo
	ip route add default via 192.0.2.1 dev eth1 metric 500
	sysctl -q -w net.ipv4.conf.eth1.rp_filter=1
	nsenter -t "$second" -n -- python3 "$tests/peer.py" http 80 \
		>/dev/null 2>&1 &
	servers="${servers-} $!"
	conf_write <<-END
		[steered]
		InterfaceOut = eth1
		[second]
		InterfaceOut = eth1
		[first]
		InterfaceOut = eth0
		[other]
	END
	runnsctl up other && runnsctl down other
	settled unsteered
	runs "InterfaceOut" runnsctl up steered other first second
	is "$(inside steered python3 "$tests/peer.py" get 198.51.100.1)" \
		192.0.2.2 "is the way that packets leave by"
	is "$(inside other python3 "$tests/peer.py" get 198.51.100.1)" \
		203.0.113.2 "and not for others"
	is "$(inside second python3 "$tests/peer.py" get 198.51.100.1) $(
		inside first python3 "$tests/peer.py" get 198.51.100.1)" \
		"192.0.2.2 203.0.113.2" "two uplinks are in use at once"
	runs "reattach of one" runnsctl reattach second eth0
	runs "and of the other" runnsctl reattach first eth1
	is "$(inside second python3 "$tests/peer.py" get 198.51.100.1) $(
		inside first python3 "$tests/peer.py" get 198.51.100.1)" \
		"203.0.113.2 192.0.2.2" "swaps them"
	runs "up goes by the file again" runnsctl up first second
	runs "the host reaches it" ping_free "$(address_of steered)"
	ip link set eth1 down
	refuses "with the uplink down nothing leaves by another" \
		inside steered timeout 2 python3 "$tests/peer.py" get 198.51.100.1
	is "$(inside first python3 "$tests/peer.py" get 198.51.100.1)" \
		203.0.113.2 "what leaves by the other goes on"
	ip link set eth1 up
	ip route replace default via 192.0.2.1 dev eth1 metric 500
	runs "up mends it" runnsctl up steered
	is "$(inside steered python3 "$tests/peer.py" get 198.51.100.1)" \
		192.0.2.2 "when it is back"
	runs "down" runnsctl down steered other first second
	settled unsteered-again
	snap_same unsteered unsteered-again "nothing of it is left"
	# shellcheck disable=SC2086
	kill $servers
	kill "$second"
}

# A connection that its other side does not read keeps the namespace for minutes
# after its process has ended.
# held NAME: opens one
held()
{
	: >"$host_dir/held"
	inside "$1" python3 -c '
import socket, time
s = socket.create_connection(("198.51.100.1", 99))
s.setblocking(False)
try:
    while True:
        s.send(bytes(65536))
except BlockingIOError:
    print("full", flush=True)
time.sleep(100)' >"$host_dir/held" &
	wait_until 5 grep -q full "$host_dir/held"
}

# held_down NAME: taken down with one open, and the child that would look after
# the device killed
held_down()
{
	held "$1"
	runnsctl down --kill "$1"
	pkill -KILL -x runns-net
	runs "the device stays where nobody sees to it" test -n "$(ip -o link show left0)"
}

orphans()
{
	inet python3 -c '
import socket, time
s = socket.create_server(("0.0.0.0", 99))
kept = [s.accept() for i in range(3)]
time.sleep(100)' &
	local server=$!
	conf_write <<-END
		[work]
		InterfaceIn = left0
	END
	settled unheld
	runs "up" runnsctl up work
	held work
	runs "down --kill with a connection that nobody reads" runnsctl down --kill work
	runs "its device goes" wait_until 2 no_links
	runs "up" runnsctl up work
	held_down work
	runs "up finds its own device in the way, and takes it" runnsctl up work
	held_down work
	runs "gc" runnsctl gc
	runs "takes one that no record knows" wait_until 2 no_links
	kill $server
	settled unheld-again
	snap_same unheld unheld-again "nothing of it is left"
}

# A refused connection is an answer.
ping_free()
{
	timeout 1 bash -c 'exec 3<>/dev/tcp/$0/9' "$1" 2>&1 | grep -q refused
}

sysctl -q -w net.ipv4.ip_unprivileged_port_start=80 \
	net.ipv4.ping_group_range='0 2147483647'
with_backend nft backend_test nft
with_backend iptables backend_test iptables

backend=nft
sections
runnsctl up work && runnsctl down work
settled begin
runs "up" runnsctl up work own
names_inside
sysctls_inside
runs "down" runnsctl down own
mending
busy
foreign
requests
together
settled end
snap_same begin end "everything is as before"
orphans
steering
pool
done_testing
