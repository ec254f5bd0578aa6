#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# adv_helper.sh - an ordinary user against the setuid helper: arguments,
# environment, descriptors, directories, limits, signals, identity
. "$(dirname "$0")/../helper/lib.sh"
need setpriv setfacl python3 strace setcap
helper_host "$@"

# --- the baseline: a program finds itself as if started directly -------------------

# shellcheck disable=SC2086
same "CRED: only network and mounts differ" $alice
is "$(stat -c '%a %u' "$helper")" "4755 0" "the helper is installed set-user-ID root"

# --- A: arguments and environment ---------------------------------------------------

said=$(as argc0 -- "$helper" 2>&1)
denied $? "A01: no arguments at all" .
said=$(as arg0= -- "$helper" 2>&1)
denied $? "A01: one empty argument" .
log_mark
for arg0 in $'sshd\n<86>sshd[1]: Accepted password for root' $'\033[2J' '%n%n%s' su; do
	said=$(as "arg0=$arg0" -- "$helper" -n forbidden -- $cred 2>&1)
	denied $? "A02: called $(printf %q "$arg0"), it is still runns-helper"
done
is "$(log_since . | grep -avcE '^<[0-9]+>[A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} runns-helper(\[[0-9]+\])?: ')" 0 \
	"A02: in the system's log too"
like "$(log_since)" 'uid 5001: namespace forbidden refused' "A02: which has the refusal"
said=$(as arg0-size=131072 -- "$helper" -n forbidden -- $cred 2>&1)
denied $? "A02: a name of 128 KiB"
for dashes in -- ''; do
	# shellcheck disable=SC2086
	h -n work $dashes $cred -p -n lab --netns x -h -- -R 3
	is "$? $(cookie_said) $(printf '%s\n' "$said" | sed -n 's/^arg=//p' | paste -sd ' ')" \
		"42 $work $cred -p -n lab --netns x -h -- -R 3" \
		"A03: options behind '${dashes:-the program}' are the program's"
done

# A04: the most that the kernel takes for the helper, to one byte.
low=1000000 high=2200000
while [ $((high - low)) -gt 1 ]; do
	size=$(((low + high) / 2))
	as env-clear env-size=$size -- "$helper" -n work -- $cred >/dev/null 2>&1
	[ $? -eq 42 ] && low=$size || high=$size
done
# shellcheck disable=SC2086
same "A04: $low bytes of environment are carried across" $alice env-clear env-size=$low
# shellcheck disable=SC2086
both $alice env-clear env-size=$high --
is "$through_status $(wc -c <through)" "126 0" "A04: one more is E2BIG from the kernel, before anything"
# shellcheck disable=SC2086
same "A04: 1 MiB of arguments" $alice env-clear env-size=1000000
said=$(as limit=3:max limit=3:67108864:67108864 env-clear env-size=4000000 -- \
	"$helper" -n work -- $cred 2>&1)
status=$?
case $status in
42) is "$(cookie_said)" "$work" "A04: 4 MB under a large stack: runs" ;;
*) is "$status $(printf '%s\n' "$said" | grep -c 'Argument list too long')" "126 1" \
	"A04: 4 MB under a large stack: refused with the cause" ;;
esac

canaries='LD_PRELOAD=/nonexistent/x.so LD_LIBRARY_PATH=/home/alice/lib LD_AUDIT=
	LD_DEBUG_OUTPUT= LD_ORIGIN_PATH=/x LD_PROFILE=x LD_DYNAMIC_WEAK=1
	LD_USE_LOAD_BIAS=1 LD_BIND_NOT=1 GCONV_PATH=/home/alice GETCONF_DIR=/home/alice
	HOSTALIASES=/home/alice/h LOCALDOMAIN=x.test LOCPATH=/home/alice MALLOC_TRACE=/home/alice/m
	NIS_PATH=/x NLSPATH=/home/alice/%N RESOLV_HOST_CONF=/etc/shadow RES_OPTIONS=debug
	TMPDIR=/home/alice TZDIR=/home/alice TZ=/home/alice/z MALLOC_CHECK_=3 MALLOC_PERTURB_=7
	GLIBC_TUNABLES=glibc.malloc.check=3 POSIXLY_CORRECT=1 LANG=xx_XX LC_ALL=xx_XX
	BASH_ENV=/home/alice/x ENV=/home/alice/x IFS=x NOEQUALS TWICE=1 TWICE=2 =empty'
steps=(env-clear)
for canary in $canaries; do
	steps+=("env=$canary")
done
# shellcheck disable=SC2086
same "A05: every variable that the loader strips arrives, in order" $alice \
	"${steps[@]}" env= "env=LAST=$(printf 'a\001\377 b')"
as env=LD_DEBUG=libs "env=LD_DEBUG_OUTPUT=$out/ld" -- "$helper" -n work -- $cred >/dev/null
is "$(stat -c %U ld.* 2>/dev/null | paste -sd ' ')" alice \
	"A05: nothing heeds them before the program does"
is "$(find /home/alice -name m)" '' "A05: no trace of memory is written"
said=$(as env=SUDO_UID=0 env=PKEXEC_UID=0 env=LOGNAME=root env=USER=bob env=HOME=/root \
	env=UID=0 env=SUDO_USER=bob -- "$helper" -n forbidden -- $cred 2>&1)
denied $? "A06: variables that name others change nothing"
said=$(as env=USER=bob env=LOGNAME=bob -- "$helper" -- $cred 2>&1)
is "$? $(cookie_said)" "42 $work" "A06: alice's own namespace, whoever she says she is"

mkdir bin secret
printf '#!/bin/sh\n/usr/bin/id -u; /usr/local/bin/probe cookie\nexit 7\n' | tee bin/thing >secret/hidden
chmod 0755 bin/thing secret/hidden
chmod 0700 secret
for path in .:/bin :/bin /bin: "$out/bin" "/root:$out/bin" \
	"$(printf '/nonexistent/%.0s' {1..5000}):$out/bin"; do
	said=$(cd bin && as env-clear "env=PATH=$path" -- "$helper" -n work thing 2>&1)
	is "$? $said" "7 5001
$work" "A07: found as the user by PATH=${path:0:24}"
done
said=$(as env-clear "env=PATH=$out/secret" -- "$helper" -n work hidden 2>&1)
is $? 127 "A07: what only root may reach is not found as root" "$said"

printf 'exit 3\n' >script
printf '#!/nonexistent/sh\n' >orphan
touch plain
mkdir dir noexec
chmod 0755 script orphan
mount -t tmpfs -o noexec x noexec && cp $cred noexec/
cp $cred busy
for case in "127 /nonexistent/x" "127 nonexistent-x" "126 ./plain" "126 ./dir" "126 ./script" \
	"127 ./orphan" "126 ./noexec/cred" "126 ./busy" "127 ''" "126 /etc/passwd/x"; do
	[ "$case" != "126 ./busy" ] || exec 8>>busy
	eval "h -n work -- ${case#* }"
	status=$?
	exec 8>&-
	[ $status -eq "${case%% *}" ] || [ "$case" = "126 /etc/passwd/x" ]
	ok $? "A08: status ${case%% *} for ${case#* }" "$status: $said"
done
umount noexec

for words in "-n work -n lab" "-n work -n work" "-R 3 -R 3" "-R 1" "-R -1" "-R 99999999999" "-R x" \
	"-R 4294967299" "-x" "--netns work" "--name" "-n" "--name=work --name=lab" "-nwork -nlab"; do
	# shellcheck disable=SC2086
	h $words -- $cred
	denied $? "A09: $words"
done
h -n work
denied $? "A09: no program"

# --- B: descriptors, directory, terminal ----------------------------------------------

for subset in 0 1 2 "0 1" "0 2" "1 2" "0 1 2" ""; do
	steps=()
	for fd in $subset; do
		steps+=("close=$fd")
	done
	# shellcheck disable=SC2086
	{
		"$launch" $alice "${steps[@]}" -- $cred -o f && mv f direct
		"$launch" $alice "${steps[@]}" -- $cred -o f
		a=$? && mv f direct
		"$launch" $alice "${steps[@]}" -- "$helper" -n work -- $cred -o f
		b=$? && mv f through
	} </dev/null >/dev/null 2>&1
	is "$a $b $(diff <(grep -vE "$changes" direct) <(grep -vE "$changes" through))" "42 42 " \
		"B01: closed: ${subset:-none}"
	echo original >mine
	chown alice mine
	# shellcheck disable=SC2086
	"$launch" $alice "${steps[@]}" "file=9:$out/mine" -- "$helper" -n forbidden -- $cred \
		</dev/null >/dev/null 2>&1
	is "$? $(cat mine)" "125 original" "B01: closed: ${subset:-none}: refused, and no message strays"
done
# shellcheck disable=SC2086
same "B02: descriptors 3 to 1022 of every kind" $alice limit=7:1024:4096 open=3:1022
# shellcheck disable=SC2086
same "B02: a hole among them" $alice limit=7:1024:4096 open=3:1022 close=500
sound "B02: and a hard limit that leaves one free" $alice limit=7:1024:1024 open=3:1022
said=$(as open=3:1023 limit=7:1024:1024 -- "$helper" -n work -- $cred 2>&1)
is "$? $(printf '%s\n' "$said" | grep -c '^fd=')" "127 0" \
	"B02: with none free not even the loader can start, and the program does not"
h -n work -- ls -l /proc/self/fd
unlike "$said" 'net:|mnt:|netns|runns|/proc/1' "B03: none of them is RUNNS's"

for step in file=1:/dev/full broken-pipe=1; do
	said=$(timeout 10 "$launch" $alice $step -- "$helper" -n work -- $cred 2>&1)
	isnt $? 124 "B04: no hang with $step"
done
for step in close=2 file=2:/dev/full broken-pipe=2; do
	timeout 10 "$launch" $alice $step -- "$helper" -n forbidden -- $cred >through 2>&1
	like "$? $(cat through)" '^(125|141) $' "B04: the status tells with $step"
done

# Whoever waits for a reader counts as the user, and he can end it.
for step in full-pipe=2 ''; do
	for name in forbidden absent; do
		# shellcheck disable=SC2086
		"$launch" $alice $step -- "$helper" -n $name -- $cred 2>err &
		if [ -z "$step" ]; then
			wait $!
			is "$? $(grep -c '^runns-helper: ' err)" "125 1" "B04: refused for $name, in words"
			continue
		fi
		wait_until 2 grep -q pipe_write /proc/$!/wchan
		is "$(awk '/^Uid:/ { print $2 }' /proc/$!/status)" 5001 \
			"B04: refused for $name, with nobody to read it: it counts against the user's limits"
		runs "B04: who can end it" "$launch" $alice -- /usr/bin/env kill -KILL $!
		kill -KILL $! 2>/dev/null
		wait $!
	done
done

mkdir -m 0777 here
# shellcheck disable=SC2086
{
	same "B05: in a directory of one's own" $alice cd=$out/here
	mkdir -m 0777 gone
	"$launch" $alice cd=$out/here "cd=$out/gone" -- true
	differs="$changes"
	for how in direct through; do
		mkdir -p par/gone
		chown -R alice par
		if [ $how = direct ]; then
			"$launch" $alice cd=$out/par/gone rmdir=$out/par/gone -- $cred >direct
		else
			"$launch" $alice cd=$out/par/gone rmdir=$out/par/gone -- \
				"$helper" -n work -- $cred >through
		fi
		echo $? >>status
	done
	is "$(paste -sd ' ' status) $(value cookie through) $(grep '^cwd=' through)" \
		"42 42 $work $(grep '^cwd=' direct)" "B05: in a directory that was removed"
	rm -f status
	mkdir -m 0700 locked
	chown alice locked
	same "B05: in a directory that was closed to oneself" cd=$out/locked chmod0=$out/locked $alice
	mkdir -m 0700 roots
	same "B05: in a directory of root's" cd=$out/roots $alice
	chmod 0777 here
	same "B05: deeper than a path can say" $alice cd=$out/here cd-deep
	for how in direct through; do
		mkdir -p fs && mount -t tmpfs -o mode=0777 x fs
		if [ $how = direct ]; then
			"$launch" cd=$out/fs umount=$out/fs $alice -- $cred >direct
		else
			"$launch" cd=$out/fs umount=$out/fs $alice -- "$helper" -n work -- $cred >through
		fi
		echo $? >>status
	done
	is "$(paste -sd ' ' status) $(value cookie through) $(grep '^cwd=' through)" \
		"42 42 $work $(grep '^cwd=' direct)" "B05: on a file system that was taken away"
	rm -f status
}
differs=
for how in 'resolv.conf' '/proc/self/cwd/resolv.conf' './resolv.conf'; do
	said=$(cd /etc && as -- "$helper" -n work -- cat "$how" 2>&1)
	is "$said" "nameserver 198.51.100.53" "B06: started in /etc, $how is the namespace's"
done
said=$(cd /sys/class/net && as -- "$helper" -n work -- ls 2>&1)
is "$(echo $said)" "$(ip -n work -o link | ip_devices)" "B06: started in /sys, its devices are"
for dir in /sys/class/net/hand3 /etc/gone; do
	mkdir -p $dir
	said=$(cd $dir && { [ $dir != /etc/gone ] || rmdir $dir; } &&
		as -- "$helper" -n work -- $cred 2>&1)
	denied $? "B06: in $dir, which only the host has: no other directory in its place" \
		'working directory'
done
# shellcheck disable=SC2086
"$launch" $alice -- "$helper" -n work -- $cred -p >through &
wait $!
is "$? $(value pid through) $(value ppid through) $(value children through)" "42 $! $$ none" \
	"B07: the program is the process that was started"
# shellcheck disable=SC2086
"$launch" $alice -- "$helper" -n work -- sleep 60 &
pid=$!
wait_until 5 grep -q sleep /proc/$pid/comm
kill -STOP $pid
wait_until 5 grep -q '^State:.T' /proc/$pid/status
is "$? $(pgrep -cu alice)" "0 1" "B07: it is stopped itself, and nobody watches it"
kill -CONT $pid; kill -TERM $pid
wait $pid
is $? 143 "B07: and ends by the signal"

# --- C: limits, signals, tracing ------------------------------------------------------

# shellcheck disable=SC2086
{
	for n in 3 4 5 6 7 8 9 10; do
		sound "C01: $n descriptors" $alice limit=7:$n:$n
	done
	for n in 0 1 100; do
		same "C02: files of $n bytes" $alice limit=1:$n:$n
	done
	sound "C03: no processes" $alice limit=6:0:0
	for kind in 2 9; do
		for n in 0 4096 65536 1048576 4194304 8388608; do
			sound "C03: limit $kind of $n bytes" $alice limit=$kind:$n:$n
		done
	done
	for n in 0 65536 262144 1048576; do
		sound "C03: a stack of $n bytes" $alice limit=3:$n:$n
	done
	same "C03: limits that differ, soft and hard" $alice limit=0:1000:2000 limit=2:8000000000:9000000000 \
		limit=3:4194304:6291456 limit=4:1:2 limit=5:100:200 limit=6:500:600 limit=7:333:444 \
		limit=8:4096:8192 limit=9:9000000000:9100000000 limit=10:5:6 limit=11:7:8 limit=12:9:10
	for prepared in yes no; do
		same "C04: all signals blocked (view prepared: $prepared)" $alice block=0
		same "C04: all ignored" $alice ignore-all
		[ $prepared = yes ] || break
		while umount -l /run/runns/views 2>/dev/null; do :; done
		rm -rf /run/runns/views
	done
	same "C04: one waiting, blocked" $alice block=10 raise=10
	same "C04: timers" $alice itimer=0:100000000 itimer=1:200000000 itimer=2:300000000
	same "C04: SIGCHLD, SIGPIPE and SIGHUP ignored" $alice ignore=17 ignore=13 ignore=1
	same "C04: nice, batch, one processor" nice=5 $alice policy=3 cpu=0
	same "C04: a session of its own, killed first" oom=900 $alice setsid
	same "C04: umask" $alice umask=0
	same "C04: umask" $alice umask=777
	same "C04: timer slack, sub-reaper, no huge pages" $alice prctl=29:123456 prctl=36:1 prctl=41:1
}

# C06: held by root in the midst of its work, as root's process.
"$inject" -x 2 list "$launch" $alice -- "$helper" -n work -- true >list 2>&1
calls=$(grep -c '^call' list)
if [ "$calls" -gt 0 ]; then
	for k in $((calls / 3)) $((calls * 2 / 3)); do
		"$inject" -x 2 $k STOP "$launch" $alice -- "$helper" -n work -- true &
		injector=$!
		wait_until 5 pgrep -r T -f "^$helper"
		pid=$(pgrep -r T -f "^$helper")
		like "$(stat -c %u /proc/$pid)" '^0$' "C06: at call $k the helper is root's"
		uid=$(awk '/^Uid:/ { print $2 }' /proc/$pid/status)
		[ $k -lt $((calls / 2)) ] ||
			is "$uid" 0 "C06: and no signal of its caller's reaches it"
		[ "$uid" = 5001 ] || is "$(awk '/^SigBlk:/ { print $2 }' /proc/$pid/status)" fffffffe7ffbfeff \
				"C06: and no terminal can stop it then"
		for attack in "prlimit --pid $pid --nofile=1:1" "strace -p $pid" "cat /proc/$pid/maps" \
			"cat /proc/$pid/environ" "ls /proc/$pid/fd/" "ls /proc/$pid/cwd/" "dd if=/proc/$pid/mem count=1"; do
			refuses "C06: its caller cannot: $attack" timeout 5 "$launch" $alice -- /usr/bin/env $attack
		done
		kill -KILL $pid
		wait $injector
	done
else
	skip "C06: the running helper" "only x86-64 is known to the injector"
fi
for tracer in "strace -f -o /dev/null" "gdb -q -batch -ex run --args"; do
	command -v "${tracer%% *}" >/dev/null || continue
	# shellcheck disable=SC2086
	said=$(as -- /usr/bin/env $tracer "$helper" -n work -- $cred 2>&1 </dev/null)
	unlike "$said" '^uids=' "C07: under ${tracer%% *}: the program is not run"
	like "$said" 'runns-helper: gains no privilege while it is traced' "C07: and the cause is named"
done
said=$(as traced -- "$helper" -n work -- $cred 2>&1)
denied $? "C07: traced from its start" traced
said=$(as share-fs -- "$helper" -n work -- $cred 2>&1)
denied $? "C08: working directory shared with a clone" 'CLONE_FS'
said=$(as nnp -- "$helper" -n work -- $cred 2>&1)
denied $? "C09: NoNewPrivs" NoNewPrivs
said=$(as nnp env=LD_DEBUG=libs -- "$helper" -n work -- $cred 2>&1)
denied $? "C09: NoNewPrivs, and the loader heeds the caller" NoNewPrivs
said=$(as nnp seccomp=9999:1 -- "$helper" -n work -- $cred 2>&1)
denied $? "C09: a filter of the user's own" NoNewPrivs
said=$(as userns -- "$helper" -n work -- $cred 2>&1)
denied $? "P10: root of a user namespace" 'user namespace'
mkdir nosuid
mount --bind "$(dirname "$helper")" nosuid && mount -o remount,bind,nosuid nosuid
said=$(as -- $out/nosuid/runns-helper -n work -- $cred 2>&1)
denied $? "C10: on a file system without set-user-ID" nosuid
umount nosuid
cp "$helper" copy
chown alice copy
for mode in 0755 2755 4755; do
	chmod $mode copy
	said=$(as -- $out/copy -n work -- $cred 2>&1)
	denied $? "C10: a copy of alice's, mode $mode" 'set-user-ID root'
done
chown root:root copy
for mode in 0755 2755; do
	chmod $mode copy
	said=$(as -- $out/copy -n work -- $cred 2>&1)
	denied $? "C10: of root's, mode $mode" 'set-user-ID root'
done
chmod 0755 copy
all=cap_sys_admin,cap_sys_chroot,cap_setuid,cap_setgid,cap_sys_ptrace,cap_dac_override
if setcap $all+ep copy 2>/dev/null; then
	said=$(as -- $out/copy -n work -- $cred 2>&1)
	denied $? "C10: capabilities in place of the bit" 'set-user-ID root'
	for cap in ${all//,/ }; do
		setcap "$(printf '%s\n' ${all//,/ } | grep -vx $cap | paste -sd ,)+ep" copy
		said=$(as -- $out/copy -n work -- $cred 2>&1)
		denied $? "C10: all but $cap" .
	done
fi
for cap in 0 1 2 3 4 5 6 7 8 10 12 16 18 19 21 24 25; do
	both bounding=$cap $alice --
	if [ $through_status -eq 42 ]; then
		is "$(diff <(grep -vE "$changes" direct) <(grep -vE "$changes" through))" '' \
			"C10: without capability $cap in the bounding set: runs as it should"
	else
		is "$through_status $(cat through)" "125 " \
			"C10: without capability $cap in the bounding set: refused"
	fi
done

# --- D: identity -------------------------------------------------------------------------

for n in 0 1 32 65536; do
	same "D01: $n groups that no database knows" groups=$n gid=5001 uid=5001
done
sed -i 's/^contractors:.*/&,alice/' /etc/group
same "D02: a group given after the login is not gained" group=5001 gid=5001 uid=5001
same "D02: a group that was dropped is not regained" groups=0 gid=5001 uid=5001
sed -i 's/,alice$//' /etc/group
both group=5001 gid=5001:5100:5100 uid=5001 --
is "$through_status $(value gids through)" "42 5001,5001,5001,5001" \
	"D03: another effective group is not the program's"
both group=5001 gid=5001 uid=5001:5002:5002 --
is "$through_status $(value uids through) $(value cookie through)" "42 5001,5001,5001,5001 $work" \
	"D03: another effective user neither decides nor is kept"
map_write <<-END
	7777,65534,4294967294	work	-
	alice	work	lab
	*	-	-
END
for uid in 7777 65534 4294967294; do
	both groups=0 gid=$uid uid=$uid --
	is "$through_status $(value uids through) $(value gids through)" \
		"42 $uid,$uid,$uid,$uid $uid,$uid,$uid,$uid" "D04: uid $uid, by number"
done
both groups=0 gid=8888 uid=8888 --
is "$through_status $(cat through)" "125 " "D04: a uid that no rule names"
for who in 4294967295 -1 4294967296 18446744073709551616 0x0 +0 00000; do
	map_write <<<"$who work -"
	for uid in 5001 8888 4294967294; do
		both groups=0 gid=$uid uid=$uid --
		[ "$through_status" -eq 125 ] || fail "D04: $who in the map" "uid $uid: status $through_status"
	done
	pass "D04: $who in the map is nobody"
done
map_default

# D05: less than a direct exec, never more.
both keepcaps group=5001 gid=5001 uid=5001 ambient=10 ambient=12 --
is "$direct_status $(value CapAmb direct) $(value CapPrm direct)" \
	"42 0000000000001400 0000000000001400" "D05: ambient capabilities arrive in a direct start"
is "$through_status $(value CapAmb through) $(value CapPrm through) $(value CapEff through) $(value CapInh through)" \
	"42 0000000000000000 0000000000000000 0000000000000000 0000000000001400" \
	"D05: and are lost by every set-user-ID program: known, and never more"
differs="$changes|^Cap(Amb|Prm|Eff)="
same "D05: nothing else of them" keepcaps group=5001 gid=5001 uid=5001 ambient=10
differs=
same "D05: inheritable ones" inheritable=21 inheritable=7 $alice
same "D05: a smaller bounding set" bounding=13 bounding=22 bounding=40 $alice
for bits in 1 2 3 4 8 12 32 64 192 47; do
	both securebits=$bits $alice --
	if [ $through_status -eq 42 ]; then
		is "$(diff <(grep -vE "$changes" direct) <(grep -vE "$changes" through))" '' \
			"D05: securebits $bits: runs as it should"
	else
		is "$through_status $(cat through)" "125 " "D05: securebits $bits: refused"
	fi
done
# A new one for each run: the number differs.
differs="$changes|^keyring-3="
same "D06: a session keyring of her own" $alice keyring=adv
like "$(grep '^keyring-3=' through)" ';5001;5001;.*;adv$' "D06: which is hers"
differs=
same "D06: none but the user's" $alice
cat >regain.py <<'END'
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def tries(what, call):
    try:
        if call() not in (-1, None):
            print("could", what)
    except OSError:
        pass
tries("setuid", lambda: os.setuid(0) or 0)
tries("seteuid", lambda: os.seteuid(0) or 0)
tries("setresuid", lambda: os.setresuid(0, 0, 0) or 0)
tries("setgid", lambda: os.setgid(0) or 0)
tries("setgroups", lambda: os.setgroups([0]) or 0)
tries("chroot", lambda: os.chroot("/") or 0)
tries("shadow", lambda: open("/etc/shadow"))
tries("init's root", lambda: os.listdir("/proc/1/root"))
tries("init's network", lambda: os.open("/proc/1/ns/net", os.O_RDONLY))
tries("ptrace", lambda: libc.ptrace(16, 1, 0, 0))
tries("unshare", lambda: libc.unshare(0x40000000))
tries("mount", lambda: libc.mount(b"x", b"/tmp", b"tmpfs", 0, 0))
tries("handles", lambda: os.open("/run/netns/forbidden", os.O_RDONLY))
END
h -n work -- python3 regain.py
is "$said" "" "D07: the program gains nothing of root's"

# D08: as a mount namespace without, or with another, /proc.
elsewhere()
{
	unshare -m bash -c "$1; exec \"\$@\"" x "$launch" $alice -- "$helper" -n work -- $cred -o $out/f 2>&1
}
for how in 'umount -l /proc' 'mount -t tmpfs x /proc' 'mount -o remount,hidepid=2 /proc' \
	'mount --bind /dev/full /dev/null' 'mount -t tmpfs x /dev' 'mount -t tmpfs x /run' 'mount -t tmpfs x /sys' \
	'mount --bind /dev/null /etc/resolv.conf' 'mount -t tmpfs x /etc/security'; do
	rm -f f
	said=$(elsewhere "$how")
	status=$?
	mount -o remount,hidepid=0 /proc
	if [ $status -eq 42 ]; then
		is "$(value cookie f) $(value uids f)" "$work 5001,5001,5001,5001" "D08: $how: runs, inside"
	else
		denied $status "D08: $how: refused" .
	fi
done
said=$(unshare -mpf --mount-proc "$launch" $alice -- "$helper" -n work -- $cred 2>&1)
status=$?
[ $status -eq 125 ] || [ "$(cookie_said)" = "$work" ]
ok $? "D08: in another pid namespace: inside or refused" "$status: $said"

# --- what is known to be lost ---------------------------------------------------------------

# The kernel takes these at execve(2) of any set-user-ID program.
both $alice prctl=1:15 personality=40000 --
is "$(value pdeathsig direct) $(value personality direct)" "15 40000" \
	"known: a parent's death signal and an odd personality arrive directly"
is "$through_status $(value pdeathsig through) $(value personality through)" "42 0 0" \
	"known: and are taken from every set-user-ID program"
both $alice limit=3:max:max --
is "$(value limit3 direct)" "18446744073709551615:18446744073709551615" \
	"known: a stack without limit arrives directly"
is "$through_status $(value limit3 through)" "42 8388608:18446744073709551615" \
	"known: and is lowered to 8 MiB for every set-user-ID program"

is "$(pgrep -u alice | wc -l)" 0 "nothing of alice's is left running"
done_testing
