#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# pam_view.sh - prepared views: shared by sessions while they are in every
# respect what a fresh one would be, and not used otherwise
. "$(dirname "$0")/../pam/lib.sh"
pam_host "$@"
[ -x $builder ] || bail "$builder is not installed"

# mnt STEP...: number of the mount namespace that a session of alice's is in,
# opened after these steps; @NUMBER if it is not complete
mnt()
{
	h expect=work "$@" save open judge 'sh=readlink /proc/self/ns/mnt' close \
		judge=close same 2>&1 | awk '
	/^mnt:/ { number = $0 }
	/^judge=ok inside$/ || /^judge=ok back$/ || /^same=yes$/ { good++ }
	{ all = all " " $0 }
	END { print good == 3 ? number : "@" all }'
}

# own TEXT STEP...: the session is complete, in a view that it shares with nobody
own()
{
	local text=$1 one two
	shift
	one=$(mnt "$@")
	two=$(mnt "$@")
	like "$one" '^mnt:' "$text: complete"
	isnt "$one" "$shared" "$text: not the prepared view"
	isnt "$two" "$shared" "$text: and not by chance"
}

# --- shared ---------------------------------------------------------------------

shared=$(mnt)
like "$shared" '^mnt:' "a first session"
is "$(mnt)" "$shared" "the second is in the same view"
is "$(mnt chdir=/etc)" "$shared" "from /etc too"
is "$(mnt umask=0 sigchld=ignore)" "$shared" "with SIGCHLD ignored too"
out=$(h open slot=1 start=runns:alice open 'sh=readlink /proc/self/ns/mnt' close)
like "$out" "${shared#mnt:}" "a session in a session is in the same view"
out=$(hu bob open slot=1 start=runns:alice expect=nothing 2>&1 | tail -n 1)
like "$out" 'cannot' "(the harness says what it cannot do)"
out=$(hu bob open save slot=1 start=runns:alice open \
	'sh=readlink /proc/self/ns/mnt; probe cookie; cat /etc/resolv.conf' close same)
like "$out" "${shared#mnt:}" "from the view of another namespace it is joined"
like "$out" "^$(cookie_of work)\$" "in the right namespace"
like "$out" same=yes "and left for that other view again"
map_write <<-END
	alice	work	-
	carol	host	-
END
out=$(h open slot=1 start=runns:carol open 'sh=readlink /proc/self/ns/mnt; probe cookie' close)
like "$out" "$(readlink /proc/1/ns/mnt | tr -d '[]' | sed 's/mnt://')" \
	"from a view to the host: the host's mounts"
like "$out" "^$(host_cookie)\$" "and namespace"
map_default
log_mark
is "$(mnt threads=2)" "$shared" "with threads: the same view"
like "$(log_since)" 'this program has threads' "which is logged"

cat /proc/1/mountinfo >/tmp/before
pids=()
for i in {1..20}; do
	mnt >/tmp/many.$i &
	pids+=($!)
done
wait "${pids[@]}"
is "$(sort -u /tmp/many.*)" "$shared" "20 sessions at once are in the same view"
is "$(diff /tmp/before /proc/1/mountinfo)" '' "which costs no mount"

for how in sigchld=ignore sigchld=reap threads=2; do
	views_off
	views_on
	shared=$(mnt $how)
	like "$shared" '^mnt:' "made at first use by a program with $how"
	is "$(mnt)" "$shared" "and used from then on"
done

# --- not to be used -----------------------------------------------------------------

own "private mounts" privmounts
like "$(h privmounts 'sh=mount -t tmpfs mine /home' save open \
	'sh=findmnt -no SOURCE /home | tail -n 1' close same)" '^mine$' \
	"whose mounts the session keeps"
mkdir -p /tmp/jail
mount --rbind --make-rslave / /tmp/jail
own "a chroot" chroot=/tmp/jail
umount -R -l /tmp/jail
mount --make-private /
own "a host without shared propagation"
mount --make-rshared /

# --- made for another ------------------------------------------------------------------

shared=$(mnt)
ip link del hand1
ip netns delete work
net_make work 1
like "$(mnt)" '^mnt:' "a namespace made anew: complete"
isnt "$(mnt)" "$shared" "not in the view of the old one"
shared=$(mnt)
is "$(mnt)" "$shared" "but in one of its own"

# --- what the host mounts ------------------------------------------------------------------

mkdir -p /tmp/disk /run/user/5001
mount -t tmpfs disk /tmp/disk
touch /tmp/disk/file
is "$(h open 'sh=ls /tmp/disk' close | sed -n 2p)" file \
	"what the host mounts after the view was made is there"
umount /tmp/disk
is "$(h open 'sh=mountpoint -q /tmp/disk || echo no' close | sed -n 2p)" no \
	"and what it unmounts is gone"

# user_dir TEXT: /run/user/UID inside is the host's
user_dir()
{
	is "$(h open 'sh=stat -c %d /run/user/5001; findmnt -no SOURCE /run/user/5001 | tail -n 1' close | sed -n '2,3p')" \
		"$(stat -c %d /run/user/5001)
$(findmnt -no SOURCE /run/user/5001)" "/run/user/UID $1"
}

mount -t tmpfs first /run/user/5001
user_dir "of a first login"
# Root in a session mounts below it, which keeps it there for ever.
h open 'sh=mkdir /run/user/5001/sub; mount -t tmpfs sub /run/user/5001/sub' close >/dev/null
umount -l /run/user/5001
is "$(mnt | cut -c 1-4)" mnt: "gone on the host, kept by a mount inside: complete"
mount -t tmpfs second /run/user/5001
user_dir "of a second login, over a stale one"
umount /run/user/5001
mount -t tmpfs third /run/user/5001
user_dir "of a third"
umount /run/user/5001

# --- covers that get lost -----------------------------------------------------------------------

# resolv TEXT EXPECTED
resolv()
{
	is "$(h open 'sh=cat /etc/resolv.conf' close | sed -n 2p)" "$2" "$1"
}
ns='nameserver 198.51.100.53'
settle() { sleep 0.25; mnt >/dev/null; mnt >/dev/null; }

settle
echo 'nameserver 9.9.9.9' >/etc/resolv.new
mv /etc/resolv.new /etc/resolv.conf
resolv "the host replaced /etc/resolv.conf" "$ns"
is "$(mnt)" "$(mnt)" "and the view was mended for all"
mkfifo /tmp/go /tmp/ready
h open 'sh=echo >/tmp/ready; read -r _ </tmp/go; cat /etc/resolv.conf' close >/tmp/live &
read -r _ </tmp/ready
cp /etc/resolv.conf /etc/resolv.new && mv /etc/resolv.new /etc/resolv.conf
mnt >/dev/null
echo >/tmp/go
wait $!
is "$(sed -n 2p /tmp/live)" "$ns" "also for a session that lived through it"
rm /etc/resolv.conf; ln -s /run/elsewhere /etc/resolv.conf
resolv "the host made it a dangling link" "$ns"
rm /etc/resolv.conf; echo 'nameserver 203.0.113.1' >/etc/resolv.conf
resolv "and a file again" "$ns"

settle
echo 'nameserver 192.0.2.7' >/etc/netns/work/new
mv /etc/netns/work/new /etc/netns/work/resolv.conf
resolv "the source was replaced" 'nameserver 192.0.2.7'
settle
echo "$ns" >/etc/netns/work/resolv.conf
resolv "the source was written to" "$ns"
settle
echo '203.0.113.9 only-inside' >/etc/netns/work/hosts
is "$(h open 'sh=cat /etc/hosts' close | sed -n 2p)" '203.0.113.9 only-inside' \
	"a file was added"
settle
rm /etc/netns/work/hosts
is "$(h open 'sh=head -n 1 /etc/hosts' close | sed -n 2p)" '127.0.0.1 localhost' \
	"a file was removed"
for change in 'chown alice' 'chmod 0666' 'chmod 0620'; do
	settle
	$change /etc/netns/work/resolv.conf
	like "$(h open)" open=$denied "the source: $change: refused"
	rm /etc/netns/work/resolv.conf
	echo "$ns" >/etc/netns/work/resolv.conf
	settle
	$change /etc/netns/work
	like "$(h open)" open=$denied "its directory: $change: refused"
	chown root /etc/netns/work
	chmod 0755 /etc/netns/work
done
settle
mv /etc/netns/work /etc/netns/away
install -d -o alice /etc/netns/work
echo evil >/etc/netns/work/resolv.conf
like "$(h open)" open=$denied "another directory in its place: refused"
rm -r /etc/netns/work
mv /etc/netns/away /etc/netns/work
resolv "the old one again" "$ns"

# --- what lies where views should -------------------------------------------------------------------

views=$(dirname "$(find /run/runns/views -mindepth 2 -maxdepth 2 -name work | tail -n 1)")
isnt "$views" . "there is a view"
for seal in "$views"/.[a-z]*; do
	[ -f "$seal" ] || continue
	settle
	for bytes in 0 1 8 100 5000; do
		head -c $bytes /dev/urandom >"$seal"
		like "$(mnt)" '^mnt:' "$bytes bytes of noise beside the view"
	done
	settle
	truncate -s -1 "$seal"
	like "$(mnt)" '^mnt:' "a byte too few beside the view"
	rm "$seal"; ln -s /dev/zero "$seal"
	like "$(mnt)" '^mnt:' "a link beside the view"
	rm -f "$seal"; mkfifo "$seal"
	like "$(timeout 5 "$harness" -c $stacks runns alice open)" SUCCESS \
		"a FIFO beside the view blocks nobody"
	rm -f "$seal"
done
odd_view()
{
	like "$(mnt)" '^mnt:' "$1 where the view was: complete"
	rm -rf "${views:?}/work"
}
umount -l "$views/work"; rm "$views/work"
mkfifo "$views/work"; odd_view "a FIFO"
mkdir "$views/work"; odd_view "a directory"
ln -s /proc/1/ns/mnt "$views/work"; odd_view "a link to the host's mounts"
: >"$views/work"; mount --bind /proc/1/ns/net "$views/work"
like "$(mnt)" '^mnt:' "a network namespace where the view was: complete"
umount "$views/work"; rm -f "$views/work"
chmod 0777 "$views"
like "$(mnt)" '^mnt:' "views in a directory that others can write: complete"
chmod 0700 "$views"
# The host's own mounts, or those of another view, in the place of the view.
: >"$views/work"
other=$(find /run/runns/views -mindepth 2 -maxdepth 2 -name lab | tail -n 1)
if [ -z "$other" ]; then
	hu bob open close >/dev/null
	other=$(find /run/runns/views -mindepth 2 -maxdepth 2 -name lab | tail -n 1)
fi
umount -l "$views/work" 2>/dev/null
rm -f "$views/work"; : >"$views/work"
echo 'nameserver 192.0.2.77' >/etc/netns/lab/resolv.conf
mount --bind "$other" "$views/work" 2>/dev/null
like "$(mnt)" '^mnt:' "the view of another namespace where the view was: complete"
while umount -l "$views/work" 2>/dev/null; do :; done
rm -f "$views/work"

# --- a builder that does not help ------------------------------------------------------------------------

mv $builder $builder.real
fake()
{
	while umount -l /run/runns/views 2>/dev/null; do :; done
	rm -rf /run/runns/views
	{ echo '#!/bin/bash'; echo "$2"; } >$builder.new
	chmod 0755 $builder.new
	mv $builder.new $builder
	for how in '' sigchld=ignore sigchld=reap; do
		start=$SECONDS
		# No step is one step less.
		# shellcheck disable=SC2086
		like "$(mnt $how)" '^mnt:' "a builder that $1${how:+, $how}: complete"
		[ $((SECONDS - start)) -le 9 ] || fail "$1: $((SECONDS - start)) s"
	done
}
fake "hangs" 'sleep 1000'
fake "succeeds, but does nothing" 'exit 0'
fake "fails" 'exit 1'
fake "fails after it did its work" "$builder.real \"\$@\"; exit 1"
fake "dies" 'kill -9 $$'
fake "prints 10 MB" 'head -c 10000000 /dev/zero; head -c 10000000 /dev/zero >&2; exit 1'
fake "leaves a process behind" 'sleep 30 & exit 1'
fake "stops itself" 'kill -STOP $$'
fake "is not a program" 'exec /etc/passwd'
# The builder is a good one, but waits for a lock that somebody holds.
cp $builder.real $builder
views_off
views_on
for lock in /run/runns/lock/*; do
	flock "$lock" sleep 60 &
done
sleep 0.2
start=$SECONDS
like "$(mnt)" '^mnt:' "every lock is held: complete"
[ $((SECONDS - start)) -le 5 ]
ok $? "in time" "$((SECONDS - start)) s"
pkill -x sleep

# The namespace goes away between the first look and the last.
rm -rf /run/runns/views
{ echo '#!/bin/bash'; echo 'ip netns delete work; exit 1'; } >$builder
refused "a namespace that is removed while a session enters it" alice
net_restore()
{
	ip link del hand1 2>/dev/null
	net_make work 1
}
net_restore
mv $builder.real $builder
pkill -x sleep -P 1 2>/dev/null
like "$(mnt)" '^mnt:' "and with a good one again"
is "$(mnt)" "$(mnt)" "sessions share a view"
done_testing
