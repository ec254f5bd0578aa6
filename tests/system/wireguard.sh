#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# wireguard.sh - networks whose way out is a WireGuard tunnel
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
. "$(dirname "$0")/../net/vpn.sh"
host_start "$@"
need wireguard-go wg dnsmasq

# With the kernel's answer to what comes for a program that was killed.
own='((udp and port 51820 and host 198.51.100.1) or
	(icmp[icmptype] == icmp-unreach and dst host 198.51.100.1))'

keys()
{
	local side
	mkdir -p $vpn_dir && chmod 0700 $vpn_dir || return 1
	for side in server client other; do
		(umask 077; wg genkey >$vpn_dir/$side.key)
		wg pubkey <$vpn_dir/$side.key >$vpn_dir/$side.pub || return 1
	done
}

server()
{
	inet env LOG_LEVEL=error wireguard-go -f wgsrv \
		>$host_dir/wgsrv.log 2>&1 &
	wait_until 10 test -S /var/run/wireguard/wgsrv.sock
	cat >$vpn_dir/wgsrv.conf <<-END
		[Interface]
		PrivateKey = $(cat $vpn_dir/server.key)
		ListenPort = 51820
		[Peer]
		PublicKey = $(cat $vpn_dir/client.pub)
		AllowedIPs = 10.94.0.2/32, fd94::2/128
	END
	inet wg setconf wgsrv $vpn_dir/wgsrv.conf &&
		inet ip addr add 10.94.0.1/24 dev wgsrv &&
		inet ip addr add fd94::1/64 dev wgsrv nodad &&
		inet ip link set wgsrv up
}

# client FILE KEY LINE...: LINEs belong to [Interface]
client()
{
	local file=$1 key=$2
	shift 2
	cat >"$vpn_dir/$file" <<-END
		[Interface]
		PrivateKey = $(cat "$vpn_dir/$key.key")
		Address = 10.94.0.2/24, fd94::2/64
		DNS = 10.94.0.1, inside.test
		$(printf '%s\n' "$@")
		[Peer]
		PublicKey = $(cat $vpn_dir/server.pub)
		AllowedIPs = 0.0.0.0/0, ::/0
		Endpoint = 198.51.100.1:51820
	END
	chmod 0600 "$vpn_dir/$file"
}

get()
{
	inside "$1" python3 "$tests/peer.py" get "$2" 2>/dev/null
}

vpn_is_not()
{
	! vpn_is "$1" "$2"
}

no_process()
{
	! pgrep -f 'wireguard-go -f rv-' >/dev/null
}

up()
{
	conf_write <<-END
		[wg]
		WireGuard = $vpn_dir/wg.conf
	END
	settled before
	runs "up --wait" runnsctl up --wait wg
	is "$(ip -n wg -o link | grep -cvE ': (lo|tun0)')" 0 \
		"inside there are lo and the tunnel only"
	is "$(get wg 10.94.0.1) $(get wg fd94::1)" "10.94.0.2 fd94::2" \
		"it carries what is sent"
	is "$(get wg 198.51.100.1)" 10.94.0.2 "also to the server itself"
	is "$(grep -v '^#' /run/runns/net/wg/etc/resolv.conf | xargs)" \
		"nameserver 10.94.0.1 search inside.test" \
		"name servers are those of the file"
	pid=$(vpn_program wg wireguard-go)
	is "$(stat -c %U "/proc/$pid") $(awk '/^Cap(Prm|Eff|Bnd|Amb)/ { print $2 }' \
		"/proc/$pid/status" | sort -u)" "nobody 0000000000000000" \
		"wireguard-go is nobody, without a capability"
	is "$(grep -rlsF "$(cat $vpn_dir/client.key)" /run /tmp $host_log)" "" \
		"the key stands nowhere else"
	like "$(cat $host_log)" 'left out: .*PostUp' "no hook runs: it is told"
	refuses "and it did not" test -e /tmp/hooked
}

killed()
{
	kill -STOP "$(cat /run/runns/lock/vpn.wg)"
	kill -9 "$(vpn_program wg wireguard-go)"
	is "$(get wg 198.51.100.1)" "" "killed: nothing goes elsewhere"
	kill -CONT "$(cat /run/runns/lock/vpn.wg)"
	wait_until 5 vpn_is_not wg up
	wait_until 20 vpn_is wg up
	is "$(get wg 10.94.0.1)" 10.94.0.2 "and it is started again"
	kill -9 "$(cat /run/runns/lock/vpn.wg)"
	wait_until 5 no_process
	runs "supervisor killed: wireguard-go ends" no_process
	runs "up" runnsctl up --wait wg
	is "$(get wg 10.94.0.1)" 10.94.0.2 "starts both again"
}

# What the host sends meanwhile is the tunnel's own.
capture()
{
	local n
	tcpdump -Z root -i any -Q out -U -n -w $host_dir/wg.pcap \
		2>$host_dir/tcpdump.err &
	n=$!
	wait_until 10 grep -q 'listening on' $host_dir/tcpdump.err
	inside wg python3 "$tests/../net/hostile.py" $host_dir/rounds \
		>/dev/null 2>&1 &
	hostile=$!
	wait_until 30 grep -qE '^([4-9]|..+)$' $host_dir/rounds
	kill -9 "$(vpn_program wg wireguard-go)"
	wait_until 20 vpn_is wg up
	kill -9 $hostile
	kill -INT $n
	wait $n
	is "$(grep -c LEAKLEAK $host_dir/wg.pcap) $(tcpdump -n -r \
		$host_dir/wg.pcap "not $own and not arp and not icmp6 and
		not net 127.0.0.0/8 and not host ::1" 2>/dev/null | wc -l)" \
		"0 0" "a hostile program inside: nothing leaves but the tunnel"
}

gone()
{
	runs "down" runnsctl down --kill wg
	settled before
	runnsctl up --wait wg
	runs "down, at once" runnsctl down wg
	settled after
	snap_same before after "nothing is left"
	is "$(find /var/run/wireguard -name 'rv-*')" "" "no socket either"
}

refused()
{
	conf_write <<-END
		[bad]
		WireGuard = $vpn_dir/bad.conf
		${3-}
	END
	runnsctl up bad
	wait_until 5 says "$2"
	like "$(vpn_value bad error)" "$2" "$1"
	runnsctl down bad
}

says()
{
	vpn_value bad error | grep -qE "$1"
}

files()
{
	client bad.conf client "MTU = 9999999"
	refused "a wrong MTU" 'bad.conf:5: no MTU'
	client bad.conf client "Nonsense = 1"
	refused "an unknown key" 'bad.conf:5: no key'
	client bad.conf client
	chown alice $vpn_dir/bad.conf
	refused "a file of somebody else's" 'bad.conf: .*root'
	chown root $vpn_dir/bad.conf
	refused "an uplink" InterfaceOut "InterfaceOut = eth0"
	client bad.conf other
	conf_write <<-END
		[bad]
		WireGuard = $vpn_dir/bad.conf
	END
	refuses "a key that the server does not know: up --wait fails" \
		runnsctl up --wait=3 bad
	is "$(vpn_value bad state)" starting "and status says how it is"
	is "$(get bad 198.51.100.1)" "" "nothing goes elsewhere"
	runnsctl down bad
	mount --bind /dev/null "$(command -v wireguard-go)"
	refused "without wireguard-go" 'kernel has no WireGuard|^$'
	umount "$(command -v wireguard-go)"
}

keys || bail "no keys"
server || bail "no server: $(cat $host_dir/wgsrv.log)"
client wg.conf client "PostUp = touch /tmp/hooked" "Table = off"
up
killed
capture
gone
files
done_testing
