#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# run.sh - runnsctl run and shell, the options of former versions, completion
. "$(dirname "$0")/lib.sh"
need setpriv python3 curl
host_start "$@"

out=$host_dir/out
install -d -m 0777 $out
net_make work 1
net_make lab 2
net_make vpn1 3
map_write <<-'END'
	alice	work	lab,vpn*,host
	bob	-	work
	carol	deny
	dave	work
	*	-	-
END

run()
{
	as alice runnsctl run "$@"
}

# fds FILE: which descriptors are open
fds()
{
	value fds "$1" | tr ' ' '\n' | cut -d : -f 1 | paste -sd ' '
}

# on_tty [PROMPT=ANSWER...] -- COMMAND...: alice on a terminal of her own
on_tty()
{
	as alice python3 "$tests/peer.py" pty "$@"
}

# --- where ------------------------------------------------------------------------

run probe >$out/own
session_is work $out/own "her session's network"
is "$(value uids $out/own)" 5001,5001,5001,5001 "it runs as she"
is "$(value nnp $out/own)" "$(as alice probe nnp)" "sudo would work"
for words in "-n lab" "-nlab" "--name lab" "--name=lab" "-v -n lab --"; do
	# shellcheck disable=SC2086
	is "$(run $words probe cookie 2>/dev/null)" "$(cookie_of lab)" "run $words"
done
run -n host probe >$out/host
session_outside $out/host "the host, which is written"
as bob runnsctl run -n work probe >$out/bob
session_is work $out/bob "bob, who must say it"
as bob runnsctl run probe >/dev/null 2>$out/err
is $? 125 "else he is refused"
as carol runnsctl run -n work touch $out/ran 2>/dev/null
is $? 125 "carol is denied"
refuses "and nothing runs" test -e $out/ran

# --- how it ends -----------------------------------------------------------------

# ends STATUS TEXT WORD...: run with these words
ends()
{
	local expected=$1 text=$2 status
	shift 2
	run "$@" >$out/said 2>&1
	status=$?
	is $status "$expected" "$text: $expected"
}

ends 0 "success" true
ends 7 "its own status" sh -c 'exit 7'
# shellcheck disable=SC2016
ends 143 "a signal" sh -c 'kill -TERM $$'
ends 127 "not found" nothing-of-that-name
ends 127 "no such file" /nothing
ends 126 "not executable" /etc/passwd
ends 126 "a directory" /etc
for words in "" "-n work" "--" "--frob true" "-n" "-n work -n work true" \
	"-n work --name=lab true" "--resolv" "--resolv /a --resolv /b true" \
	"-n ../work true" "-n secret true" "--resolv /nothing true" \
	"--resolv /etc true" "--pty --frob true"; do
	# shellcheck disable=SC2086
	ends 125 "run $words" $words
done
like "$(run 2>&1)" 'runnsctl help run' "wrong usage tells where help is"
is "$(as alice runnsctl run --help)" "$(runnsctl help run)" "run --help"
is "$(as alice runnsctl run -n lab -h true)" "$(runnsctl help run)" "run -h"
is "$(as alice runnsctl shell --help)" "$(runnsctl help shell)" "shell --help"
is "$(run printf '%s|' -n lab --pty -h --help -- '' 'a b' $'\n' $'\xff')" \
	"-n|lab|--pty|-h|--help|--||a b|"$'\n'"|"$'\xff'"|" \
	"words behind the program are its own, byte for byte"
is "$(run -- printf '%s|' --)" "--|" "and behind --"

# --- nothing stands between ---------------------------------------------------------

is "$(as alice sh -c 'echo a | runnsctl run tr a b | runnsctl run -n lab tr b c')" c \
	"in a pipeline"
is "$(as alice bash -c 'runnsctl run false | true; echo ${PIPESTATUS[*]}')" "1 0" \
	"statuses of a pipeline"
is "$(as alice sh -c 'exec 7<&0; runnsctl run sh -c "ls /proc/self/fd"')" \
	"$(as alice sh -c 'exec 7<&0; sh -c "ls /proc/self/fd"')" "descriptors"
is "$(as alice env -i A=1 LD_LIBRARY_PATH=/x A2= "$(command -v runnsctl)" run \
	/usr/bin/env)" "$(as alice env -i A=1 LD_LIBRARY_PATH=/x A2= /usr/bin/env)" \
	"the environment"
# shellcheck disable=SC2016
is "$(as alice sh -c 'echo $$; exec runnsctl run sh -c "echo \$\$"' | uniq -d |
	wc -l)" 1 "it is the same process"
# Each costs little, but there is no reason for more of them.
as alice strace -o $out/calls runnsctl run true >/dev/null 2>&1
calls=$(sed -n '/^geteuid/,/^execve/p; /^execve.*runns-helper/q' $out/calls | wc -l)
runs "few system calls before the helper: $calls" test "$calls" -lt 10

# --- bash's job control -----------------------------------------------------------------

# The prompt tells how many jobs there are.
# shellcheck disable=SC2016
on_tty 'jobs-0> =runnsctl run sh -c "echo wait-$((40+2)); sleep 60"\n' \
	'wait-42=\x1a' 'jobs-1> =fg\n' 'sleep 60"=\x03' \
	'jobs-0> =echo left-$?\n' 'left-130=exit\n' -- \
	env 'PS1=jobs-\j> ' bash --norc -i >$out/jobs 2>&1
is $? 0 "a shell with job control"
like "$(cat $out/jobs)" 'Stopped +runnsctl run' "Ctrl-Z stops it, fg continues it"
like "$(cat $out/jobs)" 'left-130' "Ctrl-C ends it"

# --- a file in place of resolv.conf ---------------------------------------------------

echo 'nameserver 192.0.2.99' >/etc/other.conf
echo 'nameserver 192.0.2.98' >/home/alice/own.conf
run --resolv /etc/other.conf probe >$out/trusted
is "$(value resolv $out/trusted)" 'nameserver 192.0.2.99' "--resolv, a file of root's"
is "$(value nnp $out/trusted)" 0 "sudo would still work"
is "$(value cookie $out/trusted)" "$(cookie_of work)" "in her network"
run --resolv own.conf probe >$out/untrusted
is "$(value resolv $out/untrusted)" 'nameserver 192.0.2.98' "a file of her own"
is "$(value nnp $out/untrusted)" 1 "but not for programs that gain privilege"
is "$(fds $out/untrusted)" "$(fds $out/own)" "no descriptor is left"
run probe >$out/after
is "$(value resolv $out/after)" "$(value resolv $out/own)" "the next run sees nothing of it"
(umask 077 && cp /etc/other.conf /etc/closed.conf)
ends 125 "a file that she may not read" --resolv /etc/closed.conf true
mkfifo /home/alice/fifo
ends 125 "a FIFO" --resolv fifo true
mkdir -p /run/runns/net/lab
touch /run/runns/net/lab/strict-dns
ends 125 "where StrictDNS holds" -n lab --resolv /etc/other.conf true
rm /run/runns/net/lab/strict-dns
is "$(as alice sh -c 'runnsctl run --resolv own.conf cat /etc/resolv.conf <&- 2>&-')" \
	'nameserver 192.0.2.98' "with closed standard descriptors"

# --- --detach ------------------------------------------------------------------------

# Whatever a detached program has of its caller's would be seen here.
# shellcheck disable=SC2016
on_tty -- runnsctl run --detach sh -c 'sleep 0.3; probe >'$out/far'; tty >>'$out/far'
	ls -l /proc/self/fd >>'$out/far'; echo end. >>'$out/far >$out/near 2>&1
is $? 0 "--detach returns 0"
is "$(cat $out/near)" "" "says nothing"
refuses "does not wait" grep -q end. $out/far
wait_until 10 grep -q end. $out/far
session_is work $out/far "a program in the background"
is "$(value tty $out/far)" "$(value tty $out/own)" "it has no terminal"
is "$(grep -c -e ' [012] -> /dev/null' $out/far)" 2 "but /dev/null, where one was"
is "$(fds $out/far)" "$(fds $out/own)" "and no descriptor of ours"
for words in "127 nothing-of-that-name" "126 /etc/passwd" "125 -n secret true"; do
	# shellcheck disable=SC2086
	set -- $words
	ends "$1" "--detach ${*:2}" --detach "${@:2}"
	isnt "$(cat $out/said)" "" "and it says why"
done
is "$(run --detach sh -c 'echo kept')" kept "what is redirected stays"
is "$(as alice sh -c "trap '' CHLD; runnsctl run --detach true; echo \$?")" 0 \
	"for a caller that ignores SIGCHLD"

# --- --pty -------------------------------------------------------------------------------

like "$(run --pty tty)" '^/dev/pts/[0-9]+.$' "--pty: a terminal"
like "$(run --pty ps -o tpgid=,pgid=,sid= -p 1 2>&1; run --pty sh -c 'ps -o tpgid=,pgid=,sid= -p $$')" \
	' *([0-9]+) +\1 +\1' "its own"
ends 7 "its status" --pty sh -c 'exit 7'
# shellcheck disable=SC2016
ends 143 "a signal" --pty sh -c 'kill -TERM $$'
ends 127 "not found" --pty nothing-of-that-name
like "$(cat $out/said)" '^runnsctl: nothing-of-that-name: ' "and is told where messages go"
ends 125 "not allowed" --pty -n secret true
is "$(run --pty seq 200000 | tr -d '\r' | md5sum)" "$(seq 200000 | md5sum)" \
	"all that it wrote, to the end"
printf 'a\nb\n' | run --pty sh -c "cat >$out/whole" >/dev/null
is "$(cat $out/whole)" "a
b" "a pipe, to its end"
printf 'a\nb' | run --pty sh -c "cat >$out/half" >/dev/null
is "$(cat $out/half)" "a
b" "and without a last newline"
is "$(run --pty sh -c 'stty size' | tr -d '\r')" "24 80" "a size, without a terminal"
is "$(run --pty sh -c 'stty size' </dev/null | tr -d '\r')" "24 80" "without input"
as alice bash -c 'runnsctl run --pty yes | head -n 1; echo ${PIPESTATUS[0]}' >$out/cut
is "$(tail -n 1 $out/cut)" 141 "when nobody reads any more it ends"
on_tty -- sh -c "stty rows 33 cols 77 -iutf8 erase ^H; stty -a >$out/before
	runnsctl run --pty sh -c 'stty -a >$out/during'; stty -a >$out/behind"
is "$(cat $out/during)" "$(cat $out/before)" "set up as the caller's"
is "$(cat $out/behind)" "$(cat $out/before)" "which is as before when it ends"
on_tty 'up=\x03' 'over=' -- sh -c "runnsctl run --pty sh -c '
	trap \"echo over; exit 9\" INT; echo up; while :; do sleep 0.1; done'
	echo \$? >$out/status; stty -a >$out/behind" >/dev/null
is "$(cat $out/status)" 9 "keys reach the program"

# --- --pty: the relay and signals

# relayed SCRIPT: alice on a terminal, her program on another; $relay is it
relayed()
{
	rm -f $out/pid $out/status
	on_tty -- sh -c "stty rows 33 cols 77; stty -a >$out/before
		runnsctl run --pty sh -c 'echo \$\$ >$out/pid; $1'
		echo \$? >$out/status; stty -a >$out/behind" >/dev/null 2>&1 &
	wait_until 10 test -s $out/pid
	program=$(cat $out/pid)
	relay=$(($(ps -o ppid= -p "$program")))
}

relay_state_is()
{
	[ "$(ps -o state= -p "$relay")" = "$1" ]
}

relayed 'trap "stty size >'$out/size'" WINCH; while :; do sleep 0.1; done'
stty rows 44 cols 55 <"/proc/$relay/fd/0"
runs "a new size is passed on" wait_until 10 grep -qx '44 55' $out/size
kill -STOP "$program"
runs "when the program stops, so does the relay" wait_until 10 relay_state_is T
is "$(stty -a <"/proc/$relay/fd/0" | grep -c -e '-icanon')" 0 \
	"with the caller's terminal in order"
kill -CONT "$relay"
runs "and both go on" wait_until 10 eval '[ "$(ps -o state= -p "$program")" != T ]'
runs "with the terminal theirs again" wait_until 10 eval \
	'stty -a <"/proc/$relay/fd/0" | grep -q -e -icanon'
kill -TERM "$relay"
runs "a signal is handed on" wait_until 10 test -s $out/status
is "$(cat $out/status)" 143 "and ends the program"
wait_until 10 test -s $out/behind
is "$(sed 1d $out/behind)" "$(sed 1d $out/before)" "and the terminal is as before"

# --- --pty: who holds it up

start=$SECONDS
run --pty sh -c 'setsid sleep 30 & echo there' >$out/said
is "$(tr -d '\r' <$out/said)" there "the program ended, though others have the terminal"
runs "and nobody waits for them" test $((SECONDS - start)) -lt 20
pkill -x -u alice sleep
mkfifo $out/pipe
exec 9<>$out/pipe
as alice sh -c "echo \$\$ >$out/pid; exec runnsctl run --pty yes" >$out/pipe &
wait_until 10 pgrep -x -u alice yes
kill -TERM "$(cat $out/pid)"
runs "when nobody reads, a signal still ends the program" \
	wait_until 10 eval '! pgrep -x -u alice yes'
kill -TERM "$(cat $out/pid)"
runs "and the next one the relay" wait_until 10 eval '! pgrep -x runnsctl'
exec 9>&-
as alice sh -c 'runnsctl run --pty sh -c "exit 4" <&- >&- 2>&-'
is $? 4 "with closed standard descriptors"

# --- --pty --detach ----------------------------------------------------------------------

ends 0 "--pty --detach" --pty --detach sh -c "tty >$out/tty; seq 100000; echo \$? >>$out/tty
	stty size >>$out/tty"
runs "what it writes is dropped, and never waited for" \
	wait_until 10 grep -qx '24 80' $out/tty
like "$(cat $out/tty)" '^/dev/pts/[0-9]+' "on a terminal of its own"
is "$(cat $out/said)" "" "that nobody sees"
runs "nothing of ours stays" wait_until 10 eval '! pgrep -x runnsctl'
ends 127 "not found" --pty --detach nothing-of-that-name
like "$(cat $out/said)" '^runnsctl: nothing-of-that-name: ' "and is told"

# --- shell -----------------------------------------------------------------------------------

is "$(echo 'echo $0; probe cookie' | as alice runnsctl shell -n lab)" "/bin/bash
$(cookie_of lab)" "shell: \$SHELL"
is "$(echo 'shopt -q login_shell && echo login' | as alice runnsctl shell -l)" login \
	"a login shell"
sed -i '/^dave:/s|/bin/bash|/bin/dash|' /etc/passwd
is "$(echo 'echo $0' | as dave env -u SHELL runnsctl shell)" /bin/dash \
	"the shell of the account"
on_tty '~$ =echo flags-$-; exit 5\n' -- runnsctl shell >$out/shell 2>&1
is $? 5 "on a terminal, with its status"
like "$(cat $out/shell)" '^(.*\r)?.*flags-[a-zA-Z]*i[a-zA-Z]*m' "interactive, with job control"
as alice runnsctl shell true >/dev/null 2>&1
is $? 125 "no operands"

# --- the options of former versions -------------------------------------------------------

was()
{
	as alice runnsctl "$@"
}

was --program /bin/sh --set-netns /var/run/netns/vpn1 -- -c "probe >$out/was; echo end. >>$out/was"
is $? 0 "--program --set-netns"
runs "it runs" wait_until 10 grep -q end. $out/was
session_is vpn1 $out/was "in that namespace"
was -p probe --set-netns /run/netns/lab --verbose >$out/said 2>&1
is $? 0 "-p, --verbose"
like "$(cat $out/said)" 'probe in lab' "tells"
as alice runnsctl run -v true 2>$out/said
like "$(cat $out/said)" 'run: by .*runns-helper' "as run -v does"
was --resolv /etc/other.conf --program sh --set-netns /run/netns/work -- \
	-c "cat /etc/resolv.conf >$out/wasr"
runs "--resolv" wait_until 10 grep -q 192.0.2.99 $out/wasr
was -t -p /bin/sh --set-netns /run/netns/work -- -c "tty >$out/wast"
runs "--create-ptms" wait_until 10 grep -q /dev/pts/ $out/wast
while read -r status words; do
	# shellcheck disable=SC2086
	was $words >$out/said 2>&1
	is $? "$status" "$words: $status"
done <<-'END'
	2 --program true
	2 --set-netns /run/netns/work
	2 --program true --set-netns work
	2 --program true --set-netns /proc/1/ns/net
	2 --program true --set-netns /run/netns/../netns/work
	2 --program true --set-netns /run/netns/
	2 --program true --program true --set-netns /run/netns/work
	2 --program true --set-netns /run/netns/work --list
	2 --list true
	2 --frob
	125 --program true --set-netns /run/netns/secret
	127 --program nothing-of-that-name --set-netns /run/netns/work
	126 --program /etc/passwd --set-netns /run/netns/work
END

as alice python3 -m http.server -d $out --bind 127.0.0.1 8088 >/dev/null 2>&1 &
as alice runnsctl --forward-port 0.0.0.0:8088:/run/netns/work:tcp4 >$out/said 2>&1 &
runs "--forward-port: a port there leads here" wait_until 10 \
	run curl -so /dev/null http://172.31.1.2:8088/

# --- where the helper cannot work -----------------------------------------------------------

helper=$(command -v runns-helper)
no_helper()
{
	like "$(cat $out/said)" "$1" "the cause"
	like "$(cat $out/said)" 'runns\.socket' "the other way"
}
as alice setpriv --no-new-privs runnsctl run true >$out/said 2>&1
is $? 125 "NoNewPrivs: 125"
no_helper NoNewPrivs
mount --bind "$helper" "$helper" && mount -o remount,bind,nosuid "$helper"
ends 125 "a file system without set-user-ID" true
no_helper nosuid
umount "$helper"
chmod u-s "$helper"
ends 125 "without its bit" true
no_helper 'set-user-ID'
mv "$helper" "$helper.away"
ends 125 "without a helper" true
no_helper 'not installed'
mv "$helper.away" "$helper" && chmod 4755 "$helper"
ends 0 "and mended" true

# --- names -----------------------------------------------------------------------------------

net_make secret 4
names()
{
	as "$1" runnsctl __names | sort | paste -sd ' '
}
is "$(names alice)" "host lab vpn1 work" "names for alice"
is "$(names bob)" "work" "for bob"
is "$(names carol)" "" "for carol"
is "$(runnsctl __names | sort | paste -sd ' ')" "lab secret vpn1 work" "for root"
is "$(run sh -c 'runnsctl __names | sort | paste -sd " "')" "host lab vpn1 work" \
	"inside"
echo frob >>/etc/security/runns.map
is "$(as alice runnsctl __names 2>&1)" "" "silent about a broken map"
sed -i '$d' /etc/security/runns.map

# completes WORDS...: what bash offers for the last one
completes()
{
	as alice bash --norc -c '
		. /usr/local/share/bash-completion/completions/runnsctl
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_runnsctl
		printf "%s\n" "${COMPREPLY[@]}"' bash "$@" | sort -u | paste -sd ' '
}
is "$(completes runnsctl run -n '')" "host lab vpn1 work" "bash: names"
is "$(completes runnsctl shell -n w)" "work" "bash: for shell too"
is "$(completes runnsctl run -n work -- fals)" "false" "bash: then programs"
is "$(completes runnsctl run fals)" "false" "bash: programs without -n"
like "$(completes runnsctl run --)" '--detach .*--pty' "bash: options"
is "$(completes runnsctl run true /etc/netn)" "/etc/netns" "bash: then files"
if command -v fish >/dev/null; then
	is "$(as alice fish -N -c '
		source /usr/local/share/fish/vendor_completions.d/runnsctl.fish
		complete -C "runnsctl run -n "' | cut -f 1 | sort | paste -sd ' ')" \
		"host lab vpn1 work" "fish: names"
	like "$(as alice fish -N -c '
		source /usr/local/share/fish/vendor_completions.d/runnsctl.fish
		complete -C "runnsctl run -n work fals"')" '^false' "fish: programs"
else
	skip "fish" "fish is not installed"
fi
if command -v zsh >/dev/null; then
	runs "zsh: no error" zsh -n /usr/local/share/zsh/site-functions/_runnsctl
else
	skip "zsh" "zsh is not installed"
fi

done_testing
