#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# status.sh - looking at networks: one, as ip(8) does, and very many
#
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
sizes=${sizes:-1 1000 4000}
rounds=${rounds:-20}
host_start "$@"
need nft ip

mkdir -p "$tables"
for size in $sizes; do
	{
		printf '[runns]\nPool = 10.0.0.0/12\nPoolPrefix = 30\n'
		printf 'Firewall = nft\n'
		for ((i = 1; i <= size; i++)); do
			echo "[net-$i]"
		done
	} >/etc/runns.conf
	runnsctl up --all || exit 1
	"$builddir/bench/interleave" -r "$rounds" \
		one "" "runnsctl status --json net-1" "" \
		ip "" "ip -n net-1 -j addr" "" \
		all "" "runnsctl status --json" "" \
		>"$tables/$size" || exit 1
done

title "Looking at networks, us, by number of networks"
# shellcheck disable=SC2086
table $sizes

last=${sizes##* }
title "Ratios and limits"
for size in $sizes; do
	goal P13 "status of one / ip -j addr, $size" \
		"$(calc "$(value_of one "$size") / $(value_of ip "$size")")" \
		'<=' 1.5
done
goal P13 "status --json of $last, s" \
	"$(calc "$(value_of all "$last") / 1000000")" '<=' 1

bench_done
