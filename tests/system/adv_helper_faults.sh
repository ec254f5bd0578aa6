#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# adv_helper_faults.sh - each system call of the setuid helper fails, or is its
# last: the program then runs as it must, inside, or not at all
. "$(dirname "$0")/../helper/lib.sh"
helper_host "$@"
"$inject" list /bin/true >/dev/null 2>&1
[ $? -ne 77 ] || skip_all "only x86-64 is known to the injector"
builder=$(sed -n 's/^#define RUNNS_LIBEXECDIR "\(.*\)"$/\1/p' "$builddir/config.h")/runns-net
all_errors='ENOMEM EMFILE ENOSPC EPERM EINTR EAGAIN EBUSY ENOENT'
clean='env-clear env=PATH=/usr/local/bin:/usr/bin:/bin'
seed=${RUNNS_TEST_SEED:-$((SRANDOM % 1000))}

# go K ERROR: one run by alice, who is traced by root; "list" in place of both
go()
{
	# shellcheck disable=SC2086
	"$inject" -x 2 "$@" "$launch" $clean $alice $before -- "$helper" $options \
		-- $cred -c $out/want 2>&1 </dev/null
}

# prepare [STEP...] -- ARGUMENT...: what cred says of a clean run
prepare()
{
	before=
	while [ "$1" != -- ]; do
		before="$before $1"
		shift
	done
	shift
	options="$*"
	# shellcheck disable=SC2086
	said=$("$launch" $clean $alice $before -- "$helper" $options -- $cred -o $out/want \
		2>&1 </dev/null) ||
		[ $? -eq 42 ] || return 1
	# Another view each time, where none is prepared; and root traces.
	sed -i -E 's/^(arg|mnt|TracerPid)=.*/\1=*/' want
	is "$(value cookie want)" "$work" "$label: without faults"
	# What the first one noted for all that follow is there to be read.
	sleep 0.1
	go list >/dev/null
	go list >list
	n=$(grep -c ^call list)
	[ "$n" -gt 20 ]
	ok $? "$label: $n calls from one execve(2) to the next" "$(cat list)"
	# Before that a failure is the loader's, or libc's, to tell.
	begin=$(awk '/^call/ && $4 ~ "/proc/self/ns/user" { print $2; exit }' list)
}

# one K ERROR: prints what went wrong
one()
{
	local said status
	said=$(go "$1" "$2")
	status=$?
	case $status in
	42|125) return ;;
	4) return ;;	# the last ones vary in number
	137) [ "$2" != kill ] || return ;;
	134|139) [ "$2" != SEGV ] && [ "${1%%:*}" -ge "$begin" ] || return ;;
	# Of the call that starts the program, or of the loader.
	126|127)
		[[ "$said" != *"cred: is "* ]] && return ;;
	esac
	echo "$2 at $(sed -n "s/^call ${1%%:*} /$1: /p" list): status $status: $said"
}

# workers FUNCTION: standard input, lines of two words, is shared by two
workers()
{
	local i pids=
	cat >pairs
	for i in 0 1; do
		awk -v i=$i 'NR % 2 == i' pairs | while read -r a b; do
			"$1" "$a" "$b"
		done >found.$i &
		pids="$pids $!"
	done
	# shellcheck disable=SC2086
	wait $pids
	cat found.0 found.1
}

# A directory that seems absent means that there is nothing in it.
absent='^ENOENT\+? at [0-9]+: (262|332|257|269|439) .*: status 44: cred: is resolv='

# calls STRIDE: every call, or every so manieth of them, another each time
calls()
{
	local stride=$1
	[ -z "$full" ] || stride=1
	seq $((1 + seed % stride)) "$stride" "$n"
}

# sweep STRIDE [ERROR...]: calls fail with these errors and one more in turn
sweep()
{
	local stride=$1 list=("${@:2}") all error
	read -ra all <<<"$all_errors"
	[ -z "$full" ] || list=("${all[@]}")
	is "$({
		for error in "${list[@]}"; do
			calls "$stride" | sed "s/\$/ $error/"
		done
		for k in $(calls "$stride"); do
			echo "$k ${all[(k + seed) % 8]}"
		done
	} | sort -u | workers "${how-one}" | grep -vE "$absent")" '' \
		"$label: calls of $n fail (sample $stride/$seed)"
}

# kinds ERROR...: all calls of a kind, from the first of them on
kinds()
{
	local error firsts
	firsts=$(awk '/^call/ && !seen[$3]++ { print $2 }' list)
	is "$(for error; do
		printf '%s\n' "$firsts" | sed "s/\$/ $error+/"
	done | workers one | grep -vE "$absent")" '' \
		"$label: all calls of each of $(printf '%s\n' "$firsts" | wc -l) kinds fail: $*"
}

# What a killed one leaves harms nobody.
killed()
{
	local status
	one "$1" "$2"
	go 100000 ENOMEM >/dev/null
	status=$?
	[ $status -eq 4 ] || echo "after $2 at $1: status $status"
}

# kills STRIDE
kills()
{
	is "$(calls "$1" | sed 's/$/ kill/' | workers killed)" '' \
		"$label: killed at calls of $n (sample $1/$seed), and the next is well"
	is "$(calls $(($1 * 2)) | sed 's/$/ SEGV/' | workers one)$(ls -- *core* 2>/dev/null)" '' \
		"$label: a fault of memory, and no core is left"
}

views_off()
{
	while umount -l /run/runns/views 2>/dev/null; do :; done
	rm -rf /run/runns/views
	[ ! -e $builder ] || mv $builder $builder.off
}

label="a prepared view"
prepare -- -n work
mounts=$(cut -d ' ' -f 3- /proc/1/mountinfo)
sweep 1 ENOMEM EPERM
kinds EINTR ENOENT
[ -z "$full" ] || kinds ENOMEM EMFILE EPERM EAGAIN
kills 3

# D09: what is opened after the switch (setns is 308), and whom it connects to (42).
after=$(awk '/^call/ && $3 == 308 { on = 1 } on' list)
isnt "$after" '' "D09: the switch is seen"
is "$(printf '%s\n' "$after" | grep -E \
	' (2|257|437|59|322) .*(\.so|lib/|nsswitch|passwd|group|shadow|locale|hosts$|ld\.so|localtime|nscd|sss|/etc/services)')" '' \
	"D09: no library and no database is opened after it"
is "$(printf '%s\n' "$after" | awk '$3 == 42 || $3 == 44 || $3 == 46')" '' \
	"D09: and nobody is asked by a socket"
like "$(tail -n 1 list)" "^call $n 59 $cred" "D09: the last call starts the program"

grep -an "^call" list | awk "NF<3" | sed "s/^/# NF /"; label="a prepared view, and a resolv.conf of her own"
echo 'nameserver 192.0.2.9' >/home/alice/resolv
chown alice /home/alice/resolv
prepare file=5:/home/alice/resolv -- -n work -R 5
is "$(value no_new_privs want) $(value resolv want)" '1 nameserver\040192.0.2.9\012' \
	"$label: she sees it, and sudo does not"
sweep 3 EPERM
kills 9
is "$(cut -d ' ' -f 3- /proc/1/mountinfo)" "$mounts" "no mount is left"

views_off
mounts=$(cut -d ' ' -f 3- /proc/1/mountinfo)
label="a fresh view"
prepare -- -n work
sweep 3 ENOMEM
kills 9

label="refused"
options='-n forbidden'
go list >list
n=$(grep -c ^call list)
begin=$(awk '/^call/ && $4 ~ "/proc/self/ns/user" { print $2; exit }' list)
# allowed K ERROR: a fault makes nothing of it that runs
allowed()
{
	local said status
	said=$(go "$1" "$2")
	status=$?
	case $status in
	125|127|4) ;;
	134|139) [ "$1" -lt "$begin" ] || echo "$2 at $1: status $status" ;;
	*) echo "$2 at $1: status $status: $said" ;;
	esac
}
how=allowed sweep 1 ENOENT

# By a filter that only root can set for others: it stays on cred, which then
# sees less, but never anything else.
label="a filter"
prepare keepcaps $alice effective -- -n work
# filtered NR ERRNO
filtered()
{
	local said status
	# shellcheck disable=SC2086
	said=$("$launch" $clean keepcaps $alice effective "seccomp=$1:$2" -- "$helper" -n work \
		-- $cred 2>&1 </dev/null)
	status=$?
	case $status in
	42)
		[ "$(printf '%s\n' "$said" | grep -E '^(uids|cookie)=' | sed "s/=.*,.*,.*,/=,,,/")" = \
			"uids=,,,5001
cookie=$work" ] || [[ " 41 55 " = *" $1 "* ]] || echo "filter $*: $(printf '%s\n' "$said" |
			grep -E '^(uids|cookie)=')" ;;
	99|125|126|127|159) ;;
	134|139|43) ;;	# the loader, and cred itself
	*) echo "filter $*: status $status: $said" ;;
	esac
}
is "$(for error in 1 12 38 0; do
	awk '/^call/ { print $3 }' list | sort -un | sed "s/\$/ $error/"
done | workers filtered)" '' "$label: no call of a kind, for each kind"
refuses "$label: of her own needs NoNewPrivs" as seccomp=9999:1 -- "$helper" -n work -- $cred

if [ -n "$full" ]; then
	label="two faults"
	prepare -- -n work
	is "$(for k in $(seq "$n"); do
		for l in $(seq $((k + 1)) 7 "$n"); do
			echo "$k:$l EPERM"
		done
	done | workers one | grep -vE "$absent")" '' "$label: every pair, by sevenths"
fi
is "$(cut -d ' ' -f 3- /proc/1/mountinfo)" "$mounts" "no mount is left"
is "$(pgrep -u alice | wc -l)" 0 "no process is left"
done_testing
