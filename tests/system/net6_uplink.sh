#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# net6_uplink.sh - IPv6 of networks that leave by one uplink of several
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
host_start "$@"

web=2001:db8:100::1
first=2001:db8:1::2
second=2001:db8:2::2

# A second way into an internet of its own.
second_uplink()
{
	hold_netns
	isp_pid=$held_pid
	ip link add eth1 type veth peer name up1 netns "$isp_pid"
	isp ip link set lo up
	isp ip addr add 192.0.2.1/24 dev up1
	isp ip addr add 2001:db8:2::1/64 dev up1 nodad
	isp ip link set up1 up
	isp ip addr add $web/128 dev lo nodad
	isp ip addr add 198.51.100.1/32 dev lo
	second_up
	isp python3 "$tests/peer.py" http 80 >/dev/null 2>&1 &
	isp_web=$!
	wait_until 5 isp python3 "$tests/peer.py" get $web
}

isp()
{
	nsenter -t "$isp_pid" -n -- "$@"
}

second_up()
{
	ip link set eth1 up
	ip addr replace 192.0.2.2/24 dev eth1
	ip addr replace $second/64 dev eth1 nodad
	ip route replace default via 192.0.2.1 dev eth1 metric 500
	ip -6 route replace default via 2001:db8:2::1 dev eth1 metric 5000
}

forwards()
{
	cat "/proc/sys/net/ipv6/conf/$1/force_forwarding"
}

sections()
{
	conf_write <<-END
		[one]
		Address6 = auto
		InterfaceOut = eth0
		[two]
		Address6 = auto
		InterfaceOut = eth1
		[any]
		Address6 = auto
	END
}

fetch()
{
	inside "$1" timeout 5 python3 "$tests/peer.py" get "${2-$web}"
}

# Which way would its packets take?
way_of()
{
	ip -6 route get $web from "$(sed -n 's/^peer6=//p' \
		"/run/runns/net/$1/state")" iif "$(device_of "$1")" 2>&1
}

by_firewall()
{
	fw=$1
	sections
	runnsctl up any two && runnsctl down any two
	settled begin
	runs "$fw: up of three" runnsctl up one two any
	is "$(fetch one)" $first "$fw: one leaves by the first uplink"
	is "$(fetch two)" $second "$fw: another by the second"
	is "$(fetch two 198.51.100.1)" 192.0.2.2 "$fw: by IPv4 as well"
	is "$(fetch any)" $first "$fw: one without a wish as the routes say"
	is "$(forwards eth0) $(forwards eth1)" "1 1" "$fw: both forward"
}

gone()
{
	ip link set eth1 down
	refuses "with its uplink down it goes nowhere" fetch two
	unlike "$(way_of two)" 'eth0' "not even by the other uplink"
	is "$(fetch one)" $first "which others go on using"
	second_up
	runs "up mends" runnsctl up two
	is "$(fetch two)" $second "when the uplink is back"
	ip -6 rule flush
	ip -6 rule add pref 32766 lookup main
	runs "and when the rules were flushed" runnsctl up one two
	is "$(fetch two)" $second "it leaves by its own uplink again"
}

elsewhere()
{
	runs "reattach to the other uplink" runnsctl reattach two eth0
	is "$(fetch two)" $first "it leaves by that"
	runs "and back" runnsctl reattach two eth1
	is "$(fetch two)" $second "and by its own"
	is "$(ip -6 rule | grep -c 20814)" 4 "with two rules for each network"
	sed -i '/^InterfaceOut = eth1/d' /etc/runns.conf
	runs "up without InterfaceOut" runnsctl up two
	is "$(fetch two)" $first "it leaves as the routes say"
	is "$(ip -6 rule | grep -c 20814) $(ip rule | grep -c 20814)" "2 2" \
		"and has no rules"
	sed -i '/^InterfaceOut = eth0/d' /etc/runns.conf
	runs "up of one whose uplink stays the same" runnsctl up one
	is "$(ip -6 rule | grep -c 20814) $(ip rule | grep -c 20814)" "0 0" \
		"which has no rules either then"
	sections
	runs "up with it" runnsctl up one two
	is "$(fetch two)" $second "as it was"
}

finish()
{
	runs "$fw: down of one" runnsctl down two
	is "$(ip -6 rule | grep -c 20814)" 2 "$fw: takes its rules along"
	runs "$fw: down --all" runnsctl down --all
	is "$(forwards eth0) $(forwards eth1)" "0 0" \
		"$fw: nothing forwards any more"
	settled end
	snap_same begin end "$fw: everything is as before"
}

# An uplink without IPv6: no way, and no other.
without()
{
	sysctl -q -w net.ipv6.conf.eth1.disable_ipv6=1
	runs "up by an uplink without IPv6" runnsctl up two
	refuses "has no IPv6" fetch two
	unlike "$(way_of two)" 'eth0' "not by the other uplink either"
	is "$(fetch two 198.51.100.1)" 192.0.2.2 "but IPv4"
	runs "down" runnsctl down two
}

second_uplink
with_backend nft by_firewall nft
gone
elsewhere
finish
with_backend iptables by_firewall iptables
finish
without
kill $isp_web
done_testing
