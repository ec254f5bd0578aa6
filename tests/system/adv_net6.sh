#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# adv_net6.sh - IPv6 against root inside: forged sources, routers, neighbours,
# extension headers and fragments; and chains of others that drop
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
host_start "$@"

here=2001:db8:1::2
world=2001:db8:1::1

inside6()
{
	sed -n 's/^peer6=//p' "/run/runns/net/$1/state"
}

host6()
{
	sed -n 's|^net6=\(.*\)/.*|\1|p' "/run/runns/net/$1/state"
}

# listen WHERE NAMESPACE: notes the sources of datagrams to port 9001 there
listen()
{
	local file=$host_dir/heard-$1
	nsenter --net="$2" -- python3 -c '
import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.bind(("::", 9001))
print("ready", flush=True)
while True:
    data, who = s.recvfrom(99)
    print(data.decode(), who[0], flush=True)' >"$file" 2>&1 &
	servers="${servers-} $!"
	wait_until 5 grep -q ready "$file"
}

heard()
{
	grep -h "^$1" "$host_dir"/heard-*
}

# Frames as no kernel would send them; of evil, to the host's end.
# frames WHAT TARGET...
frames()
{
	inside evil python3 "$host_dir/frames.py" "$(host_mac)" "$(inside6 evil)" \
		"$@"
}

host_mac()
{
	cat "/sys/class/net/$(device_of evil)/address"
}

write_frames()
{
	cat >"$host_dir/frames.py" <<-'END'
		import ipaddress, socket, struct, sys

		mac = bytes.fromhex(sys.argv[1].replace(":", ""))
		own, what, targets = sys.argv[2], sys.argv[3], sys.argv[4:]
		out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
		out.bind(("eth0", 0x86dd))
		me = out.getsockname()[4]

		def packed(a):
		    return ipaddress.IPv6Address(a).packed

		def checksum(src, dst, proto, body):
		    data = packed(src) + packed(dst) + struct.pack(
		        "!II", len(body), proto) + body + b"\0" * (len(body) % 2)
		    s = sum(struct.unpack("!%dH" % (len(data) // 2), data))
		    while s >> 16:
		        s = (s & 0xffff) + (s >> 16)
		    return ~s & 0xffff or 0xffff

		def udp(src, dst, text):
		    body = struct.pack("!HHHH", 9, 9001, 8 + len(text), 0) + text
		    return body[:6] + struct.pack("!H", checksum(
		        src, dst, 17, body)) + body[8:]

		def icmp(src, dst, type, body):
		    body = struct.pack("!BBH", type, 0, 0) + body
		    return body[:2] + struct.pack("!H", checksum(
		        src, dst, 58, body)) + body[4:]

		def send(src, dst, proto, body, hops=64):
		    out.send(mac + me + b"\x86\xdd" + struct.pack(
		        "!IHBB", 6 << 28, len(body), proto, hops) +
		        packed(src) + packed(dst) + body)

		def option(next):
		    return bytes([next, 0, 1, 4, 0, 0, 0, 0])

		def fragment(next, offset, more, body):
		    return struct.pack("!BBHI", next, 0, offset | more, 77) + body

		if what == "sources":
		    for src in ("2001:db8:9::9", "::", "::1", "fe80::1",
		                "ff02::1", "::ffff:203.0.113.1", "fec0::1"):
		        for dst in targets:
		            send(src, dst, 17, udp(src, dst, b"source"))
		    # Those of the host, of a neighbour, of who is asked.
		    for src in targets:
		        for dst in targets:
		            send(src, dst, 17, udp(src, dst, b"source"))
		elif what == "headers":
		    for dst in targets:
		        body = udp(own, dst, b"header")
		        for first in (0, 60):
		            send(own, dst, first, option(17) + body)
		            send(own, dst, first, option(60) + option(17) + body)
		        # By a stop on the way: type 0, and type 4.
		        for type in (0, 4):
		            send(own, targets[0], 43, bytes([17, 2, type, 1]) +
		                 b"\0" * 4 + packed(dst) + body)
		        # An echo's number in front of what is none.
		        send(own, dst, 60, option(58) + body)
		        send(own, dst, 44, fragment(17, 0, 0, body))
		        send(own, dst, 44, fragment(60, 0, 1, option(17)) )
		        send(own, dst, 44, fragment(60, 8, 0, body))
		        send(own, dst, 44, fragment(17, 0, 1, body[:8]))
		        send(own, dst, 44, fragment(17, 8, 0, body[8:]))
		elif what == "router":
		    prefix = bytes([3, 4, 64, 0xc0]) + b"\xff" * 8 + b"\0" * 4 + \
		        packed("2001:db8:bad::")
		    body = struct.pack("!BBHII", 64, 0, 1800, 0, 0) + prefix
		    redirect = b"\0" * 4 + packed(own) + packed("2001:db8:100::1")
		    for src in ("fe80::bad", own):
		        for dst in ["ff02::1"] + targets:
		            send(src, dst, 58, icmp(src, dst, 134, body), 255)
		            send(src, dst, 58, icmp(src, dst, 137, redirect), 255)
		elif what == "neighbours":
		    host = targets[0]
		    net = ipaddress.IPv6Network(own + "/64", False)
		    for i in range(3000):
		        src = str(net[0x10000 + i])
		        ask = b"\0" * 4 + packed(host) + b"\1\1" + me
		        send(src, host, 58, icmp(src, host, 135, ask), 255)
		        send(src, host, 58, icmp(src, host, 133, b"\0" * 4 +
		             b"\1\1" + me), 255)
		        send(src, host, 58, icmp(src, host, 128, b"\0\1\0\1"))
	END
}

hosts()
{
	{
		ip -6 route show table all
		ip -6 addr
	} | sed -E 's/(valid_lft|preferred_lft|expires) [0-9]+(sec)?//g'
}

sections()
{
	conf_write <<-END
		[evil]
		Address6 = auto
		[lab]
		Address6 = auto
		[open]
		Address6 = auto
		Isolate = no
	END
}

neighbours()
{
	ip -6 neigh show dev "$(device_of evil)" | wc -l
}

# echoes ADDRESS: an echo comes back
echoes()
{
	python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
s.settimeout(5)
s.sendto(b"\x80\0\0\0\x11\x11\0\1", (sys.argv[1], 0))
while s.recv(99)[:1] != b"\x81":
    pass' "$1"
}

# A packet of the kernel's own gets through when all before it was dealt with.
sync_with()
{
	inside evil bash -c "$(declare -f echoes); echoes $1" ||
		fail "$fw: no echo of $1"
}

forged()
{
	local targets
	targets="$(host6 evil) $here $(host6 lab) $(inside6 lab) $(
		inside6 open) $world"
	# shellcheck disable=SC2086
	frames sources $targets
	sync_with "$(host6 evil)"
	is "$(heard source)" "" "$fw: nobody hears what has a forged source"
	# shellcheck disable=SC2086
	frames headers $targets
	sync_with "$(host6 evil)"
	sync_with $world
	wait_until 5 heard header
	is "$(heard header | sort -u)" "header $here" \
		"$fw: whatever stands before it, only the world hears a datagram"
}

claims()
{
	hosts >"$host_dir/hosts-1"
	frames router "$(host6 evil)" $here
	sync_with "$(host6 evil)"
	hosts >"$host_dir/hosts-2"
	is "$(diff "$host_dir/hosts-1" "$host_dir/hosts-2")" "" \
		"$fw: no router of theirs is believed"
	is "$(neighbours)" 1 "$fw: the host knows one neighbour there"
	frames neighbours "$(host6 evil)"
	sync_with "$(host6 evil)"
	is "$(neighbours)" 1 "$fw: however many pretend to be"
	like "$(ip -6 neigh show dev "$(device_of evil)")" PERMANENT \
		"$fw: for good"
}

# What goes to an address of the network that nobody has does not go astray.
astray()
{
	local nobody
	nobody=$(host6 evil | sed 's/::1$/::99/')
	like "$(ip -6 route get "$nobody")" "dev $(device_of evil)" \
		"$fw: the whole network is inside"
	inside evil ip -6 addr add "$nobody/128" dev lo nodad
	runs "$fw: which may have more addresses of it" \
		echoes "$nobody"
	is "$(neighbours)" 1 "$fw: without another neighbour"
	inside evil ip -6 addr del "$nobody/128" dev lo
}

by_firewall()
{
	fw=$1
	sections
	runs "$fw: up" runnsctl up evil lab open
	servers=
	listen host /proc/self/ns/net
	listen world "/proc/$inet_pid/ns/net"
	listen lab /run/netns/lab
	listen open /run/netns/open
	forged
	claims
	astray
	# shellcheck disable=SC2086
	kill $servers
	# shellcheck disable=SC2086
	wait $servers 2>/dev/null
	rm "$host_dir"/heard-*
	like "$(tracked)" fd72: "$fw: the kernel remembers connections"
	runs "$fw: down" runnsctl down --kill --all
	runs "$fw: which are forgotten, whatever address they had" \
		wait_until 5 forgotten
}

tracked()
{
	grep -o 'src=fd72[^ ]*' /proc/net/nf_conntrack |
		sed 's/:0000//g; s/src=//'
}

forgotten()
{
	! tracked | grep -q .
}

# --- chains of others ---------------------------------------------------------------

has_way_out()
{
	is "$(inside lab timeout 5 python3 "$tests/peer.py" get \
		2001:db8:100::1)" $here "$1"
}

chains()
{
	local before
	fw=nft
	conf_write <<-END
		[lab]
		Address6 = auto
		[four]
	END
	nft 'table ip6 wall { chain forwards {
		type filter hook forward priority 10; policy drop; }; }'
	like "$(runnsctl up lab 2>&1)" 'chain ip6 wall forwards .nft, policy drop' \
		"a chain of IPv6 that drops is named"
	like "$(runnsctl status lab 2>&1)" 'ip6 wall forwards' "by status too"
	unlike "$(runnsctl up four 2>&1)" 'ip6 wall' \
		"but not to a network without IPv6"
	unlike "$(runnsctl status four 2>&1)" 'ip6 wall' "by neither"
	like "$(runnsctl doctor 2>&1)" 'dropped by chain ip6 wall forwards' \
		"and doctor tells"
	runnsctl down lab
	unlike "$(runnsctl doctor 2>&1)" 'ip6 wall' \
		"unless no network has IPv6"
	nft delete table ip6 wall
	ip6tables-legacy -P FORWARD DROP
	like "$(runnsctl up lab 2>&1)" 'FORWARD of ip6tables-legacy' \
		"so is the policy of ip6tables-legacy"
	ip6tables-legacy -P FORWARD ACCEPT
	runnsctl down lab
	ip6tables-nft -P FORWARD DROP
	before=$(ip6tables-nft-save | grep -v '^#' | sed 's/\[[0-9:]*\]//')
	unlike "$(runnsctl up lab 2>&1)" drop \
		"the policy of ip6tables-nft is passed"
	has_way_out "so that traffic passes"
	is "$(ip6tables-nft -S FORWARD | head -n 1)" '-P FORWARD DROP' \
		"the policy stays"
	unlike "$(ip6tables-nft-save 2>&1)" incompatible \
		"ip6tables can read what was added"
	runnsctl down lab four
	is "$(ip6tables-nft-save | grep -v '^#' | sed 's/\[[0-9:]*\]//')" \
		"$before" "down takes it away"
	ip6tables-nft -P FORWARD ACCEPT
	ip6tables-nft -F
}

write_frames
with_backend nft by_firewall nft
with_backend iptables by_firewall iptables
with_backend nft chains
done_testing
