#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# debian12_units.sh - on a Debian 12 that boots, systemd looks after networks:
# their VPNs, the socket service, what is there before users log in
. "$(dirname "$0")/lib.sh"
. "$tests/../net/lib.sh"
. "$tests/../net/vpn.sh"
. "$tests/../boot/lib.sh"
. "$tests/../package/lib.sh"
need dpkg-buildpackage dh ssh ssh-keygen openvpn openssl tcpdump
debian_fetch bookworm
debian_layer bookworm vpn openvpn
deb_fetch
host_start "$@"
debian_runns bookworm alice bob
ok $? "Debian 12 boots, with RUNNS" "$(debian_why)"
log=$out/log

alice()
{
	inet ssh alice@host "$@"
}

# in_unit USER COMMAND...: in a service of his, without new privileges
in_unit()
{
	local user=$1
	shift
	machine systemd-run -q --wait --pipe -p User="$user" \
		-p NoNewPrivileges=yes -- "$@"
}

unit_is()
{
	[ "$(machine systemctl is-active "$1")" = "$2" ]
}

vpn_state()
{
	machine runnsctl status --json work |
		grep -o '"state": *"[a-z]*"' | tail -n 1
}

# through TEXT: what alice sends is in the tunnel
through()
{
	is "$(alice 'python3 /out/peer.py get 10.99.0.1' 2>&1)" 10.99.0.2 "$1"
}

is_through()
{
	[ "$(alice 'python3 /out/peer.py get 10.99.0.1' 2>/dev/null)" = 10.99.0.2 ]
}

openvpn_pid()
{
	machine pgrep -x openvpn
}

# --- a VPN --------------------------------------------------------------------------

vpn_keys && vpn_server 10.99.0 && vpn_client work.conf &&
	install -m 0644 "$tests/peer.py" "$out/peer.py" &&
	cp -r $vpn_dir "$out/vpn" &&
	machine sh -c '
		cp -r /out/vpn /etc/vpn && chown -R root: /etc/vpn &&
		chmod -R go= /etc/vpn &&
		printf "[work]\nvpn = /etc/vpn/work.conf\n" >>/etc/runns.conf &&
		printf "alice work\nbob work\n" >>/etc/security/runns.map &&
		adduser --quiet alice runns &&
		pam-auth-update --enable runns &&
		systemctl add-wants runns.target runns@work.service &&
		systemctl enable runns.target runns.socket &&
		systemctl start runns.target runns.socket' >"$log" 2>&1
ok $? "a network with a VPN, wanted at boot" "$(tail -n 20 "$log")"
runs "up --wait" machine runnsctl up --wait=30 work
runs "its supervisor is a unit" unit_is runns-vpn@work active
like "$(machine cat "/proc/$(openvpn_pid)/cgroup")" \
	'/runns-vpn@work\.service$' "whose control group has openvpn"
like "$(machine cat "/proc/$(openvpn_pid)/status" | grep CapEff)" \
	'0000000000000000$' "without a capability"
through "a session's packets are in the tunnel"
# /dev is the test's host's, and so is who reads /dev/log.
like "$(grep -a 'openvpn-work' $host_log)" \
	'Initialization Sequence Completed' "the log has what it says"

# Whatever leaves of alice's must be the VPN's own.
tcpdump -lni eth0 'not icmp and not udp port 1194 and not tcp port 22 and host 198.51.100.1' \
	>"$host_dir/leaks" 2>"$host_dir/tcpdump" &
watch=$!
wait_until 10 grep -q listening "$host_dir/tcpdump"
machine kill -9 "$(openvpn_pid)"
wait_until 20 is_through
ok $? "openvpn killed: it is there again"
supervisor=$(machine systemctl show -P MainPID runns-vpn@work)
machine kill -9 "$supervisor"
alice 'python3 /out/peer.py get 198.51.100.1' >/dev/null 2>&1
wait_until 30 is_through
ok $? "its supervisor killed: systemd starts it again"
isnt "$(machine systemctl show -P MainPID runns-vpn@work)" "$supervisor" \
	"  (another process)"
machine systemctl restart runns-vpn@work
wait_until 30 is_through
ok $? "started anew by hand"
machine systemctl stop runns-vpn@work
alice 'python3 /out/peer.py get 198.51.100.1' >/dev/null 2>&1
refuses "stopped by hand: nothing is in the tunnel" is_through
runs "up has it started" machine runnsctl up --wait=30 work
through "and all is well again"
kill "$watch"
wait "$watch"
is "$(cat "$host_dir/leaks")" "" "nothing has left beside the tunnel meanwhile"

# --- the socket service --------------------------------------------------------------

like "$(in_unit alice runnsctl run -n work -- probe cookie 2>&1)" \
	"^$(machine_cookie work)\$" "without new privileges: the service starts it"
runs "which is active by its socket" unit_is runns.service active
like "$(in_unit alice runnsctl run -n work -- cat /proc/self/cgroup 2>&1)" \
	'/run-[^/]*\.service$' "in the control group of who asked"
is "$(in_unit alice sh -c 'runnsctl run -n work -- sh -c "exit 7"; echo $?')" 7 \
	"with its exit status"
like "$(in_unit bob runnsctl run -n work -- probe cookie 2>&1)" 'runns' \
	"who is not in the group runns is refused"
refuses "  and runs nothing" in_unit bob runnsctl run -n work -- true
like "$(machine systemd-run -q --wait --pipe -p User=alice \
	-p NoNewPrivileges=yes -p SystemCallFilter=~reboot \
	-- runnsctl run -n work -- probe cookie 2>&1)" 'runnsctl: ' \
	"whoever is confined further is refused"
in_unit alice runnsctl run -n work -- sleep 1000 &
asker=$!
wait_until 10 machine pgrep -x sleep
machine systemctl restart runns.service
runs "the service started anew leaves programs alone" machine pgrep -x sleep
machine pkill -x sleep
wait $asker

# --- down, and the next boot -----------------------------------------------------------

alice 'sleep 1000' &
session=$!
wait_until 10 machine pgrep -x sleep
refuses "with a session inside it does not go" machine runnsctl down work
runs "but with --kill" machine runnsctl down --kill work
wait $session
wait_until 20 unit_is runns-vpn@work inactive
ok $? "and its VPN with it"
is "$(machine pgrep -c openvpn) $(machine ip -o link | grep -c ': r[nv]-')" \
	"0 0" "no process or device is left"
refuses "a login is refused then" alice true
debian_off
debian_start
ok $? "the machine boots again" "$(debian_why)"
wait_until 30 is_through
ok $? "a login is in the network that was wanted at boot"
like "$(machine systemctl show -P ActiveEnterTimestampMonotonic \
	runns@work systemd-user-sessions | xargs |
	awk '{ print ($1 < $2) ? "before" : "after" }')" before \
	"which was there before users could log in"
debian_off
ok $? "it powers off"
vpn_server_stop
done_testing
