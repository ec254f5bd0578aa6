#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# doors.sh - ports of the host that lead into networks; by both firewalls
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
host_start "$@"

# From where, so that one sees that the source is kept; or "no".
# asks ADDRESS PORT
# shellcheck disable=SC2016
asks='timeout 2 python3 -c "
import http.client, sys
c = http.client.HTTPConnection(sys.argv[1], int(sys.argv[2]), timeout=1.5)
c.request(\"GET\", \"/\")
print(c.getresponse().read().decode())" "$0" "$1" 2>/dev/null || echo no'

serve_in()
{
	nsenter --net="/run/netns/$1" -- python3 "$tests/peer.py" http "$2" \
		>/dev/null 2>&1 &
	servers="${servers-} $!"
	wait_until 5 inside "$1" bash -c \
		"exec 3<>/dev/tcp/127.0.0.1/$2" 2>/dev/null
}

sections()
{
	conf_write <<-END
		[work]
		Forward = tcp:8080:80
		Forward = tcp:203.0.113.2:8443:80
		Forward = udp:5300:53
		[own]
		InterfaceIn = vpn9
		Address = 172.30.9.1/24
		Forward = tcp:8090:80
		Forward = tcp:203.0.113.99:8091:80
		[open]
		Isolate = no
		Forward = tcp:8070:80
		[other]
	END
}

# What a datagram to the host's port 5300 brings back.
# shellcheck disable=SC2016
udp_asks='python3 -c "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(1.5)
s.sendto(b\"x\", (\"203.0.113.2\", 5300))
try:
    print(s.recvfrom(99)[0].decode())
except OSError:
    print(\"no\")"'

serve_udp()
{
	inside work python3 -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 53))
print("ready", flush=True)
while True:
    who = s.recvfrom(99)[1]
    s.sendto(who[0].encode(), who)' \
		>"$host_dir/udp" &
	servers="${servers-} $!"
	wait_until 5 grep -q ready "$host_dir/udp"
}

from_outside()
{
	local fw=$1
	is "$(inet bash -c "$asks" 203.0.113.2 8080)" 203.0.113.1 \
		"$fw: a port leads in, and the source is kept"
	is "$(inet bash -c "$asks" 203.0.113.2 8443)" 203.0.113.1 \
		"$fw: one with an address too"
	is "$(inet bash -c "$asks" 203.0.113.2 8090)" 203.0.113.1 \
		"$fw: into a network with names of its own"
	is "$(inet bash -c "$asks" 203.0.113.2 8070)" 203.0.113.1 \
		"$fw: into an open one"
	is "$(inet bash -c "$udp_asks")" 203.0.113.1 "$fw: datagrams as well"
	is "$(inet bash -c "$asks" 203.0.113.2 8091)" no \
		"$fw: no port at an address that is not the host's"
	is "$(inet bash -c "$asks" 203.0.113.2 80)" no \
		"$fw: nor the port inside"
	inet ip route replace 172.24.0.0/16 via 203.0.113.2
	is "$(inet bash -c "$asks" "$(address_of work)" 80)" no \
		"$fw: nor by the address inside"
	inet ip route del 172.24.0.0/16
}

from_here()
{
	local fw=$1
	is "$(bash -c "$asks" 203.0.113.2 8080)" 203.0.113.2 \
		"$fw: the host reaches it by its own address"
	is "$(bash -c "$asks" 203.0.113.2 8443)" 203.0.113.2 \
		"$fw: and the one with an address"
	is "$(bash -c "$asks" 127.0.0.1 8080)" no "$fw: but not by 127.0.0.1"
	for name in other own; do
		is "$(inside $name bash -c "$asks" 203.0.113.2 8080)" no \
			"$fw: $name does not"
	done
	like "$(inside open bash -c "$asks" 203.0.113.2 8080)" '^172\.24\.' \
		"$fw: a network with Isolate=no does"
	is "$(inside work python3 "$tests/peer.py" get 198.51.100.1)" \
		203.0.113.2 "$fw: traffic leaves as before"
}

changes()
{
	local fw=$1
	if [ "$fw" = nft ]; then nft flush map inet runns doors
	else iptables-legacy -t nat -F runns-published; fi
	is "$(inet bash -c "$asks" 203.0.113.2 8080)" no "$fw: flushed"
	runs "$fw: up mends it" runnsctl up work own open
	is "$(inet bash -c "$asks" 203.0.113.2 8080)" 203.0.113.1 \
		"$fw: and the port is back"
	runs "$fw: up again" runnsctl up work
	sed -i 's/^Forward = tcp:8080:80/Forward = tcp:8081:80/' /etc/runns.conf
	runs "$fw: up with another port" runnsctl up work
	is "$(inet bash -c "$asks" 203.0.113.2 8081)" 203.0.113.1 \
		"$fw: it leads in"
	is "$(inet bash -c "$asks" 203.0.113.2 8080)" no \
		"$fw: and the former does not"
	printf '[thief]\nForward = tcp:8090:80\n' >/etc/thief.conf
	like "$(runnsctl up --conf /etc/thief.conf thief 2>&1)" \
		'another network' "$fw: a port of another network is refused"
	refuses "$fw: and nothing of it is left" test -e /run/runns/net/thief
	is "$(inet bash -c "$asks" 203.0.113.2 8090)" 203.0.113.1 \
		"$fw: nor taken away"
}

backend_test()
{
	local fw=$1
	sections
	runnsctl up other && runnsctl down other
	settled before
	runs "$fw: up" runnsctl up work own open other
	is "$(sed -n 's/^firewall=//p' /run/runns/net/work/state)" "$fw" \
		"$fw: is used"
	for name in work own open; do
		serve_in $name 80
	done
	serve_udp
	from_outside "$fw"
	from_here "$fw"
	changes "$fw"
	# shellcheck disable=SC2086
	kill $servers
	servers=
	runs "$fw: down of one" runnsctl down --kill work
	if [ "$fw" = nft ]; then
		unlike "$(nft list map inet runns doors)" '8081|8443|5300' \
			"$fw: takes its ports along"
		like "$(nft list map inet runns doors)" 8090 \
			"$fw: and no other"
	else
		unlike "$(iptables-legacy -t nat -S)" '8081|8443|5300' \
			"$fw: takes its ports along"
		like "$(iptables-legacy -t nat -S)" 8090 "$fw: and no other"
	fi
	runs "$fw: down --all" runnsctl down --all --kill
	settled after
	snap_same before after "$fw: everything is as before"
}

refused()
{
	printf '[a]\nForward = tcp:80:80\n[b]\nMTU = 1400\nForward = tcp:80:81\n' \
		>/etc/runns.conf
	like "$(runnsctl check 2>&1)" \
		'runns.conf:5.*port 80 is given twice.*\[a\].*:2' \
		"check tells of a port that two networks have"
	refuses "and nothing is built" runnsctl up a
	printf '[a]\nForward = tcp:80:80\nLink = none\n' >/etc/runns.conf
	like "$(runnsctl check 2>&1)" 'runns.conf:2.*Link other than veth' \
		"and of one that leads nowhere"
	printf '[p]\nForward = tcp:80:80\n' >/etc/runns.conf
	refuses "a section that publishes is no pattern" \
		runnsctl up --section p q
}

with_backend nft backend_test nft
with_backend iptables backend_test iptables
refused
done_testing
