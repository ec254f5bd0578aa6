#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# net6.sh - IPv6 of networks: built, used, kept apart, mended, taken down; by
# both firewalls
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
host_start "$@"

# shellcheck disable=SC2016
reaches='timeout 1 bash -c "exec 3<>/dev/tcp/$0/$1"'
web=2001:db8:100::1
uplink=/proc/sys/net/ipv6/conf/eth0/force_forwarding

# reach COMMAND... -- HOST PORT
reach()
{
	local before=()
	while [ "$1" != -- ]; do
		before+=("$1")
		shift
	done
	"${before[@]}" bash -c "$reaches" "$2" "$3"
}

sections()
{
	conf_write <<-END
		[work]
		Address6 = fd24:1::1/64
		[lab]
		Address6 = fd24:2::1/64
		[open]
		Address6 = fd24:3::1/64
		Isolate = no
		[open2]
		Address6 = fd24:4::1/64
		Isolate = no
		[plain]
		Address6 = fd24:5::1/127
		Nat = none
		[four]
		[taken]
		Address6 = 2001:db8:1::77/64
	END
}

fetch()
{
	inside "$1" python3 "$tests/peer.py" get $web
}

serve()
{
	local name
	python3 "$tests/peer.py" http 8081 >/dev/null 2>&1 &
	servers=$!
	for name in work lab open open2; do
		nsenter --net=/run/netns/$name -- python3 "$tests/peer.py" \
			http 80 >/dev/null 2>&1 &
		servers="$servers $!"
	done
	for name in work lab open open2; do
		wait_until 5 reach inside $name -- ::1 80
	done
	wait_until 5 reach -- ::1 8081
}

traffic()
{
	is "$(fetch work)" 2001:db8:1::2 "$fw: traffic leaves masqueraded"
	is "$(fetch plain)" fd24:5:: "$fw: and with Nat=none as it is"
	refuses "$fw: a network without Address6 has no IPv6 way out" \
		timeout 2 nsenter --net=/run/netns/four -- \
		python3 "$tests/peer.py" get $web
	serve
	runs "$fw: the host reaches a network" reach -- fd24:1::2 80
	refuses "$fw: a network does not reach another" \
		reach inside work -- fd24:2::2 80
	refuses "$fw: nor an open one" reach inside work -- fd24:4::2 80
	refuses "$fw: an open one does not reach one that is not" \
		reach inside open -- fd24:1::2 80
	runs "$fw: but another open one" reach inside open -- fd24:4::2 80
	refuses "$fw: the host is not reached by the gateway" \
		reach inside work -- fd24:1::1 8081
	refuses "$fw: nor by its other address" \
		reach inside work -- 2001:db8:1::2 8081
	runs "$fw: an open network reaches the host" \
		reach inside open -- 2001:db8:1::2 8081
	refuses "$fw: nobody outside reaches a network" \
		reach inet -- fd24:1::2 80
}

link_local()
{
	local host=fe80::1
	is "$(ip -6 -o addr show dev "$(device_of work)" | grep -c fe80)" 0 \
		"$fw: the host's end has no link-local address"
	ip -n work -6 addr add fe80::2/64 dev eth0 nodad
	ip -6 addr add $host/64 dev "$(device_of work)" nodad
	refuses "$fw: by link-local addresses the host is not reached either" \
		reach inside work -- "$host%eth0" 8081
	ip -6 addr del $host/64 dev "$(device_of work)"
	ip -n work -6 addr del fe80::2/64 dev eth0
}

# sent SOURCE: is a packet with that source heard outside?
sent()
{
	inet timeout 10 python3 -c '
import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.bind(("::", 9001))
s.settimeout(2)
print("ready", flush=True)
try:
    print(s.recvfrom(99)[1][0], flush=True)
except OSError:
    print("silence", flush=True)' >"$host_dir/heard" &
	local listener=$!
	wait_until 5 grep -q ready "$host_dir/heard"
	inside plain python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 0))
s.sendto(b"hello", (sys.argv[2], 9001))' "$1" $web
	wait $listener
	tail -n 1 "$host_dir/heard"
}

spoofing()
{
	local source
	is "$(sent fd24:5::)" fd24:5:: "$fw: a packet is heard"
	for source in fd99::9 fd24:1::2; do
		ip -n plain -6 addr add "$source/128" dev lo nodad
		is "$(sent "$source")" silence \
			"$fw: one with the foreign source $source is not"
		ip -n plain -6 addr del "$source/128" dev lo
	done
}

not_a_router()
{
	is "$(sysctl -n net.ipv6.conf.all.forwarding)" 0 \
		"$fw: the host as a whole does not forward"
	is "$(cat $uplink)" 1 "$fw: its uplink does"
	hold_netns
	ip link add other0 type veth peer name eth0 netns "$held_pid"
	ip link set other0 up
	ip addr add fd77::1/64 dev other0 nodad
	nsenter -t "$held_pid" -n ip link set eth0 up
	nsenter -t "$held_pid" -n ip addr add fd77::2/64 dev eth0 nodad
	inet ip -6 route add fd77::/64 via 2001:db8:1::2
	nsenter -t "$held_pid" -n ip -6 route add default via fd77::1
	nsenter -t "$held_pid" -n python3 "$tests/peer.py" http 80 \
		>/dev/null 2>&1 &
	servers="$servers $!"
	wait_until 5 reach -- fd77::2 80
	refuses "$fw: but not for others" reach inet -- fd77::2 80
	echo 1 >/proc/sys/net/ipv6/conf/other0/force_forwarding
	refuses "$fw: not even for those that somebody lets in elsewhere" \
		reach inet -- fd77::2 80
	kill "$held_pid"
	ip link del other0 2>/dev/null
	inet ip -6 route del fd77::/64
}

flush_rules()
{
	local table
	if [ "$fw" = nft ]; then
		nft flush ruleset
	else
		for table in raw filter nat; do
			ip6tables-legacy -t $table -F
			ip6tables-legacy -t $table -X
		done
	fi
}

mending()
{
	ip -n work -6 route del default
	ip -n work -6 addr flush dev eth0
	ip -6 addr flush dev "$(device_of work)"
	echo 0 >$uplink
	flush_rules
	runs "$fw: up mends addresses, routes, rules and forwarding" \
		runnsctl up work
	is "$(fetch work)" 2001:db8:1::2 "$fw: and it works"
	ip link del "$(device_of work)"
	runs "$fw: up mends a deleted device" runnsctl up work
	is "$(fetch work)" 2001:db8:1::2 "$fw: and it works"
	settled standing-a
	runs "$fw: up of what stands" runnsctl up work
	settled standing-b
	snap_same standing-a standing-b "changes nothing"
}

words()
{
	like "$(runnsctl status --json work)" '"address6": ?"fd24:1::2/64"' \
		"$fw: status tells the address"
	like "$(runnsctl up taken 2>&1)" 'Address6=: another route' \
		"$fw: a network that a route leads into is refused"
	refuses "$fw: and nothing of it is left" test -e /run/runns/net/taken
	printf '[x]\nAddress6 = fd24:9::1/64\nLink = none\n' \
		>/etc/both.conf
	like "$(runnsctl check /etc/both.conf 2>&1)" \
		'Address6 and also Link' "what cannot hold is an error"
	rm /etc/both.conf
}

# Who has no IPv6 has no rules for it either.
without()
{
	runnsctl up four
	unlike "$(ip6tables-legacy-save 2>/dev/null)" runns \
		"$fw: a network without IPv6 has no rules in ip6tables"
	runnsctl down four
}

by_firewall()
{
	fw=$1
	sections
	runnsctl up work && runnsctl down work
	settled begin
	without
	runs "$fw: up of six networks" \
		runnsctl up work lab open open2 plain four
	is "$(sed -n 's/^firewall=//p' /run/runns/net/work/state)" "$fw" \
		"$fw: is used"
	traffic
	link_local
	spoofing
	not_a_router
	words
	mending
	# shellcheck disable=SC2086
	kill $servers
	# shellcheck disable=SC2086
	wait $servers 2>/dev/null
	runs "$fw: one goes" runnsctl down work
	is "$(cat $uplink)" 1 "$fw: and the uplink forwards for the others"
	runs "$fw: down --kill --all" runnsctl down --kill --all
	is "$(cat $uplink)" 0 "$fw: with the last it does no more"
	settled end
	snap_same begin end "$fw: everything is as before"
}

lost_record()
{
	fw=$1
	sections
	runnsctl up work
	rm -r /run/runns/net/work
	ip netns del work
	wait_until 5 no_links
	runnsctl gc
	is "$(cat $uplink)" 0 \
		"$fw: gc of one whose record is lost puts the uplink back"
}

inet ip -6 route add fd24::/16 via 2001:db8:1::2
with_backend nft by_firewall nft
with_backend nft lost_record nft
with_backend iptables by_firewall iptables
with_backend iptables lost_record iptables
done_testing
