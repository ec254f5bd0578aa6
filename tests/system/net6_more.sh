#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# net6_more.sh - IPv6 of networks that hang on others, on a wire of others, or
# stand beside or behind a VPN
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
. "$(dirname "$0")/../net/vpn.sh"
host_start "$@"
need openvpn openssl dnsmasq

web=2001:db8:100::1
# shellcheck disable=SC2016
reaches='timeout 1 bash -c "exec 3<>/dev/tcp/$0/$1"'

fetch()
{
	inside "$1" timeout 5 python3 "$tests/peer.py" get "${2-$web}"
}

inside6()
{
	sed -n 's/^peer6=//p' "/run/runns/net/$1/state"
}

serve()
{
	nsenter --net="/run/netns/$1" -- python3 "$tests/peer.py" http 80 \
		>/dev/null 2>&1 &
	servers="${servers-} $!"
	wait_until 5 inside "$1" bash -c "$reaches" ::1 80
}

# --- Parent ----------------------------------------------------------------------

chain()
{
	local fw=$1 name
	conf_write <<-END
		[three]
		Parent = two
		Address6 = auto
		[two]
		Parent = one
		Address6 = auto
		[one]
		Address6 = auto
		[side]
		Parent = one
		Address6 = auto
		Isolate = no
	END
	runnsctl up three side && runnsctl down --all
	settled before
	runs "$fw: up of a chain" runnsctl up three side
	is "$(fetch three)" 2001:db8:1::2 "$fw: traffic leaves by way of all"
	is "$(inside one cat /proc/sys/net/ipv6/conf/eth0/force_forwarding) $(
		inside one cat /proc/sys/net/ipv6/conf/all/forwarding)" "1 0" \
		"$fw: the Parent forwards by its uplink, and is no router"
	for name in one two side; do
		serve $name
	done
	refuses "$fw: a network does not reach its Parent's services" \
		inside two bash -c "$reaches" "$(inside6 one)" 80
	runs "$fw: but with Isolate=no" \
		inside side bash -c "$reaches" "$(inside6 one)" 80
	refuses "$fw: nor another network" \
		inside side bash -c "$reaches" "$(inside6 two)" 80
	refuses "$fw: who is in the Parent does not reach it" \
		inside one bash -c "$reaches" "$(inside6 two)" 80
	refuses "$fw: nor does the host" \
		bash -c "$reaches" "$(inside6 two)" 80
	# shellcheck disable=SC2086
	kill $servers
	# shellcheck disable=SC2086
	wait $servers 2>/dev/null
	servers=
	ip -n one link set eth0 down
	refuses "$fw: without a way out of its Parent a network has none" \
		fetch three
	runs "$fw: up mends the Parent" runnsctl up one
	is "$(fetch three)" 2001:db8:1::2 "$fw: and all is well again"
	runs "$fw: down of those that hang on one" \
		runnsctl down --kill three two side
	is "$(inside one cat /proc/sys/net/ipv6/conf/eth0/force_forwarding)" \
		0 "$fw: the Parent does not forward any more"
	is "$(inside one bash -c 'nft list ruleset; ip6tables-legacy-save' |
		grep -c runns)" 0 "$fw: and has no rules"
	runs "$fw: down of the rest" runnsctl down --all
	settled after
	snap_same before after "$fw: nothing of them is left"
}

# --- on a wire of others ------------------------------------------------------------

# fetches NAME ADDRESS TEXT
fetches()
{
	is "$(fetch "$1")" "$2" "$3"
}

wire()
{
	conf_write <<-END
		[mac]
		Link = macvlan
		InterfaceOut = eth0
		Address = 203.0.113.7/24
		Address6 = 2001:db8:1::7/64
		Gateway6 = 2001:db8:1::1
		[ipv]
		Link = ipvlan
		InterfaceOut = eth1
		Address = 192.0.2.7/24
		Address6 = 2001:db8:2::7/64
		Gateway6 = fe80::1
		[port]
		Link = bridge:br0
		Address = 192.0.2.8/24
		Address6 = 2001:db8:2::8/64
		Gateway6 = 2001:db8:2::1
		[lent]
		Link = move:lent0
		Address = 192.0.2.9/24
		Address6 = 2001:db8:2::9/64
		Gateway6 = 2001:db8:2::1
	END
	wire_port eth1 up1 192.0.2.1/24 2001:db8:2::1/64
	inet ip addr add fe80::1/64 dev up1 nodad
	settled before
	runs "Link=macvlan" runnsctl up mac
	fetches mac 2001:db8:1::7 "has IPv6 by its own address"
	is "$(ip -n mac -6 addr show dev eth0 | grep -c fe80)" 0 \
		"and none that it was not given"
	like "$(runnsctl status --json mac)" '"address6": ?"2001:db8:1::7/64"' \
		"status shows it"
	ip -n mac -6 addr flush dev eth0
	runs "up" runnsctl up mac
	fetches mac 2001:db8:1::7 "mends it"
	is "$(cat /proc/sys/net/ipv6/conf/eth0/force_forwarding)" 0 \
		"the host forwards nothing for it"
	runs "down" runnsctl down mac
	wait_until 5 eth0_is_free
	settled after
	snap_same before after "nothing of it is left"
	ipvlan
	ip link del eth1
	ip link add br0 type bridge
	ip link set br0 up
	wire_port bridged up2 192.0.2.1/24 2001:db8:2::1/64
	ip link set bridged master br0
	runs "Link=bridge" runnsctl up port
	fetches port 2001:db8:2::8 "has IPv6 as a port of the bridge"
	runs "down" runnsctl down port
	ip link del bridged
	wire_port lent0 up3 192.0.2.1/24 2001:db8:2::1/64
	runs "Link=move" runnsctl up lent
	fetches lent 2001:db8:2::9 "has IPv6 by the device that it was lent"
	runs "down" runnsctl down lent
	runs "the device is back" ip link show lent0
	ip link del lent0
	ip link del br0
}

eth0_is_free()
{
	ip -d link show eth0 | grep -q 'promiscuity 0'
}

ipvlan()
{
	if ip link add probe0 link eth1 type ipvlan 2>/dev/null; then
		ip link del probe0
		runs "Link=ipvlan" runnsctl up ipv
		fetches ipv 2001:db8:2::7 "has IPv6 by a link-local router"
		runs "down" runnsctl down ipv
	else
		like "$(runnsctl up ipv 2>&1)" 'the kernel has no ipvlan' \
			"a kernel without ipvlan is named"
		sed -i 's/^Link = ipvlan/Link = macvlan/' /etc/runns.conf
		runs "Link=macvlan" runnsctl up ipv
		fetches ipv 2001:db8:2::7 "has IPv6 by a link-local router"
		runs "down" runnsctl down ipv
	fi
}

wire_port()
{
	ip link add "$1" type veth peer name "$2" netns "$inet_pid"
	inet ip addr add "$3" dev "$2"
	inet ip addr add "$4" dev "$2" nodad
	inet ip link set "$2" up
	ip link set "$1" up
}

# --- VPNs --------------------------------------------------------------------------

get_tunnel()
{
	inside "$1" timeout 3 python3 "$tests/peer.py" get fd99::1 \
		2>/dev/null | cut -c 1-4
}

gets_tunnel()
{
	[ "$(get_tunnel "$1")" = fd99 ]
}

vpns()
{
	vpn_keys
	vpn_server 10.99.0 'server-ipv6 fd99::/64' 'push "route-ipv6 ::/0"'
	vpn_client six.conf
	conf_write <<-END
		[behind]
		Parent = tunnel
		Address6 = auto
		[tunnel]
		vpn = $vpn_dir/six.conf
		[beside]
		vpn = $vpn_dir/six.conf
		KillSwitch = no
		Address6 = auto
	END
	runs "a network behind a tunnel" runnsctl up --wait tunnel behind
	runs "leaves by IPv6 through it" wait_until 15 gets_tunnel behind
	is "$(cat /proc/sys/net/ipv6/conf/eth0/force_forwarding)" 0 \
		"and the host forwards nothing"
	refuses "nothing leads past the tunnel" fetch behind 2001:db8:1::2
	runs "down" runnsctl down behind tunnel
	runs "KillSwitch=no beside IPv6 of the host's" \
		runnsctl up --wait beside
	is "$(get_tunnel beside)" fd99 "the tunnel is reached"
	is "$(ip -n beside -6 route get $web | grep -o 'dev [a-z0-9]*')" \
		"dev tun0" "and preferred"
	kill -STOP "$(cat /run/runns/lock/vpn.beside)"
	kill -9 "$(vpn_program beside)"
	kill -CONT "$(cat /run/runns/lock/vpn.beside)"
	wait_until 10 without_tunnel
	fetches beside 2001:db8:1::2 "the other way is taken while it is dead"
	runs "down" runnsctl down beside
}

without_tunnel()
{
	! ip -n beside -6 route get $web | grep -q tun0
}

with_backend nft chain nft
with_backend iptables chain iptables
wire
vpns
done_testing
