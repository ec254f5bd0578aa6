# SPDX-License-Identifier: GPL-2.0-or-later
# ocserv.sh - a server for openconnect in the internet, 198.51.100.1 port 443;
# after system/lib.sh and vpn.sh.  The user is bob, his password secret-one.
#
# shellcheck shell=bash
# The other files set what is used here, and use what is set.
# shellcheck disable=SC2034,SC2154

# oc_server: $pin is its key's
oc_server()
{
	mkdir -p $vpn_dir && chmod 0700 $vpn_dir
	openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=oc \
		-addext subjectAltName=IP:198.51.100.1 \
		-keyout $vpn_dir/oc.key -out $vpn_dir/oc.crt 2>/dev/null
	pin=$(openssl x509 -in $vpn_dir/oc.crt -pubkey -noout |
		openssl pkey -pubin -outform der |
		openssl dgst -sha256 -binary | base64)
	printf 'secret-one\nsecret-one\n' | ocpasswd -c $vpn_dir/users bob
	printf 'secret-one\n' >$vpn_dir/pass
	printf 'wrong\n' >$vpn_dir/wrong
	chmod 0600 $vpn_dir/pass $vpn_dir/wrong
	cat >$vpn_dir/ocserv.conf <<-END
		auth = "plain[passwd=$vpn_dir/users]"
		tcp-port = 443
		udp-port = 443
		run-as-user = nobody
		run-as-group = nogroup
		socket-file = /run/ocserv-socket
		server-cert = $vpn_dir/oc.crt
		server-key = $vpn_dir/oc.key
		isolate-workers = false
		device = ocs
		ipv4-network = 10.93.0.0
		ipv4-netmask = 255.255.255.0
		dns = 10.93.0.1
		default-domain = inside.test
		cookie-timeout = 300
		keepalive = 300
		dpd = 60
	END
	inet ocserv -f -c $vpn_dir/ocserv.conf >$host_dir/ocserv.log 2>&1 &
	wait_until 10 inet sh -c 'ss -tln | grep -q :443'
}
