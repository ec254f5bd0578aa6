#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# names.sh - look-ups that cannot leak: who asks from inside, however, and
# whatever resolv.conf says, is answered by his network's name servers, or not
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
need strace
host_start "$@"

# The host's own server on all its addresses, for nobody who is inside.
decoy=$host_dir/dns-decoy.log
: >$decoy
chmod 0666 $decoy
dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts \
	--user=root --pid-file= --log-queries --log-facility=$decoy \
	--host-record=which.test,192.0.2.99,2001:db8:2::99 \
	--local=/test/ >$decoy.err 2>&1 &

# ask NETWORK udp|tcp SERVER: what the answer to which.test is
ask()
{
	inside "$1" python3 "$tests/ask.py" "$2" "$3" which.test
}

# asked: how often servers were asked that are not the network's
asked()
{
	cat $host_dir/dns-host.log $decoy | grep -c 'query\['
}

# names_of NETWORK: where its look-ups go, as status has it
names_of()
{
	runnsctl status --json "$1" | python3 -c '
import json, sys
print(json.load(sys.stdin)[0]["names"])'
}

# level_of NETWORK: what holds now, as status has it
level_of()
{
	runnsctl status --json "$1" | python3 -c '
import json, sys
print(json.load(sys.stdin)[0]["level"])'
}

# explained USER: what will hold
explained()
{
	runnsctl explain --json "$1" sshd | python3 -c '
import json, sys
answer = json.load(sys.stdin)
print(answer["level"], answer["level_why"])'
}

own_conf()
{
	conf_write <<-END
		[own]
		DNS = ${1-198.51.100.53}
		${2-}
		[work]
	END
}

# steered NETWORK SERVER...: whoever is asked, 198.51.100.53 answers
steered()
{
	local net=$1 server kind got=''
	shift
	for server; do
		for kind in udp tcp; do
			got="$got$(ask "$net" $kind "$server") "
		done
	done
	is "$got" "$(printf '192.0.2.53 192.0.2.53 %.0s' "$@")" \
		"$backend: $net asks $*, and its own server answers"
}

# refused NETWORK SERVER...: refused, and at once
refused()
{
	local net=$1 server kind got='' since=${EPOCHREALTIME/./}
	shift
	for server; do
		for kind in udp tcp; do
			got="$got$(ask "$net" $kind "$server") "
		done
	done
	is "$got" "$(printf 'refused refused %.0s' "$@")" \
		"$backend: $net asks $*, and is refused"
	[ $((${EPOCHREALTIME/./} - since)) -lt $((1000000 * $#)) ]
	ok $? "$backend: at once"
}

steering()
{
	local before gateway
	own_conf
	runs "$backend: up" runnsctl up own work
	before=$(asked)
	gateway=$(ip -n own route | awk '/^default/ { print $3 }')
	steered own 198.51.100.53 203.0.113.1 198.51.100.77 203.0.113.2 \
		"$gateway" 192.0.2.254
	refused own 127.0.0.1 127.0.0.53 ::1
	inside own ip -6 route add 2001:db8::/32 dev eth0
	refused own 2001:db8:1::2 2001:db8:100::53
	is "$(asked)" "$before" "$backend: nobody else was asked"
	is "$(ask work udp 203.0.113.1)" 192.0.2.1 \
		"$backend: without servers of its own they go where they want"
	is "$(names_of own) $(names_of work)" "steered open" \
		"$backend: which status says"
	is "$(level_of own) $(level_of work)" "sealed routed" \
		"$backend: and the level that follows"
}

# What a member may not change, root may, and up puts back.
mending()
{
	refuses "$backend: a member cannot change the rules" \
		nsenter --net=/run/netns/own setpriv --reuid 5001 --regid 5001 \
		--clear-groups sh -c 'nft flush ruleset || iptables-legacy -F'
	steered own 203.0.113.1
	inside own nft flush ruleset
	inside own iptables-legacy -t nat -F
	is "$(names_of own)" lost "$backend: rules that are flushed are lost"
	is "$(level_of own)" routed "$backend: no longer sealed"
	like "$(runnsctl status own)" 'own +broken' "$backend: status tells"
	is "$(ask own udp 203.0.113.2)" "$([ $backend = nft ] &&
		echo silent || echo refused)" "$backend: (what is left)"
	runs "$backend: up" runnsctl up own
	is "$(names_of own)" steered "$backend: puts them back"
	steered own 203.0.113.1 203.0.113.2
	inside own iptables-legacy -F OUTPUT
	inside own nft flush chain inet runns-names allowed 2>/dev/null
	is "$(names_of own)" lost "$backend: one chain that is flushed is noticed"
	runs "$backend: up" runnsctl up own
	is "$(names_of own)" steered "$backend: puts it back too"
}

# Other servers than it was built with
changing()
{
	own_conf 198.51.100.77
	runs "$backend: up with another server" runnsctl up own
	is "$(ask own udp 203.0.113.1)" refused \
		"$backend: has them go there, where nobody listens"
	is "$(ask own udp 198.51.100.53)" refused "$backend: the old one no more"
	own_conf '198.51.100.77 198.51.100.53'
	runs "$backend: up with two" runnsctl up own
	is "$(ask own udp 198.51.100.53)" 192.0.2.53 \
		"$backend: the second can be asked"
	is "$(ip netns exec own getent ahostsv4 which.test |
		awk 'NR == 1 { print $1 }')" 192.0.2.53 \
		"$backend: and libc does when the first is dead"
	own_conf 198.51.100.77
	runs "$backend: up with the first alone" runnsctl up own
	is "$(ask own udp 198.51.100.53)" refused \
		"$backend: the second can be asked no more"
	own_conf 198.51.100.53 'StrictDNS = no'
	runs "$backend: up without StrictDNS" runnsctl up own
	is "$(ask own udp 203.0.113.1)" 192.0.2.1 "$backend: takes the rules away"
	is "$(names_of own)" open "$backend: which status says"
	is "$(inside own nft list ruleset | grep runns
		inside own iptables-legacy-save | grep runns)" "" \
		"$backend: whole"
	own_conf
	runs "$backend: up" runnsctl up own
	steered own 203.0.113.1
}

# The administrator's own resolv.conf for the network
theirs()
{
	rm /etc/netns/own/resolv.conf
	echo 'nameserver 203.0.113.1' >/etc/netns/own/resolv.conf
	is "$(names_of own)" lost "$backend: servers that changed are noticed"
	runs "$backend: up" runnsctl up own
	is "$(ask own udp 198.51.100.53)" 192.0.2.1 \
		"$backend: /etc/netns/NAME/resolv.conf tells the servers"
	rm /etc/netns/own/resolv.conf
	runs "$backend: up" runnsctl up own
	steered own 203.0.113.1
}

# Servers by IPv6, and one on the loopback device, which DNS= names
families()
{
	own_conf '127.0.0.53 198.51.100.53 2001:db8:100::53'
	runs "$backend: up with servers of both families" runnsctl up own
	inside own ip -6 route replace 2001:db8::/32 dev eth0
	inside own ip -6 addr add 2001:db8:100::53/128 dev lo nodad
	nsenter --net=/run/netns/own dnsmasq --keep-in-foreground --conf-file=/dev/null \
		--no-resolv --no-hosts --user=root --pid-file= \
		--bind-interfaces --listen-address=127.0.0.53 \
		--listen-address=2001:db8:100::53 \
		--host-record=which.test,192.0.2.66 --local=/test/ &
	local server=$!
	wait_until 10 sh -c "$(declare -f ask inside); tests=$tests
		test \"\$(ask own udp 127.0.0.53)\" = 192.0.2.66"
	is "$(ask own udp 127.0.0.53) $(ask own tcp 127.0.0.53)" \
		'192.0.2.66 192.0.2.66' "$backend: it answers on 127.0.0.53"
	is "$(ask own udp 2001:db8:9::9) $(ask own tcp 2001:db8:9::9)" \
		'192.0.2.66 192.0.2.66' "$backend: IPv6 is sent to IPv6's"
	steered own 203.0.113.1
	refused own 127.0.0.1 ::1
	kill $server
	wait $server 2>/dev/null
}

# A kernel that refuses: nothing is built.
faults()
{
	local n out
	runs "$backend: down" runnsctl down own work
	settled "$backend-before"
	for n in {1..60}; do
		out=$(strace -f -o /dev/null -e trace=sendto,setsockopt \
			-e inject=sendto,setsockopt:error=EOPNOTSUPP:when=$n \
			runnsctl up own 2>&1)
		[[ $out != *StrictDNS* ]] || break
		runnsctl down own >/dev/null 2>&1
	done
	like "$out" 'StrictDNS: .* refuse' "$backend: a kernel that cannot"
	refuses "$backend: is no network" test -e /run/netns/own
	settled "$backend-after"
	snap_same "$backend-before" "$backend-after" "$backend: and leaves nothing"
}

# The level that a session will have, before there is a network and after
levels()
{
	local as
	map_write <<-END
		alice	own	-	create
		bob	work	-	create
		carol	open	-	create
		dave	+	-
	END
	conf_write <<-END
		[own]
		DNS = 198.51.100.53
		[work]
		[open]
		DNS = 198.51.100.53
		Isolate = no
	END
	for as in 'to be built' 'that stands'; do
		is "$(explained alice)" 'sealed ' "explain, one $as: sealed"
		like "$(explained bob)" '^routed .*StrictDNS' \
			"explain, one $as: routed, since look-ups are free"
		like "$(explained carol)" '^routed .*Isolate' \
			"explain, one $as: routed, since it is open"
		runs "up" runnsctl up own work open
	done
	is "$(setpriv --reuid 5001 --regid 5001 --clear-groups sh -c \
		"$(declare -f explained); explained alice")" 'sealed ' \
		"explain, for himself"
	is "$(explained dave)" 'sealed ' "explain, private: sealed"
	mkdir -p /run/systemd/resolve /run/dbus
	touch /run/dbus/system_bus_socket
	like "$(explained alice)" '^routed .*systemd-resolved' \
		"explain: routed, where resolved answers over the bus"
	is "$(level_of own)" routed "status: likewise"
	rm -r /run/systemd/resolve /run/dbus
	runs "down" runnsctl down own work open
}

for backend in nft iptables; do
	steering
	mending
	changing
	theirs
	families
	faults
done
backend=auto
levels
done_testing
