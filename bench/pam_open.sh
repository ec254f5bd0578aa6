#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# pam_open.sh - opening a session: RUNNS, Debian's pam_usernet, the limit
#
# alice is named in the last of 100 rules, carol is in the group that the last
# of 100 rules names, dave is in no rule.
#
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
sizes=${sizes:-1 100 1000 4000}
rounds=${rounds:-200}
sessions=${sessions:-400}
host_start "$@"

stacks=$host_dir/pam
services='permit:dave limit:alice limit-user:alice limit-group:carol
	runns-user:alice runns-group:carol runns-none:dave'

stack()
{
	echo "session required $2" >"$stacks/$1"
}

maps_write()
{
	local i
	for i in $(seq 99); do
		echo "user$i net$i -"
	done >/etc/security/runns.map
	cp /etc/security/runns.map /etc/security/group.map
	echo 'alice alice -' >>/etc/security/runns.map
	echo '@contractors contractors -' >>/etc/security/group.map
}

# Where no view can be prepared, the limit and RUNNS are not comparable.
limit_stacks()
{
	local limit=$builddir/.libs/pam_limit.so alice contractors
	alice="net=/run/netns/alice view=$(view_prepare alice)" &&
		contractors="net=/run/netns/contractors view=$(view_prepare contractors)" ||
		echo "NO PREPARED VIEW: sessions of RUNNS make their own"
	stack limit "$limit ${alice% view=}"
	stack limit-user "$limit passwd map=/etc/security/runns.map ${alice% view=}"
	stack limit-group "$limit groups map=/etc/security/group.map ${contractors% view=}"
}

stacks_write()
{
	mkdir "$stacks" "$tables"
	stack other pam_deny.so
	stack permit pam_permit.so
	stack runns-user pam_runns.so
	stack runns-group 'pam_runns.so map=/etc/security/group.map'
	stack runns-none pam_runns.so
	limit_stacks
	if usernet_prepare alice; then
		stack usernet pam_usernet.so
		services+=' usernet:alice'
	fi
}

# measure TABLE [OPTION...]
measure()
{
	local name=$1
	shift
	# One word is one service.
	# shellcheck disable=SC2086
	"$builddir/bench/pam_open" -r "$rounds" "$@" "$stacks" $services \
		>"$tables/$name" || exit 1
}

# Three lines: where the sessions are, for each size and each stack.
places()
{
	awk '!seen[$1, $4, $5]++ { print $1 ": " $4 " network, " $5 " mounts" }' \
		"$tables/$1"
}

for name in alice contractors; do
	namespace_make $name || exit 1
done
maps_write
stacks_write
first=${sizes%% *}
last=${sizes##* }
for size in $sizes; do
	namespaces_up_to "$size" >/dev/null || exit 1
	measure "$size"
	measure "$size-warm" -w
done

# Sessions of RUNNS share one view; those of pam_usernet copy all mounts.
handles=$("$builddir/bench/netns_many" $((last + 1)) $((last + 50)))
measure kept -k "$sessions:runns-user:alice" \
	-x "$builddir/bench/netns_many $((last + 51)) $((last + 100))"

title "Where the sessions are"
places "$last"
title "pam_open_session, us, by number of namespaces"
# shellcheck disable=SC2086
table $sizes
title "The same when the caller has looked the user up before, as all do"
for size in $sizes; do
	warm+="$size-warm "
done
# shellcheck disable=SC2086
table $warm
title "pam_close_session, us, with $last namespaces"
awk '{ print $1, $3 }' "$tables/$last"

title "With $sessions sessions of RUNNS open, $last namespaces: open, close, us"
awk 'NF > 1 { print $1, $2, $3 }' "$tables/kept"
title "Giving a namespace its name, us, with $last namespaces"
echo "no session $handles"
echo "$sessions sessions $(awk 'NF == 1' "$tables/kept")"

title "P1: ratios"
row()
{
	value_of "$1" "$2"
}
for table in $sizes $warm; do
	goal P1 "user rule / (limit + map + passwd), $table" \
		"$(calc "$(row runns-user "$table") / $(row limit-user "$table")")" '<=' 1.3
	goal P1 "group rule / (limit + map + groups), $table" \
		"$(calc "$(row runns-group "$table") / $(row limit-group "$table")")" '<=' 1.3
	goal P1 "unmapped user - pam_permit, us, $table" \
		"$(calc "$(row runns-none "$table") - $(row permit "$table")")" '<=' 60
done
goal P1 "user rule, $last / $first namespaces" \
	"$(calc "$(row runns-user "$last") / $(row runns-user "$first")")" '<=' 1.6
if [ -e "$stacks/usernet" ]; then
	goal P1 "user rule / pam_usernet, $first" \
		"$(calc "$(row runns-user "$first") / $(row usernet "$first")")" '<=' 0.35
	goal P1 "group rule / pam_usernet, $first" \
		"$(calc "$(row runns-group "$first") / $(row usernet "$first")")" '<=' 0.55
	goal P1 "user rule / pam_usernet, $last" \
		"$(calc "$(row runns-user "$last") / $(row usernet "$last")")" '<=' 0.03
fi

bench_done
