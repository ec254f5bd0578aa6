#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# unshare.sh - runnsctl unshare: namespaces of a user's own
. "$(dirname "$0")/lib.sh"
need setpriv python3
host_start "$@"
. "$tests/../unshare/lib.sh"

# --- where ------------------------------------------------------------------------

# kinds WORD...: the kinds of namespaces that differ from the host's
kinds()
{
	local kind
	# shellcheck disable=SC2016
	un "$@" -- sh -c 'readlink /proc/self/ns/*' >$out/inside
	for kind in cgroup ipc mnt net pid user uts; do
		grep -qxF "$(readlink /proc/self/ns/$kind)" $out/inside ||
			echo $kind
	done | paste -sd ' '
}

is "$(kinds)" "mnt net user" "namespaces without a word"
is "$(kinds --net none)" "mnt net user" "the network none"
is "$(kinds --net host)" "mnt user" "the network host, which is written"
is "$(kinds --uts --ipc --cgroup)" "cgroup ipc mnt net user uts" "those named"
is "$(un -- cat /proc/self/uid_map | xargs)" "5001 5001 1" "own id only"
is "$(un --map-root -- sh -c 'id -u; id -g' | xargs)" "0 0" "root inside"
is "$(un -- cat /proc/self/setgroups)" deny "setgroups is denied"
is "$(un -- ip -br addr | awk '{ print $1, $3 }')" "lo 127.0.0.1/8" "loopback is up"
is "$(un -- ls /sys/class/net)" lo "/sys shows its devices"
is "$(un --hostname box -- hostname)" box "a host name"
is "$(hostname)" host "the host keeps its own"
is "$(un --map-root -- grep -c CapEff.*ffff /proc/self/status)" 1 "all rights inside"
is "$(un -- awk '/CapEff/ { print $2 }' /proc/self/status)" 0000000000000000 \
	"none without --map-root"

# --- how it ends -----------------------------------------------------------------

ends 0 "success" true
ends 7 "its own status" sh -c 'exit 7'
# shellcheck disable=SC2016
ends 143 "a signal" sh -c 'kill -TERM $$'
ends 127 "not found" nothing-of-that-name
ends 126 "not executable" /etc/passwd
for words in "--frob" "--net" "--net frob" "--net none --net none" "--mtu 1" \
	"--net none:x" "--cidr 1 --cidr 2"; do
	# shellcheck disable=SC2086
	ends 125 "wrong usage: $words" $words true
done
is "$(un --help)" "$(runnsctl help unshare)" "--help"
is "$(echo 'echo $0' | un 2>&1)" /bin/bash "a shell without a program"
# shellcheck disable=SC2016
is "$(as alice sh -c 'echo $$; exec runnsctl unshare sh -c "echo \$\$"' | uniq -d |
	wc -l)" 1 "it is the same process"
is "$(as alice sh -c 'exec 7<&0; runnsctl unshare sh -c "ls /proc/self/fd"')" \
	"$(as alice sh -c 'exec 7<&0; sh -c "ls /proc/self/fd"')" "descriptors"

# completes WORDS...: what bash offers for the last one
completes()
{
	bash -c '
		. /usr/local/share/bash-completion/completions/runnsctl
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_runnsctl
		printf "%s\n" "${COMPREPLY[@]}"' - "$@" | sort -u | paste -sd ' '
}

like "$(completes runnsctl unshare --net '')" 'host.* none' "bash: networks"
is "$(completes runnsctl unshare --net none --bind /a:/b fals)" false \
	"bash: then programs"
like "$(completes runnsctl unshare --copy)" '^--copy-up$' "bash: options"

# --- instances ---------------------------------------------------------------------

state=/home/alice/.local/state/runns/work

# member SECONDS|FIFO...: an instance's program in the background, until its
# standard input ends
member()
{
	local name=$1
	rm -f $out/$name
	mkfifo -m 0666 $out/$name
	un --name work sh -c "readlink /proc/self/ns/net >$out/$name.net; read x" \
		<>$out/$name &
	wait_until 10 test -s $out/$name.net
}

leave()
{
	echo >$out/$1
}

gone()
{
	[ ! -e $state ]
}

member first
is "$(stat -c '%a %U' $state $state/.. $state/control $state/lock | xargs)" \
	"700 alice 700 alice 600 alice 600 alice" "its directory is closed to others"
isnt "$(cat $out/first.net)" "$(readlink /proc/self/ns/net)" "a network of its own"
is "$(un --name work readlink /proc/self/ns/net)" "$(cat $out/first.net)" \
	"a second call joins it"
is "$(un --name other readlink /proc/self/ns/net | grep -cxF "$(cat $out/first.net)")" \
	0 "another name is another network"
is "$(un --name work pwd)" /home/alice "in the same directory"
ends 7 "a member's status" --name work sh -c 'exit 7'
is "$(readlink /proc/"$(cat $state/child_pid)"/ns/net)" "$(cat $out/first.net)" \
	"child_pid is inside"
is "$(as alice sh -c "nsenter -t $(cat $state/child_pid) --preserve-credentials \
	-U -n readlink /proc/self/ns/net")" "$(cat $out/first.net)" "for nsenter too"
is "$(un --name work cat /etc/resolv.conf)" "" "no name server"
echo nameserver 192.0.2.7 >$state/resolv.conf
is "$(un --name work cat /etc/resolv.conf)" "nameserver 192.0.2.7" \
	"resolv.conf is the instance's"
echo nameserver 192.0.2.8 >/etc/resolv.conf.new
mv /etc/resolv.conf.new /etc/resolv.conf
is "$(un --name work cat /etc/resolv.conf)" "nameserver 192.0.2.7" \
	"also after the host has replaced its own"
refuses "another user does not see it" as bob ls $state
as bob runnsctl unshare --state $state true 2>/dev/null
is $? 125 "and cannot join it"
member second
leave first
wait_until 10 sh -c "! kill -0 $(cat $state/child_pid)"
is "$(un --name work readlink /proc/self/ns/net)" "$(cat $out/second.net)" \
	"it lives on without its maker"
wait_until 5 sh -c 'readlink /proc/$(cat '$state'/child_pid)/ns/net |
	grep -qxF "$(cat '$out'/second.net)"'
ok $? "child_pid is the other's now"
leave second
wait_until 5 gone
ok $? "it dies with its last member"
# Who reads what the first has written does not wait for the others.
for words in "" --pid; do
	started=$SECONDS
	# shellcheck disable=SC2086
	is "$(bash -c "exec 9>&1; cd /home/alice
		exec setpriv --reuid alice --regid alice --init-groups env \\
		HOME=/home/alice runnsctl unshare --name work $words sh -c \\
		'sleep 30 >/dev/null 2>&1 9>&- </dev/null & echo end'" 2>&1)" end \
		"a background process is left $words"
	ok $((SECONDS - started >= 25)) "nobody keeps the caller's descriptors $words"
	pkill -u alice -f 'sleep 30'
	wait_until 5 gone
done
# What stays in the background is a member.
un --name work sh -c 'sleep infinity >/dev/null 2>&1 </dev/null & readlink /proc/self/ns/net; echo $! >&2' \
	>$out/left 2>$out/left.pid
is "$(un --name work readlink /proc/self/ns/net)" "$(cat $out/left)" \
	"a background process keeps it"
kill "$(cat $out/left.pid)"
wait_until 5 gone
ok $? "until it ends"
members=()
for i in $(seq 8); do
	un --name work sh -c 'readlink /proc/self/ns/net; sleep 0.5' >$out/race.$i &
	members+=($!)
done
wait "${members[@]}"
is "$(cat $out/race.* | sort -u | wc -l)" 1 "eight at once make one"
wait_until 5 gone
ok $? "which is gone again"
un --name "../x" true 2>/dev/null
is $? 125 "a name that is a path"
install -d -o alice -m 0755 /home/alice/open
un --state /home/alice/open true 2>/dev/null
is $? 125 "a directory that others can enter"
is "$(as alice env XDG_RUNTIME_DIR=/tmp/x runnsctl unshare --name x sh -c 'ls ~/.local/state/runns')" \
	x "a directory below /tmp is not used"
install -d -o alice -m 0700 /run/user/5001
is "$(as alice env XDG_RUNTIME_DIR=/run/user/5001 runnsctl unshare --name x \
	ls /run/user/5001/runns)" x "XDG_RUNTIME_DIR"

done_testing
