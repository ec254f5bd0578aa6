#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# net6_auto.sh - IPv6 networks from a pool, in sections and patterns
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
host_start "$@"

web=2001:db8:100::1

state_of()
{
	sed -n "s/^$2=//p" "/run/runns/net/$1/state"
}

fetch()
{
	inside "$1" python3 "$tests/peer.py" get $web
}

conf_write <<-END
	[a]
	Address6 = auto
	[b]
	Address6 = auto
	[c]
	Address6 = auto
	Address = 172.30.9.1/24
	InterfaceIn = vpn9
	[each]
	Address6 = auto
	[fixed]
	Address6 = fd24:1::1/64
END

runnsctl up a && runnsctl down a
settled begin
runs "up of two" runnsctl up a b
is "$(state_of a net6)" fd72:756e:6e73:1::1/64 "the first network is number 1's"
is "$(state_of a peer6)" fd72:756e:6e73:1::2 "the inside has the next address"
like "$(ip -n a -6 addr show dev eth0)" 'fd72:756e:6e73:1::2/64' \
	"which is there"
is "$(state_of b net6)" fd72:756e:6e73:2::1/64 "the second is number 2's"
is "$(state_of b net)" 172.24.2.1/24 "as it is for IPv4"
is "$(fetch a)" 2001:db8:1::2 "traffic leaves masqueraded"
is "$(fetch b)" 2001:db8:1::2 "and that of the other"

runs "up of one that has a name and an IPv4 address of its own" runnsctl up c
is "$(state_of c net6)" fd72:756e:6e73:3::1/64 "it takes a number too"
is "$(fetch c)" 2001:db8:1::2 "and it works"
runs "down of it" runnsctl down c
refuses "gives the number back" test -L /run/runns/pool/3

# The kernel takes its time with the route of the last one.
no_route()
{
	[ -z "$(ip -6 route show fd72:756e:6e73:3::/64)" ]
}
wait_until 5 no_route
ip -6 route add fd72:756e:6e73:3::/64 via 2001:db8:1::1
runs "up by a pattern" runnsctl up --section each work-bob
is "$(state_of work-bob net6)" fd72:756e:6e73:4::1/64 \
	"a network that a route leads into is passed over"
is "$(state_of work-bob net)" 172.24.4.1/24 "with the number"
is "$(fetch work-bob)" 2001:db8:1::2 "a pattern has IPv6"
like "$(runnsctl up --section fixed work-dave 2>&1)" 'cannot be a pattern' \
	"one with a fixed address cannot be a pattern"
ip -6 route del fd72:756e:6e73:3::/64

ip -n a -6 addr flush dev eth0
runs "up mends" runnsctl up a
is "$(fetch a)" 2001:db8:1::2 "what was taken away"
unlike "$(runnsctl up a 2>&1)" 'another IPv6 address' "and is content then"
sed -i '/^\[runns\]/a Pool6 = 2001:db8:77::/64\nPool6Prefix = 127' \
	/etc/runns.conf
like "$(runnsctl up a 2>&1)" 'another IPv6 address' \
	"up tells that the pool is another now"
runs "down --all" runnsctl down --all
wait_until 5 no_links
runs "up from another pool" runnsctl up a
is "$(state_of a net6)" 2001:db8:77::2/127 "takes its first network"
is "$(fetch a)" 2001:db8:1::2 "which works, of two addresses as it is"
runs "down" runnsctl down a
sed -i 's/^Pool6Prefix = .*/Pool6Prefix = 64/' /etc/runns.conf
wait_until 5 no_links
runs "up from a pool of one network" runnsctl up a
like "$(runnsctl up b 2>&1)" 'no number left' "there is none for another"
refuses "and nothing of it is left" test -e /run/runns/net/b
runs "down" runnsctl down a
settled end
snap_same begin end "everything is as before"
done_testing
