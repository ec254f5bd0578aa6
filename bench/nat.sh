#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# nat.sh - TCP through the NAT of RUNNS and through one made by hand
#
# "plain" is the host's own traffic, without NAT.
#
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
sizes=${sizes:-1 1000}
rounds=${rounds:-11}
seconds=${seconds:-1}
host_start "$@"
need iperf3 nft

declare -A at=(
	[plain]=''
	[hand]='ip netns exec hand-1'
	[runns]='ip netns exec net-1'
)

# gbits CASE [-R]: of one stream, as its receiver counts; -R: towards us
gbits()
{
	# One word is one argument.
	# shellcheck disable=SC2086
	${at[$1]} iperf3 --connect-timeout 3000 -c 198.51.100.1 -t "$seconds" -f m ${2-} |
		awk '/receiver/ { print $7 / 1000 }'
}

median()
{
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# measure TABLE: "CASE-up" and "CASE-down", in Gbit/s
measure()
{
	local round name
	for ((round = 0; round < rounds; round++)); do
		for name in $(printf '%s\n' "${!at[@]}" | shuf); do
			gbits "$name" >>"$host_dir/$name-up"
			gbits "$name" -R >>"$host_dir/$name-down"
		done
	done
	for name in plain-{up,down} hand-{up,down} runns-{up,down}; do
		echo "$name $(median <"$host_dir/$name")"
		rm "$host_dir/$name"
	done >"$tables/$1"
}

mkdir "$tables"
inet iperf3 -s -D
nft -f - <<-END
	table ip hand {
		chain post {
			type nat hook postrouting priority srcnat
		}
	}
END
# Before RUNNS: where it allows forwarding itself, it does so for its own only.
echo 1 >/proc/sys/net/ipv4/conf/eth0/forwarding
"$bench/by_hand.sh" up placed 1 || exit 1
for size in $sizes; do
	{
		printf '[runns]\nPool = 10.0.0.0/13\nPoolPrefix = 30\n'
		printf 'Firewall = nft\n'
		# shellcheck disable=SC2046
		printf '[net-%d]\n' $(seq "$size")
	} >/etc/runns.conf
	runnsctl up --all && measure "$size" || exit 1
done

title "TCP, one stream, Gbit/s, by number of networks"
# shellcheck disable=SC2086
table $sizes

# to_plain SIZE: the machine itself is not as fast at all times
to_plain()
{
	calc "$(value_of runns-$way "$1") / $(value_of plain-$way "$1")"
}

title "P8: ratios"
first=${sizes%% *}
last=${sizes##* }
for way in up down; do
	for size in $sizes; do
		goal P8 "RUNNS / by hand, $way, $size" \
			"$(calc "$(value_of runns-$way "$size") / $(value_of hand-$way "$size")")" '>=' 0.97
	done
	goal P8 "the same to plain, $last networks / $first, $way" \
		"$(calc "$(to_plain "$last") / $(to_plain "$first")")" '>=' 0.95
done

bench_done
