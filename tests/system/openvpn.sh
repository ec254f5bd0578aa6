#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# openvpn.sh - networks whose way out is an OpenVPN tunnel
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
. "$(dirname "$0")/../net/vpn.sh"
host_start "$@"
need openvpn openssl dnsmasq tcpdump

conf()
{
	conf_write <<-END
		[work]
		vpn = $vpn_dir/work.conf
	END
}

look_up()
{
	runuser -u alice -- runnsctl run -n work -- \
		getent ahostsv4 "$1" | awk 'NR == 1 { print $1 }'
}

from_inside()
{
	inside work python3 "$tests/peer.py" get "$1" 2>/dev/null
}

up()
{
	touch $host_dir/begun
	runs "up does not wait for the connection" runnsctl up work
	is "$(ip -n work -o link | grep -cvE ': (lo|tun0)')" 0 \
		"inside there are lo and the tunnel only"
	runs "up --wait does" runnsctl up --wait=20 work
	is "$(vpn_value work state) $(vpn_value work tun0.server)" \
		"up 198.51.100.1" "and then it is up"
	like "$(ip -n work -4 -o addr show dev tun0)" ' 10\.99\.0\.2/24 ' \
		"the tunnel has the address that was pushed"
	is "$(from_inside 10.99.0.1)" 10.99.0.2 "it carries what is sent"
	is "$(from_inside 198.51.100.1)" 10.99.0.2 \
		"also to the server itself, whose pushed routes are not followed"
}

session()
{
	map_write <<-END
		alice	work	-
	END
	is "$(look_up which.test)" 192.0.2.199 \
		"a program asks the pushed name server"
	is "$(look_up box)" 10.99.0.1 "and the pushed domain"
	sshd_start
	is "$(ssh alice@127.0.0.1 probe cookie 2>/dev/null)" \
		"$(cookie_of work)" "a login is inside"
	is "$(ssh alice@127.0.0.1 \
		"python3 $tests/peer.py get 10.99.0.1" 2>/dev/null)" 10.99.0.2 \
		"and its packets go through the tunnel"
}

privilege()
{
	local pid
	pid=$(vpn_program work)
	is "$(stat -c %U "/proc/$pid") $(awk '/^Cap(Prm|Eff|Bnd|Amb)/ { print $2 }' \
		"/proc/$pid/status" | sort -u)" "nobody 0000000000000000" \
		"openvpn is nobody, without a capability"
	is "$(readlink "/proc/$pid/ns/net")" "$(readlink /proc/1/ns/net)" \
		"in the host's network namespace"
	unlike "$(tr '\0' ' ' <"/proc/$pid/cmdline")" 'PRIVATE|client.key' \
		"no key in its arguments"
	is "$(find /run/runns/vpn -type s)" "" "its socket is gone"
	is "$(copies_of 'PRIVATE KEY')" "" \
		"no copy of a key on a file system"
	like "$(cat $host_log)" 'openvpn-work.*Initialization Sequence' \
		"what it prints is in the log under openvpn-work"
}

# copies_of TEXT: new files that hold it
copies_of()
{
	find /run /tmp /var -newer $host_dir/begun -type f -print0 |
		xargs -0 -r grep -lsF -- "$1"
}

# What was pushed is kept, whoever mends the network.
mend()
{
	ip -n work route flush table main
	ip -n work addr flush dev tun0
	runs "up of what stands" runnsctl up --wait work
	wait_until 5 ip -n work addr show dev tun0 to 10.99.0.2
	wait_until 5 from_inside 10.99.0.1
	is "$(from_inside 10.99.0.1)" 10.99.0.2 \
		"puts addresses and routes back"
	is "$(look_up which.test)" 192.0.2.199 "and leaves the name servers"
	ip -n work link del tun0
	wait_until 20 tunnel_is_new
	is "$(from_inside 10.99.0.1)" 10.99.0.2 \
		"a device that is deleted is made anew"
}

tunnel_is_new()
{
	vpn_is work up && ip -n work link show dev tun0 &&
		[ -n "$(from_inside 10.99.0.1)" ]
}

killed()
{
	local pid
	pid=$(vpn_program work)
	kill -9 "$pid"
	wait_until 5 vpn_is_not up
	isnt "$(vpn_value work state)" up "openvpn killed: seen"
	wait_until 20 vpn_is work up
	isnt "$(vpn_program work)" "$pid" "and started again"
	is "$(from_inside 10.99.0.1)" 10.99.0.2 "the tunnel carries again"
	like "$(vpn_value work restarts)" '^[1-9]' "restarts are counted"
	pid=$(cat /run/runns/lock/vpn.work)
	kill -9 "$pid"
	wait_until 5 no_process "openvpn --config"
	is "$(pgrep -fc 'openvpn --config /proc')" 0 \
		"supervisor killed: openvpn dies with it"
	runs "up" runnsctl up --wait=20 work
	is "$(from_inside 10.99.0.1)" 10.99.0.2 "starts both again"
	is "$(ip -o link | grep -c ': rv-')" 0 "no device is left outside"
}

vpn_is_not()
{
	! vpn_is work "$1"
}

no_process()
{
	! pgrep -f "$1 /proc" >/dev/null
}

# Another address: openvpn wants another device.
address()
{
	vpn_server_stop
	wait_until 15 vpn_is_not up
	pass "a server that is gone is seen: $(vpn_value work state)"
	is "$(from_inside 198.51.100.1)" "" "nothing goes elsewhere meanwhile"
	vpn_server 10.98.0
	wait_until 40 ip -n work addr show dev tun0 to 10.98.0.2 &&
		wait_until 10 vpn_is work up
	is "$(from_inside 10.98.0.1)" 10.98.0.2 \
		"it comes back with another address, which is taken"
	is "$(ip -n work -4 -o addr show dev tun0 | wc -l)" 1 \
		"the old one is gone"
	is "$(look_up which.test)" 192.0.2.199 \
		"and another name server is asked"
}

# What looks after the VPN goes inside for a moment, and is not in the way.
hasty()
{
	for _ in 1 2 3 4 5 6 7 8; do
		runnsctl up --wait=20 work && runnsctl up --wait work &&
			runnsctl down work || return 1
	done
}

gone()
{
	runs "down" runnsctl down --kill work
	settled before
	runnsctl up --wait=20 work
	runs "down, at once" runnsctl down work
	settled after
	snap_same before after "nothing is left"
	runs "up again" runnsctl up --wait=20 work
	runs "down, at once after an up that mends, eight times" hasty
	runs "up again" runnsctl up --wait=20 work
	ip netns delete work
	runs "gc, when somebody has deleted the namespace" runnsctl gc
	is "$(pgrep -c openvpn) $(pgrep -c runns-vpn)" "1 0" \
		"ends what looked after it"
}

# refused TEXT PATTERN LINE...
refused()
{
	local text=$1 pattern=$2
	shift 2
	vpn_client work.conf "$@"
	runnsctl up work >/dev/null 2>&1
	wait_until 5 state_matches "$pattern"
	like "$(vpn_value work error)" "$pattern" "$text"
	runnsctl down work
}

state_matches()
{
	vpn_value work error | grep -qE "$1"
}

files()
{
	refused "a tap device is refused" 'only tun' "dev tap"
	refused "a server is refused" 'only clients' "server 10.0.0.0 255.0.0.0"
	refused "a missing file is named" 'no.crt' "ca no.crt"
	refused "a line that openvpn cannot read" \
		'Unrecognized option' "nonsense 1"
	vpn_client work.conf
	chown alice $vpn_dir/client.key
	runnsctl up work
	wait_until 5 state_matches client.key
	like "$(vpn_value work error)" 'client.key.*root' \
		"a key of somebody else's is refused"
	refuses "up --wait fails with it" runnsctl up --wait=1 work
	chown root $vpn_dir/client.key
	runnsctl down work
}

# hook LINE: is not run
hooks()
{
	local script=/usr/local/bin/hook
	printf '#!/bin/sh\necho "$1" >>/tmp/hooked\n' >$script
	chmod 0755 $script
	vpn_client work.conf "script-security 2" "up $script" "down '$script'" \
		"--route-up $script" "route-pre-down $script" "ipchange $script" \
		"tls-verify $script" "iproute $script" "plugin /no.so" \
		"management 127.0.0.1 7505" "log /tmp/hooked" "cd /tmp" \
		"chroot /tmp" "user root" "daemon" "writepid /tmp/hooked" \
		"status /tmp/hooked" "dev tun7"
	runs "a file full of hooks" runnsctl up --wait=20 work
	runnsctl down work
	refuses "runs none of them" test -e /tmp/hooked
	like "$(cat $host_log)" 'up is left out' "and the log says so"
	conf_write <<-END
		[work]
		vpn = $vpn_dir/work.conf
		VpnScripts = yes
	END
	vpn_client work.conf "script-security 2" "up $script"
	runs "VpnScripts=yes" runnsctl up --wait=20 work
	is "$(wc -l </tmp/hooked)" 1 "runs it"
	runnsctl down work
	conf
}

secrets()
{
	printf 'bob\npass "word\\ 1\n' >$vpn_dir/login
	chmod 0600 $vpn_dir/login
	cat >$vpn_dir/check <<-'END'
		#!/bin/sh
		[ "$(cat "$1")" = "$(cat /etc/vpn/login)" ]
	END
	chmod 0755 $vpn_dir/check
	vpn_server_stop
	vpn_server 10.99.0 "auth-user-pass-verify $vpn_dir/check via-file"
	vpn_client work.conf "auth-user-pass login"
	runs "a name and a password out of a file" runnsctl up --wait=20 work
	is "$(copies_of 'pass "word'; grep -F 'pass "word' $host_log)" "" \
		"stand nowhere else"
	runnsctl down work
	refused "without a file nothing is asked" 'names no file' \
		"auth-user-pass"
	printf 'bob\nwrong\n' >$vpn_dir/login2
	chmod 0600 $vpn_dir/login2
	refused "a wrong password is told" 'does not let us in' \
		"auth-user-pass login2"
}

vpn_keys || bail "no keys"
vpn_server 10.99.0 || bail "no server: $(cat $host_dir/server.log)"
vpn_client work.conf
conf
up
session
privilege
mend
killed
address
gone
files
hooks
secrets
done_testing
