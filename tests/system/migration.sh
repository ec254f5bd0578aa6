#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# migration.sh - what the manuals of rootlesskit and unshared-cli show, by RUNNS
#
# docs/MIGRATION.md has the lines side by side.
. "$(dirname "$0")/lib.sh"
need setpriv python3 newuidmap ip
host_start "$@"

out=$host_dir/out
install -d -m 0777 $out
for file in subuid subgid; do
	echo alice:100000:65536 >/etc/$file
done
install -d -o alice -m 0700 /run/user/5001
mount -t tmpfs -o mode=0700,uid=5001 user /run/user/5001
touch /run/user/5001/bus

un()
{
	as alice env XDG_RUNTIME_DIR=/run/user/5001 runnsctl unshare "$@"
}

# up FILE: somebody writes there
serve()
{
	cat >$out/serve.py <<-'END'
		import os, socket, sys
		s = socket.socket(); s.bind(("0.0.0.0", int(sys.argv[2]))); s.listen()
		open(sys.argv[1], "w").write("up")
		while True:
		    c, _ = s.accept(); c.sendall(b"served"); c.close()
	END
}

get()
{
	python3 -c 'import socket, sys
s = socket.create_connection((sys.argv[1], int(sys.argv[2])), 5)
print(s.recv(100).decode())' "$@" 2>&1 | tail -n 1
}
serve

# --- rootlesskit ------------------------------------------------------------------------

root=(--net host --map-root --map-auto)
is "$(un "${root[@]}" bash -c 'id -u; id -g' | xargs)" "0 0" "rootlesskit bash"
is "$(un "${root[@]}" readlink /proc/self/ns/net)" "$(readlink /proc/self/ns/net)" \
	"in the host's network"
is "$(un "${root[@]}" cat /proc/self/uid_map | wc -l)" 2 "with subordinate ids"
is "$(un "${root[@]}" stat -c %U /etc/shadow)" nobody "/etc/shadow is nobody's"
refuses "and cannot be read" un "${root[@]}" cat /etc/shadow
# shellcheck disable=SC2016
is "$(un "${root[@]}" bash -c 'echo $USER $HOME $XDG_RUNTIME_DIR')" \
	"alice /home/alice /run/user/5001" "variables are kept"
is "$(un "${root[@]}" --copy-up /etc bash -c \
	'rm /etc/resolv.conf; echo x >/etc/resolv.conf; cat /etc/resolv.conf')" x \
	"--copy-up=/etc: rm and vi /etc/resolv.conf"
is "$(cat /etc/resolv.conf)" "nameserver 203.0.113.1" "the host's is as it was"
is "$(un "${root[@]}" --copy-up /run bash -c 'mkdir /run/new; ls -d /run/new /run/user/5001/bus' |
	xargs)" "/run/new /run/user/5001/bus" \
	"--copy-up=/run, with what is mounted below it"
is "$(un --map-root --map-auto --net slirp --copy-up /etc --copy-up /run bash -c \
	'ip netns add foo && ip netns list')" foo \
	"--net=slirp4netns --copy-up=/etc --copy-up=/run: ip netns add foo"
is "$(un --net slirp python3 "$tests/peer.py" get 198.51.100.1 /)" 203.0.113.2 \
	"--net=slirp4netns: the internet"
is "$(un --map-root --net slirp --mtu 9000 --ifname eth9 --cidr 10.9.0.0/24 \
	ip -o addr show dev eth9 | awk '/10\.9\.0\.100\/24/ { print $2 }')" eth9 \
	"--mtu --cidr --ifname"
is "$(un --map-root --net slirp --mtu 9000 cat /sys/class/net/tap0/mtu)" 9000 "--mtu"
un --net slirp -p 127.0.0.1:18080:8080/tcp python3 $out/serve.py $out/up 8080 &
wait_until 20 test -s $out/up
is "$(get 127.0.0.1 18080)" served "-p 127.0.0.1:8080:80/tcp --port-driver=builtin"
kill $!
pkill -f "[s]erve.py $out/up"
for option in pid cgroup uts ipc; do
	isnt "$(un --$option readlink /proc/self/ns/$option)" \
		"$(readlink /proc/self/ns/$option)" "--${option}ns"
done
# A mount of the host's arrives inside: rslave.
mkfifo -m 0666 $out/go
un --net host sh -c 'echo >'$out'/in; read x; cat /mnt/late/file' <>$out/go >$out/seen &
wait_until 10 test -s $out/in
mkdir -p /mnt/late && mount -t tmpfs late /mnt/late && echo late >/mnt/late/file
echo >$out/go
wait $!
is "$(cat $out/seen)" late "--propagation=rslave"
rm -f $out/up
un --state /home/alice/state --net slirp python3 $out/serve.py $out/up 8080 &
wait_until 20 test -s $out/up
is "$(as alice ls state | xargs)" "child_pid control lock resolv.conf" "--state-dir"
is "$(as alice sh -c 'nsenter -t $(cat state/child_pid) --preserve-credentials -U -n \
	ip -o link' | awk '/tap0/ { print $2 }')" "tap0:" "nsenter by child_pid"
runs "rootlessctl add-ports" as alice runnsctl publish --state state 18080:8080
is "$(as alice runnsctl publish --state state --list)" 127.0.0.1:18080:8080/tcp \
	"rootlessctl list-ports"
is "$(get 127.0.0.1 18080)" served "it serves"
runs "rootlessctl remove-ports" as alice runnsctl publish --state state -d 18080:8080
pkill -f "[s]erve.py $out/up"

# --- unshared-cli ------------------------------------------------------------------------

as alice mkdir -p data/riak-01
runs "mkchroot DIR PROGRAM..." un --fill erlang sh cat ls id
echo data | as alice tee data/riak-01/file >/dev/null
is "$(un --root erlang --name riak-01 --bind data/riak-01:/var --exec 'cat /var/file')" \
	data "spawn --mount --root erlang --name riak-01 --data-dir A:/var --exec ..."
is "$(un --map-root --uts --name netcat --exec 'ip addr add 172.3.0.2/24 dev lo' \
	--exec 'ip -o -4 addr show dev lo | grep -o 172.3.0.2/24')" 172.3.0.2/24 \
	"spawn --net --uts --name netcat --exec ... --exec ..."
is "$(un --uts --ipc --name x --pre 'echo pre $RUNNS_NAME' --post 'echo post $RUNNS_NAME' \
	-- echo main | xargs)" "pre x main post x" "--preexec, --postexec with \$NAME"
rm -f $out/in $out/left
un --name box sh -c 'readlink /proc/self/ns/net >'$out'/in; read x' <>$out/go &
wait_until 10 test -s $out/in
is "$(un --name box readlink /proc/self/ns/net)" "$(cat $out/in)" "attach NAME PROGRAM"
echo >$out/go
wait $!
# initnetns BRIDGE NAME ADDRESS, which needs root there too.
ip link add mybr type bridge && ip link set mybr up
conf_write <<-'END'
	[box]
	Link = bridge:mybr
	Address = 192.0.2.7/24
END
echo 'alice - box' >/etc/security/runns.map
runs "initnetns mybr NAME 192.0.2.7/24" runnsctl up box
is "$(as alice runnsctl run -n box ip -o -4 addr show dev eth0 |
	grep -o 192.0.2.7/24)" 192.0.2.7/24 "in it: ip netns exec NAME"
runs "destroynetns" runnsctl down box

done_testing
