#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# adv_rveth.sh - who would get more by runns-helper --veth than he may
#
# Namespaces that are not his, more than his share, frames with sources that
# are not his, floods.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
. "$(dirname "$0")/../net/own.sh"
host_start "$@"

map_write <<-END
	alice	-	-	veth=2
	bob	-	-	veth=1
	*	-	-
END
conf_write </dev/null

seen_as()
{
	own_in "$1" timeout "${2-5}" python3 "$tests/peer.py" get 198.51.100.1 \
		2>/dev/null
}

own_devices()
{
	ip -o link | grep -c ': rn-u'
}

# --- N13, R1: whose namespace -----------------------------------------------------

# tried TEXT SHELL-REDIRECTION...: --veth 7, as alice, with that descriptor
tried()
{
	local text=$1
	shift
	said=$(as alice bash -c "exec runns-helper --veth 7 $*" 2>&1)
	is $? 125 "$text: refused"
	like "$said" "no network namespace of a user namespace of yours" \
		"$text: she is told"
	is "$(own_devices)" 0 "$text: nothing was made"
}

whose()
{
	net_make named 1
	tried "the host's" '7</proc/self/ns/net'
	tried "a named one" '7</run/netns/named'
	own_hold bob
	# Root hands it to her: the descriptor alone gives no right.
	said=$(bash -c 'exec 7<"/proc/$0/ns/net"
		exec setpriv --reuid alice --regid alice --init-groups \
			runns-helper --veth 7' "$held" 2>&1)
	is $? 125 "bob's: refused"
	is "$(own_devices)" 0 "bob's: nothing was made"
	own_end "$held"
	own_hold alice
	tried "her user namespace" "7</proc/$held/ns/user"
	tried "another kind" "7</proc/$held/ns/uts"
	tried "a file" '7</etc/passwd'
	tried "a directory" '7</'
	tried "a device" '7</dev/zero'
	tried "a pipe" '7< <(sleep 5)'
	tried "a socket" '7<>/dev/udp/127.0.0.1/9'
	tried "none" '7<&-'
	own_in "$held" bash -c 'exec runns-helper --veth 7 7</proc/self/ns/net' \
		>$host_dir/said 2>&1
	is $? 125 "from inside the user namespace: refused"
	like "$(cat $host_dir/said)" 'no privilege in a user namespace' \
		"from inside: it is told"
	for word in 0 2 -1 07 99999999999 '' x 7x; do
		as alice runns-helper --veth "$word" 2>$host_dir/said
		is $? 125 "--veth '$word': refused"
	done
	as alice bash -c 'exec runns-helper --veth 7 true 7</proc/self/ns/net' \
		2>$host_dir/said
	is $? 125 "--veth with a command: refused"
	own_end "$held"
	# Of a user namespace within hers: hers too.
	(cd / && exec setpriv --reuid alice --regid alice --init-groups \
		unshare -Ur unshare -Urn sleep infinity) &
	held=$!
	wait_until 10 own_is_ready "$held"
	own_connect alice "$held"
	ok $? "one within a user namespace of hers" "$said"
	own_end "$held"
	ip netns del named
	said=$(as bob runnsctl down veth-5001-1 2>&1)
	isnt $? 0 "N07: bob takes nothing down"
	runnsctl gc
}

# --- N06, K5: how many --------------------------------------------------------------

at_once()
{
	local pids='' i done=0
	for i in 1 2 3 4 5 6 7 8; do
		own_hold alice
		pids="$pids $held"
	done
	for i in $pids; do
		(own_connect alice "$i" && : >"$host_dir/got.$i") &
	done
	# shellcheck disable=SC2046
	wait $(jobs -p | tail -n 8)
	for i in $pids; do
		[ ! -e "$host_dir/got.$i" ] || done=$((done + 1))
	done
	is "$done" 2 "eight at once: as many as she may"
	is "$(own_devices)" 2 "eight at once: and no more devices"
	own_hold bob
	own_connect bob "$held"
	ok $? "bob has his own share" "$said"
	own_end "$held"
	# Records are no part of the count.
	rm -rf /run/runns/net/veth-*
	for i in $pids; do
		[ ! -e "$host_dir/got.$i" ] || continue
		own_connect alice "$i"
		is $? 125 "records deleted: still as many as she may"
		break
	done
	is "$(own_devices)" 2 "records deleted: no more devices"
	# shellcheck disable=SC2086
	own_end $pids
	runnsctl gc
	is "$(ls /run/runns/net /run/runns/pool; nft list tables | grep runns)" \
		"/run/runns/net:

/run/runns/pool:" "gc takes back all that is left"
	map_write <<-END
		al	-	-	veth=4
		alice2	-	-	veth=4
		@contractors -	-	veth=4
		*	-	-
	END
	own_hold alice
	own_connect alice "$held"
	is $? 125 "names that are hers in part are not hers"
	own_end "$held"
	map_write <<-END
		alice	-	-	veth=2
		bob	-	-	veth=1
		*	-	-
	END
}

# The end inside is taken, renamed, deleted while it is set up.
raced()
{
	local i bad='' racer
	own_hold alice
	# shellcheck disable=SC2016
	setpriv --reuid alice --regid alice --init-groups nsenter -t "$held" \
		-U -n --preserve-credentials bash -c 'while :; do
		ip link set eth0 name x$RANDOM; ip link del eth0
		for d in /sys/class/net/x*; do ip link del "${d##*/}"; done
	done' >/dev/null 2>&1 &
	racer=$!
	for i in $(seq 20); do
		own_connect alice "$held"
		case $? in 0 | 125) ;; *) bad="$bad $i:$said" ;; esac
	done
	kill -9 $racer
	wait $racer 2>/dev/null
	is "$bad" "" "raced: it is made or refused"
	own_end "$held"
	own_make alice
	ok $? "raced: nothing is counted that is gone" "$said"
	own_end "$held"
	runnsctl gc
	is "$(own_devices)" 0 "raced: no device is left"
	is "$(ls /run/runns/net)" "" "raced: no record is left"
	like "$(ip -br link show eth0)" 'eth0@.* UP' "raced: the host's eth0 stays"
}

flooded()
{
	local most flood
	own_hold alice
	as alice bash -c 'for i in $(seq 120); do
		runns-helper --veth 7 7<"/proc/$0/ns/net" >/dev/null 2>&1 &
	done; wait' "$held" &
	flood=$!
	own_hold bob
	wait_until 10 pgrep runns-net
	most=$(pgrep -c runns-net)
	own_connect bob "$held"
	ok $? "flooded: bob is served" "$said"
	[ "$most" -le 128 ]
	ok $? "flooded: at most 64 at a time" "$most"
	own_end "$held"
	wait $flood 2>/dev/null
	is "$(own_devices)" 1 "flooded: one device is hers"
	pkill -9 -u alice sleep
	wait_until 10 eval '[ "$(own_devices)" = 0 ]'
	runnsctl gc
}

# --- R6: what it sends ---------------------------------------------------------------

mac_of()
{
	ip -o link show dev "$1" | sed 's/.*ether \([^ ]*\) .*/\1/'
}

# labels FILE: what was seen, once each
labels()
{
	sed 1d "$1" | sort -u | paste -sd ' '
}

frames()
{
	local address gateway mac router neighbour watchers
	own_make alice || fail "$backend: alice's" "$said"
	address=$(echo "$said" | sed -n 's|^address \(.*\)/24$|\1|p')
	gateway=$(echo "$said" | sed -n 's/^gateway //p')
	router=$(mac_of "$(device_of "$name")")
	mac=$(own_in "$held" ip -o link show dev eth0 |
		sed 's/.*ether \([^ ]*\) .*/\1/')
	is "$(seen_as "$held")" 203.0.113.2 "$backend: it works"
	neighbour=$(ip neigh show 203.0.113.1 dev eth0 | awk '{ print $3 }')
	# Else what the other firewall's run has left says that they have started.
	rm -f $host_dir/icmp $host_dir/frames
	python3 "$tests/../net/frames.py" seen icmp $host_dir/icmp &
	watchers=$!
	inet python3 "$tests/../net/frames.py" seen frames host0 \
		$host_dir/frames &
	watchers="$watchers $!"
	wait_until 10 grep -q started $host_dir/icmp
	wait_until 10 grep -q started $host_dir/frames
	own_in "$held" python3 "$tests/../net/frames.py" send eth0 "$mac" \
		"$router" "$address" "$gateway"
	wait_until 10 grep -q right-again $host_dir/icmp
	wait_until 10 grep -q right-again $host_dir/frames
	# shellcheck disable=SC2086
	kill $watchers
	is "$(labels $host_dir/icmp)" "right right-again" \
		"$backend: the host is given what has its source, nothing else"
	is "$(labels $host_dir/frames)" "right right-again" \
		"$backend: nothing else leaves"
	is "$(ip -6 route | grep -c bad)$(ip -6 addr | grep -c bad)" 00 \
		"$backend: a router that it announces is not believed"
	is "$(ip neigh show 203.0.113.1 dev eth0 | awk '{ print $3 }')" \
		"$neighbour" "$backend: nor is a neighbour"
	is "$(own_in "$held" python3 "$tests/../net/frames.py" ask eth0 "$mac" \
		"$address" "$gateway")" answered "$backend: ARP for the gateway"
	is "$(own_in "$held" python3 "$tests/../net/frames.py" ask eth0 "$mac" \
		"$address" 203.0.113.2)" silent \
		"$backend: no ARP for the host's other addresses"
	is "$(seen_as "$held")" 203.0.113.2 "$backend: it works still"
	# An address of its own choice gets nowhere.
	own_in "$held" ip addr add 172.24.77.2/32 dev eth0
	own_in "$held" ip route replace default via "$gateway" src 172.24.77.2 \
		dev eth0 onlink
	is "$(seen_as "$held" 1)" "" "$backend: nothing from another address"
	own_in "$held" ip addr del 172.24.77.2/32 dev eth0
	own_in "$held" ip route replace default via "$gateway" dev eth0 onlink
	own_in "$held" ip link set eth0 address 02:00:00:00:00:77
	is "$(seen_as "$held" 1)" "" "$backend: nothing from another MAC"
	own_end "$held"
}

# The kernel's table of connections is everybody's.
connections()
{
	local n before
	own_make alice
	before=$(cat /proc/sys/net/netfilter/nf_conntrack_count)
	own_in "$held" python3 "$tests/../net/frames.py" flood 198.51.100.1 5000
	n=$(cat /proc/sys/net/netfilter/nf_conntrack_count)
	[ "$n" -ge 4000 ] && [ "$n" -le $((before + 4097)) ]
	ok $? "$backend: 4096 connections through the host, no more" "$n"
	own_in "$held" python3 "$tests/../net/frames.py" echoes \
		"$(own_in "$held" ip route show default | awk '{ print $3 }')" 6000
	n=$(cat /proc/sys/net/netfilter/nf_conntrack_count)
	[ "$n" -le $((before + 2 * 4097)) ]
	ok $? "$backend: nor by ICMP to the host" "$n"
	is "$(seen_as "$held" 1)" "" "$backend: a full one has no new ones"
	own_make bob || fail "$backend: bob's" "$said"
	is "$(seen_as "$held")" 203.0.113.2 "$backend: another user's has"
	own_end "$held"
	pkill -9 -u alice sleep
	wait_until 10 eval '[ "$(own_devices)" = 0 ]'
	runnsctl gc
}

whose
at_once
raced
flooded
for fw in nft iptables; do
	backend=$fw
	conf_write </dev/null
	frames
	connections
done
done_testing
