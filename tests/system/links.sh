#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# links.sh - every kind of device that a network can be connected by
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
host_start "$@"

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

# --- none ------------------------------------------------------------------------

none()
{
	conf_write <<-END
		[cell]
		Link = none
	END
	settled before
	runs "Link=none" runnsctl up cell
	is "$(ip -n cell -o link | wc -l)" 1 "is a namespace with lo alone"
	like "$(ip -n cell link show lo)" LOOPBACK,UP "which is up"
	is "$(ip -n cell route show table main)" "" "and no way out"
	no_rules "nor any rule of the firewall"
	is "$(field cell state) $(field cell link)" "up none" "status shows it"
	unlike "$(runnsctl up --dry-run other; runnsctl down cell
		runnsctl up --dry-run cell)" 'cell: .*(firewall|device)' \
		"--dry-run names what would be done only"
	runs "up again" runnsctl up cell
	runs "up of what stands" runnsctl up cell
	runs "down" runnsctl down cell
	settled after
	snap_same before after "nothing of it is left"
}

no_rules()
{
	is "$(nft list ruleset; iptables-legacy-save 2>/dev/null |
		grep -c rn-)" 0 "$1"
}

# --- macvlan and ipvlan -------------------------------------------------------------

macvlan()
{
	conf_write <<-END
		[lan]
		Link = macvlan
		InterfaceOut = eth0
		Address = 203.0.113.7/24
		Gateway = 203.0.113.1
		[two]
		Link = macvlan
		InterfaceOut = eth0
		Address = 203.0.113.8/24
		MTU = 1400
		Interface = net0
	END
	settled before
	like "$(runnsctl up lan two 2>&1)" \
		'two: Link=macvlan: no rule stands between it and its neighbours' \
		"Link=macvlan, of which up says that nothing is in between"
	is "$(get lan)" 203.0.113.7 "reaches the world by its own address"
	is "$(cat_mtu lan eth0) $(cat_mtu two net0)" "1500 1400" \
		"the MTU is the uplink's, or what was asked for"
	refuses "without Gateway= there is no way beyond" get two
	runs "but to the network itself" inside two python3 -c "$(answers)" \
		203.0.113.1
	runs "and to a neighbour" inside two python3 -c "$(answers)" 203.0.113.7
	no_rules "no rule of the firewall is made for it"
	is "$(field lan state) $(field lan link) $(field lan isolate)" \
		"up macvlan False" "status says that it is not kept apart"
	is "$(field two address) $(field two device)" "203.0.113.8/24 net0" \
		"and shows its address and device"
	inside lan python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(100):
    s.sendto(b"x" * 1000, ("203.0.113.1", 9))'
	is "$(($(field lan rx_bytes) > 100000)) $(($(field lan tx_bytes) < 100000))" \
		"1 1" "and counts what it sends as received, like a host's end"
	ip -n lan link del eth0
	like "$(field lan state)" broken "a device that was deleted is noticed"
	runs "and up mends it" runnsctl up lan
	is "$(get lan)" 203.0.113.7 "so that it works again"
	ip -n lan addr flush dev eth0
	ip -n lan link set eth0 down
	runs "up mends addresses and routes" runnsctl up lan
	is "$(get lan)" 203.0.113.7 "too"
	like "$(runnsctl reattach lan eth0 2>&1)" 'cannot be chosen' \
		"reattach has nothing to choose"
	change_conf InterfaceOut=eth0 InterfaceOut=nosuch0
	like "$(runnsctl up lan 2>&1)" "another device of the host's" \
		"another InterfaceOut needs down and up, up says"
	change_conf Link=macvlan Link=none
	like "$(runnsctl check 2>&1)" \
		'runns.conf:[0-9]+: \[lan\] has Link=none and also Address' \
		"check knows what does not go together"
	runs "down" runnsctl down lan two
	wait_until 5 eth0_is_free
	settled after
	snap_same before after "nothing of it is left"

	conf_write <<-END
		[lan]
		Link = macvlan
		InterfaceOut = nosuch0
		Address = 203.0.113.7/24
	END
	like "$(runnsctl up lan 2>&1)" 'InterfaceOut=nosuch0: there is no such' \
		"an uplink that is absent is named"
	refuses "and nothing is made" test -e /run/runns/net/lan
}

eth0_is_free()
{
	ip -d link show eth0 | grep -q 'promiscuity 0'
}

# A refused connection is an answer.
answers()
{
	cat <<-'END'
		import socket, sys
		s = socket.socket()
		s.settimeout(2)
		try:
		    s.connect((sys.argv[1], 9))
		except ConnectionRefusedError:
		    pass
	END
}

cat_mtu()
{
	inside "$1" ip -o link show "$2" | sed 's/.* mtu \([0-9]*\) .*/\1/'
}

# change_conf KEY=OLD KEY=NEW, in the first section
change_conf()
{
	sed -i "0,/^${1%=*} = ${1#*=}/s//${2%=*} = ${2#*=}/" /etc/runns.conf
}

# The kernels that this is run on by its makers have none.
ipvlan()
{
	conf_write <<-END
		[lan]
		Link = ipvlan
		InterfaceOut = eth0
		Address = 203.0.113.7/24
		Gateway = 203.0.113.1
	END
	settled before
	if ip link add link eth0 name ipv0 type ipvlan 2>/dev/null; then
		ip link del ipv0
		runs "Link=ipvlan" runnsctl up lan
		is "$(get lan)" 203.0.113.7 "reaches the world by its own address"
		runs "down" runnsctl down lan
	else
		is "$(runnsctl up lan 2>&1 | sed 's/.*\(the kernel\)/\1/')" \
			'the kernel has no ipvlan devices (CONFIG_IPVLAN): Operation not supported' \
			"Link=ipvlan needs a kernel that has it"
		refuses "and else fails" runnsctl up lan
		refuses "and leaves nothing" test -e /run/runns/net/lan
	fi
	settled after
	snap_same before after "nothing of it is left"
}

# --- bridge ------------------------------------------------------------------------

bridge()
{
	ip link add br7 type bridge
	ip link set br7 address 02:00:00:00:00:07
	ip addr add 10.7.0.1/24 dev br7
	ip link add other0 mtu 1450 type veth peer name other1
	ip link set other0 master br7 up
	ip link set other1 up
	ip link set br7 up
	wait_until 5 bridge_is_ready
	conf_write <<-END
		[port]
		Link = bridge:br7
		Address = 10.7.0.2/24
		Gateway = 10.7.0.1
		[port2]
		Link = bridge:br7
		InterfaceIn = port2
		Address = 10.7.0.3/24
	END
	settled before
	without_timers before
	runs "Link=bridge:br7" runnsctl up port port2
	like "$(ip -o link show master br7)" ': port2@' \
		"makes ports of the bridge"
	is "$(ip -o link show master br7 | wc -l)" 3 "two more"
	is "$(ip -o addr show dev "$(device_of port)" | grep -v fe80)" "" \
		"whose ends on the host have no address"
	is "$(cat_mtu port eth0)" 1450 "the MTU is the bridge's"
	runs "it reaches the host, which is on the bridge" \
		inside port python3 -c "$(answers)" 10.7.0.1
	runs "and its neighbour" inside port python3 -c "$(answers)" 10.7.0.3
	is "$(ip -n port route show default)" \
		"default via 10.7.0.1 dev eth0 proto 114 onlink " \
		"with the gateway that was asked for"
	isnt "$(inside port cat /sys/class/net/eth0/address 2>/dev/null ||
		ip -n port -o link show eth0 | grep -o 'ether [0-9a-f:]*')" \
		"$(ip -n port2 -o link show eth0 | grep -o 'ether [0-9a-f:]*')" \
		"the addresses that others see differ"
	no_rules "no rule of the firewall is made for it"
	is "$(field port state) $(field port isolate)" "up False" \
		"status says that it is not kept apart"
	ip link set "$(device_of port)" nomaster
	runs "up mends a port that was taken off the bridge" runnsctl up port
	runs "so that it works again" \
		inside port python3 -c "$(answers)" 10.7.0.1
	ip link del "$(device_of port)"
	runs "up mends a port that was deleted" runnsctl up port
	runs "too" inside port python3 -c "$(answers)" 10.7.0.1
	runs "down" runnsctl down --all
	settled after
	without_timers after
	snap_same before after "nothing of it is left, and the bridge is as it was"

	change_conf Link=bridge:br7 Link=bridge:eth0
	like "$(runnsctl up port 2>&1)" 'Link=bridge:eth0: that device is no bridge' \
		"what is no bridge is named"
	change_conf Link=bridge:eth0 Link=bridge:nosuch0
	like "$(runnsctl up port 2>&1)" 'Link=bridge:nosuch0: there is no such' \
		"and what is absent"
	refuses "nothing is made" test -e /run/runns/net/port
	ip link del br7
	ip link del other0
}

bridge_is_ready()
{
	ip -6 addr show "${1-br7}" | grep fe80 | grep -qv tentative
}

without_timers()
{
	sed -i 's/_timer *[0-9.]*//g' "$host_dir/snap-$1"
}

# --- move --------------------------------------------------------------------------

# lend0, with all that a device can have, and its other end in the internet
lend_make()
{
	ip link add lend0 mtu 1400 type veth peer name lend1 netns "$inet_pid"
	inet ip addr add 10.9.0.1/24 dev lend1
	inet ip -6 addr add 2001:db8:9::1/64 dev lend1 nodad
	inet ip link set lend1 mtu 1400 up
	ip addr add 10.9.0.2/24 brd + dev lend0
	ip addr add 10.9.0.3/24 dev lend0
	ip addr add 10.8.0.2/32 peer 10.8.0.1 dev lend0
	ip -6 addr add 2001:db8:9::2/64 dev lend0 nodad
	ip link set lend0 up
	wait_until 5 bridge_is_ready lend0
	ip route add default via 10.9.0.1 dev lend0 metric 700
	ip route add 10.99.0.0/16 via 10.9.0.1 dev lend0 mtu 1300
	ip route add 10.98.0.0/16 dev lend0 table 77
	ip -6 route add 2001:db8:99::/48 via 2001:db8:9::1 dev lend0
}

lent_conf()
{
	conf_write <<-END
		[lent]
		Link = move:lend0
		Address = 10.9.0.7/24
		Gateway = 10.9.0.1
		MTU = 1350
	END
}

move()
{
	lend_make
	lent_conf
	settled before
	runs "Link=move:lend0" runnsctl up lent
	refuses "takes the device from the host" ip link show lend0
	is "$(get lent)" 10.9.0.7 "and the network has it"
	is "$(cat_mtu lent eth0)" 1350 "with the MTU that was asked for"
	is "$(field lent state) $(field lent link)" "up move" "status shows it"
	no_rules "no rule of the firewall is made for it"
	ip -n lent addr flush dev eth0
	ip -n lent link set eth0 down
	runs "up mends addresses and routes" runnsctl up lent
	is "$(get lent)" 10.9.0.7 "so that it works again"
	ip -n lent link set eth0 down
	ip -n lent link set eth0 name other7
	runs "down finds it under another name too" runnsctl down lent
	settled after
	snap_same before after \
		"and gives it back with its name, addresses and routes"

	runs "up again" runnsctl up lent
	nsenter --net=/run/netns/lent -- sleep 1000 &
	local pid=$!
	wait_until 5 pgrep -f 'sleep 1000'
	refuses "down of a busy network" runnsctl down lent
	is "$(get lent)" 10.9.0.7 "leaves the device inside"
	runs "down --kill" runnsctl down --kill lent
	wait $pid 2>/dev/null
	settled after
	snap_same before after "gives it back"

	runs "up again" runnsctl up lent
	ip link add lend0 type veth peer name lend9
	runs "down, while the name is another device's" runnsctl down lent
	local name
	name=$(ip -o link | sed -n 's/^[0-9]*: \(moved[0-9]*\)@.*/\1/p')
	is "$(ip -o -4 addr show "$name" | awk '{ print $4 }' | sort |
		paste -sd ' ')" "10.8.0.2 10.9.0.2/24 10.9.0.3/24" \
		"gives it back under another name, with its addresses"
	ip link del lend0
	ip link del "$name"
	wait_until 5 lend1_is_gone
	lend_make
}

lend1_is_gone()
{
	! inet ip link show lend1
}

move_lost()
{
	lent_conf
	settled before
	runs "up" runnsctl up lent
	ip -n lent link set eth0 name dev0 netns 1
	ip netns del lent
	runs "gc, when the kernel has given the device back under a name of its own" \
		runnsctl gc
	settled after
	snap_same before after "puts back name, addresses and routes"

	runs "up" runnsctl up lent
	ip netns del lent
	wait_until 5 lend1_is_gone
	like "$(runnsctl gc 2>&1)" 'lent: the device lend0 is gone' \
		"a device that went with its namespace is missed by name"
	refuses "and forgotten" test -e /run/runns/net/lent
}

# The state directory may be deleted.
records_lost()
{
	conf_write <<-END
		[cell]
		Link = none
		[lan]
		Link = macvlan
		InterfaceOut = eth0
		Address = 203.0.113.7/24
		[child]
		Parent = lan
		[lent]
		Link = move:lend0
	END
	ip link add lend0 type veth peer name lend1 netns "$inet_pid"
	settled before
	runs "up of one of each kind" runnsctl up cell lan child lent
	rm -rf /run/runns/net/* /run/runns/uplink/*
	ip netns add theirs
	refuses "down leaves alone what is somebody else's" runnsctl down theirs
	ip netns del theirs
	for name in child cell lan; do
		runs "down finds $name without a record" runnsctl down $name
		refuses "and removes it" test -e /run/netns/$name
	done
	like "$(runnsctl down lent 2>&1)" 'the device eth0 in it may be' \
		"but does not lose a device that was lent"
	ip -n lent link set eth0 name lend0 netns 1
	runs "nor the network, when that is out" runnsctl down lent
	runs "gc" runnsctl gc
	# Who made the directories is not known any more.
	rmdir /etc/netns/* /etc/netns
	rm -f /run/runns/net/.made-etc-netns
	wait_until 5 eth0_is_free
	settled after
	snap_same before after "nothing else of them is left"
	ip link del lend0
}

move_refused()
{
	ip link add br8 type bridge
	ip link add port8 type veth peer name port9
	ip link set port8 master br8
	ip link add link port9 name mac9 type macvlan
	for try in 'lo:another meaning' 'nosuch0:there is no such' \
		'br8:keeps devices of its kind' 'port8:part of a bridge' \
		'port9:the device mac9 is on top of it'; do
		conf_write <<-END
			[lent]
			Link = move:${try%%:*}
		END
		like "$(runnsctl up lent 2>&1)" "${try#*:}" \
			"move:${try%%:*} is refused"
		refuses "and leaves nothing" test -e /run/runns/net/lent -o \
			-e /run/netns/lent
	done
	ip link del port9
	ip link del br8
}

# --- small networks ----------------------------------------------------------------

small()
{
	local n
	conf_write <<-END
		[runns]
		Pool = 10.200.0.0/28
		PoolPrefix = 30
		[p30]
		MTU = 1280
		[s30]
		Address = 10.201.0.2/30
		[s31]
		Address = 10.201.0.4/31
		[t31]
		Address = 10.201.0.7/31
	END
	runs "networks of two and four addresses" runnsctl up p30 s30 s31 t31
	for n in p30 s30 s31 t31; do
		is "$(get $n)" 203.0.113.2 "$n works"
	done
	is "$(address_of s30) $(address_of s31) $(address_of t31)" \
		"10.201.0.1 10.201.0.5 10.201.0.6" \
		"the inside has the other address"
	is "$(cat_mtu p30 eth0)" 1280 "the MTU is that of both ends"
	like "$(ip -o link show "$(device_of p30)")" 'mtu 1280' "of a pair"
	runs "down" runnsctl down --all
}

# What stays, such as /run/netns, stays once.
conf_write <<<'[first]'
runnsctl up first && runnsctl down first
wait_until 5 no_links
nft flush ruleset
none
macvlan
ipvlan
bridge
move
move_lost
records_lost
move_refused
small
done_testing
