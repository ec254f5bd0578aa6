#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# up_all.sh - many networks at once: by all processors, to be stopped, with
# the failed ones named
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
need python3 script
host_start "$@"

cd $host_dir || bail "no directory"
runnsctl up first && runnsctl down first || bail "no first network"
settled before

# conf_of N [LINE...]: sections net-1 to net-N
conf_of()
{
	local i n=$1
	shift
	{
		printf '[runns]\nPool = 10.0.0.0/13\nPoolPrefix = 30\n'
		for ((i = 1; i <= n; i++)); do
			echo "[net-$i]"
		done
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >/etc/runns.conf
}

up_count()
{
	runnsctl status --json | python3 -c '
import json, sys
a = json.load(sys.stdin)
print(sum(n["state"] == "up" for n in a), len({n.get("address") for n in a}))'
}

conf_of 60
out=$(runnsctl up --all 2>&1)
is "$?" 0 "60 networks are built"
is "$out" "" "  quietly where there is no terminal"
is "$(up_count)" "60 60" "  all are up, each with an address of its own"
runs "  again, nothing to mend" runnsctl up --all
is "$(up_count)" "60 60" "  and all are as before"
runs "  and taken down" runnsctl down --all
settled after
snap_same before after "nothing is left"

# One address of two networks
conf_of 20 '[bad]' 'Address = 203.0.113.2/24'
out=$(runnsctl up --all 2>&1)
is "$?" 1 "one that cannot be built"
like "$out" '^runnsctl: up: 1 of 21 failed: bad$' "  is named at the end"
is "$(up_count)" "20 20" "  the others are built"
nsenter --net=/run/netns/net-7 sleep 1000 &
inside_pid=$!
is_inside() { [ "$(readlink /proc/$inside_pid/exe)" = "$(command -v sleep)" ]; }
wait_until 10 is_inside
out=$(runnsctl down --all 2>&1)
is "$?" 1 "one that is in use"
like "$out" '^runnsctl: down: 1 of [0-9]+ failed: net-7$' "  is named at the end"
is "$(up_count)" "1 1" "  the others are gone"
kill $inside_pid
wait $inside_pid 2>/dev/null
runs "  then that too" runnsctl down --all

conf_of 300
some_up() { [ "$(find /run/netns -type f | wc -l)" -ge 10 ]; }
runnsctl up --all 2>err &
pid=$!
wait_until 20 some_up
kill -INT $pid
wait $pid
is "$?" 1 "stopped by a signal"
like "$(cat err)" 'up: stopped: [0-9]+ of 300 were not done' "  it says so"
there=$(find /run/netns -type f | wc -l)
is "$(up_count)" "$there $there" "  those that were in work are complete"
runs "  nothing works on" wait_until 10 no_runnsctl
runnsctl up --all 2>/dev/null &
pid=$!
more_up() { [ "$(find /run/netns -type f | wc -l)" -ge $((there + 5)) ]; }
wait_until 20 more_up
kill -KILL $pid
wait $pid 2>/dev/null
runs "killed: the others end by themselves" wait_until 10 no_runnsctl
there=$(find /run/netns -type f | wc -l)
is "$(up_count)" "$there $there" "  with what they had in work"

out=$(TERM=xterm script -qec 'runnsctl down --all' /dev/null </dev/null)
like "$out" "down: [0-9]+ of $there, net-[0-9]+, [0-9]+ s left" \
	"on a terminal it tells how far it is"
is "$(up_count)" "0 0" "  all are gone"
settled after
snap_same before after "nothing is left"

done_testing
