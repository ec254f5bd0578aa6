# SPDX-License-Identifier: GPL-2.0-or-later
# lib.sh - what the attacks on the setuid helper share
#
# A test begins with
#	. "$(dirname "$0")/../helper/lib.sh"
#	helper_host "$@"
# and then stands in a host of its own (tests/system/lib.sh) with the
# namespaces work, lab and forbidden and a map; alice, an ordinary user, runs
# the helper that is installed.
#
# shellcheck shell=bash
# shellcheck disable=SC2034

. "$(dirname "${BASH_SOURCE[0]}")/../system/lib.sh"
launch=$builddir/tests/helper/launch
drive=$builddir/tests/helper/drive
inject=$builddir/tests/pam/inject
cred=/usr/local/bin/cred
out=$host_dir/out
full=${RUNNS_TEST_FULL-}
alice='group=5001 gid=5001 uid=5001'

helper_host()
{
	[ "$(id -u)" = 0 ] || skip_all "needs root"
	host_start "$@"
	helper=$(command -v runns-helper) || bail "runns-helper is not installed"
	install -m 0755 "$builddir/tests/helper/cred" $cred
	install -d -m 0755 -o alice -g alice $out
	net_make work 1
	net_make lab 2
	net_make forbidden 3
	map_default
	work=$(cookie_of work) lab=$(cookie_of lab)
	here=$(host_cookie)
	cd $out || bail "no directory for what comes out"
}

# alice may enter work and lab, bob only lab; dave nothing
map_default()
{
	map_write <<-END
		alice	work	lab,absent
		bob	lab	-
		carol	deny
		erin	-	work
		*	-	-
	END
}

# as STEP... -- PROGRAM...: as alice; steps are launch's, done by her
as()
{
	# Steps of ours hold no blanks.
	# shellcheck disable=SC2086
	"$launch" $alice "$@"
}

# h ARGUMENT...: alice runs the helper; its output is in $said
h()
{
	said=$(as -- "$helper" "$@" 2>&1)
}

# place: the namespace that it prints, in $said
cookie_said()
{
	printf '%s\n' "$said" | sed -n 's/^cookie=//p'
}

# denied STATUS TEXT [PATTERN]: it ended like this, and cred did not run
denied()
{
	local status=$1 text=$2 pattern=${3-^runns-helper: }
	if [ "$status" -eq 125 ] && ! printf '%s\n' "$said" | grep -q '^uids=' &&
		printf '%s\n' "$said" | grep -qE -- "$pattern"; then
		pass "$text"
	else
		fail "$text" "status $status: $said"
	fi
}

# What the network changes, and nothing else.
changes='^(net|mnt|cookie|resolv)='

# both STEP... -- [ARGUMENT...]: cred directly, then through the helper
both()
{
	local steps=()
	take_steps "$@"
	shift $((${#steps[@]} + 1))
	"$launch" "${steps[@]}" -- $cred "$@" 2>err | cat >direct
	direct_status=${PIPESTATUS[0]}
	"$launch" "${steps[@]}" -- "$helper" -n work -- $cred "$@" \
		2>err | cat >through
	through_status=${PIPESTATUS[0]}
}

# same TEXT STEP...: nothing that cred sees differs but the network and mounts.
# With $differs, a pattern, lines that differ as is known.
same()
{
	local text=$1 changed
	shift
	both "$@" --
	changed=$(diff <(grep -vE "${differs:-$changes}" direct) \
		<(grep -vE "${differs:-$changes}" through))
	if [ "$direct_status $through_status" != "42 42" ]; then
		fail "$text" "status $direct_status, and $through_status: $(cat err)"
	elif [ -n "$changed" ]; then
		fail "$text" "$(printf '%s\n' "$changed" | cut -c 1-300 | head -n 20)"
	elif [ "$(value cookie through)" != "$work" ] ||
		[ "$(value mnt through)" = "$(value mnt direct)" ] ||
		[ "$(value resolv through)" != 'nameserver\040198.51.100.53\012' ]; then
		fail "$text" "not inside: $(grep -E "$changes" through)"
	else
		pass "$text"
	fi
}

# sound TEXT STEP...: the program ran as it should, or not at all
sound()
{
	local text=$1
	shift
	both "$@" --
	case $through_status in
	42)
		is "$(value cookie through) $(value uids through) $(value CapPrm through)" \
			"$work 5001,5001,5001,5001 0000000000000000" "$text: runs, inside" ;;
	125|126)
		is "$(cat through)" '' "$text: refused" ;;
	127|132|134|135|137|139)
		# The C library could not even start, as for any program.
		is "$(cat through)" '' "$text: not started" ;;
	*)
		fail "$text" "status $through_status: $(cat err through)" ;;
	esac
}

# log_since: messages of the helper since log_mark
log_at=0
log_mark()
{
	log_at=$(wc -c <$host_log)
}

log_since()
{
	sleep 0.1
	tail -c +$((log_at + 1)) $host_log | grep -a "${1-runns-helper}"
}
