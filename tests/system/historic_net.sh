#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# historic_net.sh - build-net, clean-net, and another uplink for a network
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
host_start "$@"

hand=$tests/peer.py
: >/etc/runns.conf
runnsctl up first && runnsctl down first
settled begin

# --- build-net -----------------------------------------------------------------

# addresses NAME: "outside's device and address, inside's device and address"
addresses()
{
	ip -4 -o addr show dev "$(device_of "$1")" | awk '{ print $2, $4 }'
	ip -n "$1" -4 -o addr show scope global | awk '{ print $2, $4 }'
}

like "$(build-net)" '^vpn1: vpn1 on the host, eth0 inside$' "build-net tells what it made"
is "$(addresses vpn1)" "vpn1 172.24.1.1/24
eth0 172.24.1.2/24" "vpn1: names and addresses as of old"
runs "the next" build-net
is "$(addresses vpn2)" "vpn2 172.24.2.1/24
eth0 172.24.2.2/24" "is vpn2"
is "$(inside vpn2 python3 "$hand" get 198.51.100.1)" 203.0.113.2 "it reaches out"
for _ in 1 2 3 4 5; do
	build-net >/dev/null &
done
wait_until 30 no_runnsctl
is "$(find /run/netns -name 'vpn*' -printf '%f\n' | sort | xargs)" \
	"vpn1 vpn2 vpn3 vpn4 vpn5 vpn6 vpn7" "five at once are five"

echo 'nameserver 192.0.2.44' >/etc/resolv.mine
runs "all options" build-net --name mine -i left0 -o eth0 -r /etc/resolv.mine
is "$(device_of mine)" left0 "-i names the host's end"
like "$(ip netns exec mine cat /etc/resolv.conf)" '^nameserver 192.0.2.44$' "-r is its resolv.conf"
like "$(ip rule)" 'iif left0' "-o is the way out"
cat >/etc/runns.conf <<-END
	[work]
	NetworkNamespace = office
	InterfaceIn = office0
	DNS = 198.51.100.53
END
runs "-s" build-net -s work
is "$(device_of office)" office0 "a section's own names"
runs "-s with another name" build-net -h
refuses "a section that names its network is no pattern" build-net -s work -n elsewhere
like "$(build-net -s nothing 2>&1)" 'no section \[nothing\]' "an unknown section"
ip link add vpn8 type veth peer name vpn8b
runs "where a device has the name" build-net
like "$(device_of vpn8)" '^rn-' "another is taken"
ip link del vpn8
build-net extra words >/dev/null 2>&1
is $? 2 "wrong usage is told"

# --- another uplink -----------------------------------------------------------------

hold_netns
second=$held_pid
ip link add eth1 type veth peer name second0 netns "$second"
ip addr add 192.0.2.2/24 dev eth1
ip link set eth1 up
nsenter -t "$second" -n sh -c 'ip link set lo up
	ip addr add 192.0.2.1/24 dev second0; ip link set second0 up
	ip addr add 198.51.100.1/32 dev lo'
ip route add default via 192.0.2.1 dev eth1 metric 500
nsenter -t "$second" -n -- python3 "$hand" http 80 >/dev/null 2>&1 &
server=$!
# A connection between the host and a session does not mind.
inside vpn1 python3 -c '
import socket
s = socket.create_server(("172.24.1.2", 7))
c, a = s.accept()
while True:
	d = c.recv(99)
	if not d:
		break
	c.sendall(d)' &
echo=$!
exec 7<>/dev/null
wait_until 5 ping_echo
connected()
{
	echo "$1" >&8 && read -r -t 5 answer <&8 && [ "$answer" = "$1" ]
}
ping_echo()
{
	exec 8<>/dev/tcp/172.24.1.2/7
}
ping_echo
runs "a connection into the network" connected one
runs "reattach" runnsctl reattach vpn1 eth1
is "$(inside vpn1 python3 "$hand" get 198.51.100.1)" 192.0.2.2 "it leaves by the other device"
is "$(inside vpn2 python3 "$hand" get 198.51.100.1)" 203.0.113.2 "others do not"
runs "the connection has survived" connected two
runs "clean-net -r" clean-net -n vpn1 -r eth0
is "$(inside vpn1 python3 "$hand" get 198.51.100.1)" 203.0.113.2 "is the way back"
runs "and it still has" connected three
exec 8>&-
wait $echo
like "$(runnsctl reattach vpn1 nothing0 2>&1)" nothing0 "a device that is not there is named"
like "$(runnsctl reattach absent eth1 2>&1)" 'there is no such network' "nor is a network"
runnsctl reattach vpn1 2>/dev/null
is $? 2 "wrong usage"

# --- clean-net --------------------------------------------------------------------------

# sleeps_in NAME: a process inside; its pid is $sleeper
sleeps_in()
{
	inside "$1" sleep 1000 &
	wait_until 5 is_in "$1"
	sleeper=$(ip netns pids "$1")
}

is_in()
{
	[ "$(ip netns pids "$1" | wc -l)" = 1 ]
}

sleeps_in vpn1
like "$(clean-net -n vpn1 </dev/null 2>&1)" '--kill' "without a terminal it does not ask, and does nothing"
runs "the network stands" test -e /run/netns/vpn1
python3 "$hand" pty '(y/n)=n\n' -- clean-net -n vpn1 >/dev/null
runs "the answer no leaves it" kill -0 $sleeper
python3 "$hand" pty '(y/n)=y\n' -- clean-net -n vpn1 >/dev/null
refuses "the answer yes ends the processes" kill -0 $sleeper
refuses "and the network" test -e /run/netns/vpn1
sleeps_in vpn2
runs "--kill" clean-net --kill --name vpn2
is "$(sysctl -n net.ipv4.conf.eth0.forwarding)" 1 "others still forward"
# Only a change of it sets every device.
sysctl -q -w net.ipv4.ip_forward=1
like "$(clean-net -n vpn3 -f 2>&1)" 'left as it is' "-f while others are up"
is "$(sysctl -n net.ipv4.ip_forward net.ipv4.conf.eth0.forwarding | paste -sd ' ')" \
	"1 1" "changes nothing"
for name in vpn4 vpn5 vpn6 vpn7 vpn8 mine; do
	clean-net -n $name || fail "clean-net -n $name"
done
runs "-f with the last" clean-net -n office -f
is "$(sysctl -n net.ipv4.ip_forward)" 0 "turns forwarding off"
kill $server "$second"
rm -f /etc/resolv.mine
: >/etc/runns.conf
ip link del eth1 2>/dev/null
settled end
snap_same begin end "everything is as before"
done_testing
