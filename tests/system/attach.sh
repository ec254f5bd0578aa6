#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# attach.sh - a user's own VPN in a network of his own, without any privilege
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/vpn.sh"
. "$(dirname "$0")/../net/ocserv.sh"
. "$(dirname "$0")/../attach/lib.sh"
host_start "$@"
need openconnect ocserv ocpasswd openssl curl setpriv

enter=(runnsctl unshare --name work --)
state=/home/alice/.local/state/runns/work

# browser_start: something that stays inside
browser_start()
{
	as alice "${enter[@]}" sleep infinity &
	wait_until 10 pgrep -u alice -x sleep
	browser=$(pgrep -u alice -x sleep)
}

no_instance()
{
	[ ! -e $state ]
}

works()
{
	browser_start
	is "$(fetch http://198.51.100.1/)" "" "without the VPN nothing is reached"
	vpn_start "runnsctl attach --name work"
	comes_up
	like "$(fetch http://198.51.100.1/)" '^10\.93\.0\.' \
		"with it the network is the tunnel's"
	like "$(fetch http://box.inside.test/) $(fetch http://box/)" \
		'^10\.93\.0\.[0-9]+ 10\.93\.0\.[0-9]+$' \
		"names are the tunnel's, and its search domain is used"
	is "$(client 'cat /etc/resolv.conf')" "nameserver 10.93.0.1
search inside.test" "resolv.conf says so"
	is "$(cat /etc/resolv.conf)" "nameserver 203.0.113.1" \
		"the host's is as it was"
	is "$(as alice curl -s http://198.51.100.1/)" 203.0.113.2 \
		"and so is its network"
	is "$(client 'ls /sys/class/net' | paste -sd ' ')" "lo tun0" \
		"there is nothing but the tunnel inside"
	is "$(awk '/^(Uid|Cap(Prm|Eff|Amb))/ { print $2 }' \
		"/proc/$(pgrep -u alice -x runns-rootless | head -n 1)/status" |
		paste -sd ' ')" "5001 0000000000000000 0000000000000000 0000000000000000" \
		"who carries the packets is alice, without a capability"
}

# Megabytes each way, as fast as the tunnel takes them.
bulk()
{
	local sums
	head -c 8M /dev/urandom >/home/alice/up
	install -d $host_dir/www
	head -c 8M /dev/urandom >$host_dir/www/down
	chmod 0644 /home/alice/up $host_dir/www/down
	inet python3 -m http.server -d $host_dir/www 8080 >/dev/null 2>&1 &
	inet python3 -c 'import hashlib, socket
s = socket.create_server(("198.51.100.1", 8081))
print(hashlib.file_digest(s.accept()[0].makefile("rb"), "sha256").hexdigest())' \
		>$host_dir/up.sum &
	wait_until 10 inet sh -c 'ss -tln | grep -q :8081 && ss -tln | grep -q :8080'
	client "bash -c 'cat ~/up >/dev/tcp/198.51.100.1/8081'" &
	sums=$(client 'curl -s --max-time 60 http://198.51.100.1:8080/down' |
		sha256sum)
	is "${sums%% *}" "$(sha256sum <$host_dir/www/down | cut -d ' ' -f 1)" \
		"eight megabytes come in"
	wait_until 60 test -s $host_dir/up.sum
	is "$(cat $host_dir/up.sum)" "$(sha256sum </home/alice/up | cut -d ' ' -f 1)" \
		"and go out"
}

ends()
{
	vpn_end "$1"
	runs "openconnect ended by $1: who carries the packets ends" no_vpn
	is "$(fetch http://198.51.100.1/)" "" "ended by $1: no network inside"
	is "$(client 'ls /sys/class/net; cat /etc/resolv.conf')" lo \
		"ended by $1: no device, no name server"
}

again()
{
	vpn_start "runnsctl attach --name work"
	comes_up
	like "$(fetch http://box.inside.test/)" '^10\.93\.0\.' \
		"a new VPN for the same instance"
}

refused()
{
	like "$(as alice env VPNFD=3 INTERNAL_IP4_ADDRESS=10.1.1.1 runnsctl \
		attach --name work 2>&1 3</dev/null)" 'VPNFD is no pair' \
		"not started by a VPN: refused"
	as alice runnsctl attach extra >/dev/null 2>&1
	is $? 2 "attach with an operand: wrong usage"
	as alice runnsctl unshare --name open --net host sleep 20 &
	wait_until 10 test -e ${state%work}open/child_pid
	like "$(as alice runnsctl attach --name open 2>&1)" \
		"has the host's network" "an instance with the host's network: refused"
	as alice runnsctl unshare --name tap --net slirp sleep 20 &
	wait_until 10 test -e ${state%work}tap/child_pid
	like "$(as alice env INTERNAL_IP4_ADDRESS=10.1.1.1 python3 \
		"$tests/../attach/vpn.py" wait -- runnsctl attach --name tap 2>&1 |
		paste -sd ' ')" "another way out.* ended 1" \
		"one that has a network already: refused"
	# They would be waited for.
	kill "$(cat ${state%work}open/child_pid)" "$(cat ${state%work}tap/child_pid)"
}

completions()
{
	local dir=/usr/local/share
	# shellcheck disable=SC2016
	is "$(as alice bash -c '. '$dir'/bash-completion/completions/runnsctl
		COMP_WORDS=(runnsctl attach --name w) COMP_CWORD=3
		_runnsctl; echo "${COMPREPLY[@]}"')" work \
		"bash completes its name"
	if command -v fish >/dev/null; then
		is "$(as alice fish -c "source \
			$dir/fish/vendor_completions.d/runnsctl.fish
			complete -C 'runnsctl attach --name w'")" work \
			"and so does fish"
	fi
}

# The VPN comes first, and makes the instance.
first()
{
	vpn_end TERM
	kill "$browser"
	runs "the instance goes with its last member" wait_until 10 no_instance
	again
	vpn_end TERM
	runs "one that the VPN has made, too" wait_until 10 no_instance
}

script()
{
	local out=/home/alice/script.out
	cat >/home/alice/script <<-'END'
		#!/bin/sh
		echo "$reason $TUNDEV ${VPNFD-none} $INTERNAL_IP4_ADDRESS" >>~/script.out
		[ "$reason" = connect ] || exit 0
		ip link set "$TUNDEV" up mtu "$INTERNAL_IP4_MTU" &&
		ip addr add "$INTERNAL_IP4_ADDRESS/32" dev "$TUNDEV" &&
		ip route add default dev "$TUNDEV"
	END
	chmod 0755 /home/alice/script
	vpn_start "runnsctl attach --name work --script /home/alice/script"
	comes_up
	like "$(cat $out)" '^connect tun0 none 10\.93\.0\.[0-9]+$' \
		"--script: it is told the device and the reason"
	like "$(fetch http://198.51.100.1/)" '^10\.93\.0\.' \
		"what it has set up works"
	vpn_end TERM
	like "$(tail -n 1 $out)" '^disconnect tun0' "and it is told of the end"
	printf '#!/bin/sh\nexit 3\n' >/home/alice/script
	vpn_start "runnsctl attach --name work --script /home/alice/script"
	wait_until 15 grep -q 'exit status 3' $host_dir/vpn.log
	runs "a script that fails ends it" \
		grep -q 'reason connect: exit status 3' $host_dir/vpn.log
	vpn_end TERM
}

oc_server || bail "no server: $(cat $host_dir/ocserv.log)"
tunnel_names
works
bulk
ends TERM
again
ends KILL
again
completions
refused
first
script
done_testing
