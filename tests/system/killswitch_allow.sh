#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# killswitch_allow.sh - Allow= and Forward= beside a VPN open what they name, and
# nothing else; by both firewalls
#
# All that the host's uplink sends, and all that comes out of the network by the
# device beside the tunnel, is captured while a program inside sends whatever can
# be sent: as root, then as a user, in every state of VPN and firewall.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
. "$(dirname "$0")/../net/vpn.sh"
host_start "$@"
need openvpn openssl tcpdump python3

# shellcheck disable=SC2154
rounds=$host_dir/rounds
vpn='(udp and port 1194 and (host 198.51.100.1)) or
	(icmp[icmptype] == icmp-unreach and dst host 198.51.100.1)'
# What Allow names, and answers of the port that is published.
named='net 192.0.2.0/24 or (dst host 198.51.100.53 and tcp dst port 80) or
	(tcp src port 8080 and dst host 203.0.113.1)'
# The same where it comes out of the network.
inner='dst net 192.0.2.0/24 or (dst host 198.51.100.53 and tcp dst port 80)'

conf()
{
	conf_write <<-END
		[side]
		vpn = $vpn_dir/side.conf
		Allow = 192.0.2.0/24, 198.51.100.53:80/tcp, host:8081/tcp
		Forward = tcp:8080:80
	END
}

# watch NAME DEVICE DIRECTION
watch()
{
	# The former one's would be read before the new one has emptied it.
	rm -f "$host_dir/$1.err"
	tcpdump -Z root -i "$2" -Q "$3" --immediate-mode -U -n -s 200 \
		-w "$host_dir/$1.pcap" 2>"$host_dir/$1.err" &
	captures="${captures-} $!"
	wait_until 30 grep -qs 'listening on' "$host_dir/$1.err"
}

capture_start()
{
	rm -f $host_dir/*.pcap
	watch uplink eth0 out
	watch side "$device" in
}

capture_stop()
{
	# shellcheck disable=SC2086
	kill -INT $captures
	# shellcheck disable=SC2086
	wait $captures
	captures=
}

reports=$(host_reports)

# What the uplink has sent that neither the VPN nor Allow or Forward explain.
strangers()
{
	tcpdump -n -r $host_dir/uplink.pcap "not ($vpn) and not ($named) and
		not arp and not (icmp6 and ip6[40] >= 133 and ip6[40] <= 136)
		and not (icmp6 and ip6[40] == 143) and not ($reports)" \
		2>/dev/null
	tcpdump -n -r $host_dir/uplink.pcap arp 2>/dev/null |
		grep -vE 'who-has 203\.0\.113\.[12] tell|203\.0\.113\.[12] is-at'
}

# What came out beside the tunnel and is not allowed; $1: filter of what is
beside()
{
	tcpdump -n -r $host_dir/side.pcap "not ($1) and not arp and
		not (dst host $gateway and tcp and (dst port 8081 or
		src port 80))" 2>/dev/null
	tcpdump -n -r $host_dir/side.pcap arp 2>/dev/null |
		grep -vE "who-has $gateway tell|$inside_address is-at"
}

# hostile_start WHO [routed]
hostile_start()
{
	local as=()
	[ "$1" = root ] || as=(setpriv --reuid 5001 --regid 5001 --clear-groups)
	install -d -m 0777 $host_dir/hostile
	rounds=$host_dir/hostile/rounds
	rm -f $rounds
	nsenter --net=/run/netns/side -- "${as[@]}" python3 "$tests/../net/hostile.py" $rounds \
		${2-} >$host_dir/hostile.err 2>&1 &
	hostile=$!
	wait_until 20 test -s $rounds
}

hostile_stop()
{
	kill -9 "$hostile"
	wait "$hostile" 2>/dev/null
}

has_rounds()
{
	[ "$(cat $rounds)" -ge "$1" ]
}

more_rounds()
{
	wait_until 30 has_rounds $(($(cat $rounds) + 3)) ||
		fail "the hostile program goes on" "$(cat $host_dir/hostile.err)"
}

# silent TEXT [FILTER]: nothing else has left; with FILTER, nor come out
silent()
{
	local seen
	more_rounds
	capture_stop
	for seen in uplink side; do
		[ "$(tcpdump -n -r $host_dir/$seen.pcap 2>/dev/null |
			wc -l)" -gt 0 ] || fail "$1: the capture sees $seen"
	done
	is "$(strangers | wc -l)" 0 "$fw: $1: nothing else leaves" ||
		diag "$(strangers | head -n 5)"
	[ -z "${2-}" ] || is "$(beside "$2" | wc -l)" 0 \
		"$fw: $1: nor comes out beside the tunnel" ||
		diag "$(beside "$2" | head -n 5)"
	capture_start
}

flush_outside()
{
	nft flush ruleset
	[ "$fw" = nft ] || for table in raw filter nat; do
		iptables-legacy -t $table -F
	done
}

flush_inside()
{
	inside side nft flush ruleset
	[ "$fw" = nft ] || for table in filter nat; do
		inside side iptables-legacy -t $table -F
	done
}

# The address that a server sees of a program inside, or "no".
sees()
{
	inside side timeout 4 python3 "$tests/peer.py" get "$1" 2>/dev/null ||
		echo no
}

# shellcheck disable=SC2016
reach='timeout 2 bash -c "exec 3<>/dev/tcp/$0/$1" 2>/dev/null'

published()
{
	inet timeout 3 python3 -c '
import http.client
c = http.client.HTTPConnection("203.0.113.2", 8080, timeout=2.5)
c.request("GET", "/")
print(c.getresponse().read().decode())' 2>/dev/null || echo no
}

works()
{
	is "$(sees 192.0.2.80)" 203.0.113.2 "$fw: $1: a network is reached"
	is "$(sees 198.51.100.53)" 203.0.113.2 "$fw: $1: and a port"
	runs "$fw: $1: and a service of the host" \
		inside side bash -c "$reach" "$gateway" 8081
	is "$(published)" "$gateway" "$fw: $1: a published port leads in"
	refuses "$fw: $1: no other service of the host" \
		inside side bash -c "$reach" "$gateway" 8082
	refuses "$fw: $1: nor another port of the address" \
		inside side bash -c "$reach" 198.51.100.53 53
}

serve()
{
	"${@:2}" python3 "$tests/peer.py" http "$1" >/dev/null 2>&1 &
	servers="${servers-} $!"
}

look_around()
{
	gateway=$(sed -n 's/^net=\(.*\)\/.*/\1/p' /run/runns/net/side/state)
	inside_address=$(sed -n 's/^peer=//p' /run/runns/net/side/state)
	device=$(device_of side)
	serve 80 nsenter --net=/run/netns/side --
	serve 8081
	serve 8082
	wait_until 5 inside side bash -c "$reach" 127.0.0.1 80
	wait_until 5 bash -c "$reach" 127.0.0.1 8081
	wait_until 5 bash -c "$reach" 127.0.0.1 8082
}

structure()
{
	is "$(ip -n side route show table main | grep -v 'dev tun0')" \
		'unreachable default proto 114 metric 2147483647 ' \
		"$fw: behind the tunnel's routes there is an end"
	is "$(ip -n side route show table all dev eth0 | grep -v ^local |
		awk '{ print $1 }' | sort | xargs)" \
		"$(printf '%s\n' 192.0.2.0/24 198.51.100.53 "$gateway" | sort |
		xargs)" "$fw: routes by the device are those of Allow= alone"
	like "$(ip rule)" "iif $device unreachable" \
		"$fw: and the host routes nothing else of it"
	is "$(cat /proc/sys/net/ipv4/conf/"$device"/rp_filter)" 1 \
		"$fw: no source but its own"
	is "$(inside side cat /proc/sys/net/ipv4/conf/{tun0,eth0}/forwarding |
		xargs)" "0 0" "$fw: nothing is forwarded inside"
	is "$(ip -n side -6 addr show dev eth0)" "" "$fw: it has no IPv6"
}

# As root, who can send by any device what he likes.
root_states()
{
	hostile_start root
	capture_start
	silent "as root, starting"
	vpn_server 10.99.0 || fail "a server"
	wait_until 30 vpn_is side up
	silent "as root, up"
	flush_inside
	silent "as root, rules inside flushed"
	flush_outside
	silent "as root, those of the host too"
	kill -9 "$(vpn_program side)"
	silent "as root, without rules, openvpn killed"
	hostile_stop
	capture_stop
	# What root has asked for neighbours is asked three times.
	ip -n side neigh flush dev eth0
	hostile_start user routed
	capture_start
	silent "a user, without any rule" \
		'dst net 192.0.2.0/24 or dst host 198.51.100.53 or
		dst host '"$gateway"
	hostile_stop
	capture_stop
	wait_until 30 vpn_is side up
	runs "$fw: up mends it" runnsctl up --wait=30 side
}

user_states()
{
	hostile_start user
	capture_start
	silent "a user, up" "$inner"
	flush_outside
	silent "a user, the host's rules flushed" "$inner"
	kill -9 "$(vpn_program side)"
	silent "a user, openvpn killed" "$inner"
	wait_until 30 vpn_is side up
	kill -9 "$(cat /run/runns/lock/vpn.side)"
	silent "a user, supervisor killed" "$inner"
	runs "$fw: up mends it again" runnsctl up --wait=30 side
	vpn_server_stop
	silent "a user, the server is gone" "$inner"
	hostile_stop
	capture_stop
}

# A server that would like to have what is allowed, or the device itself.
pushes()
{
	vpn_server 10.97.0 'push "route 192.0.2.0 255.255.255.0"' \
		'push "route 192.0.2.80 255.255.255.255"' \
		"push \"route $gateway 255.255.255.255\"" \
		'push "route 172.24.0.0 255.255.0.0"'
	wait_until 60 ip -n side addr show dev tun0 to 10.97.0.2 &&
		wait_until 30 vpn_is side up
	works "hostile routes"
	inet ip route replace "$inside_address" dev srv
	refuses "$fw: the server does not get through it" \
		inet timeout 2 bash -c "exec 3<>/dev/tcp/$gateway/8081"
	inet ip route del "$inside_address"
}

changes()
{
	sed -i 's/^Allow = .*/Allow = lan/; s/^Forward = .*/Forward = tcp:8088:80/' \
		/etc/runns.conf
	runs "$fw: up with another list" runnsctl up --wait=30 side
	is "$(ip -n side route show table all dev eth0 | grep -v ^local |
		awk '{ print $1 }' | sort | xargs)" \
		"$(printf '%s\n' 203.0.113.0/24 "$gateway" | sort | xargs)" \
		"$fw: changes the routes"
	is "$(sees 203.0.113.1)" 203.0.113.2 "$fw: the LAN is reached"
	is "$(published)" no "$fw: what was published is closed"
	sed -i '/^Allow = /d; /^Forward = /d' /etc/runns.conf
	like "$(runnsctl up side 2>&1)" 'take it down and up again' \
		"$fw: the device itself stays until down"
	conf
}

backend_test()
{
	fw=$1
	conf
	runnsctl up side && runnsctl down --kill side
	settled before
	runs "$fw: up, without a server" runnsctl up side
	look_around
	works "starting"
	is "$(sees 198.51.100.1)" no "$fw: nothing else is"
	root_states
	structure
	works "mended"
	user_states
	pushes
	changes
	vpn_server_stop
	# shellcheck disable=SC2086
	kill $servers
	servers=
	runs "$fw: down" runnsctl down --kill side
	settled after
	snap_same before after "$fw: everything is as before"
}

refused()
{
	printf '[a]\nvpn = /etc/a.conf\nAllow = lan\nIsolate = no\n' \
		>/etc/runns.conf
	like "$(runnsctl check 2>&1)" 'runns.conf:3: .*Isolate=no' \
		"check refuses Isolate=no beside a VPN"
	printf '[a]\nvpn = /etc/a.conf\nForward = tcp:80:80\nParent = b\n' \
		>/etc/runns.conf
	like "$(runnsctl check 2>&1)" 'runns.conf:3: .*Parent' "and Parent"
}

vpn_keys || bail "no keys"
inet sysctl -q -w net.ipv4.conf.default.forwarding=0
inet ip addr add 192.0.2.80/32 dev lo
vpn_client side.conf
with_backend nft backend_test nft
with_backend iptables backend_test iptables
refused
done_testing
