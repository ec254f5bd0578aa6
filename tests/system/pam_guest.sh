#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# pam_guest.sh - the module is a guest: after each call the program is as it was,
# however often it is called, and who is not mapped pays nothing
. "$(dirname "$0")/../pam/lib.sh"
need strace gcc
pam_host "$@"

# --- ten thousand sessions ------------------------------------------------------

# flat TEXT CYCLES STEP...: the steps, again and again, leave nothing behind
flat()
{
	local text=$1 cycles=$2 out first last
	shift 2
	out=$(h thread . save quiet repeat=100 "$@" . mem=first "repeat=$cycles" "$@" \
		. mem=last loud same 2>&1)
	like "$out" same=yes "$text: the program is as it was"
	first=$(printf '%s\n' "$out" | grep ^first)
	last=$(printf '%s\n' "$out" | grep ^last)
	is "$(fields "$last")" "$(fields "$first")" "$text: heap and descriptors stay"
	[ $(($(number vm "$last") - $(number vm "$first"))) -le 8 ]
	ok $? "$text: so does the size of the process" "$first
$last"
}

fields()
{
	echo "heap=$(number heap "$1") fds=$(number fds "$1") chunks=$(number chunks "$1")"
}

number()
{
	printf '%s\n' "$2" | tr ' ' '\n' | sed -n "s/^$1=//p"
}

mounts=$(cat /proc/1/mountinfo)
other='slot=1 start=runns:dave open close end slot=0'
h open close >/dev/null
start=$SECONDS
# shellcheck disable=SC2086
flat "10,000 sessions, mapped and unmapped in turn" 5000 open close $other
diag "$((SECONDS - start)) s"
# shellcheck disable=SC2086
flat "refused sessions" 1000 slot=1 start=runns:nobodyknows open end slot=0
flat "sessions that are ended, not closed" 1000 open end start=runns:alice
flat "sessions that are closed twice" 1000 open open close close
flat "handles crossed" 500 open slot=1 start=runns:bob open slot=0 close slot=1 \
	close end slot=0
flat "by threads" 500 thread open close .
views_off
flat "fresh views" 500 open close
views_on
echo 'alice absent -' >/etc/security/runns.map
flat "absent namespaces" 1000 open
echo 'alice work' >/etc/security/runns.map
printf 'nonsense' >/etc/security/runns.map
flat "a broken map" 1000 open acct close
map_default
echo x >/etc/netns/work/hosts; chown alice /etc/netns/work/hosts
flat "an untrusted cover" 500 open
rm /etc/netns/work/hosts
is "$(grep -v /run/runns /proc/1/mountinfo)" \
	"$(printf '%s\n' "$mounts" | grep -v /run/runns)" "no mount was left behind"

# --- memory -------------------------------------------------------------------------

asan=$builddir/.libs/pam_runns_asan.so
runtime=$(gcc -print-file-name=libasan.so)
stack sanitized <<-END
	account required $asan
	session required $asan
END

# clean TEXT USER STEP...: neither the sanitizers nor, at the end, the search
# for leaks finds anything
clean()
{
	local text=$1 out
	shift
	out=$(LD_PRELOAD=$runtime ASAN_OPTIONS=detect_leaks=1:exitcode=9 \
		"$harness" -c $stacks sanitized "$@" 2>&1)
	is "$? $(printf '%s\n' "$out" | grep -c Sanitizer)" "0 0" "$text: sanitized" ||
		diag "$(printf '%s\n' "$out" | head -n 60)"
}

like "$(LD_PRELOAD=$runtime "$harness" -c $stacks sanitized alice open 'sh=unset LD_PRELOAD; probe cookie' close 2>&1)" \
	"^$(cookie_of work)\$" "the sanitized module works"
cross='slot=1 start=sanitized:dave open close end slot=0'
# shellcheck disable=SC2086
clean "300 sessions" alice quiet repeat=300 open close $cross .
views_off
clean "fresh views" alice quiet repeat=100 open close .
views_on
clean "ended, crossed, doubled" alice quiet open slot=1 start=sanitized:bob \
	open open slot=0 close close slot=1 fork end=silent . end slot=0 end
clean "by threads" alice quiet threads=1 repeat=20 thread open close . .
clean "its descriptors stolen" alice quiet save open stealnew close end
clean "at the limit" alice quiet fdfree=6 open close
clean "refused" erin quiet open acct
printf 'alice work - mandatory\n@x y\n' >/etc/security/runns.map
clean "a broken map" alice quiet open acct close
map_write <<-END
	@nosuch,20000:30000,!bob	u-%u	lab,x*	create=tenant service=sshd,login
	@contractors,@5001	work	-	tty=pts/* rhost=10.0.0.0/8
	alice	work	-	rhost=local
	*	-	-
END
clean "a map of many words" alice quiet item=rhost:10.1.2.3 item=tty:pts/1 open close
map_default

# --- who is not mapped ------------------------------------------------------------------

dave_calls()
{
	strace -f -o /tmp/calls "$harness" -c $stacks runns dave acct sigchld=ignore \
		open sigchld=ignore close sigchld=ignore >/dev/null
	# Between the two settings of SIGCHLD lies the call.
	awk '/SIGCHLD/ { n++ } n == 1' /tmp/calls
}
calls=$(dave_calls)
isnt "$calls" '' "calls were traced"
unlike "$calls" '(clone|fork|vfork|setns|unshare|mount|umount|umount2|open_tree|move_mount|fsopen|pivot_root|chroot|execve|connect\(.*INET)\(' \
	"an unmapped session: no process, no namespace, no mount"
unlike "$(printf '%s\n' "$calls" | grep -v SIGCHLD)" \
	'(chdir|umask|setuid|prctl|kill|alarm|setitimer|rt_sigaction)\(.*= 0' \
	"nor anything else of the program's"
times=$(hu dave acct repeat=200 open time close . | sed -n 's/^us=//p' | sort -n)
median=$(printf '%s\n' "$times" | sed -n 100p)
[ "$median" -lt 2000 ]
ok $? "an unmapped session takes $median us" "$(printf '%s\n' "$times" | tail -n 1)"

# --- what a guest leaves alone --------------------------------------------------------------

calls()
{
	strace -f -e trace=write,writev,sendto,sendmsg -o /tmp/writes \
		"$harness" -c $stacks runns "$@" >/tmp/said 2>/tmp/errors
}
calls alice quiet open close 'start=runns:nobodyknows' open 'start=runns:dave' open
is "$(cat /tmp/said /tmp/errors)" '' "nothing is written to the program's output"
is "$(grep -E '(write|writev)\([012],' /tmp/writes)" '' "not even tried"
chmod 0777 /etc/security/runns.map
calls alice quiet open acct
is "$(grep -E '(write|writev)\([012],' /tmp/writes)" '' "nor in distress"
map_default
inside work "locale, environment, umask, mask" locale=C.UTF-8 setenv=LANG=de_DE \
	setenv=LD_PRELOAD=/nonexistent setenv=PATH=/nonexistent umask=0777 \
	setenv=TZ=nowhere
# What the program has set up must not decide anything.
inside work "an evil environment" setenv=SUDO_UID=0 setenv=PKEXEC_UID=0 \
	setenv=LOGNAME=root setenv=USER=root setenv=HOME=/root \
	setenv=RUNNS_NETNS=lab setenv=TMPDIR=/nonexistent

# Descriptors of the module are closed on exec, and none lies below 3.
out=$(h open 'sh=ls -l /proc/self/fd | grep -cE "(net|mnt):.[0-9]| /run/"' close)
is "$(printf '%s\n' "$out" | sed -n 2p)" 0 "a program of the session gets no descriptor of ours"
out=$(h save closestdio open state=in close same)
unlike "$(field fds in "$out")" '(^|;)[012]:' \
	"where 0 to 2 are closed they stay closed"

# --- sanitizers ---------------------------------------------------------------------------------

so=$(find / -xdev -name pam_runns.so -path '*security*' 2>/dev/null | head -n 1)
is "$(nm -D --defined-only "$so" | awk '{ print $3 }' | grep -v ^pam_sm_)" '' \
	"the module exports pam_sm_* only"
is "$(ldd "$so" | awk '{ print $1 }' | grep -vE '^(linux-vdso|libpam|libc|libaudit|libcap-ng|/lib)')" '' \
	"and needs libc and libpam only"
done_testing
