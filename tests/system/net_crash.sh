#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# net_crash.sh - builders that are killed, or whose system calls fail, anywhere
#
# RUNNS_STEP=1, and --full, try every system call; else every 31st, beginning at
# another each time, which the output names.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
. "$(dirname "$0")/../net/vpn.sh"
need_strace()
{
	command -v strace >/dev/null || skip_all "strace is not installed"
}
need_strace
host_start "$@"

step=${RUNNS_STEP-31}
follow=-f
[ -z "${RUNNS_TEST_FULL-}" ] || step=1
net=/usr/libexec/runns/runns-net
[ -x $net ] || net=$(find /usr -name runns-net -type f | head -n 1)

parent=
no_links_but_one()
{
	[ "$(ip -o link | grep -c '6e:6e:73')" = 1 ]
}

no_links_in_parent()
{
	! ip -n "$parent" -o link | grep -q '6e:6e:73'
}

# What a network leaves behind if anything; light, since it is asked often.
look()
{
	if [ -n "$parent" ]; then
		wait_until 5 no_links_but_one
		wait_until 5 no_links_in_parent
		ip netns exec "$parent" bash -c 'ip -o addr; ip rule; ip -6 rule
			ip route show table all; nft -s list ruleset
			grep -H "" /proc/sys/net/ipv4/conf/*/forwarding \
				/proc/sys/net/ipv6/conf/*/force_forwarding'
	else
		wait_until 5 no_links
	fi
	ip -o link | awk '{ print $2 }'
	ip -o addr | grep -v fe80
	ip route show table all | grep -v -e "^multicast ff00" -e fe80
	ip rule
	ip -6 rule
	nft -s list ruleset
	{ iptables-legacy-save; ip6tables-legacy-save; } 2>/dev/null |
		grep -v '^#' | sed 's/\[[0-9:]*\]//'
	grep -H '' /proc/sys/net/ipv4/conf/*/{forwarding,rp_filter} \
		/proc/sys/net/ipv4/ip_forward \
		/proc/sys/net/ipv6/conf/*/{forwarding,force_forwarding}
	cut -d ' ' -f 5 /proc/1/mountinfo | sort
	find /run /etc/netns -printf '%y %p %l\n' 2>/dev/null | sort |
		grep -vE '/run/(runns/lock/|runns/pool/.hint|xtables.lock|.*\.was)'
}

# calls COMMAND...: every system call that it makes, as "NAME N": the Nth NAME
calls()
{
	# shellcheck disable=SC2086
	strace $follow -o $host_dir/calls.strace "$@" >/dev/null 2>&1
	sed -nE 's/^([0-9]+ +)?([a-z_0-9]+)\(.*/\2/p' $host_dir/calls.strace |
		awk '{ print $1, ++n[$1] }'
}

# hit CALL N WHAT COMMAND...
hit()
{
	local call=$1 n=$2 what=$3
	shift 3
	# shellcheck disable=SC2086
	strace $follow -o /dev/null -e "inject=$call:$what:when=$n" "$@"
}

# sweep TEXT INJECTION PREPARE COMMAND MEND...: COMMAND is hit at each call
sweep()
{
	local text=$1 what=$2 prepare=$3 command=$4 mend=$5
	local all call n bad='' differs status first tried=0
	eval "$prepare" >/dev/null 2>&1
	# shellcheck disable=SC2086
	calls $net $command >$host_dir/calls
	eval "$mend" >/dev/null 2>&1
	all=$(wc -l <$host_dir/calls)
	isnt "$all" 0 "$text: $all system calls"
	first=$((RANDOM % step + 1))
	while read -r call n; do
		eval "$prepare" >/dev/null 2>&1
		# shellcheck disable=SC2086
		hit "$call" "$n" "$what" $net $command >$host_dir/out 2>&1 &
		wait $! 2>/dev/null
		status=$?
		tried=$((tried + 1))
		if ! eval "$mend" >$host_dir/mend 2>&1; then
			bad="$bad
$call $n (status $status): $(tail -n 3 $host_dir/out $host_dir/mend)"
			runnsctl gc >/dev/null 2>&1
			runnsctl down --kill --all >/dev/null 2>&1
		fi
		look >$host_dir/now
		if ! differs=$(diff $host_dir/then $host_dir/now); then
			bad="$bad
$call $n (status $status) left: $differs"
			runnsctl down --kill --all >/dev/null 2>&1
			runnsctl gc >/dev/null 2>&1
		fi
	done < <(sed -n "$first~${step}p" $host_dir/calls)
	is "$bad" "" "$text: $tried times, from call $first"
}

# hit_twice A M B N WHAT COMMAND...: A fails, and B, later, fails or is the last
hit_twice()
{
	local a=$1 m=$2 b=$3 n=$4 what=$5 second
	shift 5
	second="inject=$b:$what:when=$n"
	# Of one call strace keeps one rule: all later ones as far apart.
	[ "$a" != "$b" ] || second="inject=$a:error=ENOMEM:when=$m+$((n - m))"
	strace -f -o /dev/null -e "inject=$a:error=ENOMEM:when=$m" \
		-e "$second" "$@"
}

# pairs TEXT COUNT PREPARE COMMAND MEND...: so many pairs of COMMAND's calls,
# the second of which may be one of the way back; --full takes twenty times
# as many
pairs()
{
	local text=$1 count=$2 prepare=$3 command=$4 mend=$5
	local bad='' differs status all a m b n what
	[ -z "${RUNNS_TEST_FULL-}" ] || count=$((count * 20))
	eval "$prepare" >/dev/null 2>&1
	# shellcheck disable=SC2086
	calls $net $command >$host_dir/calls
	eval "$mend" >/dev/null 2>&1
	all=$(wc -l <$host_dir/calls)
	while read -r a m b n what; do
		eval "$prepare" >/dev/null 2>&1
		# shellcheck disable=SC2086
		hit_twice "$a" "$m" "$b" "$n" "$what" $net $command \
			>$host_dir/out 2>&1 &
		wait $! 2>/dev/null
		status=$?
		eval "$mend" >$host_dir/mend 2>&1 || bad="$bad
$a $m, $b $n $what (status $status): $(tail -n 3 $host_dir/out $host_dir/mend)"
		look >$host_dir/now
		differs=$(diff $host_dir/then $host_dir/now) && continue
		bad="$bad
$a $m, $b $n $what (status $status) left: $differs"
		runnsctl down --kill --all >/dev/null 2>&1
		runnsctl gc >/dev/null 2>&1
	done < <(awk -v count="$count" -v seed=$RANDOM '
		{ call[NR] = $0 }
		END {
			srand(seed)
			split("error=ENOMEM error=EPERM error=EINTR signal=KILL",
				what, " ")
			while (count-- > 0) {
				k = int(rand() * (NR - 1)) + 1
				l = k + 1 + int(rand() * (NR - k))
				print call[k], call[l], what[int(rand() * 4) + 1]
			}
		}' $host_dir/calls)
	is "$bad" "" "$text: pairs of $all system calls"
}

works()
{
	[ "$(ip netns exec "$1" python3 "$tests/peer.py" get 198.51.100.1)" = \
		203.0.113.2 ]
}

# Look-ups to another server than its own are answered by its own.
steers()
{
	[ "$(ip netns exec "$1" python3 "$tests/ask.py" udp 203.0.113.1 \
		which.test)" = 192.0.2.53 ]
}

sweeps()
{
	local fw=$1
	conf_write <<-END
		[work]
		[own]
		InterfaceIn = vpn9
		Address = 172.30.9.1/24
		DNS = 198.51.100.53
		Etc = overlay
		InterfaceOut = eth0
	END
	runnsctl up work own && runnsctl down work own
	look >$host_dir/then
	sweep "$fw: up killed, then down" signal=KILL : 'up work' \
		'runnsctl down work'
	sweep "$fw: up killed, then up and down" signal=KILL : 'up work' \
		'runnsctl up work && works work && runnsctl down work'
	sweep "$fw: up killed, then gc" signal=KILL : 'up work' \
		'runnsctl gc; ! test -e /run/netns/work || runnsctl down work'
	sweep "$fw: down killed, then down" signal=KILL 'runnsctl up work' \
		'down work' 'runnsctl down work'
	sweep "$fw: down killed, then up and down" signal=KILL \
		'runnsctl up work' 'down work' \
		'runnsctl up work && works work && runnsctl down work'
	sweep "$fw: down killed, then gc" signal=KILL 'runnsctl up work' \
		'down work' \
		'runnsctl gc; ! test -e /run/netns/work || runnsctl down work'
	sweep "$fw: up of one with its own names killed, then up and down" \
		signal=KILL : 'up own' \
		'runnsctl up own && works own && steers own && runnsctl down own'
	for error in ENOMEM EPERM EINTR; do
		sweep "$fw: up with $error, then gc" "error=$error" : \
			'up work' 'runnsctl gc; ! test -e /run/netns/work ||
			runnsctl down work'
	done
	sweep "$fw: down with ENOMEM, then down" error=ENOMEM \
		'runnsctl up work' 'down work' 'runnsctl down work'
	pairs "$fw: up, two faults, then gc" 20 : 'up work' \
		'runnsctl gc; ! test -e /run/netns/work || runnsctl down work'
	pairs "$fw: up, two faults, then up and down" 10 : 'up work' \
		'runnsctl up work && works work && runnsctl down work'
	pairs "$fw: down, two faults, then down" 10 'runnsctl up work' \
		'down work' 'runnsctl down work'
}

# Ways through the walls: the host's service is reached, the published port
# leads in, and who connects is seen as $1, or beside a VPN as the host.
has_ways()
{
	[ $# = 1 ] || set -- "$(gateway_of ways)"
	inside_serves ways 80 && reaches_host ways 8081 &&
		[ "$(inet python3 "$tests/peer.py" get 203.0.113.2)" = "$1" ]
}

# inside_serves NAME PORT: for as long as it takes
inside_serves()
{
	nsenter --net="/run/netns/$1" -- python3 "$tests/peer.py" http "$2" \
		>/dev/null 2>&1 &
	served=$!
	wait_until 5 nsenter --net="/run/netns/$1" -- bash -c \
		"exec 3<>/dev/tcp/127.0.0.1/$2" 2>/dev/null
}

gateway_of()
{
	sed -n 's/^net=\(.*\)\/.*/\1/p' "/run/runns/net/$1/state"
}

reaches_host()
{
	nsenter --net="/run/netns/$1" -- timeout 5 bash -c \
		"exec 3<>/dev/tcp/$(gateway_of "$1")/$2" 2>/dev/null
}

down_ways()
{
	kill "$served"
	runnsctl down --kill ways
}

ways_sweeps()
{
	local fw=$1
	python3 "$tests/peer.py" http 8081 >/dev/null 2>&1 &
	conf_write <<-END
		[ways]
		Allow = 172.24.200.0/24 172.24.201.2:80/tcp lan host:8081/tcp
		Forward = tcp:80:80
	END
	runnsctl up ways && runnsctl down ways
	look >$host_dir/then
	sweep "$fw, Allow and Forward: up killed, then up and down" \
		signal=KILL : 'up ways' \
		'runnsctl up ways && has_ways 203.0.113.1 && down_ways'
	sweep "$fw, Allow and Forward: up killed, then gc" signal=KILL : \
		'up ways' \
		'runnsctl gc; ! test -e /run/netns/ways || runnsctl down ways'
	sweep "$fw, Allow and Forward: second up killed, then up and down" \
		signal=KILL 'runnsctl up ways' 'up ways' \
		'runnsctl up ways && has_ways 203.0.113.1 && down_ways'
	sweep "$fw, Allow and Forward: down killed, then down" signal=KILL \
		'runnsctl up ways' 'down ways' 'runnsctl down ways'
	sweep "$fw, Allow and Forward: up with ENOMEM, then gc" \
		error=ENOMEM : 'up ways' \
		'runnsctl gc; ! test -e /run/netns/ways || runnsctl down ways'
}

works6()
{
	[ "$(ip netns exec "$1" python3 "$tests/peer.py" \
		get 2001:db8:100::1)" = 2001:db8:1::2 ]
}

# With IPv6, an uplink of its own and a port.
sweeps6()
{
	local fw=$1
	conf_write <<-END
		[six]
		Address6 = auto
		InterfaceOut = eth0
		Forward = tcp:8080:80
	END
	runnsctl up six && runnsctl down six
	look >$host_dir/then
	sweep "$fw, IPv6: up killed, then up and down" signal=KILL : 'up six' \
		'runnsctl up six && works6 six && runnsctl down six'
	sweep "$fw, IPv6: up killed, then gc" signal=KILL : 'up six' \
		'runnsctl gc; ! test -e /run/netns/six || runnsctl down six'
	sweep "$fw, IPv6: up with ENOMEM, then gc" error=ENOMEM : 'up six' \
		'runnsctl gc; ! test -e /run/netns/six || runnsctl down six'
	sweep "$fw, IPv6: down killed, then down" signal=KILL \
		'runnsctl up six' 'down six' 'runnsctl down six'
	sweep "$fw, IPv6: down killed, then gc" signal=KILL \
		'runnsctl up six' 'down six' \
		'runnsctl gc; ! test -e /run/netns/six || runnsctl down six'
	pairs "$fw, IPv6: up, two faults, then gc" 10 : 'up six' \
		'runnsctl gc; ! test -e /run/netns/six || runnsctl down six'
}

# A device that was made by software goes with a namespace that nothing keeps.
lend()
{
	ip link add lend0 type veth peer name lend1 netns "$inet_pid"
	inet ip addr add 10.9.0.1/24 dev lend1
	inet ip link set lend1 up
	ip addr add 10.9.0.2/24 dev lend0
	ip link set lend0 up
	ip route add 10.99.0.0/16 via 10.9.0.1 dev lend0
}

answered()
{
	[ "$(ip netns exec "$1" python3 "$tests/peer.py" get 198.51.100.1)" = \
		"$2" ]
}

link_sweeps()
{
	lend
	conf_write <<-END
		[lent]
		Link = move:lend0
		Address = 10.9.0.7/24
		Gateway = 10.9.0.1
		[lan]
		Link = macvlan
		InterfaceOut = eth0
		Address = 203.0.113.7/24
		Gateway = 203.0.113.1
	END
	runnsctl up lent lan && runnsctl down lent lan
	look >$host_dir/then
	sweep "move: up killed, then up and down" signal=KILL : 'up lent' \
		'runnsctl up lent && answered lent 10.9.0.7 &&
		runnsctl down lent'
	sweep "move: up killed, then gc" signal=KILL : 'up lent' \
		'runnsctl gc; ! test -e /run/netns/lent || runnsctl down lent'
	sweep "move: up with ENOMEM, then gc" error=ENOMEM : 'up lent' \
		'runnsctl gc; ! test -e /run/netns/lent || runnsctl down lent'
	sweep "move: down killed, then down" signal=KILL 'runnsctl up lent' \
		'down lent' 'runnsctl down lent'
	sweep "move: down killed, then up and down" signal=KILL \
		'runnsctl up lent' 'down lent' \
		'runnsctl up lent && answered lent 10.9.0.7 &&
		runnsctl down lent'
	sweep "move: down killed, then gc" signal=KILL 'runnsctl up lent' \
		'down lent' \
		'runnsctl gc; ! test -e /run/netns/lent || runnsctl down lent'
	sweep "macvlan: up killed, then up and down" signal=KILL : 'up lan' \
		'runnsctl up lan && answered lan 203.0.113.7 &&
		runnsctl down lan'
	ip link del lend0
}

# What is in the namespace of a Parent counts too; see look().
parent_sweeps()
{
	conf_write <<-END
		[base]
		Address6 = auto
		[upper]
		Parent = base
		InterfaceOut = eth0
		Address6 = auto
	END
	runnsctl up base
	parent=base
	runnsctl up upper && runnsctl down upper
	look >$host_dir/then
	sweep "Parent: up killed, then up and down" signal=KILL : 'up upper' \
		'runnsctl up upper && works upper && runnsctl down upper'
	sweep "Parent: up killed, then gc" signal=KILL : 'up upper' \
		'runnsctl gc; ! test -e /run/netns/upper ||
		runnsctl down upper'
	sweep "Parent: down killed, then down" signal=KILL 'runnsctl up upper' \
		'down upper' 'runnsctl down upper'
	sweep "Parent: down with ENOMEM, then gc" error=ENOMEM \
		'runnsctl up upper' 'down upper' \
		'runnsctl gc; ! test -e /run/netns/upper ||
		runnsctl down upper'
	parent=
	runnsctl down base
}

carries()
{
	[ "$(ip netns exec "$1" python3 "$tests/peer.py" get 10.99.0.1)" = \
		10.99.0.2 ]
}

# A supervisor or an openvpn that nobody would end is left as much as a file.
no_vpn_process()
{
	! pgrep runns-vpn >/dev/null && [ "$(pgrep -c openvpn)" = 1 ]
}

vpn_sweeps()
{
	local away='runnsctl gc; ! test -e /run/netns/tun || runnsctl down tun'
	# Who looks after the VPN is waited for otherwise.
	follow=
	vpn_keys && vpn_server 10.99.0 || bail "no VPN server"
	vpn_client tun.conf
	conf_write <<-END
		[tun]
		vpn = $vpn_dir/tun.conf
	END
	runnsctl up --wait tun && runnsctl down tun
	look >$host_dir/then
	sweep "VPN: up killed, then down" signal=KILL : 'up tun' \
		'runnsctl down tun && no_vpn_process'
	sweep "VPN: up killed, then up and down" signal=KILL : 'up tun' \
		'runnsctl up --wait tun && carries tun && runnsctl down tun &&
		no_vpn_process'
	sweep "VPN: up killed, then gc" signal=KILL : 'up tun' \
		"$away; no_vpn_process"
	sweep "VPN: up with ENOMEM, then gc" error=ENOMEM : 'up tun' \
		"$away; no_vpn_process"
	sweep "VPN: down killed, then down" signal=KILL \
		'runnsctl up --wait tun' 'down tun' \
		'runnsctl down tun && no_vpn_process'
	sweep "VPN: down killed, then gc" signal=KILL \
		'runnsctl up --wait tun' 'down tun' "$away; no_vpn_process"
}

# The same beside a VPN that never connects.
byway_sweeps()
{
	local fw=$1
	mkdir -p $vpn_dir
	vpn_keys || bail "no keys"
	vpn_client away.conf
	follow=
	conf_write <<-END
		[ways]
		vpn = $vpn_dir/away.conf
		Allow = 172.24.200.0/24 172.24.201.2:80/tcp lan host:8081/tcp
		Forward = tcp:80:80
	END
	runnsctl up ways && runnsctl down ways
	look >$host_dir/then
	sweep "$fw, beside a VPN: up killed, then up and down" signal=KILL : \
		'up ways' 'runnsctl up ways && has_ways && down_ways'
	sweep "$fw, beside a VPN: up killed, then gc" signal=KILL : 'up ways' \
		'runnsctl gc; ! test -e /run/netns/ways || runnsctl down ways'
	sweep "$fw, beside a VPN: second up killed, then up and down" \
		signal=KILL 'runnsctl up ways' 'up ways' \
		'runnsctl up ways && has_ways && down_ways'
	sweep "$fw, beside a VPN: up with ENOMEM, then gc" error=ENOMEM : \
		'up ways' \
		'runnsctl gc; ! test -e /run/netns/ways || runnsctl down ways'
	sweep "$fw, beside a VPN: down killed, then down" signal=KILL \
		'runnsctl up ways' 'down ways' 'runnsctl down ways'
	follow=-f
}

with_backend nft sweeps nft
with_backend iptables sweeps iptables
with_backend nft ways_sweeps nft
with_backend iptables ways_sweeps iptables
with_backend nft byway_sweeps nft
with_backend iptables byway_sweeps iptables
with_backend nft sweeps6 nft
with_backend iptables sweeps6 iptables
backend=nft
link_sweeps
parent_sweeps
vpn_sweeps
done_testing
