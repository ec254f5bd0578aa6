#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# net_crash.sh - builders that are killed, or whose system calls fail, anywhere
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
. "$(dirname "$0")/../net/vpn.sh"
need strace
host_start "$@"
. "$(dirname "$0")/../net/crash.sh"

works()
{
	[ "$(ip netns exec "$1" python3 "$tests/peer.py" get 198.51.100.1)" = \
		203.0.113.2 ]
}

# Look-ups to another server than its own are answered by its own.
steers()
{
	[ "$(ip netns exec "$1" python3 "$tests/ask.py" udp 203.0.113.1 \
		which.test)" = 192.0.2.53 ]
}

sweeps()
{
	local fw=$1
	conf_write <<-END
		[work]
		[own]
		InterfaceIn = vpn9
		Address = 172.30.9.1/24
		DNS = 198.51.100.53
		Etc = overlay
		InterfaceOut = eth0
	END
	runnsctl up work own && runnsctl down work own
	look >$host_dir/then
	sweep "$fw: up killed, then down" signal=KILL : 'up work' \
		'runnsctl down work'
	sweep "$fw: up killed, then up and down" signal=KILL : 'up work' \
		'runnsctl up work && works work && runnsctl down work'
	sweep "$fw: up killed, then gc" signal=KILL : 'up work' \
		'runnsctl gc; ! test -e /run/netns/work || runnsctl down work'
	sweep "$fw: down killed, then down" signal=KILL 'runnsctl up work' \
		'down work' 'runnsctl down work'
	sweep "$fw: down killed, then up and down" signal=KILL \
		'runnsctl up work' 'down work' \
		'runnsctl up work && works work && runnsctl down work'
	sweep "$fw: down killed, then gc" signal=KILL 'runnsctl up work' \
		'down work' \
		'runnsctl gc; ! test -e /run/netns/work || runnsctl down work'
	sweep "$fw: up of one with its own names killed, then up and down" \
		signal=KILL : 'up own' \
		'runnsctl up own && works own && steers own && runnsctl down own'
	for error in ENOMEM EPERM EINTR; do
		sweep "$fw: up with $error, then gc" "error=$error" : \
			'up work' 'runnsctl gc; ! test -e /run/netns/work ||
			runnsctl down work'
	done
	sweep "$fw: down with ENOMEM, then down" error=ENOMEM \
		'runnsctl up work' 'down work' 'runnsctl down work'
	pairs "$fw: up, two faults, then gc" 20 : 'up work' \
		'runnsctl gc; ! test -e /run/netns/work || runnsctl down work'
	pairs "$fw: up, two faults, then up and down" 10 : 'up work' \
		'runnsctl up work && works work && runnsctl down work'
	pairs "$fw: down, two faults, then down" 10 'runnsctl up work' \
		'down work' 'runnsctl down work'
}

# Ways through the walls: the host's service is reached, the published port
# leads in, and who connects is seen as $1, or beside a VPN as the host.
has_ways()
{
	[ $# = 1 ] || set -- "$(gateway_of ways)"
	inside_serves ways 80 && reaches_host ways 8081 &&
		[ "$(inet python3 "$tests/peer.py" get 203.0.113.2)" = "$1" ]
}

# inside_serves NAME PORT: for as long as it takes
inside_serves()
{
	nsenter --net="/run/netns/$1" -- python3 "$tests/peer.py" http "$2" \
		>/dev/null 2>&1 &
	served=$!
	wait_until 5 nsenter --net="/run/netns/$1" -- bash -c \
		"exec 3<>/dev/tcp/127.0.0.1/$2" 2>/dev/null
}

gateway_of()
{
	sed -n 's/^net=\(.*\)\/.*/\1/p' "/run/runns/net/$1/state"
}

reaches_host()
{
	nsenter --net="/run/netns/$1" -- timeout 5 bash -c \
		"exec 3<>/dev/tcp/$(gateway_of "$1")/$2" 2>/dev/null
}

down_ways()
{
	kill "$served"
	runnsctl down --kill ways
}

ways_sweeps()
{
	local fw=$1
	python3 "$tests/peer.py" http 8081 >/dev/null 2>&1 &
	conf_write <<-END
		[ways]
		Allow = 172.24.200.0/24 172.24.201.2:80/tcp lan host:8081/tcp
		Forward = tcp:80:80
	END
	runnsctl up ways && runnsctl down ways
	look >$host_dir/then
	sweep "$fw, Allow and Forward: up killed, then up and down" \
		signal=KILL : 'up ways' \
		'runnsctl up ways && has_ways 203.0.113.1 && down_ways'
	sweep "$fw, Allow and Forward: up killed, then gc" signal=KILL : \
		'up ways' \
		'runnsctl gc; ! test -e /run/netns/ways || runnsctl down ways'
	sweep "$fw, Allow and Forward: second up killed, then up and down" \
		signal=KILL 'runnsctl up ways' 'up ways' \
		'runnsctl up ways && has_ways 203.0.113.1 && down_ways'
	sweep "$fw, Allow and Forward: down killed, then down" signal=KILL \
		'runnsctl up ways' 'down ways' 'runnsctl down ways'
	sweep "$fw, Allow and Forward: up with ENOMEM, then gc" \
		error=ENOMEM : 'up ways' \
		'runnsctl gc; ! test -e /run/netns/ways || runnsctl down ways'
}

# A device that was made by software goes with a namespace that nothing keeps.
lend()
{
	ip link add lend0 type veth peer name lend1 netns "$inet_pid"
	inet ip addr add 10.9.0.1/24 dev lend1
	inet ip link set lend1 up
	ip addr add 10.9.0.2/24 dev lend0
	ip link set lend0 up
	ip route add 10.99.0.0/16 via 10.9.0.1 dev lend0
}

answered()
{
	[ "$(ip netns exec "$1" python3 "$tests/peer.py" get 198.51.100.1)" = \
		"$2" ]
}

link_sweeps()
{
	lend
	conf_write <<-END
		[lent]
		Link = move:lend0
		Address = 10.9.0.7/24
		Gateway = 10.9.0.1
		[lan]
		Link = macvlan
		InterfaceOut = eth0
		Address = 203.0.113.7/24
		Gateway = 203.0.113.1
	END
	runnsctl up lent lan && runnsctl down lent lan
	look >$host_dir/then
	sweep "move: up killed, then up and down" signal=KILL : 'up lent' \
		'runnsctl up lent && answered lent 10.9.0.7 &&
		runnsctl down lent'
	sweep "move: up killed, then gc" signal=KILL : 'up lent' \
		'runnsctl gc; ! test -e /run/netns/lent || runnsctl down lent'
	sweep "move: up with ENOMEM, then gc" error=ENOMEM : 'up lent' \
		'runnsctl gc; ! test -e /run/netns/lent || runnsctl down lent'
	sweep "move: down killed, then down" signal=KILL 'runnsctl up lent' \
		'down lent' 'runnsctl down lent'
	sweep "move: down killed, then up and down" signal=KILL \
		'runnsctl up lent' 'down lent' \
		'runnsctl up lent && answered lent 10.9.0.7 &&
		runnsctl down lent'
	sweep "move: down killed, then gc" signal=KILL 'runnsctl up lent' \
		'down lent' \
		'runnsctl gc; ! test -e /run/netns/lent || runnsctl down lent'
	sweep "macvlan: up killed, then up and down" signal=KILL : 'up lan' \
		'runnsctl up lan && answered lan 203.0.113.7 &&
		runnsctl down lan'
	ip link del lend0
}

# What is in the namespace of a Parent counts too; see look().
parent_sweeps()
{
	conf_write <<-END
		[base]
		Address6 = auto
		[upper]
		Parent = base
		InterfaceOut = eth0
		Address6 = auto
	END
	runnsctl up base
	parent=base
	runnsctl up upper && runnsctl down upper
	look >$host_dir/then
	sweep "Parent: up killed, then up and down" signal=KILL : 'up upper' \
		'runnsctl up upper && works upper && runnsctl down upper'
	sweep "Parent: up killed, then gc" signal=KILL : 'up upper' \
		'runnsctl gc; ! test -e /run/netns/upper ||
		runnsctl down upper'
	sweep "Parent: down killed, then down" signal=KILL 'runnsctl up upper' \
		'down upper' 'runnsctl down upper'
	sweep "Parent: down with ENOMEM, then gc" error=ENOMEM \
		'runnsctl up upper' 'down upper' \
		'runnsctl gc; ! test -e /run/netns/upper ||
		runnsctl down upper'
	parent=
	runnsctl down base
}

carries()
{
	[ "$(ip netns exec "$1" python3 "$tests/peer.py" get 10.99.0.1)" = \
		10.99.0.2 ]
}

# A supervisor or an openvpn that nobody would end is left as much as a file.
no_vpn_process()
{
	! pgrep runns-vpn >/dev/null && [ "$(pgrep -c openvpn)" = 1 ]
}

vpn_sweeps()
{
	local away='runnsctl gc; ! test -e /run/netns/tun || runnsctl down tun'
	# Who looks after the VPN is waited for otherwise.
	follow=
	vpn_keys && vpn_server 10.99.0 || bail "no VPN server"
	vpn_client tun.conf
	conf_write <<-END
		[tun]
		vpn = $vpn_dir/tun.conf
	END
	runnsctl up --wait tun && runnsctl down tun
	look >$host_dir/then
	sweep "VPN: up killed, then down" signal=KILL : 'up tun' \
		'runnsctl down tun && no_vpn_process'
	sweep "VPN: up killed, then up and down" signal=KILL : 'up tun' \
		'runnsctl up --wait tun && carries tun && runnsctl down tun &&
		no_vpn_process'
	sweep "VPN: up killed, then gc" signal=KILL : 'up tun' \
		"$away; no_vpn_process"
	sweep "VPN: up with ENOMEM, then gc" error=ENOMEM : 'up tun' \
		"$away; no_vpn_process"
	sweep "VPN: down killed, then down" signal=KILL \
		'runnsctl up --wait tun' 'down tun' \
		'runnsctl down tun && no_vpn_process'
	sweep "VPN: down killed, then gc" signal=KILL \
		'runnsctl up --wait tun' 'down tun' "$away; no_vpn_process"
}

# The same beside a VPN that never connects.
byway_sweeps()
{
	local fw=$1
	mkdir -p $vpn_dir
	vpn_keys || bail "no keys"
	vpn_client away.conf
	follow=
	conf_write <<-END
		[ways]
		vpn = $vpn_dir/away.conf
		Allow = 172.24.200.0/24 172.24.201.2:80/tcp lan host:8081/tcp
		Forward = tcp:80:80
	END
	runnsctl up ways && runnsctl down ways
	look >$host_dir/then
	sweep "$fw, beside a VPN: up killed, then up and down" signal=KILL : \
		'up ways' 'runnsctl up ways && has_ways && down_ways'
	sweep "$fw, beside a VPN: up killed, then gc" signal=KILL : 'up ways' \
		'runnsctl gc; ! test -e /run/netns/ways || runnsctl down ways'
	sweep "$fw, beside a VPN: second up killed, then up and down" \
		signal=KILL 'runnsctl up ways' 'up ways' \
		'runnsctl up ways && has_ways && down_ways'
	sweep "$fw, beside a VPN: up with ENOMEM, then gc" error=ENOMEM : \
		'up ways' \
		'runnsctl gc; ! test -e /run/netns/ways || runnsctl down ways'
	sweep "$fw, beside a VPN: down killed, then down" signal=KILL \
		'runnsctl up ways' 'down ways' 'runnsctl down ways'
	follow=-f
}

with_backend nft sweeps nft
with_backend iptables sweeps iptables
with_backend nft ways_sweeps nft
with_backend iptables ways_sweeps iptables
with_backend nft byway_sweeps nft
with_backend iptables byway_sweeps iptables
backend=nft
link_sweeps
parent_sweeps
vpn_sweeps
done_testing
