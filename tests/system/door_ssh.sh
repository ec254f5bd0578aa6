#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# door_ssh.sh - logins by a real sshd: whatever the client asks for happens
# inside the user's namespace, and nothing stays behind
. "$(dirname "$0")/lib.sh"
need ssh sshd sftp scp rsync curl ssh-agent
host_start "$@"

out=$host_dir/out
mkdir $out
net_make work 1
net_make lab 2
map_write <<-END
	alice	work	-
	bob	lab	-
	dave	absent	-
	*	-	-
END
trace_start
sshd_start || bail "sshd does not start"
hand=$tests/peer.py

work=$(cookie_of work)
work_net=$(nsenter --net=/run/netns/work readlink /proc/self/ns/net)

# --- what a session is --------------------------------------------------------

door_ssh alice@host probe >$out/command
session_is work $out/command "a command"
is "$(value uids $out/command)" 5001,5001,5001,5001 "a command runs as the user"
is "$(value CapEff $out/command)" 0000000000000000 "a command has no capabilities"
trace_balanced "a command"

# The first entries may have left what later ones use again.
door_ssh bob@host true
wait_until 10 no_sessions
snap before

door_ssh bob@host probe >$out/bob
session_is lab $out/bob "another user"
door_ssh carol@host probe >$out/carol
session_outside $out/carol "an unmapped user"
door_ssh root@host probe >$out/root
session_outside $out/root "root"

inet python3 "$hand" pty -- ssh -tt alice@host probe >$out/pty
session_is work $out/pty "a command on a terminal"
like "$(value tty $out/pty)" ^/dev/pts/ "it has a terminal"

# shellcheck disable=SC2016
inet python3 "$hand" pty '$ =probe >~/shell.out; exit 7\n' -- ssh alice@host \
	>$out/shell.log
is $? 7 "the exit status of a shell arrives"
session_is work /home/alice/shell.out "an interactive shell"

inet python3 "$hand" pty 'assword:=secret\n' -- \
	ssh -o PubkeyAuthentication=no -o BatchMode=no alice@host probe >$out/password
session_is work $out/password "a login by password"

door_ssh alice@host 'cd /etc && cat resolv.conf' >$out/relative
is "$(cat $out/relative)" 'nameserver 198.51.100.53' "resolv.conf by a relative name"
: >$host_dir/dns-host.log
is "$(door_ssh alice@host getent ahostsv4 which.test | awk 'NR == 1 { print $1 }')" \
	192.0.2.53 "names are asked inside"
refuses "and nothing is asked outside" grep -q which.test $host_dir/dns-host.log
is "$(door_ssh alice@host python3 "$hand" get web.test)" 172.31.1.2 \
	"packets leave by the namespace"
is "$(door_ssh carol@host python3 "$hand" get 198.51.100.1)" 203.0.113.2 \
	"packets of an unmapped user leave by the host"

# --- files --------------------------------------------------------------------

head -c 300000 /dev/urandom >$out/file
runs "scp, to the host" inet scp -q $out/file alice@host:up
runs "it arrived" cmp $out/file /home/alice/up
runs "scp, the old protocol, from the host" inet scp -O -q alice@host:up $out/down
runs "it arrived, too" cmp $out/file $out/down

mkfifo $out/sftp
inet sftp -q alice@host <$out/sftp >$out/sftp.log 2>&1 &
exec 7>$out/sftp
echo "get up $out/sftp.got" >&7
runs "sftp" wait_until 10 cmp -s $out/file $out/sftp.got
is "$(readlink "/proc/$(pgrep -u alice -x sftp-server)/ns/net")" "$work_net" \
	"sftp-server is inside"
exec 7>&-

runs "rsync" inet rsync --rsync-path='probe >~/rsync.out; rsync' $out/file \
	alice@host:synced
runs "rsync has copied" cmp $out/file /home/alice/synced
session_is work /home/alice/rsync.out "rsync"

# --- forwarding ---------------------------------------------------------------

# forward USER OPTION...: a client that only forwards; $forward is its pid
forward()
{
	local user=$1
	shift
	# Not by inet: $! would be the shell's that runs the function.
	nsenter -t "$inet_pid" -n ssh -N -o ExitOnForwardFailure=yes "$@" \
		"$user@host" >>$out/forward.log 2>&1 &
	forward=$!
}

# listens ADDRESS:PORT [COMMAND...]: does somebody, where COMMAND looks?
listens()
{
	local where=$1
	shift
	"$@" ss -Hltn "src $where" | grep -q .
}

forward alice -L 127.0.0.1:8081:198.51.100.1:80
wait_until 10 listens 127.0.0.1:8081 inet
is "$(inet curl -s -m 10 http://127.0.0.1:8081/)" 172.31.1.2 \
	"-L: connections leave by the namespace"
kill $forward

forward alice -R 9091:198.51.100.1:80
wait_until 10 listens 127.0.0.1:9091 ip netns exec work
runs "-R: listens inside" listens 127.0.0.1:9091 ip netns exec work
refuses "-R: does not listen on the host" listens 127.0.0.1:9091
isnt "$(ip netns exec work curl -s -m 10 http://127.0.0.1:9091/)" '' \
	"-R: carries data"
kill $forward

: >$host_dir/dns-host.log
forward alice -D 127.0.0.1:1081
wait_until 10 listens 127.0.0.1:1081 inet
is "$(inet curl -s -m 10 -x socks5h://127.0.0.1:1081 http://198.51.100.1/)" \
	172.31.1.2 "-D: connections leave by the namespace"
inet curl -s -m 10 -x socks5h://127.0.0.1:1081 http://web.test/ >$out/socks
like "$(cat $out/socks)" '^172\.31\.1\.2$' "-D: names work"
refuses "-D: names are not asked outside" grep -q web.test $host_dir/dns-host.log
kill $forward

is "$(printf 'GET / HTTP/1.0\r\n\r\n' | inet ssh -W 198.51.100.1:80 alice@host |
	tail -n 1)" 172.31.1.2 "-W: connections leave by the namespace"

agent=$(inet ssh-agent -a /root/agent -s | sed -n 's/^SSH_AGENT_PID=\([0-9]*\);.*/\1/p')
SSH_AUTH_SOCK=/root/agent ssh-add -q /root/.ssh/id_ed25519
is "$(SSH_AUTH_SOCK=/root/agent inet ssh -A alice@host ssh-add -l |
	awk '{ print $2 }')" "$(ssh-keygen -lf /root/.ssh/id_ed25519.pub |
	awk '{ print $2 }')" "-A: the agent is reached from inside"
kill "$agent"

if command -v xauth >/dev/null; then
	# shellcheck disable=SC2016
	DISPLAY=:99 inet ssh -Y alice@host 'echo "$DISPLAY"; probe; ss -Hltn' \
		>$out/x11 2>/dev/null
	session_is work $out/x11 "-Y"
	like "$(sed -n 1p $out/x11)" '^localhost:1[0-9]' "-Y: DISPLAY is set"
	like "$(cat $out/x11)" '127\.0\.0\.1:601[0-9]' "-Y: listens inside"
else
	skip "-Y" "xauth is not installed"
fi

inet ssh -M -S /root/master -N -f alice@host
inet ssh -S /root/master alice@host probe >$out/mux1
inet ssh -S /root/master alice@host probe >$out/mux2
session_is work $out/mux1 "the first session of a shared connection"
session_is work $out/mux2 "the second session of a shared connection"
inet ssh -S /root/master -O exit host 2>/dev/null

# --- many, and the impolite ---------------------------------------------------

for i in $(seq 50); do
	inet ssh alice@host probe cookie >$out/many.$i 2>&1 &
	many[i]=$!
done
wait "${many[@]}"
is "$(cat $out/many.* | sort | uniq -c | awk '{ print $1, $2 }')" "50 $work" \
	"50 logins at once are all inside"

inet python3 "$hand" pty -- ssh -tt alice@host sleep 1001 >/dev/null 2>&1 &
wait_until 10 pgrep -u alice -f 'sleep 1001'
pkill -KILL -f 'ssh -tt alice@host sleep 1001'
runs "a client is killed: its session ends" wait_until 10 \
	sh -c '! pgrep -u alice -f "sleep 1001"'

# Each is killed a little later than the one before.
inet bash -c 'for i in $(seq 30); do
	timeout -s KILL 0.$((i + 9)) ssh alice@host true &
done; wait' >/dev/null 2>&1
inet bash -c 'for i in $(seq 20); do
	exec 3<>/dev/tcp/203.0.113.2/22; echo "SSH-2.0-x" >&3; exec 3>&-
done'
runs "30 clients that vanish half-way: nothing stays" wait_until 30 no_sessions
door_ssh alice@host probe >$out/after
session_is work $out/after "and the next login"

# --- refused ------------------------------------------------------------------

refuses "no namespace, no session" door_ssh dave@host touch /tmp/dave-was-here
refuses "its command did not run" test -e /tmp/dave-was-here
like "$(grep pam_runns $host_log | tail -n 3)" absent "the log names the namespace"
refuses "no sftp either" inet sftp -q -b /dev/null dave@host
forward dave -L 127.0.0.1:8082:198.51.100.1:80
sleep 1
is "$(inet curl -s -m 5 http://127.0.0.1:8082/)" '' \
	"a refused session forwards nothing"
kill $forward
refuses "nor by -W" sh -c "printf 'GET / HTTP/1.0\r\n\r\n' |
	nsenter -t $inet_pid -n ssh -W 198.51.100.1:80 dave@host | grep -q 203"

# --- nothing stays ------------------------------------------------------------

runs "all sessions have ended" wait_until 20 no_sessions
: >$host_dir/trace
for i in 1 2 3; do door_ssh alice@host true; done
wait_until 10 no_sessions
trace_balanced "after all that"
is "$(pgrep -l -u alice,bob,dave)" '' "no process of theirs is left"
rm -rf /tmp/ssh-*
snap after
snap_same before after "the host is as it was"

done_testing
