#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# names_etc.sh - files of /etc/netns/NAME and of the builder's, by Etc=bind and
# Etc=overlay, while the host writes, replaces, removes and renames its own
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
need strace
host_start "$@"

session()
{
	su alice -c "cd /; $1"
}

helper()
{
	setpriv --reuid 5001 --regid 5001 --clear-groups --reset-env \
		runnsctl run -n own -- sh -c "cd /; $1"
}

conf()
{
	conf_write <<-END
		[own]
		DNS = 198.51.100.53
		Etc = $1
	END
}

# One that stays: its standard input is descriptor 7, its output 8.
stay()
{
	rm -f $host_dir/in $host_dir/out
	mkfifo $host_dir/in $host_dir/out
	su alice -c 'exec sh' <$host_dir/in >$host_dir/out 2>&1 &
	stay_pid=$!
	exec 7>$host_dir/in 8<$host_dir/out
	# It is inside when it answers.
	stayed true >/dev/null
}

stayed()
{
	local answer
	echo "echo \"\$({ $1; } 2>&1 | tail -n 1)\"" >&7
	read -r -t 20 -u 8 answer
	echo "$answer"
}

leave()
{
	exec 7>&- 8<&-
	wait $stay_pid
}

theirs()
{
	mkdir -p /etc/netns/own/app.d /etc/app.d
	echo '192.0.2.77 pinned.test' >/etc/netns/own/hosts
	echo inside >/etc/netns/own/app.d/inside
	echo host >/etc/app.d/host
	echo inside >/etc/netns/own/app.conf
	echo host >/etc/app.conf
}

# overrides KIND: all of them, by both doors
overrides()
{
	local how
	for how in session helper; do
		is "$($how 'getent hosts pinned.test')" \
			'192.0.2.77      pinned.test' "$1, $how: hosts"
		is "$($how 'getent ahostsv4 which.test' | awk 'NR == 1 { print $1 }')" \
			192.0.2.53 "$1, $how: resolv.conf"
		is "$($how 'grep ^hosts: /etc/nsswitch.conf')" 'hosts: files dns' \
			"$1, $how: nsswitch.conf"
		is "$($how 'cat /etc/app.conf; ls /etc/app.d' | paste -sd ' ')" \
			'inside inside' "$1, $how: a file and a directory"
		is "$($how 'getent passwd bob' | cut -d : -f 3)" 5002 \
			"$1, $how: all else is the host's"
	done
	# Which the builder's counts less than:
	echo 'hosts: dns' >/etc/netns/own/nsswitch.conf
	is "$(session 'grep ^hosts: /etc/nsswitch.conf')" 'hosts: dns' \
		"$1: the administrator's counts before the builder's"
	rm /etc/netns/own/nsswitch.conf
	is "$(session 'grep ^hosts: /etc/nsswitch.conf')" 'hosts: files dns' \
		"$1: which comes back"
}

replace()
{
	cp -p "$1" "$1.new" && mv "$1.new" "$1"
}

# What the host does to files that are covered, with a session inside.
changes()
{
	local file
	stay
	is "$(stayed 'cat /etc/app.conf')" inside "$1: a session"
	for file in app.conf hosts resolv.conf nsswitch.conf; do
		replace /etc/$file
	done
	if [ "$1" = bind ]; then
		is "$(stayed 'cat /etc/app.conf')" host \
			"$1: (a file that is replaced loses its cover)"
		runs "$1: refresh" runnsctl refresh
	fi
	is "$(stayed 'cat /etc/app.conf')" inside "$1: replaced: covered"
	is "$(stayed 'grep -c pinned /etc/hosts')" 1 "$1: hosts too"
	is "$(stayed 'grep ^name /etc/resolv.conf')" 'nameserver 198.51.100.53' \
		"$1: resolv.conf too"
	is "$(runnsctl status --json own | grep -o '"lost_covers":[^]]*')" \
		'"lost_covers":[' "$1: nothing is lost"
	unlike "$(runnsctl audit alice)" covers "$1: says audit too"
	leave
}

# What only an overlay keeps, and what it costs
overlay_only()
{
	stay
	is "$(stayed 'cat /etc/app.conf')" inside "overlay: a session"
	mv /etc/app.conf /etc/app.old
	is "$(stayed 'cat /etc/app.conf')" inside "overlay: renamed: covered"
	is "$(stayed 'cat /etc/app.old')" host "overlay: and the new name is the host's"
	rm /etc/resolv.conf
	is "$(stayed 'grep ^name /etc/resolv.conf')" 'nameserver 198.51.100.53' \
		"overlay: removed: covered"
	ln -s /nowhere /etc/resolv.conf
	is "$(stayed 'grep ^name /etc/resolv.conf')" 'nameserver 198.51.100.53' \
		"overlay: a dangling link now: covered"
	rm /etc/resolv.conf
	echo 'nameserver 203.0.113.1' >/etc/resolv.conf
	mv /etc/app.old /etc/app.conf
	like "$(stayed 'touch /etc/new')" 'Read-only' "overlay: nothing is written"
	like "$(nsenter -m -t "$(pgrep -u alice -x sh)" -- sh -c \
		'echo x >/etc/passwd' 2>&1)" 'Read-only' "overlay: nor by root"
	stayed 'getent passwd zoe' >/dev/null
	stayed 'cat /etc/app.new' >/dev/null
	sed -i '$a zoe:x:5010:5010::/home/zoe:/bin/sh' /etc/passwd
	echo host >/etc/app.new
	runs "overlay: refresh" runnsctl refresh
	is "$(stayed 'getent passwd zoe' | cut -d : -f 3)" 5010 \
		"overlay: shows what the host has changed since"
	is "$(stayed 'cat /etc/app.new')" host "overlay: and what is new"
	sed -i '/^zoe:/d' /etc/passwd
	rm /etc/app.new
	is "$(stayed 'cat /etc/app.conf')" inside "overlay: with the covers in place"
	leave
}

# A session in a session, and one with mounts of its own
nested()
{
	is "$(session 'cat /etc/app.conf')" inside "overlay: (a session)"
	is "$(unshare -m su alice -c 'cat /etc/app.conf; echo x >/etc/app.conf' 2>&1 |
		sed 's/.*: //' | paste -sd ' ')" \
		'inside Permission denied' "overlay: with mounts of its own" ||
		unshare -m su alice -c 'findmnt /etc'
	is "$(unshare -m su alice -c 'findmnt -no SOURCE /etc | tail -n 1')" \
		runns-etc "overlay: one of its own too"
	is "$(unshare -m su alice -c "$(printf 'unshare -rm sh -c %s' \
		"'cat /etc/app.conf'")" 2>&1)" inside \
		"overlay: a sandbox in it sees the same"
}

map_write <<-END
	alice	own	-
END
theirs
conf bind
runs "up" runnsctl up own
overrides bind
changes bind
conf overlay
runs "up with Etc=overlay" runnsctl up own
is "$(session 'findmnt -no FSTYPE /etc | tail -n 1')" overlay \
	"the next session has an overlay"
overrides overlay
changes overlay
overlay_only
nested
stay
conf bind
runs "up with Etc=bind" runnsctl up own
is "$(session 'findmnt -no SOURCE /etc | tail -n 1')" \
	"$(findmnt -no SOURCE /etc | tail -n 1)" "the next session has none"
is "$(stayed 'findmnt -no FSTYPE /etc | tail -n 1')" overlay \
	"who is inside stays as he is"
leave
conf overlay
runs "down" runnsctl down own
settled before
like "$(strace -f -o /dev/null -e trace=fsopen \
	-e inject=fsopen:error=ENODEV runnsctl up own 2>&1)" \
	'Etc=overlay: the kernel has no overlay' "a kernel without overlays: up says so"
refuses "and builds nothing" test -e /run/netns/own
settled after
snap_same before after "and leaves nothing"
done_testing
