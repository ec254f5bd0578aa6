# SPDX-License-Identifier: GPL-2.0-or-later
# lib.sh - openconnect of a user's, and what it brings him; after system/lib.sh,
# net/vpn.sh and net/ocserv.sh
#
# shellcheck shell=bash
# The other files set what is used here.
# shellcheck disable=SC2154

# tunnel_names: a name server at the other end of the tunnel
tunnel_names()
{
	inet dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv \
		--no-hosts --user=root --pid-file= --bind-dynamic \
		--listen-address=10.93.0.1 --local=/test/ \
		--host-record=box.inside.test,10.93.0.1 \
		>$host_dir/dns-tunnel.err 2>&1 &
}

# vpn_start SCRIPT: alice's openconnect
vpn_start()
{
	echo secret-one | as alice openconnect --protocol=anyconnect \
		--user bob --passwd-on-stdin --non-inter --script-tun \
		--servercert "pin-sha256:$pin" --script "$1" 198.51.100.1 \
		>$host_dir/vpn.log 2>&1 &
}

vpn_pid()
{
	pgrep -u alice -x openconnect
}

no_vpn()
{
	! pgrep -u alice 'openconnect|runns-rootless' >/dev/null
}

# vpn_end [SIGNAL]
vpn_end()
{
	kill "-${1-TERM}" "$(vpn_pid)"
	wait_until 15 no_vpn
}

# client COMMAND: in the network, as a browser would; $enter goes there
client()
{
	as alice "${enter[@]}" sh -c "$1"
}

# fetch URL
fetch()
{
	client "curl -s --max-time 4 --noproxy '*' $1"
}

comes_up()
{
	wait_until 15 fetches ||
		diag "$(cat $host_dir/vpn.log $host_dir/ocserv.log)"
}

fetches()
{
	fetch http://198.51.100.1/ | grep -q '^10\.93\.0\.'
}
