#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vpn_more.sh - VPNs in every way that openvpn.sh does not try: several, beside
# a way out, by a certain uplink, with IPv6, from a pattern, built by a login
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
. "$(dirname "$0")/../net/vpn.sh"
host_start "$@"
need openvpn openssl dnsmasq

get()
{
	inside "$1" python3 "$tests/peer.py" get "$2" 2>/dev/null
}

field()
{
	runnsctl status --json "$1" | python3 -c '
import json, sys
print(json.load(sys.stdin)[0]["vpn"][sys.argv[1]])' "$2"
}

vpn_is_not()
{
	! vpn_is "$1" "$2"
}

# With IPv6 through the tunnel.
six()
{
	vpn_server 10.99.0 'server-ipv6 fd99::/64' \
		'push "route-ipv6 2000::/3"'
	vpn_client six.conf
	conf_write <<-END
		[six]
		vpn = $vpn_dir/six.conf
	END
	runs "a tunnel with IPv6" runnsctl up --wait six
	like "$(ip -n six -6 -o addr show dev tun0)" 'fd99::[0-9a-f]+/64' \
		"has its address inside"
	like "$(ip -n six -6 route show default)" 'dev tun0' \
		"and the default route"
	is "$(get six fd99::1 | cut -c 1-4)" fd99 "and carries it"
	is "$(field six state) $(field six server) $(field six restarts)" \
		"up 198.51.100.1 0" "status --json tells of it"
	like "$(runnsctl status six)" ' VPN +up for .*, server 198.51.100.1, ' "status too"
	kill -9 "$(cat /run/runns/lock/vpn.six)"
	wait_until 5 no_process
	is "$(field six state)" dead "also when nothing looks after it"
	like "$(runnsctl status six 2>&1)" "runnsctl up six" \
		"and what to do then"
	runs "down" runnsctl down six
}

no_process()
{
	! pgrep -f 'openvpn --config /proc' >/dev/null
}

# A name server by DNS= comes before what is pushed.
own_dns()
{
	conf_write <<-END
		[six]
		vpn = $vpn_dir/six.conf
		DNS = 10.99.0.77
		Search = own.test
	END
	runs "DNS= and Search= beside a VPN" runnsctl up --wait six
	is "$(grep -v '^#' /run/runns/net/six/etc/resolv.conf | xargs)" \
		"nameserver 10.99.0.77 search own.test" "are what counts"
	runnsctl down six
}

two_routes()
{
	ip -n two -4 route show default | awk '{ print $3, $9 }' | sort | xargs
}

# What is up is set up anew when somebody asks again.
two_defaults()
{
	[ "$(two_routes)" = "tun0 tun1 1" ]
}

# Several: the first has the default route, a second what it is told.
several()
{
	vpn_client bad.conf
	sed -i 's/^remote .*/remote 198.51.100.53 1195/' $vpn_dir/bad.conf
	conf_write <<-END
		[two]
		vpn = $vpn_dir/six.conf
		vpn = $vpn_dir/bad.conf
	END
	runs "two VPNs" runnsctl up two
	wait_until 20 grep -q '^tun0.state up' /run/runns/net/two/vpn
	is "$(get two 10.99.0.1)" 10.99.0.2 \
		"the first works while the second does not connect"
	is "$(vpn_value two tun1.state) $(vpn_value two state)" \
		"starting starting" "which is told of both"
	refuses "up --wait waits for both" runnsctl up --wait=1 two
	cp $vpn_dir/six.conf $vpn_dir/bad.conf
	sed -i 's/^remote .*/remote 198.51.100.1 1196/' $vpn_dir/bad.conf
	second_server
	runs "both" runnsctl up --wait=30 two
	wait_until 10 two_defaults
	is "$(two_routes)" "tun0 tun1 1" \
		"each has a default route, the first before the second"
	is "$(get two 10.99.0.1) $(get two 10.96.0.1)" "10.99.0.2 10.96.0.2" \
		"each is reached through its own"
	runs "down" runnsctl down two
}

second_server()
{
	sed -e 's/dev srv/dev srv2/' -e 's/10\.99\.0/10.96.0/g' \
		-e 's/^port .*/port 1196/' -e '/ipv6/d' \
		$vpn_dir/server.conf >$vpn_dir/server2.conf
	inet openvpn --config $vpn_dir/server2.conf \
		>$host_dir/server2.log 2>&1 &
	wait_until 10 inet ip addr show dev srv2 to 10.96.0.1
}

# KillSwitch=no: the VPN is preferred, and without it the host's way is taken.
beside()
{
	conf_write <<-END
		[open]
		vpn = $vpn_dir/six.conf
		KillSwitch = no
		MTU = 1400
	END
	runs "KillSwitch=no" runnsctl up --wait open
	is "$(get open 198.51.100.1)" 10.99.0.2 "the tunnel is preferred"
	kill -STOP "$(cat /run/runns/lock/vpn.open)"
	kill -9 "$(vpn_program open)"
	kill -CONT "$(cat /run/runns/lock/vpn.open)"
	wait_until 5 vpn_is_not open up
	is "$(get open 198.51.100.1)" 203.0.113.2 \
		"and the other way taken while it is dead"
	wait_until 20 vpn_is open up
	is "$(get open 198.51.100.1)" 10.99.0.2 "then the tunnel again"
	runs "up of what stands" runnsctl up --wait open
	is "$(get open 198.51.100.1)" 10.99.0.2 "leaves that"
	runs "down" runnsctl down open
}

# The VPN's own packets leave by InterfaceOut, or not at all.
uplink()
{
	ip link add other type veth peer name other-far netns "$inet_pid"
	ip addr add 192.0.2.2/24 dev other
	ip link set other up
	inet ip addr add 192.0.2.1/24 dev other-far
	inet ip link set other-far up
	ip route add default via 192.0.2.1 dev other metric 9999
	conf_write <<-END
		[via]
		vpn = $vpn_dir/six.conf
		InterfaceOut = other
	END
	runs "InterfaceOut= with a VPN" runnsctl up --wait=20 via
	like "$(inet ss -un; tr '\0' ' ' \
		<"/proc/$(vpn_program via)/cmdline")" '--bind-dev other' \
		"openvpn is bound to that device"
	like "$(grep 'Peer Connection Initiated' $host_dir/server.log |
		tail -n 1)" '192\.0\.2\.2' "its packets leave by it"
	ip link set other down
	wait_until 20 vpn_is_not via up
	isnt "$(vpn_value via state)" up "and by no other when it is down"
	is "$(get via 198.51.100.1)" "" "nothing else does either"
	runs "down" runnsctl down via
	ip link del other
}

# One section, many networks; the configuration is named by the command.
pattern()
{
	cat >/etc/other.conf <<-END
		[base]
		vpn = $vpn_dir/six.conf
	END
	runs "a network from a pattern" runnsctl up --conf /etc/other.conf \
		--section base --wait anna
	is "$(get anna 10.99.0.1)" 10.99.0.2 "has its tunnel"
	runs "down" runnsctl down anna
}

# A login builds it, and does not wait for the VPN.
login()
{
	map_write <<-END
		alice	six	-	create
	END
	conf_write <<-END
		[six]
		vpn = $vpn_dir/six.conf
	END
	is "$(runuser -u alice -- runnsctl run -- probe cookie 2>&1 | head -n 1)" \
		"$(cookie_of six)" "a launch builds the network"
	wait_until 20 vpn_is six up
	is "$(get six 10.99.0.1)" 10.99.0.2 "whose VPN connects by itself"
	is "$(readlink "/proc/$(cat /run/runns/lock/vpn.six)/cwd")" / \
		"what looks after it is nobody's child"
	runs "down" runnsctl down six
}

vpn_keys || bail "no keys"
six
own_dns
several
beside
uplink
pattern
login
is "$(pgrep -fc 'openvpn --config /proc') $(pgrep -c runns-vpn) $(ip -o link |
	grep -c ': rv-')" "0 0 0" "nothing is left of any of them"
done_testing
