#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# propagation.sh - Propagation=: which mounts go into a view, and out of it
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
host_start "$@"

conf()
{
	conf_write <<-END
		[own]
		$1
	END
	runnsctl up own
}

# A session that stays, in $stay_pid
stay()
{
	su alice -c 'exec sleep 1001' &
	su_pid=$!
	wait_until 10 pgrep -u alice -f 'sleep 1001'
	stay_pid=$(pgrep -u alice -f 'sleep 1001' | tail -n 1)
}

leave()
{
	kill "$stay_pid"
	wait $su_pid
}

# inside_sees DIR, host_sees DIR: is a file system mounted there?
inside_sees()
{
	nsenter -m -t "$stay_pid" mountpoint -q "$1"
}

host_sees()
{
	mountpoint -q "$1"
}

yes_no()
{
	if "$@"; then echo yes; else echo no; fi
}

# ways TEXT IN OUT: does what the host mounts show inside; does what is mounted
# inside show on the host?  Below /srv/both and elsewhere.
ways()
{
	stay
	mount -t tmpfs in /srv/both/in && mount -t tmpfs in /srv/else/in
	nsenter -m -t "$stay_pid" mount -t tmpfs out /srv/both/out
	nsenter -m -t "$stay_pid" mount -t tmpfs out /srv/else/out
	is "$(yes_no inside_sees /srv/both/in) $(yes_no inside_sees /srv/else/in)" \
		"$2" "$1: what the host mounts"
	is "$(yes_no host_sees /srv/both/out) $(yes_no host_sees /srv/else/out)" \
		"$3" "$1: what is mounted inside"
	umount /srv/both/in /srv/else/in
	[ "$3" = "no no" ] || umount /srv/both/out
	is "$(yes_no inside_sees /srv/both/out)" \
		"$([ "$3" = "no no" ] && echo yes || echo no)" \
		"$1: what the host takes away"
	is "$(nsenter -m -t "$stay_pid" cat /etc/resolv.conf | grep -c '^nameserver')" 1 \
		"$1: with its files"
	leave
}

map_write <<-END
	alice	own	-
END
mkdir -p /srv/both /srv/else 2>/dev/null || { mount -t tmpfs -o mode=0755 srv /srv &&
	mkdir -p /srv/both /srv/else; } || bail "no /srv"
mkdir -p /srv/{both,else}/{in,out}
conf ''
ways "slave, the default" "yes yes" "no no"
conf 'Propagation = shared:/srv/both'
ways "shared" "yes yes" "yes no"
is "$(ls /run/runns/views/*/own | wc -l)" 1 "shared: in a prepared view"
own=$(unshare -m --propagation shared su alice -c 'readlink /proc/self/ns/mnt')
like "$own" '^mnt:' "shared: in one of its own as well"
conf 'Propagation = private'
ways "private" "no no" "no no"
is "$(ls /run/runns/views/*/own 2>/dev/null | wc -l)" 0 \
	"private: each session has a view of its own"
conf 'Propagation = shared:/srv/nowhere'
refuses "a directory that is absent: no session" su alice -c true
mkdir -p /home/alice/mine
chown 5001 /home/alice/mine
conf 'Propagation = shared:/home/alice/mine'
refuses "one that is not root's: no session" su alice -c true
for bad in / /etc /etc/x /run/user /sys relative /srv/../etc; do
	refuses "shared:$bad is refused" conf "Propagation = shared:$bad"
done
conf 'Propagation = slave'
runs "slave again" su alice -c true
runnsctl down own
refuses "down: nothing is noted any more" test -e /run/runns/net/own
done_testing
