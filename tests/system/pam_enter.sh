#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# pam_enter.sh - the PAM module enters and leaves, from every kind of program
. "$(dirname "$0")/../pam/lib.sh"
need setfacl
pam_host "$@"
host_user_names='alice bob carol dave erin' host_users
[ "${views-}" != off ] || views_off

# --- what the map can say -----------------------------------------------------

here="$(host_cookie)"
work=$(cookie_of work)

inside work "a mapped user is inside, and the program is back afterwards"
out=$(hu dave save open same close same)
is "$out" "open=SUCCESS
same=yes
close=SUCCESS
same=yes" "an unmapped user stays where he is"
out=$(hu root save open same close same)
is "$out" "open=SUCCESS
same=yes
close=SUCCESS
same=yes" "root stays where he is"
refused "an absent namespace is refused" erin
like "$(hu erin open)" 'said=Your network is not available' "the user is told why"
unlike "$(hu erin open=silent)" said= "but not if the program says silent"
refused "a user whom the system does not know is refused" nobodyknows
like "$(hu nobodyknows open)" open=USER_UNKNOWN "with the code for that"
refused "a user without name is refused" NULL
refused "an empty user name is refused" ''

map_write <<-END
	alice	absent	-	optional
	bob	deny	-
	carol	host	-
	dave	+	-
	@contractors	work	-
	*	-	-
END
log_mark
out=$(h save open same close same)
is "$out" "open=SUCCESS
same=yes
close=SUCCESS
same=yes" "optional: an absent namespace leaves the user outside"
like "$(log_since)" 'absent does not exist: alice stays outside' "which is logged"
refused "deny refuses" bob
like "$(hu bob acct)" PERM_DENIED "in the account phase too"
for user in alice carol dave root nobodyknows; do
	unlike "$(hu $user acct)" DENIED "the account phase lets $user pass"
done
out=$(hu carol save open 'sh=probe cookie mnt' close same)
is "$out" "open=SUCCESS
$here
$(readlink /proc/self/ns/mnt)
close=SUCCESS
same=yes" "host: nothing to do on the host"

out=$(hu dave save open state=in 'sh=probe devices; probe cookie;
	ip -o -4 addr show dev lo' close same)
unlike "$out" "^$here\$|^$work\$" "+: a namespace of its own"
like "$out" '^lo$' "+: with lo and nothing else"
like "$out" '127.0.0.1/8' "+: which is up"
like "$out" same=yes "+: the program is back afterwards"
isnt "$(hu dave open 'sh=probe cookie' close)" \
	"$(hu dave open 'sh=probe cookie' close)" "+: every session has another"

map_write <<-END
	alice	n-%u	-
	bob	m-%U	-
	carol	g-%g	-
END
for name in n-alice m-5002 g-carol; do
	ip netns add $name
done
like "$(h open 'sh=probe cookie' close)" "^$(cookie_of n-alice)\$" "%u is the user"
like "$(hu bob open 'sh=probe cookie' close)" "^$(cookie_of m-5002)\$" "%U is the uid"
like "$(hu carol open 'sh=probe cookie' close)" "^$(cookie_of g-carol)\$" \
	"%g is the group"
sed -i 's/^dave:/dave space:/' /etc/passwd
map_write <<-END
	5004	t-%u	-
	*	-	-
END
refused "a user's name that makes no valid namespace is refused" "dave space"
sed -i 's/^dave space:/dave:/' /etc/passwd

# One uid, two names: the identity is the uid.
echo 'alias:x:5001:5001:alias:/home/alice:/bin/bash' >>/etc/passwd
map_default
like "$(hu alias open 'sh=probe cookie' close)" "^$work\$" \
	"another name of the same uid is mapped alike"
sed -i '/^alias:/d' /etc/passwd

# --- order of calls -----------------------------------------------------------

inside work "without silence" 'item=tty:pts/3' 'item=rhost:192.0.2.9'
out=$(h save open close close same)
is "$out" "open=SUCCESS
close=SUCCESS
close=SUCCESS
same=yes" "closing twice does nothing"
out=$(h save close same)
is "$out" "close=SUCCESS
same=yes" "closing without opening does nothing"
out=$(h expect=work save open open judge close same close same)
is "$out" "open=SUCCESS
open=SUCCESS
judge=ok inside
close=SUCCESS
same=yes
close=SUCCESS
same=yes" "opening twice on one handle is one session"
out=$(h save open end same)
is "$out" "open=SUCCESS
end=SUCCESS
same=yes" "the end of the handle without a close goes back"
out=$(h save open end=silent same)
is "$out" "open=SUCCESS
end=SUCCESS
same=yes" "also if the program says silent, as sudo does"
out=$(h expect=work save open fork end=silent . judge close same)
is "$out" "open=SUCCESS
end=SUCCESS
judge=ok inside
close=SUCCESS
same=yes" "the end in a child changes nothing in its parent"
out=$(h expect=work save open fork close 'sh=probe cookie' end . judge close same)
is "$out" "open=SUCCESS
close=SUCCESS
$work
end=SUCCESS
judge=ok inside
close=SUCCESS
same=yes" "a close in a child changes nothing, in it nor in its parent"
out=$(h save open fork uid=5001 close=silent end=silent . close same)
is "$out" "open=SUCCESS
close=SUCCESS
end=SUCCESS
close=SUCCESS
same=yes" "a close by a child that runs as the user is quick and quiet"
out=$(h save fork open . same)
is "$out" "open=SUCCESS
same=yes" "a session opened in a child is the child's"

# A opens, B opens, A closes, B closes: nobody ends where nobody asked for.
two='slot=1 start=runns:bob'
# shellcheck disable=SC2086
out=$(h save open $two open 'sh=probe cookie' slot=0 close 'sh=probe cookie' \
	slot=1 close same)
is "$out" "open=SUCCESS
open=SUCCESS
$(cookie_of lab)
close=SUCCESS
$(cookie_of lab)
close=SUCCESS
same=yes" "two handles, the first closed first"
# shellcheck disable=SC2086
out=$(h save open $two open slot=1 close 'sh=probe cookie; cat /etc/resolv.conf' \
	slot=0 close same)
is "$out" "open=SUCCESS
open=SUCCESS
close=SUCCESS
$work
nameserver 198.51.100.53
close=SUCCESS
same=yes" "two handles, the second closed first"
# shellcheck disable=SC2086
out=$(h save open $two open slot=0 end slot=1 end same)
is "$(printf '%s\n' "$out" | tail -n 1)" same=yes "two handles, ended, not closed"
# shellcheck disable=SC2086
out=$(h save open $two open slot=2 start=runns:alice open slot=1 close slot=0 \
	close 'sh=probe cookie' slot=2 close same)
is "$(printf '%s\n' "$out" | tail -n 3)" "$work
close=SUCCESS
same=yes" "three handles, closed in the middle first"
out=$(h save open open close slot=1 start=runns:alice open close slot=0 same)
like "$out" same=yes "one handle after the other"

# --- nested -------------------------------------------------------------------

nested()
{
	local user=$1
	shift
	hu alice open save slot=1 "start=runns:$user" open \
		'sh=probe cookie; cat /etc/resolv.conf; probe devices; cat /proc/self/mounts | wc -l' \
		"$@" close same slot=0 close
}

printf 'nameserver 198.51.100.99\n' >/etc/netns/lab/resolv.conf
out=$(nested bob)
like "$out" "^$(cookie_of lab)\$" "a session in a session: to another namespace"
like "$out" 198.51.100.99 "with that one's name servers"
like "$out" same=yes "and back to the outer one"
out=$(nested alice)
like "$out" "^$work\$" "to the same namespace"
like "$out" 198.51.100.53 "with its name servers"
like "$out" same=yes "and back"
out=$(nested carol)
like "$out" "^$here\$" "host: leaves the namespace"
like "$out" 203.0.113.1 "with the host's name servers"
like "$out" '^eth0.*lo' "and devices"
like "$out" same=yes "and back"
out=$(nested dave)
like "$out" "^$work\$" "an unmapped user stays inside the outer one's"
like "$out" same=yes "and back"
hu alice open 'sh=ip netns add fromin 2>&1; true' close >/dev/null
is "$(mount | grep -c fromin)" 0 "nothing that is mounted inside reaches the host"
cp /etc/netns/work/resolv.conf /etc/netns/lab/resolv.conf

# --- stacked twice ------------------------------------------------------------

stack twice <<-END
	session required pam_runns.so
	session required pam_runns.so
END
out=$("$harness" -c $stacks twice alice expect=work save open judge close same)
is "$out" "open=SUCCESS
judge=ok inside
close=SUCCESS
same=yes" "the module stands twice in a stack"

# A module behind ours refuses; the program closes, or just ends.
stack later <<-END
	session required pam_runns.so
	session required pam_deny.so
END
for step in close end; do
	out=$("$harness" -c $stacks later alice save open $step same)
	unlike "$out" open=SUCCESS "a later module refuses: so does the stack"
	like "$out" same=yes "and the program is back after its $step"
done
h open exit=0 >/dev/null
inside work "after a program that neither closed nor ended"
"$harness" -c $stacks runns alice open sleep=10000 >/dev/null &
sleep 0.2
kill -KILL $!
inside work "after a program that was killed inside"

# --- the program's place ------------------------------------------------------

for dir in / /tmp /etc /etc/security /sys /sys/class/net /proc/self /run \
	/run/netns /home/alice /dev/pts; do
	out=$(h "expect=work" "chdir=$dir" save open judge \
		'sh=pwd' close judge=close same 2>&1)
	like "$out" 'judge=ok inside' "from $dir: inside"
	like "$out" 'same=yes' "from $dir: back"
done
like "$(h chdir=/etc open 'sh=cat resolv.conf' close)" 198.51.100.53 \
	"from /etc a relative name shows the namespace's file"
like "$(h chdir=/etc open 'sh=cat /proc/self/cwd/resolv.conf' close)" \
	198.51.100.53 "and so does /proc/self/cwd"
like "$(h chdir=/sys/class/net open 'sh=ls' close)" eth0 "from /sys/class/net: devices"
is "$(h chdir=/sys/class/net open 'sh=ls | paste -sd " "' close | sed -n 2p)" \
	"$(ip -n work -o link | ip_devices)" "those of the namespace"

mkdir /tmp/gone
out=$(h expect=work chdir=/tmp/gone 'sh=rmdir /tmp/gone' save open judge close same)
like "$out" 'judge=ok inside' "from a removed directory: inside"
like "$out" same=yes "and back"
mkdir -p /tmp/gone /etc/gone
out=$(h expect=work chdir=/etc/gone 'sh=rmdir /etc/gone' save open 'sh=cat ../resolv.conf' close same)
unlike "$out" 203.0.113.1 "a removed directory of /etc is no way to the host's file"
like "$out" same=yes "and back"
install -d -m 0700 -o bob /home/bob/private
out=$(h expect=work chdir=/home/bob/private save open judge close same)
like "$out" 'judge=ok inside' "from another user's directory: inside"

mkdir -p /tmp/moved
out=$(h chdir=/tmp/moved 'sh=mount -t tmpfs over /tmp/moved' save open 'sh=stat -c %d:%i .' close same 'sh=stat -c %d:%i .')
is "$(printf '%s\n' "$out" | sed -n 2p)" "$(printf '%s\n' "$out" | tail -n 1)" \
	"from a directory that something is mounted over: the same directory"
umount /tmp/moved
inside work "with a umask of 0" umask=0
inside work "with SIGCHLD ignored" sigchld=ignore
inside work "with a handler that reaps every child" sigchld=reap
inside work "with descriptors 0 to 2 closed" closestdio
inside work "with four descriptors more than it needs" fdfree=24

# --- threads ------------------------------------------------------------------

log_mark
out=$(h expect=work threads=2 chdir=/home umask=027 save open judge close same)
is "$out" "open=SUCCESS
judge=ok inside
close=SUCCESS
same=yes" "a program with three threads"
like "$(log_since)" 'this program has threads' "which is logged"
out=$(h expect=work thread save open judge close same .)
is "$out" "open=SUCCESS
judge=ok inside
close=SUCCESS
same=yes" "opened and closed by a thread"
out=$(h thread open . sleep=20 save close same)
like "$out" 'close=SESSION_ERR' "a close by another thread than the opener's fails"
like "$out" same=yes "and leaves that other thread where it is"
# After the thread was made this one shares its root: no way back, no success.
out=$(h save open threads=1 close 2>&1)
unlike "$out" 'close=SUCCESS' \
	"a thread that came in between makes the close fail, not lie"

# --- chroot and private mounts --------------------------------------------------

jail=/tmp/jail
mkdir -p $jail/{etc,proc,sys,run,bin,lib,lib64,usr,dev,tmp,home}
for dir in proc sys run usr dev lib64; do
	[ ! -d /$dir ] || mount --rbind --make-rslave /$dir $jail/$dir
done
mount --rbind --make-rslave /lib $jail/lib
mount --rbind --make-rslave /bin $jail/bin
cp -a /etc/passwd /etc/group /etc/nsswitch.conf /etc/pam.d $jail/etc/
echo 'nameserver 9.9.9.9' >$jail/etc/resolv.conf
touch $jail/in-jail
out=$(h chdir=$jail chroot=$jail save open 'sh=ls -d /in-jail; probe cookie; cat /etc/resolv.conf; probe devices' close same 2>&1)
like "$out" ^/in-jail "a chrooted program stays in its chroot inside"
like "$out" "^$work\$" "in the namespace"
like "$out" 198.51.100.53 "with its name servers"
is "$(printf '%s\n' "$out" | sed -n 5p)" "$(ip -n work -o link | ip_devices)" \
	"and its devices"
like "$out" same=yes "and is in it afterwards"
umount -R -l $jail/{proc,sys,run,usr,dev,lib64,lib,bin}

out=$(h expect=work privmounts save 'sh=mount -t tmpfs mine /home' open judge \
	'sh=findmnt -no SOURCE /home | tail -n 1' close same)
is "$out" "open=SUCCESS
judge=ok inside
mine
close=SUCCESS
same=yes" "a program with private mounts keeps them inside"

mount --make-private /
inside work "a host without shared propagation"
mount --make-rshared /

# --- without the power ----------------------------------------------------------

log_mark
refused "a program that does not run as root" alice uid=5001
like "$(log_since)" 'not run as root|Permission denied' "the log says so"
log_mark
refused "root without CAP_SYS_ADMIN" alice nocap=21
like "$(log_since)" 'lacks CAP_SYS_ADMIN' "the log says so"
log_mark
refused "root without CAP_SYS_CHROOT" alice nocap=18
like "$(log_since)" 'lacks CAP_SYS_CHROOT' "the log says what is missing"
refused "root in a user namespace" alice userns
refused "who cannot see the map is refused, mapped or not" dave uid=5004
out=$(hu dave uid=5004 acct)
unlike "$out" DENIED "but for a screen locker's account phase"

# --- the file system inside ------------------------------------------------------

is "$(h open env=RUNNS_NETNS close | sed -n 2p)" RUNNS_NETNS=work \
	"RUNNS_NETNS tells the session where it is"
is "$(hu dave open env=RUNNS_NETNS close | sed -n 2p)" "RUNNS_NETNS=(unset)" \
	"and is not set elsewhere"
is "$(h open 'sh=ls /run/netns | wc -l; findmnt -rnt nsfs | wc -l' close | sed -n 2,3p | paste -sd ' ')" \
	"$(h open 'sh=ls /run/netns 2>/dev/null | wc -l' close | sed -n 2p) 0" \
	"no handle of a namespace is to be seen"
refuses "and none can be entered from inside" sh -c \
	"$harness -c $stacks runns alice open 'sh=nsenter --net=/run/netns/lab true && echo entered' close | grep entered"

# What is mounted below /sys, with flags and type.
mkdir -p /tmp/sysmounts
mount -t tmpfs -o ro,nosuid,size=64k,mode=0700 extra /sys/kernel/debug 2>/dev/null ||
	mount -t tmpfs -o ro,nosuid extra /sys/fs/cgroup
mount -t cgroup2 none /sys/fs/cgroup 2>/dev/null
mount -t bpf none /sys/fs/bpf 2>/dev/null
below_sys="findmnt -rno TARGET,FSTYPE,OPTIONS,MAJ:MIN -R /sys | grep -v '^/sys sysfs' | sort"
was=$(sh -c "$below_sys")
isnt "$was" '' "there are mounts below /sys"
is "$(h open "sh=$below_sys" close | sed '1d;$d')" "$was" \
	"every mount below /sys is there inside, with its flags"
mount -o remount,ro /sys
is "$(h open 'sh=findmnt -no OPTIONS /sys | tail -n 1 | cut -d , -f 1' close | sed -n 2p)" \
	ro "a read-only /sys is read-only inside"
mount -o remount,rw /sys

# --- covers of /etc --------------------------------------------------------------

resolv()
{
	h open 'sh=cat /etc/resolv.conf' close | sed '1d;$d'
}
ns='nameserver 198.51.100.53'

mv /etc/resolv.conf /run/host-resolv
ln -s /run/host-resolv /etc/resolv.conf
is "$(resolv)" "$ns" "/etc/resolv.conf is a link"
ln -sfn ../run/host-resolv /etc/resolv.conf
is "$(resolv)" "$ns" "a relative link"
ln -s /run/host-resolv /run/chain
ln -sfn /run/chain /etc/resolv.conf
is "$(resolv)" "$ns" "a chain of links"
ln -sfn /run/nowhere/resolv.conf /etc/resolv.conf
is "$(resolv)" "$ns" "a dangling link"
rm /etc/resolv.conf
refused "no file to cover" alice
mkdir /etc/resolv.conf
refused "a directory where the file should be" alice
rmdir /etc/resolv.conf
cp /run/host-resolv /etc/resolv.conf
is "$(resolv)" "$ns" "a file again"
is "$(cat /etc/resolv.conf)" 'nameserver 203.0.113.1' "the host's is as it was"
mkdir -p /etc/extra.d /etc/netns/work/extra.d
echo host >/etc/extra.d/a
echo ns >/etc/netns/work/extra.d/a
is "$(h open 'sh=cat /etc/extra.d/a' close | sed -n 2p)" ns "a directory is covered"
rm -r /etc/extra.d /etc/netns/work/extra.d
h open "sh=sed -i 's/^hostname-line//' /etc/hostname; echo changed >/etc/motd.test" \
	close >/dev/null
is "$(cat /etc/motd.test)" changed "what is written to /etc inside is written on the host"
h open 'sh=cp /etc/resolv.conf /tmp/r; echo evil >/tmp/r; mv /tmp/r /etc/resolv.conf 2>/dev/null; echo evil2 >/etc/resolv.conf' close >/dev/null
is "$(cat /etc/resolv.conf)" 'nameserver 203.0.113.1' \
	"what replaces resolv.conf inside does not replace the host's"
echo "$ns" >/etc/netns/work/resolv.conf

# --- the host's mounts -------------------------------------------------------------

before=$(cat /proc/1/mountinfo)
mkfifo /tmp/go /tmp/gone-on
mkdir -p /tmp/later
h open 'sh=echo in >/tmp/gone-on; read -r _ </tmp/go; cat /tmp/later/file' \
	'sh=umount /tmp/later; findmnt -no SOURCE /tmp/later || echo unmounted' close \
	>/tmp/out &
read -r _ </tmp/gone-on
is "$(cat /proc/1/mountinfo)" "$before" "a session changes nothing in the host's mounts"
mount -t tmpfs later /tmp/later
echo later >/tmp/later/file
echo go >/tmp/go
wait $!
is "$(sed -n 2p /tmp/out)" later "what the host mounts later is seen inside"
runs "what is unmounted inside stays mounted on the host" mountpoint -q /tmp/later
umount /tmp/later
is "$(cat /proc/1/mountinfo)" "$before" "and after the session all is as before"

# --- descriptors that the program takes away -----------------------------------------

log_mark
out=$(h save open closenew close 2>&1)
like "$out" close=SESSION_ERR "the saved descriptors were closed: an error, not a lie"
like "$(log_since)" 'the way back was closed' "which is logged"
out=$(h save open stealnew close state=after 2>&1)
like "$out" close=SESSION_ERR "their numbers are other files now: an error"
is "$(field fds after "$out" | tr ';' '\n' | grep -c .)" \
	"$(h save open stealnew state=after | grep ^after | tr ' ' '\n' | sed -n 's/^fds=//p' | tr ';' '\n' | grep -c .)" \
	"and the strangers' descriptors are left alone"

# --- namespaces that come and go -------------------------------------------------------

ip netns add passing
map_write <<-END
	alice	passing	-
END
out=$(h save open 'sh=ip netns delete passing 2>/dev/null; umount /proc/1/root/run/netns/passing 2>/dev/null' \
	'sh=nsenter -t 1 -m ip netns delete passing' 'sh=nsenter -t 1 -m -n ip netns add passing' close same)
like "$out" same=yes "a namespace that is torn down and made anew meanwhile: back where it began"
ip netns delete passing
map_default

# --- credentials and other entry points ---------------------------------------------------

stack creds <<-END
	auth required pam_permit.so
	auth optional pam_runns.so
	session required pam_runns.so
END
for kind in establish reinit refresh delete; do
	out=$("$harness" -c $stacks creds alice save "setcred=$kind" same open \
		"setcred=$kind" 'sh=probe cookie' close "setcred=$kind" same)
	is "$(printf '%s\n' "$out" | grep -c same=yes) $(printf '%s\n' "$out" | grep -x "$work")" \
		"2 $work" "setcred $kind has no effect on the namespaces"
done

# --- stacks with this module alone -----------------------------------------------------------

# verdict CONTROL USER PHASE: what the program gets
verdict()
{
	stack alone <<-END
		auth $1 pam_runns.so
		account $1 pam_runns.so
		session $1 pam_runns.so
		password $1 pam_runns.so
	END
	"$harness" -c $stacks alone "$2" quiet expect=work save "$3" loud \
		"sh=probe cookie" same quiet "$3" loud close 2>/dev/null |
		sed -n 1p >/tmp/where
	"$harness" -c $stacks alone "$2" "$3" | sed -n '$p'
}

for control in required requisite sufficient optional '[success=done default=die]' \
	'[success=ok ignore=ignore default=bad]'; do
	for phase in auth chauth; do
		unlike "$(verdict "$control" alice $phase)" SUCCESS \
			"$control: $phase never says yes"
	done
	like "$(verdict "$control" alice open)" open=SUCCESS "$control: mapped, open"
	is "$(cat /tmp/where)" "$work" "$control: mapped, inside"
	like "$(verdict "$control" dave open)" open=SUCCESS "$control: unmapped, open"
	is "$(cat /tmp/where)" "$here" "$control: unmapped, outside"
	unlike "$(verdict "$control" erin open)" open=SUCCESS "$control: absent, refused"
	is "$(cat /tmp/where)" "$here" "$control: absent, outside"
	unlike "$(verdict "$control" erin acct)" acct=SUCCESS \
		"$control: the account phase says nothing"
done

# --- arguments ----------------------------------------------------------------------------------

for argument in nonsense map= map=relative conf= conf=x rescue= 'debug=1' Debug; do
	stack args <<-END
		session required pam_runns.so $argument
	END
	out=$("$harness" -c $stacks args dave save open same)
	like "$out" open=PERM_DENIED "argument \"$argument\": even an unmapped user is refused"
done
log_mark
{ printf 'session required pam_runns.so'; printf ' x%.0s' $(seq 200); echo; } >$stacks/args
"$harness" -c $stacks args alice open >/dev/null
is "$(log_since | grep -c 'is not known')" 8 "many bad arguments are few lines in the log"
stack args <<-END
	session required pam_runns.so debug
END
log_mark
"$harness" -c $stacks args alice open close >/dev/null
like "$(log_since)" 'alice is in namespace work' "debug tells what is done"

# --- nothing is left --------------------------------------------------------------------------------

is "$(findmnt -rno TARGET | grep -c views)" \
	"$(findmnt -rno TARGET | grep views | sort -u | grep -c .)" "no view is mounted twice"
done_testing
