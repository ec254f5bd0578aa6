#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# by_hand.sh - a network with ip(8) and a firewall's command, as scripts do it
#
#	by_hand.sh up nft|iptables|placed N
#	by_hand.sh down nft|iptables|placed N
#
# nft, iptables: the pair is made on the host, then one end is moved.
# placed: with nft, the far end is created where it belongs.
set -eu
what=$1 how=$2 n=$3
name=hand-$n link=hand$n
net=10.224.$((n / 64)) host=$((n % 64 * 4))
from=$net.$((host + 2))

pair()
{
	if [ "$how" = placed ]; then
		ip link add "$link" type veth peer name eth0 netns "$name"
		return
	fi
	ip link add "$link" type veth peer name "$link-in"
	ip link set "$link-in" netns "$name"
	ip -n "$name" link set "$link-in" name eth0
}

masquerade()
{
	case $how in
	iptables)
		iptables -t nat "$1" POSTROUTING -s "$from" -j MASQUERADE ;;
	*)
		if [ "$1" = -A ]; then
			nft add rule ip hand post ip saddr "$from" masquerade
		else
			nft delete rule ip hand post handle "$(nft -a list chain \
				ip hand post | sed -n "s/.* $from .* # handle //p")"
		fi ;;
	esac
}

case $what in
up)
	ip netns add "$name"
	pair
	ip addr add "$net.$((host + 1))/30" dev "$link"
	ip link set "$link" up
	ip -n "$name" link set lo up
	ip -n "$name" addr add "$from/30" dev eth0
	ip -n "$name" link set eth0 up
	ip -n "$name" route add default via "$net.$((host + 1))"
	echo 1 >/proc/sys/net/ipv4/conf/"$link"/forwarding
	masquerade -A
	mkdir -p "/etc/netns/$name"
	echo 'nameserver 198.51.100.53' >"/etc/netns/$name/resolv.conf"
	;;
down)
	masquerade -D
	ip link del "$link"
	ip netns del "$name"
	rm -r "/etc/netns/$name"
	;;
esac
