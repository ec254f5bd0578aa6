#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# net_crash6.sh - builders of networks with IPv6 that are killed, or whose
# system calls fail, anywhere; see net_crash.sh
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
need strace
host_start "$@"
. "$(dirname "$0")/../net/crash.sh"

works6()
{
	[ "$(ip netns exec "$1" python3 "$tests/peer.py" \
		get 2001:db8:100::1)" = 2001:db8:1::2 ]
}

# With IPv6, an uplink of its own and a port.
sweeps6()
{
	local fw=$1
	conf_write <<-END
		[six]
		Address6 = auto
		InterfaceOut = eth0
		Forward = tcp:8080:80
	END
	runnsctl up six && runnsctl down six
	look >$host_dir/then
	sweep "$fw, IPv6: up killed, then up and down" signal=KILL : 'up six' \
		'runnsctl up six && works6 six && runnsctl down six'
	sweep "$fw, IPv6: up killed, then gc" signal=KILL : 'up six' \
		'runnsctl gc; ! test -e /run/netns/six || runnsctl down six'
	sweep "$fw, IPv6: up with ENOMEM, then gc" error=ENOMEM : 'up six' \
		'runnsctl gc; ! test -e /run/netns/six || runnsctl down six'
	sweep "$fw, IPv6: down killed, then down" signal=KILL \
		'runnsctl up six' 'down six' 'runnsctl down six'
	sweep "$fw, IPv6: down killed, then gc" signal=KILL \
		'runnsctl up six' 'down six' \
		'runnsctl gc; ! test -e /run/netns/six || runnsctl down six'
	pairs "$fw, IPv6: up, two faults, then gc" 10 : 'up six' \
		'runnsctl gc; ! test -e /run/netns/six || runnsctl down six'
}

with_backend nft sweeps6 nft
with_backend iptables sweeps6 iptables
done_testing
