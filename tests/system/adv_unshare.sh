#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# adv_unshare.sh - runnsctl unshare where things are hostile, missing or killed
. "$(dirname "$0")/lib.sh"
need setpriv python3 nsenter strace
host_start "$@"
. "$tests/../unshare/lib.sh"
host_ns=$(readlink /proc/self/ns/net)

# refused TEXT PATTERN COMMAND...: 125, the message, and nothing has run
refused()
{
	local text=$1 pattern=$2 status
	shift 2
	rm -f $out/ran
	"$@" >$out/said 2>&1
	status=$?
	is $status 125 "$text: refused"
	like "$(cat $out/said)" "$pattern" "$text: says why"
	ok "$(test ! -e $out/ran; echo $?)" "$text: nothing has run"
}

# --- switches that are off (N02) -----------------------------------------------------

# A limit of a user namespace of her own: the machine's stays.
# limited SYSCTL: with this limit at 0
limited()
{
	as alice unshare -Ur sh -c "echo 0 >/proc/sys/user/$1 &&
		exec runnsctl unshare touch $out/ran"
}

refused "user namespaces" 'user.max_user_namespaces is 0.*sysctl -w' \
	limited max_user_namespaces
refused "network namespaces" 'user.max_net_namespaces is 0.*sysctl -w' \
	limited max_net_namespaces
refused "mount namespaces" 'user.max_mnt_namespaces is 0.*sysctl -w' \
	limited max_mnt_namespaces
refused "too many" 'too many namespaces: see user.max' as alice unshare -Ur sh -c \
	"echo 1 >/proc/sys/user/max_user_namespaces
	runnsctl unshare runnsctl unshare touch $out/ran"

# without SYSCALL: a filter as containers have them: EPERM
cat >$out/filter.py <<-'END'
	import ctypes, os, struct, sys
	libc = ctypes.CDLL(None, use_errno=True)
	def op(code, jt, jf, k): return struct.pack("HBBI", code, jt, jf, k)
	# unshare(2): EPERM, else allow
	rules = (op(0x20, 0, 0, 0) + op(0x15, 0, 1, int(sys.argv[1])) +
		 op(0x06, 0, 0, 0x00050001) + op(0x06, 0, 0, 0x7fff0000))
	text = ctypes.create_string_buffer(rules)
	prog = ctypes.create_string_buffer(struct.pack("HxxxxxxP", 4,
		ctypes.addressof(text)))
	libc.prctl(38, 1, 0, 0, 0)
	assert libc.prctl(22, 2, prog, 0, 0) == 0
	os.execvp(sys.argv[2], sys.argv[2:])
END
case $(uname -m) in
x86_64) unshare_nr=272 ;;
*) unshare_nr=97 ;;
esac
refused "a filter" "filter of system calls" as alice python3 $out/filter.py \
	$unshare_nr runnsctl unshare touch $out/ran

# What Debian and Ubuntu have, and this kernel has not: laid over /proc/sys.
sysctls=$host_dir/sysctls
cp -r --no-preserve=all /proc/sys/kernel $sysctls 2>/dev/null
mount --bind $sysctls /proc/sys/kernel
echo 0 >$sysctls/unprivileged_userns_clone
chmod -R a+rX $sysctls
refused "Debian's switch" 'kernel.unprivileged_userns_clone is 0.*sysctl -w' \
	as alice python3 $out/filter.py $unshare_nr runnsctl unshare touch $out/ran
echo 1 >$sysctls/unprivileged_userns_clone
echo 1 >$sysctls/apparmor_restrict_unprivileged_userns
refused "AppArmor's" 'kernel.apparmor_restrict_unprivileged_userns is 1.*sysctl -w' \
	as alice python3 $out/filter.py $unshare_nr runnsctl unshare touch $out/ran
umount /proc/sys/kernel

# --- ids (N03) -----------------------------------------------------------------------

groupadd -g 5200 outcasts 2>/dev/null
usermod -aG outcasts alice
install -m 0604 -g outcasts /dev/null $out/secret
refuses "a file that a group is kept from" as alice cat $out/secret
refuses "stays unreadable inside" un cat $out/secret
refuses "for root inside too" un --map-root cat $out/secret
refuses "setgroups is denied" un --map-root setpriv --clear-groups true
refuses "and stays so" un --map-root sh -c 'echo allow >/proc/self/setgroups'
refuses "root inside reads no shadow" un --map-root cat /etc/shadow
refuses "and is not root of the host's mounts" un --map-root \
	umount /sys/fs/cgroup /proc
is "$(un --map-root sh -c 'mount -t tmpfs x /mnt && touch /mnt/x && ls /mnt')" x \
	"its own mounts it can make"
refuses "which the host does not see" test -e /mnt/x

# --- who joins -------------------------------------------------------------------------

# Stopped half way, where it is in the host's network still.
un --name work --map-root sh -c 'echo >'$out'/watching
	until [ -e '$out'/joined ]; do
		for p in $(pgrep -x runnsctl); do
			readlink /proc/$p/ns/net
		done
		sleep 0.1
	done' >$out/traced &
wait_until 10 test -s $out/watching
as alice strace -o $out/strace -e trace=setns \
	-e inject=setns:delay_exit=1500000:when=1 runnsctl unshare --name work true
is "$?/$(grep -c "^setns.* = 0" $out/strace | head -c 1)" 0/3 "a slow member joins"
touch $out/joined
wait $!
is "$(sort -u $out/traced)" "" "and root inside cannot trace it meanwhile"

# --- the host's services (R3, N14) ------------------------------------------------------

python3 - $out <<-'END' &
	import socket, sys, time
	a = socket.socket(socket.AF_UNIX); a.bind("\0runns-test"); a.listen()
	t = socket.socket(); t.bind(("127.0.0.1", 7777)); t.listen()
	s = socket.socket(socket.AF_INET6); s.bind(("::1", 7778)); s.listen()
	open(sys.argv[1] + "/listening", "w").close()
	time.sleep(1000)
END
wait_until 10 test -e $out/listening
cat >$out/reach.py <<-'END'
	import socket, sys
	def reach(family, address):
	    s = socket.socket(family, socket.SOCK_STREAM)
	    s.settimeout(2)
	    try:
	        s.connect(address)
	        return "reached"
	    except OSError:
	        return "-"
	print(reach(socket.AF_UNIX, "\0runns-test"),
	      reach(socket.AF_INET, ("127.0.0.1", 7777)),
	      reach(socket.AF_INET6, ("::1", 7778)),
	      reach(socket.AF_INET6, ("::ffff:127.0.0.1", 7777)),
	      reach(socket.AF_INET, ("203.0.113.2", 7777)))
END
is "$(as alice python3 $out/reach.py)" "reached reached reached reached -" \
	"outside they are there"
is "$(un python3 $out/reach.py)" "- - - - -" "inside they are not"
is "$(un --name n python3 $out/reach.py)" "- - - - -" "nor in an instance"
is "$(un --map-root --net none ip -o link | wc -l)" 1 "there is the loopback only"
isnt "$(un sh -c 'echo >/dev/udp/203.0.113.1/53; echo $?' 2>/dev/null)" 0 \
	"and no way out"
mkdir -p /run/systemd/resolve /run/nscd /run/avahi-daemon
touch /run/systemd/resolve/io.systemd.Resolve /run/nscd/socket \
	/run/avahi-daemon/socket
is "$(un sh -c 'ls -A /run/systemd/resolve /run/nscd /run/avahi-daemon | grep -v :$')" \
	"" "the host's resolvers are hidden"
refuses "no way back by the host's namespaces" un --map-root \
	nsenter --net=/proc/1/ns/net true

# --- other users (N05) ------------------------------------------------------------------

state=/home/alice/.local/state/runns/work
mkfifo -m 0666 $out/first
un --name work sh -c 'readlink /proc/self/ns/net >'$out'/first.ns; read x' \
	<>$out/first &
wait_until 10 test -s $out/first.ns
keeper=$(pgrep -u alice -f -n 'runnsctl unshare --name work')
for path in $state $state/control $state/lock $state/resolv.conf $state/..; do
	refuses "bob has no access to ${path##*/}" as bob stat -L $path/.
done
chmod 0777 $state/.. $state /home/alice/.local /home/alice/.local/state /home/alice
refuses "nor to the socket itself" as bob python3 -c \
	"import socket; s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.connect('$state/control')"
chmod 0666 $state/control
is "$(as bob python3 -c \
	"import socket; s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.connect('$state/control'); s.send(bytes(4)); print(len(s.recv(100)))" 2>&1 |
	tail -n 1 | grep -c '^8$')" 0 "who is not the owner is not answered"
refused "a directory that has been opened" "only you can enter|not permitted" \
	un --name work touch $out/ran
chmod 0700 $state $state/..
chmod 0755 /home/alice /home/alice/.local /home/alice/.local/state
# Garbage, silence and floods do not stop the keeper.
as alice python3 - $state/control <<-'END'
	import socket, sys
	def talk(data):
	    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
	    s.connect(sys.argv[1])
	    if data is not None:
	        s.send(data)
	    return s
	keep = [talk(b"x" * n) for n in (1, 3, 5, 1000, 65536)] + [talk(None)]
	for i in range(50):
	    talk(b"\xff" * 4).close()
END
is "$(un --name work readlink /proc/self/ns/net)" "$(cat $out/first.ns)" \
	"the keeper lives"
as bob runnsctl unshare --name work true
ok $? "bob's of the same name is another"
ln -s /etc /home/alice/.local/state/runns/link
refused "a link in its place" "." un --name link touch $out/ran

# --- killed (N04) ------------------------------------------------------------------------

kill -KILL "$keeper"
wait_until 5 sh -c "! kill -0 $keeper"
is "$(readlink /proc/"$(cat $state/child_pid)"/ns/net)" "$(cat $out/first.ns)" \
	"without its keeper the program stays where it is"
isnt "$(un --name work readlink /proc/self/ns/net)" "$host_ns" \
	"the next one of that name is not in the host's"
echo >$out/first
for signal in KILL TERM INT; do
	un --name work --pid sh -c 'echo >'$out'/up; exec sleep 1234' &
	wait_until 10 test -s $out/up
	rm $out/up
	pkill -$signal -u alice -o -f 'runnsctl unshare --name work'
	wait_until 10 sh -c '! pgrep -u alice -f "[s]leep 1234|[r]unnsctl"'
	ok $? "$signal: nothing is left" "$(pgrep -au alice)"
	wait_until 5 test ! -e $state
	ok $? "$signal: the directory is gone"
	is "$(un --name work echo again)" again "$signal: the next start works"
done
# Killed anywhere on the way: no orphan, no lock, never the host's network.
for i in $(seq 20); do
	un --name work --pid sh -c "readlink /proc/self/ns/net >>$out/where" &
	pid=$!
	python3 -c "import time; time.sleep($i / 1500)"
	pkill -KILL -u alice -o -f 'runnsctl unshare'
	wait $pid
done 2>/dev/null
is "$(grep -cxF "$host_ns" $out/where 2>/dev/null)" 0 "killed anywhere: never in the host's"
wait_until 10 sh -c '! pgrep -u alice "runnsctl"'
ok $? "no orphan" "$(pgrep -au alice)"
is "$(un --name work echo again)" again "and the next start works"

# --- sudo, su, ping (N12) -----------------------------------------------------------------

refuses "set-user-ID programs gain nothing" un sh -c 'su -c true </dev/null'
is "$(un stat -c %U /usr/bin/su)" nobody "since root is nobody there"
echo "0 2147483647" >/proc/sys/net/ipv4/ping_group_range
is "$(un cat /proc/sys/net/ipv4/ping_group_range | xargs)" "5001 5001" \
	"ping where the host allows it"
echo "1 0" >/proc/sys/net/ipv4/ping_group_range
is "$(un cat /proc/sys/net/ipv4/ping_group_range | xargs)" "65534 65534" \
	"else not: none of the groups inside"

# --- masked /sys, other root (N10) ----------------------------------------------------------

mount -t tmpfs -o ro none /sys/class
is "$(un -v true 2>&1)" "runnsctl: unshare: /sys stays the host's: Operation not permitted" \
	"a /sys that is masked stays"
umount /sys/class
mkdir -p $out/chroot
mount --rbind / $out/chroot
refused "in a chroot" "no chroot" chroot --userspec=alice:alice $out/chroot \
	runnsctl unshare touch $out/ran

done_testing
