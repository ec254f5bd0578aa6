#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# adv_login.sh - a login, attacked: by the user, by chance, by bad timing
. "$(dirname "$0")/../pam/lib.sh"
need setpriv flock
pam_host "$@"
[ -x $builder ] || bail "$builder is not installed"
here=$(host_cookie)
work=$(cookie_of work)

as_alice()
{
	setpriv --reuid 5001 --regid 5001 --clear-groups -- "$@"
}

# view_of NAME COMMAND...: run it in the prepared view of NAME
view_of()
{
	nsenter --mount="/run/runns/views/$(printf '%016x' \
		"$(cookie_of "$1")")/$1" -- "${@:2}"
}

resolv()
{
	h open 'sh=cat /etc/resolv.conf' close | sed -n 2p
}

# --- C1: success only where the session stands ---------------------------------

out=$(h thread open . slot=0 open 'sh=probe cookie')
like "$out" 'open=PERM_DENIED' "a session that another thread opened is not this one's"
out=$(h open slot=1 start=runns:bob open slot=0 open)
is "$(printf '%s\n' "$out" | sed 1,2d)" "said=A session is open already. Please tell your administrator.
open=PERM_DENIED" "nor one that another came on top of"
out=$(h thread . save open thread close . slot=1 start=runns:dave open 'sh=probe cookie' \
	close slot=0 same)
like "$out" 'close=SESSION_ERR' "another thread cannot close a session"
like "$out" "^$here\$" "but the opener's next one does not begin in it"
like "$out" 'same=yes' "for the opener has gone back"

log_mark
out=$(h save open closenew close slot=1 start=runns:dave open)
is "$(printf '%s\n' "$out" | sed 1d)" "close=SESSION_ERR
said=This program cannot start sessions. Please tell your administrator.
open=ABORT" "a thread that lost its way back gets no session, not even an unmapped one"
like "$(log_since)" 'an earlier one could not be left' "which is logged"
out=$(h save open closenew end slot=1 start=runns:root open)
like "$out" 'open=ABORT' "also after the end of the handle, and not for root"

# A service that systemd started is its child, and is not systemd.
executor='/tmp/(harness)'
cp "$harness" "$executor"
comm=$(cat /proc/1/comm)
printf systemd >/proc/1/comm
"$harness" -c $stacks runns alice save open close same >/tmp/out
is "$(sed 1d /tmp/out)" "close=SUCCESS
same=yes" "a service of systemd's goes back"
"$executor" -c $stacks runns alice state=before open state=in >/tmp/out
is "$(field fds in "$(cat /tmp/out)")" "$(field fds before "$(cat /tmp/out)")" \
	"systemd's executor is left no descriptor"
printf %s "$comm" >/proc/1/comm

# The place of a session, not its name, tells one from another.
map_write <<-END
	alice	host	-
END
printf 'alice + -\n' >/etc/security/other.map
stack places <<-END
	session required pam_runns.so
	session required pam_runns.so map=/etc/security/other.map
END
like "$("$harness" -c $stacks places alice open)" \
	'open=PERM_DENIED' "host and + on one handle are two places"
rm /etc/security/other.map
map_default

# --- who is let past the map ------------------------------------------------------

stack rescue <<-END
	session required pam_runns.so rescue=alice
END
unlike "$("$harness" -c $stacks rescue alice fdfree=0 open)" 'open=SUCCESS' \
	"a lack of descriptors rescues nobody"
printf 'nonsense\n' | map_write
is "$("$harness" -c $stacks rescue alice open)" open=SUCCESS "an unusable map does"
map_default
stack wrong <<-END
	session required pam_runns.so nonsense
END
is "$("$harness" -c $stacks wrong root open)" open=SUCCESS \
	"root gets in by a line with a wrong word"
unlike "$("$harness" -c $stacks wrong alice open)" open=SUCCESS "nobody else does"

map_write <<-END
	@7777	work	-
	*	-	-
END
refused "a group's number that nobody knows: who is not in it cannot be told" dave
sed -i 's/^dave:x:5004:5004:/dave:x:5004:7777:/' /etc/passwd
like "$(hu dave open 'sh=probe cookie' close)" "^$work\$" "who is in it can"
sed -i 's/^dave:x:5004:7777:/dave:x:5004:5004:/' /etc/passwd
map_default

# --- C2: no change of a file goes unnoticed ------------------------------------------

# Long ago, and seen twice, so that the view is sealed.
sleep 0.2
resolv >/dev/null
is "$(resolv)" 'nameserver 198.51.100.53' "the file of the namespace"
runs "the view is sealed" sh -c 'ls -A /run/runns/views/*/.work'

dir=/etc/netns/work
echo 'nameserver 192.0.2.1' >/tmp/mounted
mount --bind /tmp/mounted $dir/resolv.conf
is "$(resolv)" 'nameserver 192.0.2.1' "a file is mounted over it"
sleep 0.2
resolv >/dev/null
umount $dir/resolv.conf
is "$(resolv)" 'nameserver 198.51.100.53' "and taken away"
mkdir /tmp/mounted.d
echo 'nameserver 192.0.2.2' >/tmp/mounted.d/resolv.conf
mount --bind /tmp/mounted.d $dir
is "$(resolv)" 'nameserver 192.0.2.2' "a directory is mounted over its directory"
umount $dir
is "$(resolv)" 'nameserver 198.51.100.53' "and taken away"
echo 'nameserver 192.0.2.3' >$dir/new
touch -r $dir /tmp/time
mv $dir/new $dir/resolv.conf
touch -r /tmp/time $dir
is "$(resolv)" 'nameserver 192.0.2.3' "it is replaced, and the directory's time set back"
late=0
for i in {1..30}; do
	echo "nameserver 192.0.2.$i" >$dir/new
	mv $dir/new $dir/resolv.conf
	[ "$(resolv)" = "nameserver 192.0.2.$i" ] || late=$((late + 1))
done
is $late 0 "replaced thirty times in a row, every session has the last"
for i in {1..30}; do
	touch $dir/extra$i /etc/extra$i
	echo "e$i" >$dir/extra$i
	[ "$(h open "sh=cat /etc/extra$i" close | sed -n 2p)" = "e$i" ] ||
		late=$((late + 1))
	rm $dir/extra$i
	! h open "sh=cat /etc/extra$i" close | grep -q "^e$i" ||
		late=$((late + 1))
	rm -f /etc/extra$i
done
is $late 0 "files that come and go are seen, or not, by the next session"
ln $dir/resolv.conf /etc/hardlink
echo 'nameserver 192.0.2.40' >/etc/hardlink
is "$(resolv)" 'nameserver 192.0.2.40' "changed through a hard link"
sleep 0.2
resolv >/dev/null
chmod g+w /etc/hardlink
refused "made writable to others through a hard link" alice
chmod g-w /etc/hardlink
mv $dir /etc/netns/aside
mkdir $dir
resolv_host=$(resolv)
is "$resolv_host" "$(cat /etc/resolv.conf)" "its directory is another one now"
rmdir $dir
mv /etc/netns/aside $dir
echo 'nameserver 198.51.100.53' >$dir/resolv.conf
is "$(resolv)" 'nameserver 198.51.100.53' "and back"

# --- the starting directory --------------------------------------------------------------

map_write <<-END
	alice	+	-
END
mkdir -p /run/systemd/resolve
touch /run/systemd/resolve/io.systemd.Resolve
is "$(h open 'sh=ls /run/systemd/resolve; echo end' close | sed -n 2p)" end \
	"a private session does not see the host's resolver"
is "$(h chdir=/run/systemd/resolve open 'sh=ls; echo end' close | sed -n 2p)" end \
	"nor from its own directory"
is "$(ls /run/systemd/resolve)" io.systemd.Resolve "which the host keeps"
map_default

# A user's own file system, which lets not even root in.
cat >/tmp/fuse.py <<-'END'
	import ctypes, os, struct, sys
	where = sys.argv[1]
	fd = os.open("/dev/fuse", os.O_RDWR)
	options = f"fd={fd},rootmode=40000,user_id=5001,group_id=5001"
	libc = ctypes.CDLL(None, use_errno=True)
	if libc.mount(b"own", where.encode(), b"fuse", 6, options.encode()):
	    sys.exit(os.strerror(ctypes.get_errno()))
	attr = struct.pack("=QQQQQQIIIIIIIIII", 1, 0, 0, 0, 0, 0, 0, 0, 0,
	                   0o40700, 2, 5001, 5001, 0, 4096, 0)
	while True:
	    request = os.read(fd, 1 << 17)
	    opcode, unique = struct.unpack_from("=4xIQ", request)
	    error, body = -38, b""
	    if opcode == 26:
	        error, body = 0, struct.pack("=IIIIHHI40x", 7, 31, 4096, 0, 1, 1,
	                                     4096)
	    elif opcode == 3:
	        error, body = 0, struct.pack("=QII", 0, 0, 0) + attr
	    if opcode in (2, 42):
	        continue
	    os.write(fd, struct.pack("=IiQ", 16 + len(body), error, unique) + body)
END
mkdir /tmp/own
[ -e /dev/fuse ] || mknod -m 0666 /dev/fuse c 10 229
python3 /tmp/fuse.py /tmp/own 2>/tmp/fuse.err &
fuse=$!
if wait_until 5 grep -q ' /tmp/own ' /proc/self/mountinfo; then
	install -m 4755 "$harness" /usr/local/bin/door
	chmod 0711 $host_dir
	out=$(as_alice timeout 20 sh -c "cd /tmp/own && exec door -c $stacks \
		runns alice open 'sh=probe cookie; pwd'" 2>&1)
	like "$out" "^$work\$" "from a directory that is closed to root: inside"
	like "$out" '^/$' "where it starts in /"
	out=$(as_alice timeout 20 sh -c "cd /tmp/own && exec door -c $stacks \
		runns erin open 'sh=probe cookie' slot=1 start=runns:dave open" 2>&1)
	unlike "$(printf '%s\n' "$out" | sed 3,\$d)" 'open=SUCCESS' \
		"a session that fails there is refused"
	like "$out" "^$here\$" "with the program where it was"
	umount -l /tmp/own
else
	skip "a directory that is closed to root" "no FUSE: $(cat /tmp/fuse.err)"
fi
kill $fuse 2>/dev/null

# --- mounts of others -------------------------------------------------------------------

mkdir -p /run/user/5001
mount -t tmpfs -o mode=0700,uid=5001 user /run/user/5001
lost=0
for i in {1..10}; do
	for n in 1 2 3; do
		view_of work mount -t tmpfs stale$n /run/user/5001
	done
	jobs=
	for n in {1..8}; do
		h open close >/dev/null &
		jobs="$jobs $!"
	done
	# shellcheck disable=SC2086
	wait $jobs
	[ "$(view_of work stat -c %d /run/user/5001)" = \
		"$(stat -c %d /run/user/5001)" ] || lost=$((lost + 1))
done
is $lost 0 "eight logins at once take away stale mounts, and none too many"
umount /run/user/5001

unshare -Urm sleep infinity &
other=$!
wait_until 5 sh -c "nsenter -t $other -m true && \
	[ \$(readlink /proc/$other/ns/mnt) != \$(readlink /proc/1/ns/mnt) ]"
out=$(nsenter -t $other -m -- timeout 20 "$harness" -c $stacks runns alice \
	save open same)
like "$out" 'same=yes' "in mounts that cannot be taken away: it ends"
unlike "$out" 'open=SUCCESS' "in a refusal"
kill $other

# --- names and views that are half made ------------------------------------------------------

map_write <<-END
	alice	late	-
END
: >/run/netns/late
{ sleep 0.02; unshare -n mount --bind /proc/self/ns/net /run/netns/late; } &
maker=$!
like "$(h open)" 'open=SUCCESS' "a name that is just being published is waited for"
wait $maker
umount /run/netns/late
SECONDS=0
refused "a name that stays a plain file is not" alice
[ $SECONDS -lt 2 ]
ok $? "for long"
rm /run/netns/late
map_default

key=$(printf '%016x' "$work")
umount /run/runns/views/$key/work
like "$(resolv)" 198.51.100.53 "a view whose maker was killed: the session is complete"
runs "and the view is made again" mountpoint -q /run/runns/views/$key/work

# --- limits that the user sets for a program of root's ------------------------------------------

touch $dir
sleep 0.2
out=$(ulimit -f 0; h expect=work save open judge close same)
is "$out" "open=SUCCESS
judge=ok inside
close=SUCCESS
same=yes" "no file may be written: the session is not harmed"
is "$(find /run/runns/views -name '..*')" '' "and no file is left half written"

# --- K3, K4: nobody holds a login up ------------------------------------------------------------

: >/tmp/held
for path in /run /run/netns /run/runns /etc/netns /etc/netns/work \
	$dir/resolv.conf /etc/security /etc/security/runns.map; do
	as_alice flock -x $path sh -c "echo $path >>/tmp/held; sleep 60" &
done
chmod 0666 /tmp/held
sleep 0.5
views_off
views_on
start=$(date +%s%N)
like "$(resolv)" 198.51.100.53 "a user holds locks on all that he can open: a login"
[ $((($(date +%s%N) - start) / 1000000)) -lt 2000 ]
ok $? "is not delayed"
# shellcheck disable=SC2046
kill $(jobs -p) 2>/dev/null

views_off
printf '#!/bin/sh\ntrap "" TERM\nsleep 100\n' >$builder
chmod 0755 $builder
start=$(date +%s%N)
inside work "the maker of views hangs: the session gets its own"
[ $((($(date +%s%N) - start) / 1000000)) -lt 8000 ]
ok $? "in time"
is "$(pgrep -fc "^sleep 100")" 0 "and what hung is gone"
rm $builder
views_on

done_testing
