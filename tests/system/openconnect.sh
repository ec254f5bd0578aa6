#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# openconnect.sh - networks whose way out is an OpenConnect tunnel
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
. "$(dirname "$0")/../net/vpn.sh"
. "$(dirname "$0")/../net/ocserv.sh"
host_start "$@"
need openconnect ocserv ocpasswd openssl

get()
{
	inside oc python3 "$tests/peer.py" get "$1" 2>/dev/null
}

vpn_is_not()
{
	! vpn_is oc "$1"
}

no_process()
{
	! pgrep -x openconnect >/dev/null
}

# conf WORD...: beside server and pin
conf()
{
	conf_write <<-END
		[oc]
		OpenConnect = 198.51.100.1 --servercert pin-sha256:$pin --user bob $*
	END
}

up()
{
	local pid
	conf --passwd-file $vpn_dir/pass
	settled before
	runs "up --wait" runnsctl up --wait oc ||
		diag "$(cat $host_dir/ocserv.log)"
	is "$(ip -n oc -o link | grep -cvE ': (lo|tun0)')" 0 \
		"inside there are lo and the tunnel only"
	like "$(get 198.51.100.1)" '^10\.93\.0\.' "it carries what is sent"
	is "$(grep -v '^#' /run/runns/net/oc/etc/resolv.conf | xargs)" \
		"nameserver 10.93.0.1 search inside.test" \
		"name servers are those that are pushed"
	pid=$(vpn_program oc openconnect)
	is "$(stat -c %U "/proc/$pid") $(awk '/^Cap(Prm|Eff|Bnd|Amb)/ { print $2 }' \
		"/proc/$pid/status" | sort -u)" "nobody 0000000000000000" \
		"openconnect is nobody, without a capability"
	is "$(tr '\0' '\n' <"/proc/$pid/cmdline" | grep -c secret-one
		grep -c secret-one $host_log)" "0
0" "the password is neither in its arguments nor in the log"
}

killed()
{
	kill -9 "$(vpn_program oc openconnect)"
	wait_until 5 vpn_is_not up
	wait_until 20 vpn_is oc up
	like "$(get 198.51.100.1)" '^10\.93\.0\.' "killed: it is started again"
	kill -9 "$(cat /run/runns/lock/vpn.oc)"
	wait_until 5 no_process
	runs "supervisor killed: openconnect ends" no_process
	is "$(get 198.51.100.1)" "" "and nothing goes elsewhere"
	runs "up" runnsctl up --wait oc
	like "$(get 198.51.100.1)" '^10\.93\.0\.' "starts both again"
}

gone()
{
	runs "down" runnsctl down oc
	settled after
	is "$(pgrep -c runns-vpn) $(pgrep -xc openconnect) $(ip -o link |
		grep -c ': rv-')" "0 0 0" "nothing is left"
}

refused()
{
	local text=$1 pattern=$2
	shift 2
	conf "$@"
	runnsctl up oc
	wait_until 10 says "$pattern"
	like "$(vpn_value oc error)" "$pattern" "$text"
	runnsctl down oc
}

says()
{
	vpn_value oc error | grep -qE "$1"
}

has_flooded()
{
	pgrep -f '^sleep 1234$' >/dev/null
}

# A program that has been taken over must not fill the log.
flood()
{
	local lines
	mount -t tmpfs none /usr/local/sbin
	printf '#!/bin/sh\nseq -f flood-%%g 20000\nexec sleep 1234\n' \
		>/usr/local/sbin/openconnect
	chmod 0755 /usr/local/sbin/openconnect
	conf --passwd-file $vpn_dir/pass
	runnsctl up oc
	wait_until 20 has_flooded
	lines=$(grep -c flood- $host_log)
	runnsctl down oc
	umount /usr/local/sbin
	is "$((lines >= 100 && lines <= 1000))" 1 \
		"of 20,000 lines at once most are left out of the log ($lines)"
}

oc_server || bail "no server: $(cat $host_dir/ocserv.log)"
up
killed
gone
refused "an option that runs something" 'only --authgroup' --script /bin/id
refused "a wrong password" 'status' --passwd-file $vpn_dir/wrong
refused "no password" 'status'
flood
done_testing
