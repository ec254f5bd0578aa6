#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# pam_faults.sh - every system call and every allocation of an entry point fails
# once: afterwards the session is inside, complete, or refused without a trace
. "$(dirname "$0")/../pam/lib.sh"
pam_host "$@"
"$inject" list /bin/true >/dev/null 2>&1
[ $? -ne 77 ] || skip_all "only x86-64 is known to the injector"
faults=$host_dir/faults
mkdir $faults
all_errors='ENOMEM EMFILE ENOSPC EPERM EINTR EAGAIN EBUSY ENOENT'

# one K ERROR STEP...: prints what went wrong
one()
{
	local k=$1 error=$2 out status
	shift 2
	out=$("$inject" "$k" "$error" "$harness" -c $stacks runns alice "$@" 2>&1)
	status=$?
	# 4: the last calls, of the log and the audit system, vary in number.
	[ $status -eq 0 ] || [ $status -eq 4 ] ||
		echo "$error at $(sed -n "s/^call ${k%%:*} /$k: /p" $faults/list):" \
			"status $status," "$(printf '%s\n' "$out" |
				grep -v -e '=yes$' -e '^said=' | paste -sd ' ')"
}

# killed K STEP...: the program is killed; what does the next one find?
killed()
{
	local k=$1 out
	shift
	out=$("$inject" "$k" kill "$harness" -c $stacks runns alice "$@" 2>&1)
	[ $? -eq 137 ] || echo "kill at $k: not killed: $out"
	out=$(h expect=work acct save open judge close judge=close same 2>&1)
	printf '%s\n' "$out" | grep -qx 'judge=ok inside' &&
		printf '%s\n' "$out" | grep -qx same=yes ||
		echo "after kill at $(sed -n "s/^call $k /$k: /p" $faults/list): $out"
}

# workers: standard input, lines of two words, half of them for each worker
workers()
{
	local run=$1 n=2 i pids=
	shift
	cat >$faults/pairs
	for ((i = 0; i < n; i++)); do
		awk -v n=$n -v i=$i 'NR % n == i' $faults/pairs |
			while read -r a b; do
				"$run" "$a" ${b:+"$b"} "$@"
			done >$faults/found.$i &
		pids="$pids $!"
	done
	# shellcheck disable=SC2086
	wait $pids
	cat $faults/found.*
}

# calls STEP...: the calls between the marks; their number is in $n
calls()
{
	"$inject" list "$harness" -c $stacks runns alice "$@" \
		>$faults/list 2>&1 || return 1
	n=$(grep -c ^call $faults/list)
	[ "$n" -gt 3 ]
}

# sweep TEXT STEP...: call by call fails.  Lines like $known are no findings,
# errors in $without are left out.
sweep()
{
	local text=$1 n error found
	shift
	calls "$@"
	ok $? "$text: without faults" "$(grep -v ^call $faults/list)"
	found=$(for error in $all_errors; do
		[[ " ${without-} " == *" $error "* ]] ||
			seq "$n" | sed "s/\$/ $error/"
	done | workers one "$@" | grep -vE -- "${known:-^$}")
	is "$found" '' "$text: each of $n calls fails, in every way"
}

kills()
{
	local text=$1 n
	shift
	calls "$@"
	ok $? "$text: without faults" "$(grep -v ^call $faults/list)"
	is "$(seq "$n" | workers killed "$@")" '' \
		"$text: killed at each of $n calls, and the next session is well"
}

# two TEXT STEP...: a call fails, and another after it, be it of the way back.
# ENOENT is believed, and so left out.
# --full takes all pairs, else a sample that differs from run to run.
seed=${RUNNS_TEST_SEED:-$RANDOM}
two()
{
	local text=$1 n stride all error_list=${all_errors% ENOENT}
	shift
	calls "$@"
	ok $? "$text: without faults" "$(grep -v ^call $faults/list)"
	all=$((n * (n + 80) / 2))
	stride=$((all / 250 + 1))
	[ -z "$full" ] || stride=1
	is "$(awk -v n="$n" -v seed="$seed" -v stride=$stride \
		-v errors="$error_list" 'BEGIN {
		split(errors, error, " ")
		for (k = 1; k <= n; k++)
			for (l = k + 1; l <= n + 40; l++)
				if ((i++ + seed) % stride == 0)
					print k ":" l, error[(i + seed) % 7 + 1]
	}' | workers one "$@" | grep -vE -- "${known:-^$}")" '' \
		"$text: two of $n calls fail (sample $stride/$seed)"
}

# Alice is found by her group, so that all that is asked of NSS counts.
sed -i 's/^contractors:.*/&,alice/' /etc/group
map_group()
{
	map_write <<-END
		dave	lab	-
		@contractors	work	-	${1-}
		*	-	-
	END
}

# An absent file or directory, of the map or of what covers /etc, means that
# there is none, and a fault that looks like that is believed.
absent='ENOENT at [0-9]+: ((262|332) |257 (etc|security|runns\.map|netns|work|resolv\.conf)):.*(namespace|resolv\.conf) is wrong'
# libpam tells the audit system afterwards, and fails if that fails; a close
# that cannot look at a descriptor leaves it open.
audit="after code 4:"
unseen='at [0-9:]+: (262|332) .*after code 0: was fds='
# Where two calls fail there may be no way back to where the program stood.  It
# is told so (PAM_ABORT), or, of the directory alone, starts in the root.
no_way_back='after code (26: was (cwd|root|cookie|mnt)=|0: was cwd=/root, is cwd=/ )'
# A killed child that cannot be waited for by poll(2) stays (7); and without a
# way to syslog the C library closes its socket (44).
no_way_back="$no_way_back|: (7 .*was kids=|44 .*was fds=)"

# faults LABEL [STEP...]: everything, from a place that the steps made
faults()
{
	local label=$1 to="expect=work ${*:2} acct save"
	local opening="$to quiet mark open mark judge close judge=close same"
	local closing="$to open quiet mark close mark judge=close"
	# Steps hold no blanks.
	# shellcheck disable=SC2086
	{
		known="$absent|$audit" sweep "$label: open" $opening
		known="$unseen|$audit" sweep "$label: close" $closing
		kills "$label: open" $opening
		[ -z "$full" ] || kills "$label: close" $closing
	}
}

# pairs LABEL [STEP...]
pairs()
{
	local label=$1 to="expect=work ${*:2} acct save"
	# Steps hold no blanks.
	# shellcheck disable=SC2086
	{
		known="$no_way_back|$audit" two "$label: open" $to quiet mark open \
			mark judge close judge=close same
		known="$no_way_back|$unseen|$audit" two "$label: close" $to open quiet mark \
			close mark judge=close
	}
}

map_group
views_off
host_before=$(cut -d ' ' -f 3- /proc/1/mountinfo)
processes=$(pgrep -c .)
faults "a fresh view"
faults "nested" slot=1 start=runns:dave open slot=0
[ -z "$full" ] || faults "a fresh view, with threads" threads=2
is "$(cut -d ' ' -f 3- /proc/1/mountinfo)" "$host_before" "no mount is left"
is "$(pgrep -c .)" "$processes" "no process is left"
pairs "a fresh view"
if views_on; then
	hu alice open close >/dev/null
	host_before=$(cut -d ' ' -f 3- /proc/1/mountinfo)
	faults "a prepared view"
	pairs "a prepared view"
	is "$(cut -d ' ' -f 3- /proc/1/mountinfo)" "$host_before" \
		"no mount is left"
	views_off
fi

# Only a name that is absent may leave the user outside.
map_group optional
without=ENOENT known=$audit sweep "optional: open" expect=work acct save quiet \
	mark open mark judge close judge=close same
map_group

# --- allocations --------------------------------------------------------------

harness_alloc=$builddir/tests/pam/harness_alloc
starved()
{
	local nth=$1 out
	shift
	out=$("$harness_alloc" -c $stacks runns alice "${@/alloc=NTH/alloc=$nth}" 2>&1) ||
		echo "allocation $nth: status $?, $(printf '%s\n' "$out" |
			grep -v -e '=yes$' -e '^said=' | paste -sd ' ')"
}

# starve TEXT STEP...
starve()
{
	local text=$1 n
	shift
	n=$(starved_count "$@")
	isnt "${n:-0}" 0 "$text: there are allocations"
	is "$(seq "$n" | sed 'p; s/$/+/' | workers starved "$@" |
		grep -v "$audit")" '' \
		"$text: each of $n allocations fails, alone and with all after it"
}

starved_count()
{
	"$harness_alloc" -c $stacks runns alice "${@/alloc=NTH/alloc=1000000}" |
		sed -n 's/^allocations=//p'
}

starve "open" expect=work acct save quiet alloc=NTH open alloc=off judge close \
	judge=close same
starve "close" expect=work acct save open quiet alloc=NTH close alloc=off \
	judge=close
done_testing
