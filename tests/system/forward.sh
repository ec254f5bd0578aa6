#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# forward.sh - ports forwarded between the caller's network and an allowed one
. "$(dirname "$0")/lib.sh"
host_start "$@"
. "$tests/../forward/lib.sh"

net_make work 1
net_make lab 2
ip -n work addr add 2001:db8:77::2/64 dev lo nodad
map_write <<-END
	alice -    work,lab
	bob   work -
	carol work host
	dave  work -
END

at work tcp 127.0.0.1 8001 echo
at work tcp 127.0.0.1 8002 after
at work tcp ::1 8001 echo
at work tcp 127.0.0.1 8003 early
at work tcp 172.31.1.2 8004 who
at work udp 127.0.0.1 8001 echo
at work udp ::1 8001 echo
at work udp 127.0.0.1 8004 who
on_host tcp 127.0.0.1 8101 echo
on_host tcp ::1 8101 after
on_host udp 127.0.0.1 8101 echo
on_host udp ::1 8101 echo
servers_wait

# --- from here into the namespace ---------------------------------------------

forward alice -n work 9001:127.0.0.1:8001 9002:127.0.0.1:8002 \
	'[::1]:9001:[::1]:8001' 9003:127.0.0.1:8003 9004:172.31.1.2:8004 \
	9005:127.0.0.1:1 9001:127.0.0.1:8001/udp '[::1]:9001:[::1]:8001/udp' \
	9004:127.0.0.1:8004/udp 9006:work.test:8001
like "$(cat "$said")" '^runnsctl: forwarding 127\.0\.0\.1:9001 to work 127\.0\.0\.1:8001$' \
	"it says when it is ready"
like "$(cat "$said")" 'forwarding \[::1\]:9001 to work \[::1\]:8001/udp$' \
	"with IPv6 addresses in brackets"
is "$(client once 127.0.0.1 9001 10)" same "a connection goes through"
is "$(client once ::1 9001 10)" same "one of IPv6 too"
is "$(client once 127.0.0.1 9001 8000000)" same "8 MB, echoed while they come"
is "$(client once 127.0.0.1 9002 8000000)" same \
	"8 MB, and all of it back after the client has ended its half"
is "$(client once ::1 9001 3000000)" same "3 MB over IPv6"
is "$(client say 127.0.0.1 9003)" early \
	"a server that ends its half first is heard"
is "$(client say 127.0.0.1 9004)" 172.31.1.2 \
	"the server sees an address of the namespace"
is "$(client dead 127.0.0.1 9005)" reset \
	"where nobody listens the connection is reset"
is "$(client once 127.0.0.1 9001 10)" same "and the forward goes on"
is "$(client many 127.0.0.1 9001 200 20000)" 200 "200 connections at once"
is "$(client many 127.0.0.1 9002 300 100000)" 300 \
	"300, all held back until their clients have ended"
is "$(client dead ::1 9002)" refused "only the address that was named is open"
refuses "not those of the uplink" timeout 5 inet bash -c \
	'exec 3<>/dev/tcp/203.0.113.2/9001'

before=$(descriptors "$forward_pid")
before_far=$(descriptors "$(far_pid)")
is "$(client series 127.0.0.1 9001 10000)" 10000 \
	"10,000 connections, one after another"
wait_until 5 settled "$before"
is "$(descriptors "$forward_pid")" "$before" "leave no descriptor"
is "$(descriptors "$(far_pid)")" "$before_far" "at the other end neither"

is "$(client datagrams 127.0.0.1 9001 50 100)" 50 "datagrams"
is "$(client datagrams ::1 9001 50 100)" 50 "datagrams over IPv6"
is "$(client datagrams 127.0.0.1 9001 3 60000)" 3 "large ones are not cut"
is "$(client datagrams 127.0.0.1 9001 3 0)" 3 "nor are empty ones lost"
is "$(client burst 127.0.0.1 9001 100 500)" 100 "many at once"
is "$(client clients 127.0.0.1 9001 1200)" 1300 \
	"of more clients than the table holds the latest ones are kept"
[ "$(descriptors "$forward_pid")" -le $((before + 1030)) ]
ok $? "and no more"

forward_end
is "$ended" 0 "ended by a signal it exits with 0"
runs "and leaves no process" wait_until 5 no_process __forward-far
refuses "nor a socket" client once 127.0.0.1 9001 1

# --- from the namespace to here -----------------------------------------------

forward alice -R -n work 9001:127.0.0.1:8101 '[::1]:9001:[::1]:8101' \
	9001:127.0.0.1:8101/udp '[::1]:9001:[::1]:8101/udp'
like "$(cat "$said")" '^runnsctl: forwarding work 127\.0\.0\.1:9001 to 127\.0\.0\.1:8101$' \
	"the other way round it says so"
is "$(inside client once 127.0.0.1 9001 4000000)" same "4 MB"
is "$(inside client once ::1 9001 4000000)" same "over IPv6, after the end"
is "$(inside client many 127.0.0.1 9001 200 10000)" 200 "200 at once"
is "$(inside client datagrams 127.0.0.1 9001 50 100)" 50 "datagrams"
is "$(inside client datagrams ::1 9001 50 100)" 50 "datagrams over IPv6"
refuses "nobody listens here" client once 127.0.0.1 9001 1
runs "down finds a process inside" pgrep -f __forward-far
before=$(descriptors "$forward_pid")
is "$(inside client series 127.0.0.1 9001 2000)" 2000 "2,000 one after another"
wait_until 5 settled "$before"
is "$(descriptors "$forward_pid")" "$before" "leave no descriptor"

# --- all addresses --------------------------------------------------------------

forward_end
at work udp 172.31.1.2 8005 echo
servers_wait
forward alice -n work '*:9001:127.0.0.1:8001' '*:9005:172.31.1.2:8005/udp'
is "$(client once 127.0.0.1 9001 10)" same "*: IPv4"
is "$(client once ::1 9001 10)" same "*: IPv6"
is "$(inet python3 "$forward_peer" once 203.0.113.2 9001 10)" same \
	"*: from outside"
ip addr add 203.0.113.9/24 dev eth0
is "$(inet python3 "$forward_peer" datagrams 203.0.113.9 9005 3 10)" 3 \
	"*: answers come from the address that was asked"
is "$(client datagrams ::1 9005 3 10)" 3 "*: also over IPv6"
is "$(client datagrams 127.0.0.2 9005 3 10)" 3 "*: and over loopback"
ip addr del 203.0.113.9/24 dev eth0

# --- names -----------------------------------------------------------------------

forward_end
ip netns exec work ip addr add 192.0.2.53/32 dev lo
ip -n work addr add 2001:db8:2::53/128 dev lo nodad
at work tcp 192.0.2.53 8006 echo
at work udp 192.0.2.53 8006 echo
servers_wait
forward alice -n work 9001:which.test:8006 9002:nowhere.test:80 \
	9003:127.0.0.1:8001 9001:which.test:8006/udp
is "$(client once 127.0.0.1 9001 10)" same \
	"a name is looked up by the name server of the namespace, and all its addresses are tried"
is "$(client series 127.0.0.1 9001 500)" 500 "again and again"
like "$(client datagrams 127.0.0.1 9001 5 10)" '^[34]$' \
	"datagrams find the address that answers after the first ones"
is "$(client dead 127.0.0.1 9002)" reset "a name without address is a reset"
forward_end
# A name server that never answers, in its place.
ip netns exec work ip route add blackhole 198.51.100.53
forward alice -n work 9001:which.test:8006 9003:127.0.0.1:8001
client once 127.0.0.1 9001 10 >/dev/null 2>&1 &
sleep 0.3
before=$SECONDS
is "$(client series 127.0.0.1 9003 100)" 100 \
	"a name server that does not answer keeps nobody else waiting"
[ $((SECONDS - before)) -le 3 ]
ok $? "for even a moment"
kill $! 2>/dev/null
ip netns exec work ip route del blackhole 198.51.100.53

# --- ends -------------------------------------------------------------------------

kill -9 "$(far_pid)"
wait_until 5 forward_ended
ok $? "when the far end is killed the other one ends"
is "$ended" 1 "with 1"
like "$(cat "$said")" 'runnsctl: forward: the end in the other network is gone' \
	"and says why"
forward alice -n work 9001:127.0.0.1:8001
kill -9 "$forward_pid"
wait "$forward_pid" 2>/dev/null
runs "when it is killed the far end ends" wait_until 5 no_process __forward-far
forward alice -n work 9001:127.0.0.1:8001
second=$(as alice runnsctl forward -n work 9001:127.0.0.1:8001 2>&1)
is "$?" 1 "a port that is taken"
like "$second" 'cannot listen on 127\.0\.0\.1:9001: Address already in use' \
	"is named"
runs "and the first is not disturbed" client once 127.0.0.1 9001 10
runs "the second left no process" wait_until 5 one_far
setsid python3 -c 'import socket, time
s = socket.create_connection(("127.0.0.1", 9001))
s.send(b"x")
time.sleep(60)' &
sleep 0.3
forward_end
is "$ended" 0 "open connections do not keep it from ending"
kill $!

out=$(as alice python3 "$tests/peer.py" pty 'forwarding=\x03' -- \
	runnsctl forward -v -n work 9001:127.0.0.1:8001)
is "$?" 0 "on a terminal ^C ends both ends"
unlike "$out" gone "without a word"
trap '' HUP
forward alice -n work 9001:127.0.0.1:8001
trap - HUP
kill -HUP "$forward_pid" "$(far_pid)"
sleep 0.2
is "$(client once 127.0.0.1 9001 10)" same "a signal that is ignored does not"
forward_end

# --- few descriptors ----------------------------------------------------------------

limits='-n 300'
forward alice -n work 9001:127.0.0.1:8001
limits=
is "$(client many 127.0.0.1 9001 1 100000)" 1 "with few descriptors"
is "$(client many 127.0.0.1 9001 60 1000)" 60 "those beyond them wait their turn"
forward_end

# --- what is not allowed ---------------------------------------------------------------

out=$(as alice runnsctl forward -n work 80:127.0.0.1:8001 2>&1)
is "$?" 1 "a port below the limit is refused to a user"
like "$out" 'cannot listen on 127\.0\.0\.1:80: Permission denied' "and why"
out=$(as alice runnsctl forward -R -n work 80:127.0.0.1:8101 2>&1)
is "$?" 1 "in the namespace too"
like "$out" 'Permission denied' "and why"
refuses "a namespace that the map does not name" \
	timeout 10 setpriv --reuid alice --regid alice --init-groups \
	runnsctl forward -n host 9001:127.0.0.1:8001
refuses "one that does not exist" \
	timeout 10 setpriv --reuid alice --regid alice --init-groups \
	runnsctl forward -n none 9001:127.0.0.1:8001
for word in 9001 9001:host 70000:host:1 '::1:9001:host:1' '9001:h:1/sctp'; do
	out=$(as alice runnsctl forward -n work "$word" 2>&1)
	is "$?" 2 "wrong usage: $word"
done

# bob is sealed in work: the host's server must not be reached by him.
sealed()
{
	exec timeout 10 runuser -u bob -- runnsctl forward "$@"
}
is "$(runuser -u bob -- probe cookie)" "$(cookie_of work)" "bob is inside"
for try in '-n host' '-R -n host' '-n lab' '-R -n lab' \
	'-n ../../proc/1/ns/net' '-n /proc/1/ns/net' '-n -' '-n +'; do
	# One word is one argument.
	# shellcheck disable=SC2086
	out=$(sealed $try 9001:127.0.0.1:8101 2>&1)
	is "$?" 1 "a sealed user is refused: $try"
	like "$out" 'could not be entered' "by the helper: $try"
done
for try in '' '-R' '-n work' '-R -n work'; do
	# shellcheck disable=SC2086
	sealed $try 9001:127.0.0.1:8101 >/dev/null 2>&1 &
	wait_until 5 inside listens 9001
	refuses "nothing listens on the host: ${try:-no option}" \
		client once 127.0.0.1 9001 1
	is "$(inside client dead 127.0.0.1 9001)" reset \
		"and the host's server is not reached: ${try:-no option}"
	kill $!
	wait $! 2>/dev/null
	wait_until 5 no_process __forward-far
done
runuser -u carol -- runnsctl forward -n host 9001:127.0.0.1:8101 \
	>/dev/null 2>&1 &
wait_until 5 inside listens 9001
is "$(inside client once 127.0.0.1 9001 100)" same \
	"a user whose rule names the host reaches it from inside"
kill $!

# --- sizes -------------------------------------------------------------------------------

refuses "runnsctl needs no library but libc" sh -c \
	'ldd "$(command -v runnsctl)" | grep -vE "linux-vdso|libc\.|ld-"'
done_testing
