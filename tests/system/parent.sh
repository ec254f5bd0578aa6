#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# parent.sh - networks that hang on another one in place of the host
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
host_start "$@"

# shellcheck disable=SC2016
reaches='timeout 1 bash -c "exec 3<>/dev/tcp/$0/$1"'

get()
{
	inside "$1" python3 "$tests/peer.py" get 198.51.100.1
}

field()
{
	runnsctl status --json "$1" | python3 -c '
import json, sys
print(json.load(sys.stdin)[0][sys.argv[1]])' "$2"
}

serve()
{
	nsenter --net="/run/netns/$1" -- python3 "$tests/peer.py" http "$2" \
		>/dev/null 2>&1 &
	servers="${servers-} $!"
	wait_until 5 inside "$1" bash -c "$reaches" 127.0.0.1 "$2"
}

sections()
{
	conf_write <<-END
		[three]
		Parent = two
		DNS = 198.51.100.53
		[two]
		Parent = one
		[one]
		[side]
		Parent = one
		Isolate = no
	END
}

# What is in the namespace of a Parent, that children may leave there.
there()
{
	wait_until 5 no_links_in "$1"
	ip netns exec "$1" bash -c 'ip -o link; ip -o addr; ip route show table all
		ip rule; nft -s list ruleset; iptables-legacy-save |
		grep -v "^#" | sed "s/\[[0-9:]*\]//"
		grep -H "" /proc/sys/net/ipv4/conf/*/{forwarding,rp_filter} \
			/proc/sys/net/ipv4/ip_forward' >"$host_dir/there-$2" 2>&1
}

no_links_in()
{
	! ip -n "$1" -o link | grep -q '6e:6e:73'
}

chain()
{
	local fw=$1 pid pids=''
	sections
	runnsctl up three side && runnsctl down --all
	settled before
	runs "$fw: up of one that hangs on another" runnsctl up three
	runs "$fw: builds those first" test -e /run/netns/two -a -e /run/netns/one
	is "$(field three state) $(field three parent) $(field two parent)" \
		"up two one" "$fw: status shows what hangs on what"
	is "$(get three)" 203.0.113.2 "$fw: traffic leaves by way of all"
	is "$(ip -o link | grep -c 6e:6e:73)" 1 \
		"$fw: the host has the outer end of the first alone"
	is "$(ip -n one -o link | grep -c 6e:6e:73)" 1 \
		"$fw: the others are in the namespaces that they hang on"
	is "$(ip netns exec one sysctl -n net.ipv4.conf.eth0.forwarding)" 1 \
		"$fw: which forward"
	ip -n one link set eth0 down
	refuses "$fw: without a way out of its Parent a network has none" \
		inside three timeout 2 python3 "$tests/peer.py" get 198.51.100.1
	runs "$fw: up mends the Parent" runnsctl up one
	is "$(get three)" 203.0.113.2 "$fw: and all is well again"

	runs "$fw: another on the same Parent" runnsctl up side
	serve one 8081
	serve two 80
	serve side 80
	refuses "$fw: a network does not reach its Parent's services" \
		inside two bash -c "$reaches" "$(address_of one)" 8081
	runs "$fw: but with Isolate=no" \
		inside side bash -c "$reaches" "$(address_of one)" 8081
	refuses "$fw: nor another network" \
		inside side bash -c "$reaches" "$(address_of two)" 80
	refuses "$fw: who is in the Parent does not reach it" \
		inside one bash -c "$reaches" "$(address_of two)" 80
	runs "$fw: but with Isolate=no" \
		inside one bash -c "$reaches" "$(address_of side)" 80
	refuses "$fw: the host does not" \
		bash -c "$reaches" "$(address_of two)" 80
	# shellcheck disable=SC2086
	kill $servers
	# shellcheck disable=SC2086
	wait $servers 2>/dev/null
	servers=
	runs "$fw: down of one" runnsctl down side
	is "$(get three)" 203.0.113.2 "$fw: leaves the others alone"

	like "$(runnsctl down one 2>&1)" 'one: networks hang on it: two;' \
		"$fw: down of a Parent names what hangs on it"
	refuses "$fw: and fails" runnsctl down one
	refuses "$fw: also with --kill" runnsctl down --kill one
	is "$(get three)" 203.0.113.2 "$fw: and nothing is changed"
	runs "$fw: down --all goes by their order" runnsctl down --all
	settled after
	snap_same before after "$fw: nothing of them is left"
	runnsctl up three
	for name in one two three; do
		runnsctl down --wait=20 $name &
		pids="$pids $!"
	done
	for pid in $pids; do
		wait "$pid" || fail "$fw: down --wait"
	done
	runs "$fw: down --wait of all at once" test ! -e /run/netns/one
	runs "$fw: up --all too" runnsctl up --all
	is "$(get three)" 203.0.113.2 "$fw: and it works"
	runnsctl down --all
}

tidy()
{
	local fw=$1
	runnsctl up two && runnsctl down two
	there one first
	runnsctl up two && runnsctl down two
	there one before
	is "$(diff "$host_dir/there-first" "$host_dir/there-before")" "" \
		"$fw: a network leaves nothing in its Parent"
	is "$(find /run/runns/uplink -maxdepth 1 -name '*.*' | wc -l)" 0 "$fw: nor any note"
	runnsctl down one
}

backend_test()
{
	chain "$1"
	tidy "$1"
}

# Linger=no takes no network away that others hang on.
idle()
{
	conf_write <<-END
		[upper]
		Parent = lower
		[lower]
		Linger = no
	END
	runs "a login builds a network and its Parent" runnsctl up --login upper
	runs "gc of an idle Parent" runnsctl gc --idle lower
	runs "leaves it while something hangs on it" test -e /run/netns/lower
	runnsctl down upper
	runs "gc" runnsctl gc --idle lower
	refuses "takes it down after" test -e /run/netns/lower
}

# Somebody deletes, or kills, what others hang on.
lost()
{
	local link
	sections
	runnsctl up three
	link=$(device_of two)
	ip -n one link del "$link"
	like "$(field two state)" broken "a device lost in the Parent is noticed"
	refuses "and nothing falls back to the host" \
		inside three timeout 2 python3 "$tests/peer.py" get 198.51.100.1
	runs "up mends it" runnsctl up two
	is "$(get three)" 203.0.113.2 "and all is well again"
	ip netns exec one nft flush ruleset
	runs "up mends a firewall flushed in the Parent" runnsctl up two
	refuses "so that" inside two bash -c "$reaches" "$(address_of one)" 22
	is "$(ip netns exec one nft list table inet runns | grep -c "\"$(device_of two)\"")" \
		2 "the network is a member again"

	ip netns del one
	wait_until 5 no_links
	is "$(ip -n two -o link | grep -c eth0)" 0 \
		"with its Parent a network loses its device"
	refuses "and has no way out" \
		inside two timeout 2 python3 "$tests/peer.py" get 198.51.100.1
	like "$(field two state)" broken "which status shows"
	runs "up builds the Parent anew, and hangs it on that" runnsctl up two
	is "$(get three)" 203.0.113.2 "and all is well again"
	is "$(find /run/runns/uplink -maxdepth 1 -name '*.one' | wc -l)" 1 \
		"what was noted of the old one is forgotten"

	ip netns del one
	wait_until 5 no_links
	runs "down, when the Parent has gone" runnsctl down three two
	runs "gc" runnsctl gc
	refuses "the Parent's record is gone" test -e /run/runns/net/one
	is "$(ls -A /run/runns/uplink)" "" "and nothing is noted any more"

	runnsctl up three
	rm -rf /run/runns/uplink/*.two
	runs "down of a Parent whose notes were deleted" true
	runs "up writes them again" runnsctl up three
	refuses "so that the Parent stays" runnsctl down two
	runnsctl down --all
}

# Many hang themselves on one, and leave it, at once.
together()
{
	local n pids pid failed
	{
		echo '[base]'
		for n in $(seq 8); do
			printf '[c%s]\nParent = base\n' "$n"
		done
	} >"$host_dir/conf"
	conf_write <"$host_dir/conf"
	for what in up down; do
		pids='' failed=0
		for n in $(seq 8); do
			runnsctl $what "c$n" &
			pids="$pids $!"
		done
		for pid in $pids; do
			wait "$pid" || failed=1
		done
		is $failed 0 "$what of eight on one Parent at once"
		[ $what = down ] ||
			is "$(get c1) $(get c8)" "203.0.113.2 203.0.113.2" \
				"all of them work"
	done
	is "$(find /run/runns/uplink -maxdepth 1 -name '*.*' | wc -l)" 0 \
		"no note is left"
	no_links_in base
	is $? 0 "nor any device"
	runs "down of what nothing hangs on" runnsctl down base
	for n in $(seq 12); do
		runnsctl up "c$((n % 3 + 1))" >/dev/null 2>&1 &
		runnsctl down base >/dev/null 2>&1 &
		runnsctl down "c$((n % 3 + 1))" >/dev/null 2>&1 &
	done
	wait_until 60 no_runnsctl
	runnsctl gc
	runs "up against down, then up" runnsctl up c1 c2 c3
	is "$(get c1) $(get c3)" "203.0.113.2 203.0.113.2" "which work"
	runs "down --all" runnsctl down --all
	is "$(find /run/runns/net /run/runns/uplink -mindepth 1 \
		-not -name '.*')" "" "nothing is left"
}

# Any handle may be a Parent.
foreign()
{
	ip netns add theirs
	ip link add theirs0 type veth peer name eth0 netns theirs
	ip addr add 10.55.0.1/24 dev theirs0
	ip link set theirs0 up
	ip -n theirs addr add 10.55.0.2/24 dev eth0
	ip -n theirs link set eth0 up
	ip -n theirs route add default via 10.55.0.1
	sysctl -q -w net.ipv4.conf.theirs0.forwarding=1 \
		net.ipv4.conf.eth0.forwarding=1
	inet ip route replace 10.55.0.0/24 via 203.0.113.2
	conf_write <<-END
		[guest]
		Parent = theirs
		[lost]
		Parent = nowhere
		[inner]
		Parent = guest
		Link = macvlan
		InterfaceOut = eth0
		Address = 172.24.1.77/24
	END
	there theirs before
	runs "up of one that hangs on a namespace of somebody else's" \
		runnsctl up guest
	is "$(get guest)" 10.55.0.2 "leaves by way of that"
	runs "other kinds of links hang on a Parent too" runnsctl up inner
	is "$(ip -n inner -4 -o addr show eth0 | awk '{ print $4 }')" \
		172.24.1.77/24 "with a device of the Parent's"
	runs "down" runnsctl down inner guest
	there theirs after
	is "$(diff "$host_dir/there-before" "$host_dir/there-after" |
		grep -v -e 'table ip' -e 'table inet' -e '^[<>] *}' \
		-e '^[0-9,ac]*$')" "" "nothing is left there"
	like "$(runnsctl up lost 2>&1)" \
		'lost: Parent=nowhere: there is no such network' \
		"a Parent that is nowhere is named"
	refuses "and nothing is made" test -e /run/runns/net/lost
	ip netns del theirs
	sysctl -q -w net.ipv4.conf.eth0.forwarding=0
}

names()
{
	conf_write <<-END
		[lower]
		Parent = upper
		[upper]
		DNS = 198.51.100.53
	END
	runnsctl up lower
	is "$(grep ^nameserver /run/runns/net/lower/etc/resolv.conf)" \
		'nameserver 198.51.100.53' "name servers are the Parent's"
	is "$(ip netns exec lower getent ahostsv4 which.test |
		awk 'NR == 1 { print $1 }')" 192.0.2.53 "and answer"
	runnsctl down --all
}

circle()
{
	conf_write <<-END
		[one]
		Parent = three
		[two]
		Parent = one
		[three]
		Parent = two
	END
	like "$(runnsctl check 2>&1)" \
		'runns.conf:[0-9]+: Parent "three" of \[one\] hangs on \[one\] itself' \
		"check names a circle by file and line"
	refuses "and up refuses it" runnsctl up one
}

# Inside the Parent the network is as far from its uplinks as on the host.
steered()
{
	conf_write <<-END
		[base]
		[left]
		Parent = base
		InterfaceOut = eth0
	END
	runnsctl up base
	there base before
	runs "InterfaceOut of one that hangs on another" runnsctl up left
	is "$(get left)" 203.0.113.2 "is a device of the Parent's"
	is "$(ip -n base rule | grep -c "iif $(device_of left)")" 1 \
		"whose routing rules are there"
	is "$(ip rule | grep -c 20814)" 0 "and not on the host"
	runs "down" runnsctl down left
	there base after
	is "$(diff "$host_dir/there-before" "$host_dir/there-after" |
		grep -v -e 'table ip' -e 'table inet' -e '^[<>] *}' \
		-e '^[0-9,ac]*$')" "" "nothing is left there"
	runnsctl down base
}

with_backend nft backend_test nft
with_backend iptables backend_test iptables
backend=nft
idle
lost
together
foreign
names
circle
steered
done_testing
