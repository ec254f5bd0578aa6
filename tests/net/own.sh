# SPDX-License-Identifier: GPL-2.0-or-later
# own.sh - namespaces of a user's own, for the tests of runns-helper --veth;
# after system/lib.sh and net/lib.sh
#
# shellcheck shell=bash
# The other files set what is used here, and tests use what is set here.
# shellcheck disable=SC2034,SC2154

# own_hold USER [NAME]: a user and a network namespace of USER's; $held has the
# number of the process that keeps it
own_hold()
{
	local user=$1
	(cd / && exec setpriv --reuid "$user" --regid "$user" --init-groups \
		unshare -Urn sleep infinity) &
	held=$!
	wait_until 10 own_is_ready "$held" || bail "no namespace of $user's"
}

own_is_ready()
{
	[ "$(readlink "/proc/$1/ns/user")" != "$(readlink /proc/self/ns/user)" ] &&
		netns_differs "$1" && [ "$(cat "/proc/$1/comm")" = sleep ]
}

# own_connect USER PID: what was said is in $said, the status is the helper's
own_connect()
{
	said=$(as "$1" bash -c 'exec runns-helper --veth 7 7<"/proc/$0/ns/net"' \
		"$2" 2>&1)
}

# own_make USER: both; the network is named $name
own_make()
{
	own_hold "$1"
	own_connect "$1" "$held" || return $?
	name=$(own_name "$held")
}

# own_name PID: the name of the network that its namespace is connected by
own_name()
{
	grep -slx "ns=$(stat -Lc %i "/proc/$1/ns/net")" /run/runns/net/*/state |
		sed 's|/state$||; s|.*/||'
}

# own_in PID COMMAND...: in that namespace, as root of it
own_in()
{
	local pid=$1
	shift
	setpriv --reuid "$(stat -c %u "/proc/$pid")" --regid 5001 \
		--clear-groups nsenter -t "$pid" -U -n \
		--preserve-credentials -- "$@"
}

# own_members PID: all processes in its namespace
own_members()
{
	local net process
	net=$(readlink "/proc/$1/ns/net")
	for process in /proc/[0-9]*; do
		[ "$(readlink "$process/ns/net" 2>/dev/null)" != "$net" ] ||
			echo "${process##*/}"
	done
}

# own_end PID...: it goes with all who are in it, and its device with it
own_end()
{
	local pid link
	for pid; do
		link=$(sed -n 's/^outside=//p' "/run/runns/net/$(own_name "$pid")/state" 2>/dev/null)
		# shellcheck disable=SC2046
		kill -9 $(own_members "$pid")
		wait "$pid" 2>/dev/null
		[ -z "$link" ] || wait_until 10 own_is_gone "$link"
	done
}

own_is_gone()
{
	[ ! -e "/sys/class/net/$1" ]
}
