#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# doors6.sh - ports of the host that lead into networks by IPv6; by both
# firewalls
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
host_start "$@"

here=2001:db8:1::2
world=2001:db8:1::1

# From where, so that one sees that the source is kept; or "no".
# asks ADDRESS PORT
# shellcheck disable=SC2016
asks='timeout 2 python3 -c "
import http.client, sys
c = http.client.HTTPConnection(sys.argv[1], int(sys.argv[2]), timeout=1.5)
c.request(\"GET\", \"/\")
print(c.getresponse().read().decode())" "$0" "$1" 2>/dev/null || echo no'

# What a datagram to the host's port 5300 brings back.
# shellcheck disable=SC2016
udp_asks='python3 -c "
import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.settimeout(1.5)
s.sendto(b\"x\", (\"2001:db8:1::2\", 5300))
try:
    print(s.recvfrom(99)[0].decode())
except OSError:
    print(\"no\")"'

sections()
{
	conf_write <<-END
		[work]
		Address6 = auto
		Forward = tcp:8080:80
		Forward = tcp:[$here]:8443:80
		Forward = udp:[$here]:5300:53
		[own]
		InterfaceIn = vpn9
		Address6 = fd24:9::1/64
		Forward = tcp:8090:80
		Forward = tcp:[2001:db8:1::99]:8091:80
		Forward = tcp:203.0.113.2:8092:80
		[open]
		Address6 = auto
		Isolate = no
		Forward = tcp:8070:80
		[four]
		Forward = tcp:8060:80
		[other]
		Address6 = auto
	END
}

serve_in()
{
	nsenter --net="/run/netns/$1" -- python3 "$tests/peer.py" http 80 \
		>/dev/null 2>&1 &
	servers="${servers-} $!"
	wait_until 5 inside "$1" bash -c "exec 3<>/dev/tcp/127.0.0.1/80" \
		2>/dev/null
}

serve_udp()
{
	inside work python3 -c '
import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.bind(("::", 53))
print("ready", flush=True)
while True:
    who = s.recvfrom(99)[1]
    s.sendto(who[0].encode(), who)' >"$host_dir/udp" &
	servers="${servers-} $!"
	wait_until 5 grep -q ready "$host_dir/udp"
}

inside6()
{
	sed -n 's/^peer6=//p' "/run/runns/net/$1/state"
}

from_outside()
{
	local port
	for port in 8080 8443 8090 8070; do
		is "$(inet bash -c "$asks" $here $port)" $world \
			"$fw: port $port leads in, and the source is kept"
	done
	is "$(inet bash -c "$udp_asks")" $world "$fw: datagrams as well"
	is "$(inet bash -c "$asks" 203.0.113.2 8080)" 203.0.113.1 \
		"$fw: a port without an address by IPv4 too"
	is "$(inet bash -c "$asks" 203.0.113.2 8443)" no \
		"$fw: one with an IPv6 address does not"
	is "$(inet bash -c "$asks" $here 8092)" no \
		"$fw: nor one with an IPv4 address by IPv6"
	is "$(inet bash -c "$asks" $here 8060)" no \
		"$fw: a network without IPv6 has no port there"
	is "$(inet bash -c "$asks" $here 8091)" no \
		"$fw: no port at an address that is not the host's"
	is "$(inet bash -c "$asks" $here 80)" no "$fw: nor the port inside"
	inet ip -6 route replace fd72:756e:6e73::/48 via $here
	is "$(inet bash -c "$asks" "$(inside6 work)" 80)" no \
		"$fw: nor by the address inside"
	inet ip -6 route del fd72:756e:6e73::/48
}

from_here()
{
	local name
	is "$(bash -c "$asks" $here 8080)" $here \
		"$fw: the host reaches it by its own address"
	is "$(bash -c "$asks" ::1 8080)" no "$fw: but not by ::1"
	for name in other own; do
		is "$(inside $name bash -c "$asks" $here 8080)" no \
			"$fw: $name does not"
	done
	like "$(inside open bash -c "$asks" $here 8080)" '^fd72:' \
		"$fw: a network with Isolate=no does"
	is "$(inside work python3 "$tests/peer.py" get 2001:db8:100::1)" \
		$here "$fw: traffic leaves as before"
}

rules6()
{
	if [ "$fw" = nft ]; then nft list map inet runns doors6
	else ip6tables-legacy -t nat -S; fi
}

changes()
{
	if [ "$fw" = nft ]; then nft flush map inet runns doors6
	else ip6tables-legacy -t nat -F runns-published; fi
	is "$(inet bash -c "$asks" $here 8080)" no "$fw: flushed"
	runs "$fw: up mends it" runnsctl up work own open
	is "$(inet bash -c "$asks" $here 8080)" $world \
		"$fw: and the port is back"
	rules6 >"$host_dir/rules-1"
	runs "$fw: up again" runnsctl up work own open
	rules6 >"$host_dir/rules-2"
	is "$(sort "$host_dir/rules-1" | diff - <(sort "$host_dir/rules-2"))" \
		"" "$fw: changes nothing"
	sed -i "s/^Forward = tcp:8080:80/Forward = tcp:8081:80/" \
		/etc/runns.conf
	runs "$fw: up with another port" runnsctl up work
	is "$(inet bash -c "$asks" $here 8081)" $world "$fw: it leads in"
	is "$(inet bash -c "$asks" $here 8080)" no \
		"$fw: and the former does not"
	printf '[thief]\nAddress6 = auto\nForward = tcp:[%s]:8443:80\n' \
		$here >/etc/thief.conf
	like "$(runnsctl up --conf /etc/thief.conf thief 2>&1)" \
		'another network' "$fw: a port of another network is refused"
	refuses "$fw: and nothing of it is left" test -e /run/runns/net/thief
	is "$(inet bash -c "$asks" $here 8443)" $world "$fw: nor taken away"
}

backend_test()
{
	local name
	fw=$1
	sections
	runnsctl up other && runnsctl down other
	settled before
	runs "$fw: up" runnsctl up work own open other four
	for name in work own open four; do
		serve_in $name
	done
	serve_udp
	from_outside
	from_here
	changes
	like "$(runnsctl status --json work)" \
		"tcp:\\[$here\\]:8443:80" "$fw: status shows the port"
	# shellcheck disable=SC2086
	kill $servers
	servers=
	runs "$fw: down of one" runnsctl down --kill work
	unlike "$(rules6)" '8081|8443|5300' "$fw: takes its ports along"
	like "$(rules6)" 8090 "$fw: and no other"
	runs "$fw: down --all" runnsctl down --all --kill
	settled after
	snap_same before after "$fw: everything is as before"
}

with_backend nft backend_test nft
with_backend iptables backend_test iptables
done_testing
