#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# unshare_net.sh - networks of a user's own by programs without privilege
. "$(dirname "$0")/lib.sh"
need setpriv python3 slirp4netns pasta curl vde_switch
host_start "$@"
. "$tests/../unshare/lib.sh"

# as USER COMMAND...: with his groups, from his home
as()
{
	local user=$1
	shift
	(cd "/home/$user" && exec setpriv --reuid "$user" --regid "$user" \
		--init-groups env -i PATH="$PATH" HOME="/home/$user" "$@")
}

# begin OPTION...: an instance with a member that waits
begin()
{
	rm -f $out/stay $out/ready
	mkfifo -m 0666 $out/stay
	un --name work --map-root "$@" \
		sh -c "echo ready >$out/ready; read x" <>$out/stay &
	wait_until 20 test -s $out/ready
}

# inside COMMAND...: in the instance
inside()
{
	un --name work "$@"
}

# end: its last member goes
end()
{
	echo >$out/stay
	wait_until 10 is_over
}

is_over()
{
	[ ! -e /home/alice/.local/state/runns/work ] &&
		! pgrep -f 'runns-rootless|slirp4netns|pasta' >/dev/null
}

fetch()
{
	inside curl -sS --noproxy '*' -m "${2-8}" "$1" 2>&1
}

engine()
{
	pgrep -f 'runns-rootless slirp' -P "$(keeper)"
}

keeper()
{
	pgrep -o -f 'runns-rootless slirp'
}

no_engine()
{
	! pgrep -f 'runns-rootless slirp'
}

# --- slirp: what works -----------------------------------------------------------

begin --net slirp
ok $? "slirp starts"
is "$(fetch http://198.51.100.1/)" 203.0.113.2 "IPv4, seen as the host"
is "$(fetch 'http://[2001:db8:100::1]/')" 2001:db8:1::2 "IPv6"
is "$(fetch http://198.51.100.1/3000000 | wc -c)" 3000000 "three million bytes"
is "$(head -c 300000 /dev/zero | inside curl -sS -m 8 -o /dev/null -w '%{http_code}' \
	-T - http://198.51.100.1/ 2>&1)" 501 "and some the other way"
is "$(inside getent ahostsv4 web.test | awk 'NR == 1 { print $1 }')" \
	198.51.100.1 "names"
is "$(inside getent ahostsv6 web.test | awk 'NR == 1 { print $1 }')" \
	2001:db8:100::1 "names of IPv6"
is "$(inside dig +short +tcp @10.0.2.3 web.test)" 198.51.100.1 "names by TCP"
is "$(inside cat /etc/resolv.conf | xargs)" \
	"nameserver 10.0.2.3 nameserver fd00::3" "resolv.conf"
is "$(inside ip -o -4 addr show tap0 | awk '{ print $4 }')" 10.0.2.100/24 \
	"the address"
is "$(inside cat /sys/class/net/tap0/mtu)" 65520 "the MTU"
refuses "nobody listens: refused" fetch http://198.51.100.1:81/

# The host moves to another network, and its file is replaced.
echo 'nameserver 198.51.100.53' >/etc/resolv.conf.new
mv /etc/resolv.conf.new /etc/resolv.conf
server_is_new()
{
	[ "$(inside getent ahostsv4 which.test | awk 'NR == 1 { print $1 }')" = \
		192.0.2.53 ]
}
wait_until 10 server_is_new
ok $? "the host's next name server is asked"

# --- slirp: the engine's walls ---------------------------------------------------

status=/proc/$(engine)/status
is "$(awk '/^Cap/ { print $2 }' "$status" | sort -u)" 0000000000000000 \
	"the engine has no capability in any set"
is "$(awk '/^NoNewPrivs|^Seccomp:/ { print $2 }' "$status" | xargs)" "1 2" \
	"no new privileges, system calls filtered"
is "$(awk '/^Uid/ { print $2 }' "$status")" 5001 "it is the caller"
is "$(cd "/proc/$(engine)/root" && find . | sort | xargs)" \
	". ./etc ./etc/resolv.conf" "it sees no file but a resolv.conf"
is "$(readlink "/proc/$(engine)/fd/"[012] | sort -u)" /dev/null \
	"stdin, stdout and stderr lead nowhere"
is "$(readlink "/proc/$(engine)/fd/"* | grep -vcE '^/dev/(null|net/tun)|^pipe:|^socket:|resolv.conf')" \
	0 "it has nothing else open"
isnt "$(readlink "/proc/$(engine)/ns/user")" "$(readlink /proc/self/ns/user)" \
	"a user namespace of its own"
isnt "$(readlink "/proc/$(engine)/ns/user")" \
	"$(inside readlink /proc/self/ns/user)" "which is not the program's"
is "$(awk '/Max (core|processes)/ { print $(NF - 2) }' "/proc/$(engine)/limits" |
	xargs)" "0 0" "no core, no child"
refuses "its owner cannot look into it" as alice cat "/proc/$(engine)/environ"

# --- slirp: the host's loopback ----------------------------------------------------

python3 "$tests/frames.py" listen 8080 $out/reached &
wait_until 10 test -s $out/reached
# Now the name server is on the loopback, as systemd-resolved's is.
echo 'nameserver 127.0.0.1' >/etc/resolv.conf.new
mv /etc/resolv.conf.new /etc/resolv.conf
sleep 2
for to in 10.0.2.2 10.0.2.3 '[fd00::2]' '[fd00::3]' '[fd00::4]' \
	'[::ffff:127.0.0.1]' 0.0.0.0 10.0.2.255; do
	fetch "http://$to:8080/" 1 >/dev/null
done
runs "frames to every name of the loopback" inside \
	python3 "$tests/frames.py" aim tap0 8080
is "$(fetch http://198.51.100.1/)" 203.0.113.2 "the engine goes on"
is "$(cat $out/reached)" ready "nobody has reached the host's loopback"
refuses "nor an abstract socket" inside python3 -c \
	'import socket; socket.socket(socket.AF_UNIX).connect("\0x")'

# --- slirp: malformed frames ------------------------------------------------------

runs "20,000 malformed frames" inside python3 "$tests/frames.py" junk tap0 20000
is "$(fetch http://198.51.100.1/)" 203.0.113.2 "the engine goes on"
is "$(inside ip -o link show tap0 | wc -l)" 1 "the device is there"
end
ok $? "with the last member the engine goes"

# --- slirp: killed ------------------------------------------------------------------

# killed TEXT PID: the network is gone, and never the host's instead
killed()
{
	kill -9 "$2"
	wait_until 10 no_engine
	ok $? "$1 killed: none of it is left"
	is "$(inside ls /sys/class/net)" lo "$1 killed: only lo is inside"
	refuses "$1 killed: no connectivity" fetch http://198.51.100.1/ 2
	end
}

begin --net slirp
killed engine "$(engine)"
begin --net slirp
killed keeper "$(keeper)"
begin --net slirp
is "$(fetch http://198.51.100.1/)" 203.0.113.2 "the next start works"
kill -STOP "$(engine)"
refuses "a stopped engine: no connectivity" fetch http://198.51.100.1/ 2
kill -CONT "$(engine)"
is "$(fetch http://198.51.100.1/)" 203.0.113.2 "it goes on"
inside ip link delete tap0
wait_until 10 no_engine
ok $? "it ends with its device"
end

# --- slirp: options ---------------------------------------------------------------

begin --net slirp --mtu 1500 --ifname up0 --cidr 192.168.77.0/24 --no-ipv6 \
	--outbound 203.0.113.2
is "$(inside ip -o -4 addr show up0 | awk '{ print $4 }')" 192.168.77.100/24 \
	"--ifname, --cidr"
is "$(inside cat /sys/class/net/up0/mtu)" 1500 "--mtu"
is "$(inside ip -6 route show default)" "" "--no-ipv6"
is "$(inside cat /etc/resolv.conf)" "nameserver 192.168.77.3" \
	"the server's address follows"
is "$(fetch http://198.51.100.1/2000000 | wc -c)" 2000000 "it works"
end
begin --net slirp --host-loopback --no-dns
is "$(inside cat /etc/resolv.conf)" "" "--no-dns: no server"
: >$out/reached
fetch http://10.0.2.2:8080/ 3 >/dev/null
wait_until 5 grep -q '^SOCK_STREAM 127.0.0.1' $out/reached
ok $? "--host-loopback opens the host's"
end
for words in "--mtu 1000" "--cidr 10.0.2.1/24" "--cidr x" "--cidr 10.0.0.0/30" \
	"--outbound x" "--ifname a/b"; do
	# shellcheck disable=SC2086
	un --net slirp $words true 2>$out/said
	is $? 125 "refused: $words"
done
program=$(find /usr -path '*/libexec/runns/runns-rootless')
mv "$program" "$program.away"
un --net slirp touch $out/ran 2>$out/said
is "$? $(find $out -name ran)" "125 " \
	"without its program nothing runs"
mv "$program.away" "$program"
mv /dev/net/tun /dev/net/away
un --net slirp touch $out/ran 2>$out/said
is "$? $(find $out -name ran)" "125 " \
	"nor without /dev/net/tun"
like "$(cat $out/said)" "/dev/net/tun" "which is said"
mv /dev/net/away /dev/net/tun

# --- other programs ---------------------------------------------------------------

# program KIND NAME-SERVER: what all of them must do
program()
{
	echo 'nameserver 203.0.113.1' >/etc/resolv.conf.new
	mv /etc/resolv.conf.new /etc/resolv.conf
	: >$out/reached
	begin --net "$1"
	ok $? "$1 starts"
	is "$(fetch http://198.51.100.1/)" 203.0.113.2 "$1: IPv4"
	is "$(inside getent ahostsv4 web.test | awk 'NR == 1 { print $1 }')" \
		198.51.100.1 "$1: names"
	is "$(inside cat /etc/resolv.conf)" "nameserver $2" "$1: resolv.conf"
	for to in 10.0.2.2 10.0.2.3 203.0.113.1 "$2" '[fd00::2]' 127.0.0.1; do
		fetch "http://$to:8080/" 1 >/dev/null
	done
	is "$(cat $out/reached)" "" "$1: the host's loopback is closed"
	pkill -9 -f "^$1 "
	refuses "$1 killed: no connectivity" fetch http://198.51.100.1/ 2
	end
	ok $? "$1: nothing is left"
	begin --net "$1"
	end
	ok $? "$1 ends with the last member"
}

program slirp4netns 10.0.2.3
program pasta 169.254.1.1
echo 'nameserver 127.0.0.1' >/etc/resolv.conf
begin --net slirp4netns 2>$out/said
is "$(inside cat /etc/resolv.conf)" "" \
	"slirp4netns: no name server where that would open the loopback"
end
like "$(cat $out/said)" "use --net slirp" "which is said"
for servers in 'nameserver 127.0.0.1 ' 'nameserver 127.0.0.1 # local' \
	'nameserver 0.0.0.0' $'nameserver 203.0.113.1\nnameserver ::1' \
	'search web.test'; do
	echo "$servers" >/etc/resolv.conf
	is "$(un --net slirp4netns cat /etc/resolv.conf 2>/dev/null)" "" \
		"slirp4netns: none by ${servers//$'\n'/, }"
done
un --net pasta --cidr 10.0.2.0/24 true 2>/dev/null
is $? 125 "pasta takes no --cidr"
as alice env PATH=/nowhere "$(command -v runnsctl)" unshare --net pasta /bin/true \
	2>$out/said
is $? 125 "a program that is not installed"

# --- a virtual Ethernet -----------------------------------------------------------

as alice vde_switch -d -s /home/alice/switch -p /home/alice/switch.pid
wait_until 10 test -S /home/alice/switch/ctl
url=vde:vde:///home/alice/switch
begin --net $url --ifname port0
ok $? "vde starts"
un --net $url --map-root sh -c "ip addr add 10.9.9.1/24 dev tap0
	exec python3 $tests/peer.py http 80" &
inside ip addr add 10.9.9.2/24 dev port0
no_port()
{
	! pgrep -f 'runns-rootless vde'
}

server_answers()
{
	[ "$(fetch http://10.9.9.1/ 2)" = 10.9.9.2 ]
}
wait_until 20 server_answers
ok $? "two on one switch reach each other"
is "$(fetch http://10.9.9.1/1000000 | wc -c)" 1000000 "a million bytes"
is "$(inside cat /sys/class/net/port0/mtu)" 1500 "the MTU"
refuses "and nobody else" fetch http://198.51.100.1/ 2
kill "$(cat /home/alice/switch.pid)"
wait_until 10 no_port
ok $? "without the switch the engine ends"
refuses "and there is no network" fetch http://10.9.9.1/ 2
end
pkill -f "peer.py http 80" -U alice
for word in vde vde: vde:vde:///nowhere "$url --cidr 10.9.9.0/24"; do
	# shellcheck disable=SC2086
	un --net $word true 2>/dev/null
	is $? 125 "refused: $word"
done
done_testing
