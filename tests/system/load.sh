#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# load.sh - many logins by ssh at once, each of which builds the network that
# its end removes, while networks go up and down, gc runs and one builder in
# ten is killed: nobody is outside, nobody waits for ever, nothing is left
#
# 100 logins; with --full 500, and 5,000 more after which memory and
# descriptors are what they were.
. "$(dirname "$0")/lib.sh"
need ssh ssh-keygen
host_start "$@"
logins=100 batch=20 users=25
[ -z "${RUNNS_TEST_FULL-}" ] || logins=500
# A login that a killed builder failed waits at most for another build.
limit=60

builder=$(sed -n 's/^#define RUNNS_LIBEXECDIR "\(.*\)"$/\1/p' "$builddir/config.h")/runns-net
[ -x "$builder" ] || bail "the builder is not installed"
mkdir -p $host_dir/load && chmod 1777 $host_dir/load

# --- users, networks, sshd ----------------------------------------------------------

user_make()
{
	echo "$1:x:$2:$2:$1:/home/$1:/bin/sh" >>/etc/passwd
	echo "$1:x:$2:" >>/etc/group
	echo "$1:*:19000:0:99999:7:::" >>/etc/shadow
	install -d -m 0700 -o "$2" -g "$2" "/home/$1" "/home/$1/.ssh"
}
for i in $(seq $users); do
	user_make "user$i" $((6000 + i))
	host_user_names="$host_user_names user$i"
done
conf_write <<-END
	[tenant]
	DNS = 198.51.100.53
	Linger = no
	[standing]
	DNS = 198.51.100.53
	[other]
	DNS = 198.51.100.53
END
map_write <<-END
	6001:6999	u-%u	-	create=tenant
	alice		standing	-
END
sshd_start || bail "no sshd"
runs "up" runnsctl up standing
here=$(host_cookie)

is_let_in()
{
	inet ssh "$1@host" true
}

# Each network leaves a file of no bytes to lock.
all_let_in()
{
	local i
	for i in $(seq $users); do
		wait_until 40 is_let_in "user$i" || return 1
	done
}
runs "sshd lets them in" all_let_in
runs "up and down" sh -c 'runnsctl up other && runnsctl down other'

# gone: have the last sessions, and the networks of all users, ended?
gone()
{
	no_sessions && runnsctl gc >/dev/null 2>&1 &&
		[ -z "$(find /run/netns -name 'u-*')" ]
}
wait_until 30 gone
ok $? "(and their networks go)"
snap before

# --- one in ten builders is killed ---------------------------------------------------

cp -p "$builder" "$builder.real"
builder_flawed()
{
	cat >"$builder.new" <<-'END'
	#!/bin/bash
	real=$0.real
	case $1 in up|down|gc) ;; *) exec "$real" "$@" ;; esac
	[ $((RANDOM % 10)) -eq 0 ] || exec "$real" "$@"
	echo "$1" >>/mnt/load/killed
	"$real" "$@" &
	sleep 0.00$((RANDOM % 10))
	kill -9 $!
	kill -9 $$
	END
	chmod 0755 "$builder.new" && mv "$builder.new" "$builder"
}

builder_sound()
{
	cp -p "$builder.real" "$builder.new" && mv "$builder.new" "$builder"
}

# Until there is $host_dir/load/stop
neighbours()
{
	while [ ! -e $host_dir/load/stop ]; do
		runnsctl up other standing
		runnsctl gc
		runnsctl down other
		runnsctl status --json
		sleep 0.2
	done >/dev/null 2>&1
}

# --- logins ------------------------------------------------------------------------------

# What a session does: it tells where it is, and stays until that was judged.
# shellcheck disable=SC2016
session='f=/mnt/load/$1; { probe cookie resolv devices; } >$f.new && mv $f.new $f
i=0; while [ ! -e $f.ok ] && [ $((i += 1)) -lt 600 ]; do sleep 0.05; done'

# judge USER FILE: "inside" with everything in place, or what is wrong
judge()
{
	local cookie
	cookie=$(sed -n 1p "$2")
	if [ "$cookie" = "$here" ]; then
		echo outside
	elif [ "$cookie" != "$(cookie_of "u-$1" 2>/dev/null)" ]; then
		echo "in another network"
	elif ! grep -q 'nameserver 198.51.100.53' "$2" ||
		! grep -qx 'eth0 lo' "$2"; then
		echo "inside, with something missing"
	else
		echo inside
	fi
}

# login NUMBER: one line in $host_dir/load/outcomes
login()
{
	local file=$host_dir/load/at.$1 user=user$(($1 % users + 1)) pid result=
	inet timeout -k 5 $limit ssh "$user@host" "sh -c '$session' sh at.$1" \
		>/dev/null 2>&1 &
	pid=$!
	while [ -z "$result" ]; do
		if [ -e "$file" ]; then
			result=$(judge "$user" "$file")
			touch "$file.ok"
		elif ! kill -0 $pid 2>/dev/null; then
			result=refused
		else
			sleep 0.05
		fi
	done
	wait $pid
	[ $? -ne 124 ] || result="no end after $limit s"
	echo "$result" >>$host_dir/load/outcomes
	rm -f "$file" "$file.ok"
}

# burst FIRST LAST: as many at once as a batch has
burst()
{
	local i pids=
	for i in $(seq "$1" "$2"); do
		login "$i" &
		pids="$pids $!"
		if [ $((i % batch)) -eq 0 ]; then
			# shellcheck disable=SC2086
			wait $pids
			pids=
		fi
	done
	# Without one it would wait for all that the host runs.
	# shellcheck disable=SC2086
	[ -z "$pids" ] || wait $pids
}

outcomes()
{
	sort $host_dir/load/outcomes | uniq -c | awk '{ $1 = $1; print }' |
		paste -sd ,
}

count()
{
	grep -cx "$1" $host_dir/load/outcomes
}

: >$host_dir/load/killed
builder_flawed
neighbours &
neighbours=$!
burst 1 $logins
touch $host_dir/load/stop
wait $neighbours
builder_sound
is "$(wc -l <$host_dir/load/outcomes)" $logins "every login has an end"
is "$(grep -vxE 'inside|refused' $host_dir/load/outcomes)" "" \
	"of $logins: $(outcomes)"
[ "$(count inside)" -ge $((logins / 2)) ]
ok $? "most of them are inside"
isnt "$(wc -l <$host_dir/load/killed)" 0 \
	"$(wc -l <$host_dir/load/killed) builders were killed"

# --- and then ----------------------------------------------------------------------------

runs "each of them gets in again, half a minute after a failure" all_let_in
wait_until 60 gone
ok $? "and the networks go" "$(ls /run/netns; pgrep -af sshd)"
runs "(the others are as before)" sh -c \
	'runnsctl down other; runnsctl up standing; rm -f /run/runns/failed/*'
rm -rf $host_dir/load/*
snap after
# Where the next number is looked for.
sed -i '/ \/run\/runns\/pool\/\.hint /d' $host_dir/snap-before $host_dir/snap-after
snap_same before after "nothing is left over"

# --- 5,000 more ----------------------------------------------------------------------------

# What one login too many would show in: descriptors and size of the server,
# mounts, namespaces, processes.
sizes()
{
	local sshd_pid
	sshd_pid=$(cat /run/sshd.pid)
	echo "descriptors $(ls "/proc/$sshd_pid/fd" | wc -l)"
	echo "mounts $(wc -l </proc/1/mountinfo)"
	echo "namespaces $(lsns -n -t net | wc -l) $(lsns -n -t mnt | wc -l)"
	echo "processes $(ps -e -o args= | grep -cvE 'ps |grep|wc|bash')"
	echo "files $(find /run/runns /run/netns | wc -l)"
}

# memory: KiB of the kernel's that it cannot give back, and of the server
memory()
{
	awk '/^SUnreclaim|^KernelStack|^PageTables|^Percpu/ { n += $2 }
		END { print n }' /proc/meminfo
	awk '/^VmRSS/ { print $2 }' "/proc/$(cat /run/sshd.pid)/status"
}

if [ -n "${RUNNS_TEST_FULL-}" ]; then
	burst 1 500
	wait_until 60 gone
	sizes >$host_dir/sizes-before
	memory >$host_dir/memory-before
	: >$host_dir/load/outcomes
	burst 1 5000
	wait_until 60 gone
	is "$(outcomes)" "5000 inside" "5,000 more are inside"
	sizes >$host_dir/sizes-after
	memory >$host_dir/memory-after
	is "$(cat $host_dir/sizes-after)" "$(cat $host_dir/sizes-before)" \
		"descriptors, mounts, namespaces, processes and files are as before"
	diag "KiB before and after: $(paste -sd ' ' $host_dir/memory-before), $(
		paste -sd ' ' $host_dir/memory-after)"
	# A namespace that is lost holds more than 16 KiB.
	[ $(($(sed -n 1p $host_dir/memory-after) -
		$(sed -n 1p $host_dir/memory-before))) -lt 65536 ]
	ok $? "the kernel's memory has not grown by 13 KiB a login"
	[ $(($(sed -n 2p $host_dir/memory-after) -
		$(sed -n 2p $host_dir/memory-before))) -lt 1024 ]
	ok $? "nor has the server's"
fi
done_testing
