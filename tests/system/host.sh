#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# host.sh - the host that every test gets: does it stand alone, and work?
. "$(dirname "$0")/lib.sh"
outside=$(readlink /proc/self/ns/net)
export OUTSIDE_NET=${OUTSIDE_NET:-$outside}
host_start "$@"

isnt "$(readlink /proc/self/ns/net)" "$OUTSIDE_NET" "own network namespace"
is "$(readlink /proc/1/ns/net)" "$(readlink /proc/self/ns/net)" "pid 1 is in it"
refuses "no /run/netns yet" test -e /run/netns
like "$(findmnt -no PROPAGATION /)" shared "/ has shared propagation"
like "$(findmnt -no PROPAGATION /run)" shared "/run has shared propagation"
is "$(id -u alice)" 5001 "users exist"
is "$(http_get web.test)" 2001:db8:1::2 "a web server is reached by name, by IPv6"
is "$(http_get 198.51.100.1)" 203.0.113.2 "and by IPv4"
is "$(http_get 198.51.100.1 /100000)" 100000 "and answers at length"

net_make work 1
is "$(ip netns exec work python3 "$tests/peer.py" get 198.51.100.1)" 172.31.1.2 \
	"a namespace behind the host reaches it too"
is "$(ip netns exec work getent ahostsv4 which.test | awk 'NR == 1 { print $1 }')" \
	192.0.2.53 "and asks its own name server"
isnt "$(cookie_of work)" "$(host_cookie)" "cookies differ"
is "$(cookie_of work)" "$(ip netns exec work probe cookie)" "and are stable"

logger -t test "hello from the test"
runs "syslog is caught" wait_until 5 grep -q 'hello from the test' $host_log

snap a
snap b
snap_same a b "two looks at a quiet host are equal"
ip link add dummy9 type veth peer name dummy8
touch /run/stray
snap c
refuses "a change is seen" diff -q $host_dir/snap-b $host_dir/snap-c
like "$(diff $host_dir/snap-b $host_dir/snap-c)" dummy9 "and named"
ip link del dummy9
rm /run/stray

touch /usr/bin/stray /etc/stray /var/stray /tmp/stray /home/stray /root/stray
runs "the file system can be written to" test -e /usr/bin/stray
refuses "the machine's root directory cannot be" touch /stray
refuses "nor its mode be changed" chmod 0755 /
done_testing
