#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# parent_vpn.sh - networks behind a VPN, and a VPN behind a network
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
. "$(dirname "$0")/../net/vpn.sh"
host_start "$@"
need openvpn openssl dnsmasq

#	behind -- tunnel (OpenVPN) -- middle -- host -- internet
sections()
{
	conf_write <<-END
		[behind]
		Parent = tunnel
		[tunnel]
		Parent = middle
		vpn = $vpn_dir/work.conf
		[middle]
	END
}

get()
{
	inside "$1" timeout 3 python3 "$tests/peer.py" get 10.99.0.1
}

gets()
{
	[ "$(get behind 2>/dev/null)" = 10.99.0.2 ]
}

supervisor_kill()
{
	local program
	program=$(vpn_program tunnel)
	kill -9 "$(cat /run/runns/lock/vpn.tunnel)"
	wait_until 10 has_ended "$program"
}

has_ended()
{
	! kill -0 "$1" 2>/dev/null
}

is_new()
{
	vpn_is tunnel up && [ "$(tunnel_index)" != "$before" ]
}

tunnel_index()
{
	ip -n tunnel -o link show tun0 2>/dev/null | cut -d : -f 1
}

is_up()
{
	wait_until 20 vpn_is tunnel up
}

vpn_keys
vpn_client work.conf
sections
runs "up before the VPN is connected" runnsctl up behind
refuses "leaves no way out" get behind
vpn_server 10.99.0
runs "the VPN behind a network connects" is_up
is "$(readlink "/proc/$(vpn_program tunnel)/ns/net")" \
	"$(inside middle readlink /proc/self/ns/net)" \
	"its program is in the namespace that it hangs on"
is "$(get tunnel)" 10.99.0.2 "and its tunnel works"
runs "what hangs on it leaves by the tunnel, once that is there" \
	wait_until 10 gets
is "$(grep ^nameserver /run/runns/net/behind/etc/resolv.conf)" \
	'nameserver 10.99.0.1' "and asks the pushed name server"
is "$(ip netns exec behind getent ahostsv4 which.test |
	awk 'NR == 1 { print $1 }')" 192.0.2.199 "which answers"

before=$(tunnel_index)
vpn_server_stop
refuses "with the server gone nothing falls back" get behind
vpn_server_start 10.99.0
kill -9 "$(vpn_program tunnel)"
runs "the tunnel comes again, as a new device" wait_until 20 is_new
runs "and what hangs on it leaves by that" wait_until 20 gets

like "$(runnsctl down middle 2>&1)" 'networks hang on it: tunnel' \
	"the network that a VPN leaves by stays"
like "$(runnsctl down tunnel 2>&1)" 'networks hang on it: behind' \
	"and the VPN that a network leaves by"
supervisor_kill
refuses "with the supervisor killed nothing falls back" get behind
runs "up mends all of it" runnsctl up tunnel
is_up
runs "so that it works again" wait_until 20 gets

supervisor_kill
ip netns del middle
runs "when what the VPN leaves by goes" wait_until 5 no_links
refuses "nothing falls back" get behind
runs "down" runnsctl down --all
runs "gc" runnsctl gc
is "$(find /run/runns/uplink /run/runns/net -mindepth 1 -not -name '.*')" "" \
	"nothing is left"
done_testing
