#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# service.sh - programs started by the socket service, for callers whose
# set-user-ID programs gain nothing
. "$(dirname "$0")/../helper/lib.sh"
need setpriv python3 systemd-socket-activate
helper_host "$@"

sed -i '/^runns:/d' /etc/group
echo 'runns:x:5200:alice,bob' >>/etc/group
client="$tests/service_client.py"
socket=/run/runns/runns.socket
me='group=5200 gid=5001 uid=5001 nnp'

# service_start: in the foreground; its pid is in $service
service_start()
{
	runns -f 2>$host_dir/service.err &
	service=$!
	# A dead one may have left a socket of that name.
	wait_until 10 service_listens
}

service_listens()
{
	ss -Hxlp "src $socket" | grep -q "pid=$service,"
}

service_ends()
{
	! kill -0 "$service" 2>/dev/null
}

# s [STEP...] -- ARGUMENT...: alice, with NoNewPrivs, starts a program
s()
{
	local steps=()
	take_steps "$@"
	shift $((${#steps[@]} + 1))
	# shellcheck disable=SC2086
	"$launch" "${steps[@]}" $me -- "$(command -v runnsctl)" run "$@"
}

# --- how it is started ------------------------------------------------------------

sed -i '/^runns:/d' /etc/group
like "$(runns -f 2>&1)" 'there is no group "runns"' "without the group it says so"
echo 'runns:x:5200:alice,bob' >>/etc/group
is "$(s -- -n work -- true 2>&1)" "runnsctl: run: runns-helper gets no privilege: NoNewPrivs is set here
runnsctl: run: $socket: the service does not run there: have root start runns(8)" \
	"without the service it is told why"
like "$(setpriv --reuid alice --regid alice --clear-groups runns -f 2>&1)" \
	'only root' "a user cannot be the service"
like "$(unshare -Ur runns -f 2>&1)" 'only root' "nor root of a user namespace"
runs "it detaches when its socket is ready" runns
is "$(stat -c '%a %U:%G' $socket)" "660 root:runns" "root and the group may connect"
like "$(runns -f 2>&1)" 'a service is there already' "two on one socket are refused"
runs "--stop ends it" runns --stop
refuses "and its socket is gone" test -e $socket
service_start
kill -9 "$service"
wait_until 10 service_ends
service_start
like "$(s -- -n work -- $cred 2>&1)" "^cookie=$work" \
	"a socket that a dead one left is replaced"
echo x >/run/runns/file
refuses "what is no socket is not" runns -f -s /run/runns/file
is "$(cat /run/runns/file)" x "and stays"
is "$(runns --frob 2>/dev/null; echo $?)" 2 "wrong usage"

# --- it is as if she had executed it ------------------------------------------------

# What the service cannot give: her session and its keyring, and descriptors
# above 2.
differs='^(net|mnt|cookie|resolv|own_group|own_session|sid|pgid|keyring-3|fd=[0-9]{2,} )'

# alike TEXT STEP...: cred sees the same directly and through the service
alike()
{
	local text=$1 changed
	shift
	# shellcheck disable=SC2086
	"$launch" "$@" $me -- $cred a 'b c' '' <direct_in 2>err | cat >direct
	s "$@" -- -n work -- $cred a 'b c' '' <direct_in 2>err | cat >through
	changed=$(diff <(grep -vE "$differs" direct) <(grep -vE "$differs" through))
	if [ -z "$changed" ] && [ "$(value cookie through)" = "$work" ]; then
		pass "$text"
	else
		fail "$text" "$(printf '%s\n' "$changed" | cut -c 1-300 |
			head -n 20) $(cat err)"
	fi
}
: >direct_in

alike "nothing special"
alike "environment" env-clear env=A=1 env=LD_LIBRARY_PATH=/x env=TMPDIR= env=A=2
alike "a large environment" env-size=900000
alike "umask" umask=077
alike "limits" limit=7:100:200 limit=0:50:60 limit=8:65536
alike "nice, scheduling, processors" nice=7 cpu=1
alike "oom_score_adj" oom=500
alike "signals" ignore=15 block=10 ignore=1
alike "working directory" cd=/usr/share
alike "bounding set" bounding=12 bounding=21
alike "descriptor 0 closed" close=0
is "$(value no_new_privs through)" 1 "NoNewPrivs stays on"
is "$(value groups through)" "5200 " "groups are those that she has"
is "$(s -- -n work -- sh -c 'ls /proc/self/fd | paste -sd " "')" "0 1 2 3" \
	"no descriptor leaks"
is "$(sed 's/a/b/' <<<aaa | s -- -n lab -- cat)" baa "pipes are handed on"
is "$(s -- -- $cred | sed -n 's/^cookie=//p')" "$work" "without -n her session's"
like "$(s -- -v -n work -- true 2>&1)" 'by the service at .*NoNewPrivs' "-v tells"
echo 'nameserver 192.0.2.99' >resolv
is "$(s -- --resolv resolv -n work -- cat /etc/resolv.conf)" \
	'nameserver 192.0.2.99' "--resolv"
runs "which takes the right to gain privilege from whoever still has it" \
	"$launch" gid=5001 group=5200 uid=5001 -- "$(command -v python3)" \
	"$client" resolv

# --- how it ends --------------------------------------------------------------------

ends()
{
	local expected=$1 text=$2
	shift 2
	s -- -n work -- "$@" >said 2>&1
	is $? "$expected" "$text: $expected"
}
ends 0 "success" true
ends 7 "its own status" sh -c 'exit 7'
# shellcheck disable=SC2016
ends 143 "a signal" sh -c 'kill -TERM $$'
ends 127 "not found" nothing-of-that-name
like "$(cat said)" '^runnsctl: nothing-of-that-name: No such' "and is told"
ends 126 "not executable" /etc/passwd
s -- -n forbidden -- true 2>forbidden
is $? 125 "a forbidden network: 125"
s -- -n absent2 -- true 2>absent
is $? 125 "an absent one: 125"
is "$(sed 's/forbidden/X/g' forbidden)" "$(sed 's/absent2/X/g' absent)" \
	"in the same words"
sleep 0.2
like "$(grep -a 'runns\[' $host_log)" 'uid 5001: namespace forbidden refused' \
	"a refusal is logged"

# --- signals, terminals, hang-up ------------------------------------------------------

# runs_pid: the program's pid, once it has told it in file pid
runs_pid()
{
	wait_until 10 test -s pid
	program=$(cat pid)
}

gone()
{
	! kill -0 "$program" 2>/dev/null
}

# background COMMAND...: s in the background; its pid is in $front
background()
{
	: >pid
	chmod 666 pid
	# shellcheck disable=SC2086
	"$launch" $me -- "$(command -v runnsctl)" run -n work -- "$@" \
		>said 2>&1 </dev/null &
	front=$!
	runs_pid
}

# shellcheck disable=SC2016
background bash -c 'trap "echo got TERM; exit 3" TERM; echo $$ >pid
	while :; do sleep 0.1; done'
is "$(runns --list)" "$program" "--list shows it to root"
is "$(s -- -n work -- runnsctl --list | wc -l)" 2 "and to her, with what lists"
is "$(setpriv --reuid bob --regid bob --groups 5200 runnsctl --list)" "" \
	"but not to bob"
kill -TERM "$front"
wait "$front"
is $? 3 "a signal is handed on, and what it does"
like "$(cat said)" "^got TERM$" "to the program"

# shellcheck disable=SC2016
background sh -c 'echo $$ >pid; exec sleep 60'
kill -TSTP "$front"
runs "stopping stops the program" wait_until 5 grep -q '^State:.T' "/proc/$program/status"
runs "and then its front" wait_until 5 grep -q '^State:.T' "/proc/$front/status"
kill -CONT "$front"
runs "continuing continues it" wait_until 5 grep -q '^State:.S' "/proc/$program/status"
kill -KILL "$front"
runs "hang-up ends it" wait_until 5 gone

# shellcheck disable=SC2016
background bash -c 'trap "" HUP TERM; echo $$ >pid; while :; do sleep 1; done'
kill -KILL "$front"
sleep 0.5
refuses "what ignores the hang-up lives on for a moment" gone
runs "then it is killed" wait_until 5 gone

s -- --detach -n work -- sh -c 'echo $$ >pid2; exec sleep 3' </dev/null
is $? 0 "--detach returns"
wait_until 5 test -s pid2
runs "while the program lives" kill -0 "$(cat pid2)"

# on_tty [PROMPT=ANSWER...] -- ARGUMENT...: on a terminal of her own
on_tty()
{
	local steps=()
	take_steps "$@"
	shift $((${#steps[@]} + 1))
	# shellcheck disable=SC2086
	python3 "$tests/peer.py" pty "${steps[@]}" -- "$launch" $me -- \
		"$(command -v runnsctl)" run -n work -- "$@"
}
like "$(on_tty -- sh -c 'tty; stty size')" '^/dev/pts/[0-9]+$' "it has a terminal"
like "$(on_tty -- sh -c 'ps -o tpgid=,pgid= -p $$ | { read -r a b; [ "$a" = "$b" ] && echo fore; }')" \
	fore "and is in its foreground"
like "$(on_tty 'ready=\x03' -- sh -c 'trap "echo int; exit 4" INT
	echo ready; sleep 20')" int "Ctrl-C reaches it"
on_tty 'ready=\x03' -- sh -c 'trap "exit 4" INT; echo ready; sleep 20' >/dev/null
is $? 4 "and its status comes back"
is "$(python3 "$client" resize "$launch" $me -- "$(command -v runnsctl)" run \
	-n work -- bash -c 'echo ready; trap "stty size; exit" WINCH
	while :; do sleep 0.1; done' | tr -d '\r' | tail -n 1)" "33 99" \
	"the window's size follows"

# --- who is refused ---------------------------------------------------------------------

# refused TEXT PATTERN COMMAND...: the request is, and the log has it
refused()
{
	local text=$1 pattern=$2 said status
	shift 2
	log_mark
	said=$("$@" 2>&1)
	status=$?
	if [ $status -eq 125 ] && grep -qE "$pattern" <<<"$said" &&
		! grep -q cookie= <<<"$said"; then
		pass "$text"
	else
		fail "$text" "status $status: $said"
	fi
	like "$(log_since "runns\\[")" "uid [0-9]+, pid [0-9]+: refused" "$text: is logged"
}
ctl=$(command -v runnsctl)
# shellcheck disable=SC2206
asks=("$launch" $me -- "$ctl" run -n work -- $cred)
# There runnsctl takes itself for root, and the helper refuses.
# shellcheck disable=SC2086
refused "a user namespace" 'user namespace' "$launch" $me userns -- \
	/usr/bin/python3 "$client" run
refused "a mount namespace" 'mount namespace' unshare -m "${asks[@]}"
refused "a pid namespace" 'pid namespace' unshare -pf "${asks[@]}"
refused "an ipc namespace" 'ipc namespace' unshare -i "${asks[@]}"
refused "a uts namespace" 'uts namespace' unshare -u "${asks[@]}"
mkdir -p $host_dir/jail && mount --rbind / $host_dir/jail &&
	mount --make-rslave $host_dir/jail
refused "chroot" 'root directory' chroot $host_dir/jail "${asks[@]}"
umount -l $host_dir/jail
refused "a seccomp filter" 'seccomp' "$launch" gid=5001 group=5200 uid=5001 nnp \
	seccomp=400:1 -- "$ctl" run -n work -- $cred
refused "root without capabilities" 'capabilities' "$launch" securebits=1 nnp \
	-- /usr/bin/python3 "$client" run
is "$("$launch" group=5001 gid=5001 uid=5001 nnp -- "$ctl" run -n work -- $cred 2>&1 |
	tail -n 1)" "runnsctl: run: $socket: you are not in the group \"runns\"" \
	"whoever is not in the group cannot connect"
is "$(s -- -n work -- "$ctl" run -n lab -- $cred | sed -n 's/^cookie=//p')" \
	"$lab" "from inside a network, in its view, it works"
# shellcheck disable=SC2086
like "$("$launch" $me -- "$(command -v runns)" --stop 2>&1)" 'only root' "only root stops it"
like "$("$launch" $me -- "$ctl" --stop 2>&1)" 'only root' "nor by runnsctl"

# --- what is sent -------------------------------------------------------------------------

as_alice=("$launch" gid=5001 group=5200 uid=5001 nnp --)
like "$("${as_alice[@]}" "$(command -v python3)" "$client" garbage)" '^ok [0-9]+$' \
	"garbage is refused"
runs "100 that say nothing" "${as_alice[@]}" "$(command -v python3)" "$client" \
	idle 100 "$ctl" run -n work -- true
fds_of()
{
	find "/proc/$service/fd" | wc -l
}
wait_until 20 test "$(pgrep -c -P "$service")" = 0
before=$(fds_of)

# --- many ------------------------------------------------------------------------------------

# shellcheck disable=SC2016
seq 500 | xargs -P 500 -I N sh -c '
	if [ $((N % 3)) = 0 ]; then net=forbidden want=125
	elif [ $((N % 3)) = 1 ]; then net=work want=5
	else net=lab want=5; fi
	"$@" $net -- sh -c "exit 5" >/dev/null 2>&1
	echo $net $((want == $?))' sh "${as_alice[@]}" "$ctl" run -n >many
is "$(grep -c ' 1$' many)" 500 "500 at once, allowed and refused"
workers_gone()
{
	! pgrep -P "$service" >/dev/null
}
runs "no worker stays" wait_until 20 workers_gone
is "$("${as_alice[@]}" "$(command -v python3)" "$client" full 300)" 44 \
	"256 of one user at once, no more"
runs "which end by themselves" wait_until 20 workers_gone
is "$(fds_of)" "$before" "and no descriptor"

# --- it dies ------------------------------------------------------------------------------------

# shellcheck disable=SC2016
background sh -c 'echo $$ >pid; read -r x <go; echo went on; exit 6'
mkfifo go 2>/dev/null
front_before=$front
kill -KILL "$service"
wait_until 5 service_ends
service_start
like "$(s -- -n work -- $cred)" "cookie=$work" "after kill -9 another takes over"
kill "$front_before" 2>/dev/null
wait "$front_before" 2>/dev/null

runs "runnsctl -s stops it" runnsctl -s
refuses "it is gone" test -e $socket

# --- socket activation ------------------------------------------------------------------------------

systemd-socket-activate --seqpacket -l /run/runns/act.socket \
	"$(command -v runns)" >$host_dir/activate.log 2>&1 &
wait_until 10 test -S /run/runns/act.socket
chgrp runns /run/runns/act.socket && chmod 0660 /run/runns/act.socket
"${as_alice[@]}" "$ctl" --program /bin/sh --set-netns /run/netns/lab \
	--socket /run/runns/act.socket -- -c "$cred >$out/act"
is $? 0 "by socket activation"
wait_until 5 grep -q '^cookie=' $out/act
is "$(value cookie $out/act)" "$lab" "it runs there"
runs "it can be stopped" runnsctl --stop --socket /run/runns/act.socket
runs "and its socket stays" test -S /run/runns/act.socket
done_testing
