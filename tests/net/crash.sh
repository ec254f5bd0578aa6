# SPDX-License-Identifier: GPL-2.0-or-later
# crash.sh - builders that are killed, or whose system calls fail, anywhere;
# after system/lib.sh and lib.sh, and host_start
#
# RUNNS_STEP=1, and --full, try every system call; else every 31st, beginning at
# another each time, which the output names.
#
# shellcheck shell=bash
# The other files set what is used here.
# shellcheck disable=SC2154
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
