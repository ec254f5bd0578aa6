#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# slirp.sh - networks without privilege: runnsctl unshare, slirp4netns, pasta
#
# One TCP stream between a user's namespace and a server behind the host's
# uplink.  Both engines use libslirp; each runs in a session of its own, so
# that the scheduler treats them alike.
#
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
rounds=${rounds:-11}
seconds=${seconds:-1}
host_start "$@"
need iperf3 slirp4netns pasta setpriv

mtus='65520 1500'
engines='runns slirp4netns pasta'
declare -A inside

as_alice()
{
	(cd /home/alice && exec setpriv --reuid alice --regid alice \
		--init-groups env -i PATH="$PATH" HOME=/home/alice "$@")
}

# start ENGINE MTU: the pid of a process inside is kept
start()
{
	local kind=$1 ready=$host_dir/ready-$1-$2
	[ "$1" != runns ] || kind=slirp
	# The shell inside expands it.
	# shellcheck disable=SC2016
	as_alice runnsctl unshare --net "$kind" --mtu "$2" --map-root \
		sh -c 'echo $$; exec sleep infinity' >"$ready" &
	wait_until 20 test -s "$ready" || return 1
	inside[$1-$2]=$(cat "$ready")
}

# gbits ENGINE-MTU [-R]: of one stream, as its receiver counts; -R: downwards
gbits()
{
	local value="" try
	# The server may not have noticed yet that the last one has gone.
	for try in 1 2 3 4 5; do
		# One word is one argument.
		# shellcheck disable=SC2086
		value=$(nsenter -t "${inside[$1]}" -U -n \
			--preserve-credentials iperf3 --connect-timeout 3000 \
			-c 198.51.100.1 -t "$seconds" -f m ${2-} 2>/dev/null |
			awk '/receiver/ { print $7 / 1000 }')
		[ -z "$value" ] || break
		sleep "0.$try"
	done
	echo "${value:-0}"
}

median()
{
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

mkdir "$tables" "$host_dir/samples"
inet iperf3 -s -B 198.51.100.1 >/dev/null &
for mtu in $mtus; do
	for engine in $engines; do
		start "$engine" "$mtu" || bail "no $engine with MTU $mtu"
	done
done
for ((round = 0; round < rounds; round++)); do
	for way in $(printf '%s\n' "${!inside[@]}" | shuf); do
		gbits "$way" >>"$host_dir/samples/$way-up"
		gbits "$way" -R >>"$host_dir/samples/$way-down"
	done
done
for mtu in $mtus; do
	for what in up down; do
		for engine in $engines; do
			echo "$engine $(median <"$host_dir/samples/$engine-$mtu-$what")"
		done >"$tables/$what-$mtu"
	done
done

title "TCP, one stream, Gbit/s up and down, by MTU of the device"
# shellcheck disable=SC2046
table $(for mtu in $mtus; do echo "up-$mtu down-$mtu"; done)

title "slirp: ratios to slirp4netns with the same MTU"
for mtu in $mtus; do
	for what in up down; do
		ours=$(value_of runns "$what-$mtu")
		theirs=$(value_of slirp4netns "$what-$mtu")
		goal P9 "$what, $mtu" "$(calc "$ours / $theirs")" '>=' 1.0
	done
done
bench_done
