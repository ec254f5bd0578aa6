# SPDX-License-Identifier: GPL-2.0-or-later
# vpn.sh - an OpenVPN server in the internet, for the tests of VPNs; after
# system/lib.sh and lib.sh
#
#	host (this test), 203.0.113.2 --- inet: 198.51.100.1 port 1194
#	  network work: tun0 10.99.0.2 ===== tun 10.99.0.1, DNS, web
#
# shellcheck shell=bash
# The other files set what is used here.
# shellcheck disable=SC2154

vpn_dir=/etc/vpn

# vpn_keys: self-signed, each side knows the other's fingerprint
vpn_keys()
{
	local side
	mkdir -p $vpn_dir && chmod 0700 $vpn_dir || return 1
	for side in server client; do
		openssl req -x509 -newkey ec -pkeyopt \
			ec_paramgen_curve:prime256v1 -nodes -days 30 \
			-subj "/CN=$side" -keyout "$vpn_dir/$side.key" \
			-out "$vpn_dir/$side.crt" 2>/dev/null || return 1
	done
}

vpn_fingerprint()
{
	openssl x509 -in "$vpn_dir/$1.crt" -noout -fingerprint -sha256 |
		cut -d = -f 2
}

# vpn_server NET [LINE...]: a server with the tunnel's network NET.0/24
vpn_server()
{
	local net=$1
	shift
	{
		cat <<-END
			dev srv
			dev-type tun
			topology subnet
			server $net.0 255.255.255.0
			local 198.51.100.1
			port 1194
			proto udp
			cert $vpn_dir/server.crt
			key $vpn_dir/server.key
			dh none
			<peer-fingerprint>
			$(vpn_fingerprint client)
			</peer-fingerprint>
			keepalive 1 4
			disable-dco
			script-security 2
			push "dhcp-option DNS $net.1"
			push "dhcp-option DOMAIN inside.test"
			push "redirect-gateway def1"
		END
		printf '%s\n' "$@"
	} >$vpn_dir/server.conf
	vpn_server_start "$net"
}

# vpn_server_start NET: as it was configured last
vpn_server_start()
{
	: >$host_dir/server.log
	inet openvpn --config $vpn_dir/server.conf --writepid \
		$host_dir/server.pid >$host_dir/server.log 2>&1 &
	wait_until 10 inet ip addr show dev srv to "$1.1" &&
		wait_until 10 grep -q 'Initialization Sequence Completed' \
			$host_dir/server.log || return 1
	: >$host_dir/dns-tunnel.log
	chmod 0666 $host_dir/dns-tunnel.log
	inet dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv \
		--no-hosts --user=root --pid-file=$host_dir/server-dns.pid \
		--bind-interfaces --listen-address="$1.1" --log-queries \
		--log-facility=$host_dir/dns-tunnel.log \
		--host-record=which.test,192.0.2.199 \
		--host-record=box.inside.test,"$1.1" --local=/test/ \
		>$host_dir/dns-tunnel.err 2>&1 &
}

vpn_server_stop()
{
	kill -9 "$(cat $host_dir/server.pid)" "$(cat $host_dir/server-dns.pid)"
	wait_until 10 no_server_device
}

no_server_device()
{
	! inet ip link show dev srv >/dev/null 2>&1
}

# vpn_client FILE [LINE...]: a client's configuration
vpn_client()
{
	local file=$1
	shift
	{
		cat <<-END
			client
			dev tun
			proto udp
			remote 198.51.100.1 1194
			nobind
			cert client.crt
			key $vpn_dir/client.key
			<peer-fingerprint>
			$(vpn_fingerprint server)
			</peer-fingerprint>
			server-poll-timeout 4
			connect-retry 1 2
		END
		printf '%s\n' "$@"
	} >"$vpn_dir/$file"
	chmod 0600 "$vpn_dir/$file"
}

# host_reports: filter for what the host itself says of the groups that it is
# in, behind a header of hops (RFC 3810)
host_reports()
{
	local own
	own=$(ip -o -6 addr show dev eth0 scope link |
		awk '{ sub("/.*", "", $4); print $4 }')
	[ -n "$own" ] || bail "eth0 has no link-local address"
	echo "ip6 src host $own and ip6[6] == 0 and ip6[40] == 58 and ip6[48] == 143"
}

# vpn_value NAME KEY: of what the supervisor tells
vpn_value()
{
	sed -n "s/^$2 //p" "/run/runns/net/$1/vpn"
}

# vpn_is NAME STATE
vpn_is()
{
	[ "$(vpn_value "$1" state 2>/dev/null)" = "$2" ]
}

# vpn_program NAME [openvpn]: its process
vpn_program()
{
	pgrep -P "$(cat "/run/runns/lock/vpn.$1")" "${2-openvpn}"
}
