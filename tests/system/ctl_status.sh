#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctl_status.sh - runnsctl status: the table, JSON, the drawing, --watch
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
need python3 script
host_start "$@"

cd $host_dir || bail "no directory"
conf_write <<-END
	[work]
	[net-2]
	[net-10]
	NAT = none
END
runs "networks are built" runnsctl up work net-2 net-10
ip netns add theirs

# field EXPRESSION: of the array a that status --json writes
field()
{
	runnsctl status --json "${@:2}" | python3 -c '
import json, sys
a = {n["name"]: n for n in json.load(sys.stdin)}
print(eval(sys.argv[1], {"a": a}))' "$1"
}

out=$(runnsctl status)
is "$(printf '%s\n' "$out" | awk '{ print $1 }' | paste -sd ' ')" \
	"NAME net-2 net-10 theirs work" "every network once, by name and number"
like "$out" "^work +up +$(address_of work)/[0-9]+ +$(device_of work) +eth0 +masquerade +- +- " \
	"address, device and uplink"
like "$out" "^net-10 .* none " "no NAT"
like "$out" "^theirs +foreign +- +- +- +- " "one that is not ours"
unlike "$out" $'\033' "no colour in a pipe"
unlike "$out" ' $' "no blanks at the ends of lines"

nsenter --net=/run/netns/work sleep 1000 &
setsid nsenter --net=/run/netns/work sleep 1000 &
both=$(jobs -p)
two_inside() { [ "$(field 'a["work"]["processes"]')" = 2 ]; }
wait_until 10 two_inside
is "$(field '(a["work"]["processes"], a["work"]["sessions"])')" "(2, 2)" \
	"processes and sessions"
is "$(field 'a["net-2"]["processes"]')" 0 "none elsewhere"
python3 - <<-'END' &
	import ctypes, threading, time
	def enter():
	    fd = open("/run/netns/net-2")
	    ctypes.CDLL(None).setns(fd.fileno(), 0x40000000)
	    time.sleep(1000)
	threading.Thread(target=enter, daemon=True).start()
	time.sleep(1000)
END
thread=$!
one_inside() { [ "$(field 'a["net-2"]["processes"]')" = 1 ]; }
runs "a thread alone is seen too" wait_until 10 one_inside
# shellcheck disable=SC2086
kill $both $thread
is "$(field 'sorted(a)')" "['net-10', 'net-2', 'theirs', 'work']" "JSON has all"
is "$(field 'sorted(a)' work)" "['work']" "or those that are named"
is "$(field 'a["work"]["uplink"]')" eth0 "with the uplink"

inside work setsid runuser -u alice -- sleep 1000 &
wait_until 10 pgrep -u alice sleep
out=$(runnsctl status work 2>&1)
like "$out" '^work  up$' "a page for one network"
like "$out" "^  address +$(address_of work)/24, the host's end 172" "  address"
like "$out" "^  link +veth, $(device_of work) outside, eth0 inside, up, MTU 1500\$" "  devices"
like "$out" '^  uplink +eth0, masquerade$' "  uplink"
like "$out" '^  age +[0-9]+[sm]$' "  age"
like "$out" '^  traffic +[0-9.]+K? from it' "  traffic"
like "$out" '^  (firewall) +(nft|iptables), isolated$' "  firewall"
like "$out" '^  level +routed$' "  level"
like "$out" '^ +alice: 1 \(sleep\)$' "  members, with their programs"
like "$(runnsctl status --dot)" '"user alice" -> "net work" \[label="1"\];' \
	"  and in the drawing"
nsenter --net=/run/netns/work python3 -c '
import ctypes, time
ctypes.CDLL(None).prctl(15, b"\x1b[31m\x0a, x")
time.sleep(1000)' &
evil=$!
wait_until 10 grep -q 31m /proc/$evil/comm
unlike "$(runnsctl status work)" $'\033' "  a program's name is made plain"
kill $evil
pkill -u alice sleep
like "$(runnsctl status theirs)" '^theirs  foreign$' "a page for one that is not ours"

out=$(runnsctl status --dot)
like "$out" '^digraph runns \{$' "a drawing"
like "$out" '"net work" -> "device eth0" \[label="NAT"\];$' "  who leaves by what"
is "$(printf '%s\n' "$out" | grep -c '^."device eth0" \[')" 1 "  each device once"
refuses "two forms at once" runnsctl status --dot --json
refuses "no time between two looks" runnsctl status --watch=0

# on_terminal COLUMNS COMMAND: what it writes to a terminal
on_terminal()
{
	TERM=xterm script -qec "stty cols $1; $2" /dev/null </dev/null
}
out=$(on_terminal 200 'runnsctl status')
like "$out" $'\033\\[32mup' "colour on a terminal"
out=$(on_terminal 200 'NO_COLOR=1 runnsctl status')
unlike "$out" $'\033' "none with NO_COLOR"
out=$(on_terminal 60 'NO_COLOR=1 runnsctl status')
is "$(printf '%s\n' "$out" | tr -d '\r' | awk 'length > 60' | wc -l)" 0 \
	"columns go where there is too little room"
like "$out" '^work +up ' "  name and state stay"

out=$(timeout 20 runnsctl status --watch=1 work 2>&1 </dev/null & pid=$!
	sleep 1.5; kill -INT $pid 2>/dev/null; wait $pid)
like "$out" 'every 1 s' "--watch"
watch()
{
	TERM=xterm script -qec 'stty -echo; before=$(stty -g)
		runnsctl status --watch=1
		[ "$before" = "$(stty -g)" ] && echo restored' /dev/null
}
out=$( (sleep 2; printf q; sleep 1) | watch 2>&1)
like "$out" $'\033\\[\\?1049l' "  q ends it and gives the screen back"
like "$out" restored "  and the terminal as it was"

ip link delete "$(device_of net-2)"
like "$(runnsctl status net-2)" '^net-2 +broken' "a network whose device is gone"
refuses "a network that is not there" runnsctl status nowhere
runs "all are taken down" runnsctl down --all
ip netns delete theirs
is "$(runnsctl status | wc -l)" 1 "a heading is left"
is "$(runnsctl status --json)" '[]' "and no object"

done_testing
