#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# attach_relay.sh - what a VPN's program, or the network behind it, may do to
# the one that carries its packets into a network inside
. "$(dirname "$0")/lib.sh"
host_start "$@"
need python3 setpriv

engine=$(dirname "$(command -v runnsctl)")/../libexec/runns/runns-rootless
log=$host_dir/attach.log
mkdir -m 0777 $host_dir/go

# inside_start: namespaces of alice's, whose process is $inside
inside_start()
{
	as alice unshare -Urnm sleep infinity &
	wait_until 10 inside_find
}

inside_find()
{
	inside=$(pgrep -u alice -x sleep) &&
		[ "$(readlink "/proc/$inside/ns/net")" != "$(readlink /proc/1/ns/net)" ]
}

# in_it COMMAND...
in_it()
{
	as alice nsenter -t "$inside" -U -n --preserve-credentials -- "$@"
}

# vpn [VARIABLE=VALUE...] [--fd KIND] ACTION...
vpn()
{
	local variables=(INTERNAL_IP4_ADDRESS=10.0.0.2)
	while [[ ${1-} == *=* ]]; do
		variables+=("$1")
		shift
	done
	as alice env "${variables[@]}" python3 "$tests/../attach/vpn.py" \
		--enter "$inside" "$@" -- "$engine" attach --userns '{user}' \
		--netns '{net}' --mntns '{mnt}' ${script:+--script "$script"} 2>$log
}

devices()
{
	in_it ip -o link | ip_devices
}

no_device()
{
	[ "$(devices)" = lo ]
}

goes_well()
{
	is "$(vpn ping memory close | paste -sd ' ')" "answers small ended 0" \
		"packets go both ways, until the VPN's end is closed"
	is "$(devices)" lo "then there is no device"
	# Without IPv6 nothing is sent by itself.
	in_it sysctl -q -w net.ipv6.conf.default.disable_ipv6=1
	is "$(vpn ping close)" "answers
ended 0" "the closed end is seen where nothing is sent"
	in_it sysctl -q -w net.ipv6.conf.default.disable_ipv6=0
	is "$(vpn ping hup)" "answers
ended 0" "SIGHUP ends it, as openconnect sends it"
	is "$(vpn ping kill)" "answers
ended -9" "killed in the middle"
	runs "there is no device either" wait_until 5 no_device
}

nonsense()
{
	is "$(vpn garbage memory close | paste -sd ' ')" "answers small ended 0" \
		"half packets, large ones, none at all: it carries on"
	is "$(vpn flood memory close | paste -sd ' ')" "answers small ended 0" \
		"many packets: memory stays small"
}

# What is set up lasts until FILE is there.
variables()
{
	vpn INTERNAL_IP4_NETMASKLEN=24 INTERNAL_IP4_MTU=1380 \
		INTERNAL_IP6_NETMASK=fd00:5::2/64 CISCO_SPLIT_INC=1 \
		CISCO_SPLIT_INC_0_ADDR=10.7.0.0 CISCO_SPLIT_INC_0_MASKLEN=16 \
		CISCO_SPLIT_EXC=1 CISCO_SPLIT_EXC_0_ADDR=10.7.9.0 \
		CISCO_SPLIT_EXC_0_MASKLEN=24 INTERNAL_IP4_DNS=10.8.0.1 \
		ping hold $host_dir/go/on close >$host_dir/vpn.out &
	wait_until 10 grep -q answers $host_dir/vpn.out
	is "$(in_it ip -o addr show dev tun0 | awk '$3 == "inet" ||
		/global/ { print $4 }' | paste -sd ' ')" \
		"10.0.0.2/24 fd00:5::2/64" "addresses are those that are told"
	like "$(in_it ip -o link show tun0)" 'mtu 1380' "the MTU is, too"
	is "$(in_it ip route | awk '$1 != "10.0.0.0/24" { print $1, $2, $3 }' |
		sort)" "10.7.0.0/16 dev tun0
10.8.0.1 dev tun0
unreachable 10.7.9.0/24 proto" \
		"routes to what is in the list and to its name server only"
	like "$(in_it ip -6 route)" '^default dev tun0' \
		"without a list for IPv6 all of that goes there"
	is "$(stat -c %U "/proc/$(pgrep -ox runns-rootless)") $(awk \
		'/^Cap(Prm|Eff|Amb)/ { print $2 }' \
		"/proc/$(pgrep -ox runns-rootless)/status" | sort -u)" \
		"alice 0000000000000000" "it has no capability"
	second
	touch $host_dir/go/on
	wait %%
	runs "a VPN after it" vpn ping close
	unlike "$(in_it ip route)" unreachable \
		"what the last one wanted left out is forgotten"
}

second()
{
	is "$(vpn wait) $(grep -c 'another way out' $log)" "ended 1 1" \
		"a second VPN is refused"
	is "$(devices)" "lo tun0" "and leaves the first one alone"
}

# scripts: the user's own; $script is handed on
scripts()
{
	local script=/home/alice/script out=/home/alice/out
	cat >$script <<-'END'
		#!/bin/sh
		echo "$reason $TUNDEV" >>~/out
		[ "$reason" != disconnect ] || exit 0
		ip link set "$TUNDEV" up && ip addr add 10.0.0.2/24 dev "$TUNDEV"
	END
	chmod 0755 $script
	is "$(vpn reason=reconnect ping close | paste -sd ' ') $(head -n 1 $out)" \
		"answers ended 0 reconnect tun0" "a script is told of a reconnect"
	printf '#!/bin/sh\n%s\n' 'echo $reason >>~/out; [ $reason = disconnect ] ||' \
		'exec sleep 1000' >$script
	rm $out
	is "$(vpn hold $out hup)" "ended 0" "one that hangs is ended with the VPN"
	wait_until 5 grep -q disconnect $out
	is "$(paste -sd ' ' $out)" "connect disconnect" \
		"and started for the end"
	is "$(devices)" lo "nothing is left of it"
	script=/home/alice/none
	is "$(vpn wait) $(grep -c 'none: No such file' $log)" "ended 1 2" \
		"one that is missing ends it"
}

# refused TEXT PATTERN [VARIABLE...] [--fd KIND]
refused()
{
	local text=$1 pattern=$2
	shift 2
	is "$(vpn "$@" wait)" "ended 1" "$text: refused"
	like "$(cat $log)" "$pattern" "$text: said why"
}

refusals()
{
	refused "no VPNFD" 'VPNFD is not set' --fd none
	refused "VPNFD is closed" 'VPNFD is not open' --fd closed
	refused "VPNFD is no number" 'VPNFD is no number' --fd text
	refused "VPNFD is a file" 'VPNFD is no pair' --fd file
	refused "VPNFD is another kind of socket" 'VPNFD is no pair' --fd stream
	refused "an unknown reason" 'reason sideways' reason=sideways
	refused "no address" 'gave no address' INTERNAL_IP4_ADDRESS=
	refused "an absurd address" 'gave no address' \
		INTERNAL_IP4_ADDRESS=127.0.0.1
	refused "a list of 10^9 networks" 'more than 256 networks' \
		CISCO_SPLIT_INC=1000000000
	refused "a list of too many exceptions" 'more than 256 networks' \
		CISCO_IPV6_SPLIT_EXC=257
	is "$(devices)" lo "nothing is left of all that"
}

leftovers()
{
	in_it ip tuntap add dev tun0 mode tun
	is "$(vpn ping close | paste -sd ' ') $(devices)" \
		"answers ended 0 lo tun0" "a device of that name is left alone"
	in_it ip link del tun0
	rm /dev/net/tun
	refused "no /dev/net/tun" 'cannot open /dev/net/tun'
}

inside_start || bail "no namespaces of alice's"
goes_well
nonsense
variables
scripts
refusals
leftovers
done_testing
