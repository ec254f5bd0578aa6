#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# relay.sh - packets between a VPN's socket and a device
. "$(dirname "$0")/lib.sh"
host_start "$@"

rounds=${rounds-31}
milliseconds=${milliseconds-100}
mkdir -p $tables
export HOME=/root

"$builddir/bench/relay_rate" "$rounds" "$milliseconds" >$tables/relay ||
	bail "relay_rate failed"
title "thousands of packets of 1,400 bytes a second: in, out, there and back"
column -t $tables/relay

# best COLUMN: of the loops that bench has
best()
{
	awk -v column="$1" '$1 ~ /^(drain|batch)$/ && $column > max {
		max = $column } END { print max }' $tables/relay
}

# against NAME COLUMN
against()
{
	calc "$(value_of runns relay "$2") / $(value_of "$1" relay "$2")"
}

column=2
for way in "to the device" "from the device" "there and back"; do
	goal L$column "$way: the best loop here" \
		"$(calc "$(value_of runns relay $column) / $(best $column)")" \
		'>=' 0.95
	column=$((column + 1))
done
if command -v vpnns >/dev/null; then
	goal V2 "to the device: vpnns" "$(against vpnns 2)" '>=' 1.15
	goal V3 "from the device: vpnns" "$(against vpnns 3)" '>=' 1.15
	goal V4 "there and back: vpnns" "$(against vpnns 4)" '>=' 1.4
fi
bench_done
