#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# killswitch.sh - nothing leaves a network but through its VPN
#
# All that any device of the host's sends is captured while a program
# inside, as root, sends whatever can be sent.  Each of its packets carries a
# word; in the tunnel that word is encrypted, so it may be seen nowhere.  Nor
# may there be any packet that is not the VPN program's own.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
. "$(dirname "$0")/../net/vpn.sh"
host_start "$@"
need openvpn openssl tcpdump python3

pcap=$host_dir/host.pcap
rounds=$host_dir/rounds
# With the kernel's answer to what comes for a client that has ended.
own='(udp and port 1194 and (host 198.51.100.1 or host 198.51.100.53)) or
	(icmp[icmptype] == icmp-unreach and dst host 198.51.100.1)'

reports=$(host_reports)

capture_start()
{
	# Else what the former one said would be taken for the new one's word.
	rm -f "$pcap" $host_dir/tcpdump.err
	tcpdump -Z root -i any -Q out --immediate-mode -U -n -s 200 \
		-w "$pcap" 2>$host_dir/tcpdump.err &
	capture=$!
	wait_until 30 grep -qs 'listening on' $host_dir/tcpdump.err
}

capture_stop()
{
	kill -INT "$capture"
	wait "$capture"
}

# Packets that neither the VPN's program nor the host itself has sent.
strangers()
{
	tcpdump -n -r "$pcap" "not ($own) and not net 127.0.0.0/8 and
		not host ::1 and not arp and not icmp6 and not ($reports)" \
		2>/dev/null
	tcpdump -n -r "$pcap" 'icmp6 and not (icmp6[0] >= 133 and
		icmp6[0] <= 136) and not ip6[40] == 143' 2>/dev/null
	tcpdump -n -r "$pcap" arp 2>/dev/null |
		grep -vE 'who-has 203\.0\.113\.[12] tell|203\.0\.113\.[12] is-at'
}

marked()
{
	grep -c LEAKLEAK "$pcap"
}

hostile_start()
{
	rm -f $rounds
	inside "$1" python3 "$tests/../net/hostile.py" $rounds \
		>$host_dir/hostile.err 2>&1 &
	hostile=$!
	wait_until 20 test -s $rounds
}

hostile_stop()
{
	kill -9 "$hostile"
	wait "$hostile" 2>/dev/null
}

# more_rounds: whoever is inside has since tried everything twice
more_rounds()
{
	local until
	until=$(($(cat $rounds) + 2))
	wait_until 30 has_rounds "$until" || fail "the hostile program goes on" \
		"$(cat $host_dir/hostile.err)"
}

has_rounds()
{
	[ "$(cat $rounds)" -ge "$1" ]
}

# silent TEXT: nothing has left since the capture began
silent()
{
	more_rounds
	capture_stop
	is "$(marked) $(strangers | wc -l)" "0 0" "$1: nothing leaves" ||
		diag "$(strangers | head -n 5)"
	capture_start
}

vpn_is_not()
{
	! vpn_is work "$1"
}

tunnel_sees()
{
	inet timeout 5 tcpdump -Z root -i srv -n -c 1 -A udp 2>/dev/null |
		grep -q LEAK
}

conf()
{
	conf_write <<-END
		[work]
		vpn = $vpn_dir/work.conf
		[leaky]
		vpn = $vpn_dir/leaky.conf
		KillSwitch = no
	END
}

# The capture sees what there is to be seen.
control()
{
	vpn_client leaky.conf "remote 198.51.100.53 1195"
	runs "KillSwitch=no: a network with a VPN that does not connect" \
		runnsctl up leaky
	capture_start
	hostile_start leaky
	more_rounds
	hostile_stop
	capture_stop
	isnt "$(marked)" 0 "leaks, and the capture sees it"
	isnt "$(strangers | wc -l)" 0 "the other count too"
	for kind in udp tcp 'proto 47' 'proto 132'; do
		isnt "$(tcpdump -n -r "$pcap" "$kind" 2>/dev/null | wc -l)" 0 \
			"also $kind"
	done
	runs "down" runnsctl down --kill leaky
}

states()
{
	local pid
	capture_start
	runs "up, without a server" runnsctl up work
	hostile_start work
	is "$(vpn_value work state)" starting "the VPN is starting"
	silent "starting"
	vpn_server 10.99.0 || fail "a server"
	wait_until 30 vpn_is work up
	runs "up: the tunnel carries what the program sends" tunnel_sees
	silent "up"
	nft flush ruleset
	inside work nft flush ruleset
	silent "rules flushed, outside and inside"
	kill -9 "$(vpn_program work)"
	silent "openvpn killed"
	wait_until 30 vpn_is work up
	silent "started again"
	pid=$(cat /run/runns/lock/vpn.work)
	kill -9 "$pid"
	silent "supervisor killed"
	runs "up mends it" runnsctl up --wait=30 work
	silent "up again"
	vpn_server_stop
	wait_until 30 vpn_is_not up
	is "$(vpn_value work state)" reconnecting "the server is gone"
	silent "reconnecting"
}

# What a server may push to get at packets of its clients.
pushes()
{
	vpn_server 10.97.0 \
		'push "route 0.0.0.0 128.0.0.0 net_gateway"' \
		'push "route 128.0.0.0 128.0.0.0 net_gateway"' \
		'push "route 198.51.100.1 255.255.255.255 net_gateway"' \
		'push "route 203.0.113.0 255.255.255.0 net_gateway"' \
		'push "route remote_host 255.255.255.255 net_gateway"' \
		'push "route 224.0.0.0 240.0.0.0 net_gateway"' \
		'push "dhcp-option DNS 203.0.113.1"' \
		'push "dhcp-option DNS 127.0.0.1"' \
		'push "route-gateway 203.0.113.1"' \
		'push "route-ipv6 2000::/3"' \
		'push "redirect-gateway def1 bypass-dhcp local"'
	wait_until 60 ip -n work addr show dev tun0 to 10.97.0.2 &&
		wait_until 30 vpn_is work up
	is "$(vpn_value work state)" up \
		"another address, and routes that point outside"
	is "$(ip -n work -o link | grep -cvE ': (lo|tun0)')" 0 \
		"inside there are lo and the tunnel only"
	silent "hostile routes"
	is "$(ip -n work route | grep -cv 'dev tun0')" 0 \
		"all of them lead into the tunnel"
}

# The administrator names another server.
endpoint()
{
	vpn_client work.conf
	sed -i 's/^remote .*/remote 198.51.100.53 1194/' $vpn_dir/work.conf
	runs "another server" runnsctl up work
	wait_until 20 grep -q '^state starting' /run/runns/net/work/vpn
	silent "endpoint changed"
}

end()
{
	runs "down --kill, under fire" runnsctl down --kill work
	wait "$hostile" 2>/dev/null
	capture_stop
	is "$(marked) $(strangers | wc -l)" "0 0" "down: nothing leaves" ||
		diag "$(strangers | head -n 5)"
}

vpn_keys || bail "no keys"
# The server does not send to the host what came through the tunnel, for the
# host would answer.
inet sysctl -q -w net.ipv4.conf.default.forwarding=0
vpn_client work.conf
conf
states
pushes
endpoint
end
control
done_testing
