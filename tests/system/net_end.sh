#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# net_end.sh - the last networks go: two at once, and while systemd ends the
# session that takes its network down; what they shared goes with them
. "$(dirname "$0")/../pam/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
pam_host "$@"
net_down_by_hand()
{
	ip netns delete work && ip netns delete lab && ip link del hand1
	ip link del hand2 2>/dev/null
}
net_down_by_hand 2>/dev/null

# shared: what networks of ours have in common
shared()
{
	nft list tables | grep runns
	iptables-legacy-save 2>/dev/null | grep runns
	ls /run/runns/net
}

nothing_shared()
{
	[ -z "$(shared)" ]
}

# waiters N: do so many of our processes wait for that lock?
waiters()
{
	local pid n=0
	for pid in $(pgrep -x runns-net); do
		[ -z "$(find "/proc/$pid/fd" -lname /run/runns/lock/pool)" ] ||
			n=$((n + 1))
	done
	[ $n -ge "$1" ]
}

# hold: from now on no network's number can be given back, which comes after
# its member of the firewall and before its record; release: they go on
hold()
{
	exec 8>/run/runns/lock/pool && flock 8
}

release()
{
	exec 8>&-
}

conf_end()
{
	conf_write <<-END
		[one]
		[two]
		[going]
		Linger = no
	END
}

last_two()
{
	local one two
	conf_end
	runs "$backend: two networks" runnsctl up one two
	isnt "$(shared)" '' "$backend: have something in common"
	hold
	runnsctl down one 8>&- &
	one=$!
	runnsctl down two 8>&- &
	two=$!
	runs "$backend: each is without its member and sees the other's record" \
		wait_until 20 waiters 2
	release
	wait $one
	ok $? "$backend: the first is down"
	wait $two
	ok $? "$backend: so is the second"
	is "$(shared)" '' "$backend: and nothing is left of what they shared"
	runs "$backend: one beside another" runnsctl up one two
	runs "$backend: goes" runnsctl down one
	isnt "$(shared)" '' "$backend: and leaves the other what it needs"
	runs "$backend: which goes too" runnsctl down two
	is "$(shared)" '' "$backend: with all of it"
}

# The session's processes are ended as systemd ends a scope: SIGTERM, SIGHUP.
session_ended()
{
	local session collector
	conf_end
	echo 'dave going - create' | map_write
	hu dave open 'sh=echo here >/tmp/in; exec sleep 0.2' close >/tmp/said &
	session=$!
	wait_until 20 test -s /tmp/in
	hold
	runs "$backend: a session ends, and takes its network down" \
		wait_until 20 waiters 1
	collector=$(pgrep -f 'runns-net gc --idle')
	isnt "$collector" '' "$backend: (a process does)"
	kill -TERM "$collector" && kill -HUP "$collector"
	release
	wait $session
	like "$(cat /tmp/said)" close=SUCCESS "$backend: it closes well"
	runs "$backend: who ends all its processes does not stop that half-way" \
		wait_until 10 nothing_shared
	refuses "$backend: and the name is gone" test -e /run/netns/going
	rm -f /tmp/in
}

# Record and name are gone, as after rm -r /run/*: gc finds the rest by itself.
forgotten()
{
	local start
	mkdir -p /etc/netns/one && echo mine >/etc/netns/one/hosts
	conf_end
	settled never
	runs "$backend: two networks" runnsctl up one two
	umount /run/netns/one /run/netns/two
	rm -r /run/netns/one /run/netns/two /run/runns/net/one /run/runns/net/two
	start=$SECONDS
	is "$(runnsctl gc 2>&1; echo $?)" 0 \
		"$backend: nothing is known of them any more: gc"
	[ $((SECONDS - start)) -lt 4 ]
	ok $? "$backend: does not wait for anybody"
	settled gone
	snap_same never gone "$backend: and takes all that was theirs"
	is "$(ls /etc/netns/one)" hosts "$backend: but for what was there before"
	rm -r /etc/netns/one
}

with_backend nft last_two
with_backend iptables last_two
with_backend nft session_ended
with_backend nft forgotten
with_backend iptables forgotten
done_testing
