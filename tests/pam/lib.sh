# SPDX-License-Identifier: GPL-2.0-or-later
# lib.sh - what the tests of the PAM module share
#
# A test begins with
#	. "$(dirname "$0")/../pam/lib.sh"
#	pam_host "$@"
# and then stands in a host of its own (tests/system/lib.sh) with the
# namespaces work and lab, the stack "runns" and a map.
#
# shellcheck shell=bash
# shellcheck disable=SC2034

. "$(dirname "${BASH_SOURCE[0]}")/../system/lib.sh"
harness=$builddir/tests/pam/harness
inject=$builddir/tests/pam/inject
stacks=$host_dir/pam.d
full=${RUNNS_TEST_FULL-}

pam_host()
{
	[ "$(id -u)" = 0 ] || skip_all "needs root"
	[ "$$" -eq 1 ] || flock "$builddir" \
		make -s -C "$builddir" pam-tests >"$builddir/pam-tests.log" 2>&1 ||
		bail "the programs of this test were not built: $builddir/pam-tests.log"
	host_start "$@"
	mkdir $stacks
	stack runns <<-END
		auth required pam_permit.so
		account required pam_permit.so
		account required pam_runns.so
		session required pam_runns.so
		password required pam_permit.so
	END
	net_make work 1
	net_make lab 2
	map_default
}

# alice and bob are mapped, carol is sent to the host, dave is unmapped
map_default()
{
	map_write <<-END
		alice	work	-
		bob	lab	-
		carol	host	-
		erin	absent	-
		*	-	-
	END
}

# stack NAME: standard input becomes the stack
stack()
{
	sed 's/^[ \t]*//' >"$stacks/$1"
}

# h STEP...: run as service runns for alice; hu USER STEP...
h()
{
	hu alice "$@"
}

hu()
{
	"$harness" -c $stacks runns "$@"
}

# denied: how the module refuses
denied=PERM_DENIED

# field KEY LABEL TEXT: of a state line
field()
{
	printf '%s\n' "$3" | grep "^$2: " | tail -n 1 | tr ' ' '\n' |
		sed -n "s/^$1=//p"
}

# inside NAME TEXT STEP...: steps before, then open, see, close: all is as it
# must be inside, and as it was afterwards
inside()
{
	local name=$1 text=$2 out
	shift 2
	out=$(h "expect=$name" "$@" save open judge close judge=close same 2>&1)
	is "$(printf '%s\n' "$out" | grep -v '^said=')" "open=SUCCESS
judge=ok inside
close=SUCCESS
judge=ok back
same=yes" "$text"
}

# refused TEXT USER STEP...: steps before, then an open that fails and leaves
# no trace
refused()
{
	local text=$1 user=$2 out
	shift 2
	out=$(hu "$user" "$@" save open judge same 2>&1)
	is "$(printf '%s\n' "$out" | grep -vE '^(said=|open=[A-Z_]*(ERR|ABORT|DENIED|UNKNOWN)$)')" \
		"judge=ok refused
same=yes" "$text"
}

# views_off: from now on no view is prepared; views_on: again
builder=$(sed -n 's/^#define RUNNS_LIBEXECDIR "\(.*\)"$/\1/p' "$builddir/config.h")/runns-net
views_off()
{
	[ ! -e $builder ] || mv $builder $builder.off
	while umount -l /run/runns/views 2>/dev/null; do :; done
	rm -rf /run/runns/views
}

views_on()
{
	[ ! -e $builder.off ] || mv $builder.off $builder
	[ -x $builder ]
}

# log_since: messages of the module since the last call
log_at=0
log_mark()
{
	log_at=$(wc -c <$host_log)
}

log_since()
{
	sleep 0.1
	tail -c +$((log_at + 1)) $host_log | grep -a pam_runns
}
