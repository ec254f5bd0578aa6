# SPDX-License-Identifier: GPL-2.0-or-later
# lib.sh - the host of a benchmark, tables and goals
#
# A benchmark begins with
#	. "$(dirname "$0")/lib.sh"
#	host_start "$@"
# and then has the machine of its own that every system test has.
#
# shellcheck shell=bash
# What lib.sh of the tests sets, and what a benchmark uses.
# shellcheck disable=SC2034,SC2154

bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../tests/system/lib.sh
. "$bench/../tests/system/lib.sh"

# A path through an overlay takes longer than through a file system, and every
# question to the name service begins with two of them below /var.
eval "$(declare -f host_overlay | sed '1s/host_overlay/overlay_mount/')"
host_overlay()
{
	if [ "$1" != /var ]; then
		overlay_mount "$1"
		return
	fi
	mount -t tmpfs -o mode=0755 var /var &&
		mkdir -p /var/log /var/tmp /var/lib /var/mail /var/cache &&
		ln -s /run /var/run && ln -s /run/lock /var/lock
}

tables=/mnt/tables
goals_missed=0

title()
{
	printf '\n%s\n' "$*"
}

# value_of ROW TABLE [COLUMN]: the first number of a row, or another
value_of()
{
	awk -v row="$1" -v column="${3-2}" \
		'$1 == row { print $column }' "$tables/$2"
}

# calc EXPRESSION: arithmetic with fractions
calc()
{
	awk "BEGIN { printf \"%.3f\", $1 }"
}

# goal NAME TEXT VALUE '<=' LIMIT, or '>='
goal()
{
	local verdict=FAIL
	if awk "BEGIN { exit !($3 $4 $5) }"; then
		verdict=PASS
	else
		goals_missed=$((goals_missed + 1))
	fi
	printf '%s  %-3s %-52s %7.3f  goal %s %s\n' \
		"$verdict" "$1" "$2" "$3" "$4" "$5"
}

# table FILE...: first columns side by side, one row for each row name
table()
{
	(cd $tables && awk '
		FNR == 1 { n++; head = head sprintf(" %10s", FILENAME) }
		!($1 in seen) { seen[$1] = 1; order[++rows] = $1 }
		{ cell[$1, n] = $2 }
		END {
			printf "%-16s%s\n", "", head
			for (i = 1; i <= rows; i++) {
				printf "%-16s", order[i]
				for (j = 1; j <= n; j++)
					printf " %10s", cell[order[i], j]
				print ""
			}
		}' "$@")
}

# namespace_make NAME: nothing in it, and a resolv.conf of its own
namespace_make()
{
	mkdir -p "/etc/netns/$1" || return 1
	echo 'nameserver 198.51.100.53' >"/etc/netns/$1/resolv.conf"
	install -d -m 0755 /run/runns && install -d -m 0700 /run/runns/lock &&
		"$builddir/bench/netns_many" "$1" >/dev/null
}

# namespaces_up_to N: so many there are, with those of before
namespaces_there=0
namespaces_up_to()
{
	[ "$1" -gt "$namespaces_there" ] || return 0
	"$builddir/bench/netns_many" $((namespaces_there + 1)) "$1" || return 1
	namespaces_there=$1
}

# view_prepare NAME: prints the handle of its prepared view
view_prepare()
{
	local path
	path=/run/runns/views/$(printf %016x "$(cookie_of "$1")")/$1
	/usr/libexec/runns/runns-net view "$1" >&2 && [ -e "$path" ] &&
		echo "$path"
}

# usernet_prepare USER: pam_usernet will take him to the namespace of his name
usernet_prepare()
{
	local permit
	permit=$(find /lib/ -name pam_permit.so -print -quit)
	if [ ! -e "${permit%/*}/pam_usernet.so" ]; then
		echo "no comparison with pam_usernet: libpam-net is not installed"
		return 1
	fi
	echo "usernet:x:5200:$1" >>/etc/group
}

# The last line of every benchmark.
bench_done()
{
	[ $goals_missed -eq 0 ]
	exit
}
