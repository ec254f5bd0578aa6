#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rveth.sh - runns-helper --veth: a user's own namespace, connected
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
. "$(dirname "$0")/../net/own.sh"
need strace
host_start "$@"

map_write <<-END
	alice	-	-	veth=2
	bob	-	-	veth=1@eth0
	carol	-	-
	*	-	-
END

# status_of NAME KEY: of `status --json`
status_of()
{
	runnsctl status --json "$1" |
		python3 -c 'import json, sys
print(json.load(sys.stdin)[0].get(sys.argv[1], ""))' "$2"
}

seen_as()
{
	own_in "$1" timeout "${2-5}" python3 "$tests/peer.py" get 198.51.100.1 \
		2>/dev/null
}

reaches='timeout 0.5 bash -c "exec 3<>/dev/tcp/$0/$1" 2>/dev/null'

# nothing_left TEXT: neither a device, a record nor a rule
nothing_left()
{
	local left
	wait_until 5 no_links
	left=$(ip -o link | grep rn-
		find /run/runns/{net,pool,uplink} ! -type d ! -name '.*'
		nft list tables | grep runns; ip rule | grep -v 'from all'
		iptables-legacy-save 2>/dev/null | grep runns
		grep -l 1 /proc/sys/net/ipv4/conf/*/forwarding)
	is "$left" "" "$1"
}

# As a service that loads an administrator's rules does it.
flush_all()
{
	local table
	nft flush ruleset
	for table in raw nat filter; do
		iptables-legacy -t $table -F
	done
}

works()
{
	local address gateway
	own_make alice
	ok $? "$backend: alice's own namespace is connected" "$said"
	like "$said" '^address 172\.24\.[0-9]+\.2/24$' "$backend: she is told the address"
	like "$said" '^gateway 172\.24\.[0-9]+\.1$' "$backend: the gateway"
	like "$said" '^nameserver 203\.0\.113\.1$' "$backend: the name server"
	address=$(echo "$said" | sed -n 's/^address //p')
	gateway=$(echo "$said" | sed -n 's/^gateway //p')
	is "$(own_in "$held" ip -4 -o addr show dev eth0 | awk '{ print $4 }')" \
		"$address" "$backend: eth0 has the address"
	like "$(own_in "$held" ip route show default)" \
		"^default via $gateway dev eth0 proto 114 onlink" \
		"$backend: and the default route"
	is "$(seen_as "$held")" 203.0.113.2 "$backend: it leaves masqueraded"
	is "$name" veth-5001-1 "$backend: it has a name"
	is "$(device_of "$name")" rn-u3ux.1 "$backend: its device has one too"
	is "$(status_of "$name" state)" up "$backend: status shows it"
	is "$(status_of "$name" address)" "$address" "$backend: its address"
	is "$(status_of "$name" user)" alice "$backend: whose it is"
	is "$(status_of "$name" uplink)" eth0 "$backend: how it leaves"
	is "$(status_of "$name" processes)" 1 "$backend: who is inside"
	is "$(runnsctl doctor 2>&1 | grep ^remains)" "" \
		"$backend: doctor does not take it for a remnant"
	flush_all
	is "$(seen_as "$held" 1)" "" "$backend: all rules flushed: no way out"
	runs "$backend: all rules flushed, then gc" runnsctl gc
	is "$(seen_as "$held")" 203.0.113.2 "$backend: works again"
	refuses "$backend: and is kept from the host" \
		own_in "$held" sh -c "$reaches" "$gateway" 8080
	own_connect alice "$held"
	is $? 125 "$backend: a second eth0 is refused"
	like "$said" 'a device eth0 in the namespace already' \
		"$backend: she is told"
	is "$(status_of "$name" state)" up "$backend: the first stays"
	is "$(seen_as "$held")" 203.0.113.2 "$backend: and works"
	ends "$held" "$gateway"
}

# ends PID GATEWAY: what is taken back when it goes, and by whom
ends()
{
	local first=$1 gateway=$2 second
	own_make alice || fail "$backend: a second" "$said"
	second=$held
	is "$name" veth-5001-2 "$backend: a second has the next name"
	own_make alice
	is $? 125 "$backend: a third is refused"
	like "$said" 'has 2 networks.*as many as runns.map allows' \
		"$backend: she is told"
	own_end "$held"
	own_end "$first"
	own_make alice
	ok $? "$backend: the place of one that is gone is free" "$said"
	is "$name" veth-5001-1 "$backend: its name is given again"
	is "$(echo "$said" | sed -n 's/^gateway //p')" "$gateway" \
		"$backend: its address too"
	own_end "$held"
	runs "$backend: gc" runnsctl gc
	is "$(ls /run/runns/net)" veth-5001-2 "$backend: gc takes back what is left"
	is "$(seen_as "$second")" 203.0.113.2 "$backend: and no more than that"
	runs "$backend: down" runnsctl down veth-5001-2
	is "$(own_in "$second" ip -o link show type veth)" "" \
		"$backend: takes the device away"
	nothing_left "$backend: with all that belongs to it"
	own_connect alice "$second"
	ok $? "$backend: she may connect it again" "$said"
	own_end "$second"
	runnsctl gc
	nothing_left "$backend: nothing is left"
}

# --- what it may not reach -----------------------------------------------------

# shellcheck disable=SC2016
isolation()
{
	local first gateway address
	conf_write <<-END
		[work]
	END
	runnsctl up work
	own_make alice
	first=$held
	address=$(echo "$said" | sed -n 's|^address \(.*\)/24$|\1|p')
	gateway=$(echo "$said" | sed -n 's/^gateway //p')
	own_in "$first" python3 "$tests/peer.py" http 80 >/dev/null 2>&1 &
	own_make bob
	wait_until 5 own_in "$first" sh -c "$reaches" "$address" 80
	runs "$backend: the host reaches it" sh -c "$reaches" "$address" 80
	refuses "$backend: the host's services by the gateway" \
		own_in "$first" sh -c "$reaches" "$gateway" 8080
	refuses "$backend: by its other address" \
		own_in "$first" sh -c "$reaches" 203.0.113.2 8080
	refuses "$backend: another user's network" \
		own_in "$held" sh -c "$reaches" "$address" 80
	refuses "$backend: from a network of the host's" \
		inside work sh -c "$reaches" "$address" 80
	refuses "$backend: a network of the host's" own_in "$first" \
		ping -c 1 -W 0.5 "$(address_of work)"
	inet ip route add 172.24.0.0/16 via 203.0.113.2
	refuses "$backend: from outside" inet sh -c "$reaches" "$address" 80
	inet ip route del 172.24.0.0/16
	is "$(cat /proc/sys/net/ipv6/conf/"$(device_of "$name")"/disable_ipv6)" \
		1 "$backend: the host's end has no IPv6"
	own_end "$first" "$held"
	runnsctl down work
	runnsctl gc
	nothing_left "$backend: isolation leaves nothing"
}

# --- the uplink ---------------------------------------------------------------

uplinks()
{
	map_write <<-END
		alice	-	-	veth=2@away0
		bob	-	-	veth=1@eth0
		*	-	-
	END
	own_make alice
	is $? 125 "an uplink that is absent: refused"
	like "$said" away0 "she is told"
	own_end "$held"
	nothing_left "nothing is left of it"
	own_make bob
	ok $? "an uplink that is there" "$said"
	is "$(seen_as "$held")" 203.0.113.2 "it leaves by that"
	like "$(ip rule)" 'from all iif rn-u3uy.1 lookup' "and by no other"
	own_make bob
	is $? 125 "one more is refused"
	map_write <<-END
		bob	-	-	veth=1
		*	-	-
	END
	own_connect bob "$held"
	ok $? "another uplink is counted by itself" "$said"
	runnsctl down --all
	nothing_left "down --all takes them away"
	own_end "$held"
}

# --- runnsctl unshare ------------------------------------------------------------

un()
{
	as alice runnsctl unshare --net veth "$@"
}

by_unshare()
{
	map_write <<-END
		alice	-	-	veth=1
		*	-	-
	END
	is "$(un -- python3 "$tests/peer.py" get 198.51.100.1)" 203.0.113.2 \
		"unshare --net veth: leaves masqueraded"
	is "$(un -- grep nameserver /etc/resolv.conf)" "nameserver 203.0.113.1" \
		"unshare --net veth: the host's name servers"
	is "$(un -- getent ahostsv4 which.test | awk 'NR == 1 { print $1 }')" \
		192.0.2.1 "unshare --net veth: names resolve"
	said=$(as carol runnsctl unshare --net veth -- touch /tmp/ran 2>&1)
	is $? 125 "unshare --net veth: refused to carol"
	like "$said" 'runns.map allows uid 5003 no network' "she is told"
	refuses "nothing of hers ran" test -e /tmp/ran
	said=$(un --mtu 1400 -- true 2>&1)
	is $? 125 "unshare --net veth --mtu: refused"
	# The kernel takes its time with the last device.
	wait_until 5 no_links
	runnsctl gc
	nothing_left "unshare --net veth leaves nothing"
}

# --- names ---------------------------------------------------------------------

big_uids()
{
	local uid
	for uid in 10000 4294967293; do
		printf '%s\t-\t-\tveth=1\n*\t-\t-\n' "$uid" | map_write
		setpriv --reuid $uid --regid 5001 --clear-groups \
			unshare -Urn sleep infinity &
		held=$!
		wait_until 10 own_is_ready $held
		said=$(setpriv --reuid $uid --regid 5001 --clear-groups bash -c \
			'exec runns-helper --veth 7 7<"/proc/$0/ns/net"' $held 2>&1)
		ok $? "uid $uid: connected" "$said"
		is "$(seen_as $held)" 203.0.113.2 "uid $uid: works"
		like "$(ip -o link)" "rn-u(7ps|1z141z1)\.1@" \
			"uid $uid: a device name of its own"
		own_end $held
	done
	runnsctl gc
	nothing_left "nothing is left of them"
}

# --- killed anywhere -------------------------------------------------------------

# A builder that dies is cleaned up after by the next, and by gc.
killed()
{
	local net call n first bad='' tried=0 mend=0
	net=$(find /usr -name runns-net -type f | head -n 1)
	map_write <<-END
		alice	-	-	veth=1
		*	-	-
	END
	own_hold alice
	strace -f -o $host_dir/calls.strace "$net" --quiet __veth 5001 \
		<"/proc/$held/ns/net" >/dev/null
	sed -nE 's/^([0-9]+ +)?([a-z_0-9]+)\(.*/\2/p' $host_dir/calls.strace |
		awk '{ print $1, ++n[$1] }' >$host_dir/calls
	runnsctl down --all
	step=${RUNNS_STEP-23}
	[ -z "${RUNNS_TEST_FULL-}" ] || step=1
	first=$((RANDOM % step + 1))
	while read -r call n; do
		strace -f -o /dev/null -e "inject=$call:signal=KILL:when=$n" \
			"$net" --quiet __veth 5001 <"/proc/$held/ns/net" \
			>/dev/null 2>&1 &
		wait $! 2>/dev/null
		tried=$((tried + 1))
		mend=$((1 - mend))
		if [ $mend = 1 ]; then
			runnsctl gc >/dev/null 2>&1
			! test -e /run/runns/net/veth-5001-1 ||
				runnsctl down veth-5001-1
			[ -z "$(ls /run/runns/net)" ] || bad="$bad
$call $n: $(ls /run/runns/net) is left"
		fi
		# The device of one that was complete is in the way.
		! own_in "$held" ip link show eth0 >/dev/null 2>&1 ||
			runnsctl down --all >/dev/null 2>&1
		own_connect alice "$held" || bad="$bad
$call $n: $said"
		[ "$(seen_as "$held")" = 203.0.113.2 ] || bad="$bad
$call $n: does not work"
		runnsctl down --all >/dev/null 2>&1 || bad="$bad
$call $n: down"
	done < <(sed -n "$first~${step}p" $host_dir/calls)
	is "$bad" "" "killed $tried times, from call $first"
	mv "$net" "$net.real"
	# shellcheck disable=SC2016
	printf '#!/bin/sh\nkill -9 $$\n' >"$net"
	chmod 0755 "$net"
	own_connect alice "$held"
	is $? 125 "a builder that says nothing: refused"
	like "$said" '^the builder of networks ' "  she is told"
	mv "$net.real" "$net"
	own_end "$held"
	nothing_left "nothing is left of those killed"
}

python3 "$tests/peer.py" http 8080 >/dev/null 2>&1 &
wait_until 5 bash -c "exec 3<>/dev/tcp/127.0.0.1/8080"
for fw in nft iptables; do
	backend=$fw
	conf_write </dev/null
	works
	isolation
done
backend=auto
conf_write </dev/null
uplinks
by_unshare
big_uids
killed
done_testing
