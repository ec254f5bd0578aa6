# SPDX-License-Identifier: GPL-2.0-or-later
# lib.sh - looking at networks, for the tests of the builder; after system/lib.sh
#
# shellcheck shell=bash
# The other file sets what is used here.
# shellcheck disable=SC2154

# Our end of every pair carries these bytes in its address.
no_links()
{
	! ip -o link | grep -q '6e:6e:73'
}

no_runnsctl()
{
	! pgrep 'runns' >/dev/null
}

# settled NAME: a snapshot once the kernel has removed what is dying
settled()
{
	wait_until 5 no_links
	wait_until 5 no_runnsctl
	snap "$1"
	# Locks stay; the hint is a number to begin with; a part of the look
	# itself may be ending.
	sed -i -e '/^root *\[[a-z]*\]$/d' -e '\|/run/runns/lock/|d' -e '\|/pool/.hint|d' \
		"$host_dir/snap-$1"
}

# inside NAME COMMAND...
inside()
{
	local name=$1
	shift
	nsenter --net="/run/netns/$name" -- "$@"
}

address_of()
{
	ip -n "$1" -4 -o addr show dev eth0 |
		awk '{ sub("/.*", "", $4); print $4 }'
}

device_of()
{
	sed -n 's/^outside=//p' "/run/runns/net/$1/state"
}
