#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# allow.sh - where networks may go in spite of Isolate; by both firewalls
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
host_start "$@"

# reach NETWORK ADDRESS PORT: by TCP
reach()
{
	# shellcheck disable=SC2016
	inside "$1" timeout 0.7 bash -c 'exec 3<>/dev/tcp/$0/$1' "$2" "$3" \
		2>/dev/null
}

serve()
{
	"${@:2}" python3 "$tests/peer.py" http "$1" >/dev/null 2>&1 &
	servers="${servers-} $!"
}

serve_all()
{
	local name
	for name in lab open own work; do
		serve 80 nsenter --net=/run/netns/$name --
		serve 81 nsenter --net=/run/netns/$name --
	done
	serve 8081
	serve 8082
	for name in lab open own work; do
		wait_until 5 reach $name 127.0.0.1 80
		wait_until 5 reach $name 127.0.0.1 81
	done
	wait_until 5 reach ../../proc/1/ns/net 127.0.0.1 8081
	wait_until 5 reach ../../proc/1/ns/net 127.0.0.1 8082
}

# udp_heard: what a listener in lab hears of a sender in work to port $1
udp_heard()
{
	inside lab python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", int(sys.argv[1])))
s.settimeout(1.5)
print("ready", flush=True)
try:
    print(s.recvfrom(99)[1][0], flush=True)
except OSError:
    print("silence", flush=True)' "$1" >"$host_dir/heard" &
	local listener=$!
	wait_until 5 grep -q ready "$host_dir/heard"
	inside work python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(b"x", ("172.30.1.2", int(sys.argv[1])))' "$1"
	wait $listener
	tail -n 1 "$host_dir/heard"
}

sections()
{
	conf_write <<-END
		[work]
		Address = 172.30.0.1/24
		Address6 = fd24:0::1/64
		Allow = 172.30.1.2:80/tcp, 172.30.3.2:80/tcp
		Allow = 172.30.1.2:5000/udp host:8081/tcp
		Allow = [fd24:1::2]:80/tcp fd24:3::/64
		[lab]
		Address = 172.30.1.1/24
		Address6 = fd24:1::1/64
		[own]
		InterfaceIn = vpn9
		Address = 172.30.9.1/24
		Allow = 172.30.1.0/24
		[open]
		Isolate = no
		Address = 172.30.3.1/24
		Address6 = fd24:3::1/64
		[plain]
		Address = 172.30.4.1/24
	END
}

# FROM TO PORT yes|no, and what it shows
table()
{
	cat <<-END
		work 172.30.1.2 80 yes a port of another network
		work 172.30.1.2 81 no no other port of it
		work 172.30.3.2 80 yes a port of an open network
		work 172.30.3.2 81 no nor of that another
		work 172.30.9.2 80 no no network that is not named
		work 172.30.0.1 8081 yes the host's service by the gateway
		work 203.0.113.2 8081 yes by another address of the host
		work 172.30.0.1 8082 no no other service
		own 172.30.1.2 80 yes a whole network, by a device of any name
		own 172.30.1.2 81 yes at every port
		own 172.30.1.1 8081 no but not the host in it
		own 172.30.9.1 8081 no nor at its own gateway
		own 172.30.3.2 80 no nor another network
		lab 172.30.0.2 80 no nobody gets back
		lab 172.30.9.2 80 no by neither
		plain 172.30.1.2 80 no who names nothing reaches no network
		plain 172.30.4.1 8081 no nor the host
		work fd24:1::2 80 yes with IPv6, a port
		work fd24:1::2 81 no no other
		work fd24:3::2 81 yes a whole network
		work fd24::1 8081 yes the host's service
		work fd24::1 8082 no no other
		lab fd24::2 80 no nobody gets back
		lab fd24:3::2 80 no who names nothing reaches nothing
	END
}

walk()
{
	local from to port want what got
	while read -r from to port want what; do
		got=no
		! reach "$from" "$to" "$port" || got=yes
		is "$got" "$want" "$1: $what ($from to $to $port)"
	done < <(table)
}

number_of_rules()
{
	nft -t list table inet runns | wc -l
}

status_of()
{
	runnsctl status --json "$1" | python3 -c "
import json, sys
print(' '.join(json.load(sys.stdin)[0]['$2']))"
}

shown()
{
	local fw=$1
	is "$(status_of own allow)" 172.30.1.0/24 "$fw: status shows it"
	is "$(status_of plain allow)" "" "$fw: and where there is none"
	is "$(grep -c '^allow=' /run/runns/net/work/state)" 6 \
		"$fw: all of it is recorded"
	map_write <<-END
		alice own
		bob fresh - create
	END
	like "$(runnsctl explain alice)" 'allowed +172\.30\.1\.0/24' \
		"$fw: explain tells of what stands"
	like "$(runnsctl explain --json alice)" '"allow":"172.30.1.0/24"' \
		"$fw: also for programs"
	printf '[fresh]\nAllow = lan host:22/tcp\n' >>/etc/runns.conf
	like "$(runnsctl explain bob)" 'allowed +lan host:22/tcp' \
		"$fw: and of what is to be built"
}

changes()
{
	local fw=$1
	if [ "$fw" = nft ]; then
		nft flush set inet runns allow-ports
		nft flush set inet runns allow-here
	else
		iptables-legacy -F runns-forward
		iptables-legacy -F runns-local
	fi
	runs "$fw: flushed; up mends it" runnsctl up --all
	walk "$fw, mended"
	sed -i -e 's/^Allow = 172.30.1.2:80.*/Allow = 172.30.0.0\/16/' \
		-e 's/^Allow = 172.30.1.0.*/Allow = 172.30.1.2:81\/tcp/' \
		/etc/runns.conf
	runs "$fw: up with another list" runnsctl up work own
	runs "$fw: what is new is open" reach work 172.30.9.2 81
	runs "$fw: also at another device" reach own 172.30.1.2 81
	refuses "$fw: what is gone is closed" reach own 172.30.1.2 80
	sed -i -e '/^Allow = 172/d' /etc/runns.conf
	runs "$fw: up without it" runnsctl up work own
	for to in 172.30.1.2 172.30.3.2 172.30.9.2; do
		refuses "$fw: closes it ($to)" reach work $to 80
	done
	is "$(status_of own allow)" "" "$fw: and status says so"
}

lan()
{
	local fw=$1
	printf '[lan]\nAllow = lan\n[by]\nAllow = lan\nInterfaceOut = eth0\n' \
		>>/etc/runns.conf
	runs "$fw: lan" runnsctl up lan by
	is "$(status_of lan allow)" 203.0.113.0/24 \
		"$fw: is what the uplink is connected to"
	is "$(status_of by allow)" 203.0.113.0/24 "$fw: also with InterfaceOut"
	ip addr add 192.0.2.9/28 dev eth0
	runs "$fw: it has another network; up again" runnsctl up lan
	is "$(status_of lan allow | tr ' ' '\n' | sort | xargs)" \
		'192.0.2.0/28 203.0.113.0/24' "$fw: finds it"
	ip addr del 192.0.2.9/28 dev eth0
	runs "$fw: it has gone; up again" runnsctl up lan
	is "$(status_of lan allow)" 203.0.113.0/24 "$fw: forgets it"
}

backend_test()
{
	local fw=$1 before
	sections
	runnsctl up work && runnsctl down work
	settled before
	runs "$fw: up" runnsctl up plain
	[ "$fw" = iptables ] || before=$(number_of_rules)
	runs "$fw: of the others" runnsctl up work own lab open
	[ "$fw" = iptables ] || is "$(number_of_rules)" "$before" \
		"$fw: there are as many rules as with one"
	serve_all
	walk "$fw"
	is "$(udp_heard 5000)" 172.30.0.2 "$fw: a datagram"
	is "$(udp_heard 5001)" silence "$fw: no other"
	inet ip route replace 172.30.0.0/16 via 203.0.113.2
	refuses "$fw: nobody outside gets in by it" inet timeout 1 bash -c \
		'exec 3<>/dev/tcp/172.30.1.2/80'
	inet ip route del 172.30.0.0/16
	shown "$fw"
	sections
	changes "$fw"
	lan "$fw"
	# shellcheck disable=SC2086
	kill $servers
	servers=
	runs "$fw: down" runnsctl down --all --kill
	settled after
	snap_same before after "$fw: everything is as before"
}

refused()
{
	printf '[a]\nMTU = 1400\nAllow = lan 10.0.0.0/8 192.0.2.1:22/sctp\n' \
		>/etc/runns.conf
	like "$(runnsctl check 2>&1)" 'runns.conf:3:37: tcp or udp expected' \
		"check names line and column"
	refuses "and nothing is built" runnsctl up a
	printf '[a]\nAllow = lan\nLink = none\n' >/etc/runns.conf
	like "$(runnsctl check 2>&1)" 'runns.conf:2: .*Link other than veth' \
		"and a network that has no wall of ours"
}

with_backend nft backend_test nft
with_backend iptables backend_test iptables
refused
done_testing
