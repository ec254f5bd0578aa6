#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# scale.sh - many sessions in each of many networks
#
# 20 in each of 8; with --full 100 in each of 40.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
host_start "$@"
need python3

networks=8 each=20
[ -z "${RUNNS_TEST_FULL-}" ] || networks=40 each=100
all=$((networks * each))

# The Nth is nN and lives in the network u-nN.
users()
{
	local i
	for ((i = 1; i <= networks; i++)); do
		echo "n$i:x:$((6000 + i)):6000:n$i:/:/bin/sh"
	done >>/etc/passwd
	echo 'n:x:6000:' >>/etc/group
	map_write <<-END
		6001:6999	u-%u	-
	END
	for ((i = 1; i <= networks; i++)); do
		printf '[u-n%s]\nDNS = 198.51.100.53\n' $i
	done | conf_write
}

# open_some FIRST STEP: sessions that stay, of each STEPth user from FIRST
open_some()
{
	local i j
	for ((j = 0; j < each; j++)); do
		for ((i = $1; i <= networks; i += $2)); do
			runuser -u "n$i" -- sleep 1234 </dev/null &
		done
		# No more at a time than the machine can start.
		while [ "$(jobs -rp | wc -l)" -gt $((all + 8)) ]; do
			sleep 0.1
		done
	done
	wait
}

count()
{
	pgrep -fxc 'sleep 1234'
}

all_are_there()
{
	[ "$(count)" = $all ]
}

# where: "COUNT USER NETWORK", by the processes' namespaces
where()
{
	python3 - <<-'END'
		import collections, os, pwd
		names = {os.stat("/run/netns/" + n).st_ino: n
		         for n in os.listdir("/run/netns")}
		seen = collections.Counter()
		for pid in filter(str.isdigit, os.listdir("/proc")):
		    try:
		        if open(f"/proc/{pid}/cmdline").read() != "sleep\0001234\0":
		            continue
		        net = os.stat(f"/proc/{pid}/ns/net").st_ino
		        user = pwd.getpwuid(os.stat(f"/proc/{pid}").st_uid).pw_name
		        seen[user, names.get(net, "?"),
		             os.stat(f"/proc/{pid}/ns/mnt").st_ino] += 1
		    except FileNotFoundError:
		        pass
		for (user, net, mnt), n in seen.items():
		    print(n, user, net)
	END
}

wrong()
{
	where | awk -v each=$each '$1 != each || "u-" $2 != $3'
}

# Whoever waits for a session is inside too.
full()
{
	runnsctl status --json | python3 -c '
import json, sys
print(sum(n["processes"] == 2 * int(sys.argv[1]) for n in json.load(sys.stdin)))' \
		"$each"
}

users
runnsctl up u-n1 && runuser -u n1 -- true && runnsctl down u-n1
settled before
begun=$(date +%s%N)
runs "$networks networks" runnsctl up --quiet --all
diag "up --all: $((($(date +%s%N) - begun) / 1000000)) ms"
begun=$(date +%s%N)
# What runuser says when it ends would stand between results.
open_some 1 2 >/dev/null 2>&1 &
open_some 2 2 >/dev/null 2>&1 &
runs "$each sessions in each" wait_until $((all / 4)) all_are_there
diag "$all logins: $((($(date +%s%N) - begun) / 1000000)) ms"
is "$(wrong)" "" "each of them in its user's network, and in its one view"
is "$(where | wc -l)" $networks "of all users"
begun=$(date +%s%N)
is "$(full)" $networks "status counts them"
took=$((($(date +%s%N) - begun) / 1000000))
diag "status --json: $took ms"
is $((took < 5000)) 1 "in no time" "$took ms"
refuses "down refuses" runnsctl down u-n1
like "$(runnsctl status u-n1)" "^ +n1: $each \\(sleep\\)" "its page names them"
begun=$(date +%s%N)
runs "down --all --kill ends them all" runnsctl down --quiet --all --kill
diag "down --all --kill: $((($(date +%s%N) - begun) / 1000000)) ms"
is "$(count)" 0 "none is left"
wait_until 20 bash -c '! pgrep -x runuser'
rm -f /etc/security/runns.map
runnsctl gc
settled after
snap_same before after "and nothing of the networks"
done_testing
