#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# pam_trust.sh - files and handles that others could have made, or that are
# broken: nobody mapped gets out, root always gets in, nothing blocks
. "$(dirname "$0")/../pam/lib.sh"
need setfacl python3
pam_host "$@"
host_user_names='alice bob carol dave erin' host_users

map=/etc/security/runns.map
stack rescue <<-END
	account required pam_permit.so
	account required pam_runns.so
	session required pam_runns.so rescue=bob,carol
END

# code SERVICE USER STEP: what the last call answered; blocked if it is slow
code()
{
	timeout -k 1 2 "$harness" -c $stacks "$@" 2>/dev/null |
		sed -n 's/^[a-z]*=\([A-Z_]*\)$/\1/p' | tail -n 1 | grep . ||
		echo BLOCKED
}

# bad_map TEXT: nobody's network is known (THREAT-MODEL.md part 8)
bad_map()
{
	local out
	log_mark
	out="mapped $(code runns alice open) unmapped $(code runns dave open)"
	out="$out rescued $(code rescue carol open) other $(code rescue dave open)"
	is "$out" "mapped PERM_DENIED unmapped PERM_DENIED rescued SUCCESS other PERM_DENIED" \
		"map $1: refused, but for the rescued"
	is "$(code runns root open) $(log_since | grep -c '<82>.*root gets a session')" \
		"SUCCESS 1" "map $1: root gets in, which is critical"
	is "$(code runns alice acct)" SUCCESS "map $1: the account phase lets pass"
}

good_map()
{
	rm -rf $map /etc/security/runns.map.d
	map_default
	[ "$(code runns alice open) $(code runns dave open)" = "SUCCESS SUCCESS" ] ||
		fail "the good map works again"
}

# --- who could have written the map --------------------------------------------

good_map
chown alice $map; bad_map "owned by a user"; good_map
chgrp contractors $map; chmod 0664 $map; bad_map "writable by a group"; good_map
chmod 0646 $map; bad_map "writable by others"; good_map
setfacl -m u:alice:rw $map; bad_map "writable by an access list"; good_map
chmod 0000 $map
is "$(code runns alice open)" SUCCESS "a map that nobody may read is root's all the same"
good_map
for dir in /etc/security /etc; do
	chown bob $dir; bad_map "below $dir of a user's"; chown root $dir
	chmod 0775 $dir; bad_map "below a group-writable $dir"; chmod 0755 $dir
	chmod 0757 $dir; bad_map "below a world-writable $dir"; chmod 0755 $dir
	setfacl -m u:alice:rwx $dir
	bad_map "below $dir that an access list opens"
	setfacl -b $dir
done
mv $map /home/alice/runns.map
ln -s /home/alice/runns.map $map; bad_map "a link to a user's file"
ln -sfn /etc/security/real.map $map
map_default; mv $map /etc/security/real.map
ln -sfn /etc/security/real.map $map; bad_map "a link to root's file"
rm $map /etc/security/real.map
mv /etc/security /home/alice/security; ln -s /home/alice/security /etc/security
bad_map "below a link"
rm /etc/security; mv /home/alice/security /etc/security
good_map

# --- what kind of file ------------------------------------------------------------

rm $map; mkfifo $map; bad_map "a FIFO"; good_map
rm $map; mkdir $map; bad_map "a directory"; good_map
rm $map; mknod $map c 1 5; bad_map "a device"; good_map
rm $map; mknod $map b 7 200; bad_map "a block device without a driver"; good_map
rm $map; python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('$map')"
bad_map "a socket"; good_map
mount --bind /proc/version $map; bad_map "a file of /proc"; umount $map; good_map
truncate -s 2G $map; bad_map "of 2 GiB"; good_map

# --- what it says -------------------------------------------------------------------

# says TEXT FORMAT: printf's
says()
{
	# The format is the map.
	# shellcheck disable=SC2059
	printf "$2" >$map
	bad_map "$1"
}

says "empty" ''
says "of one newline too few" 'alice work -\n* - -'
says "with a NUL byte" 'alice work -\n\0\n'
says "with carriage returns" 'alice work -\r\n'
says "with a byte order mark" '\357\273\277alice work -\n'
says "of one field" 'alice\n'
says "with an open quote" 'alice "work -\n'
says "with an unknown option" 'alice work - mandatory\n'
says "with an unknown service option" 'alice work - services=sshd\n'
says "with a bad name" 'alice ../work -\n'
says "with an absolute name" 'alice /run/netns/work -\n'
says "with a name that is too long" "alice $(printf 'n%.0s' {1..64}) -\\n"
says "with ESC in a name" 'alice wo\033rk -\n'
says "with a template alone" 'alice %%u -\n'
says "with only exclusions" '!alice work -\n'
says "with a number that overflows" '4294967296 work -\n'
says "with a negative number" '-1 work -\n'
says "with a number in hex" '0x10 work -\n'
says "with an exponent" '1e9 work -\n'
says "with a prefix of 33 bits" 'alice work - rhost=10.0.0.0/33\n'
says "with host bits in a prefix" 'alice work - rhost=10.0.0.1/8\n'
says "with a zone" 'alice work - rhost=fe80::1%%eth0\n'
says "with an open continuation" 'alice work - \\'
python3 -c "print('alice work -' + ' ' * 2**20)" >$map
bad_map "of a line of 1 MiB"
python3 -c "print('# a comment\n' * 10**6, end='')" >$map
bad_map "of a million lines"
python3 -c "print('u1 work -\n' * 10001, end='')" >$map
bad_map "of too many rules"
head -c 65536 /dev/urandom >$map
bad_map "of noise"
good_map
python3 -c "print('u1 work -\n' * 9990 + 'alice work -\n* - -')" >$map
is "$(code runns alice open) $(code runns dave open)" "SUCCESS SUCCESS" \
	"a long map is read"
good_map

# --- drop-ins ----------------------------------------------------------------------------

drop=/etc/security/runns.map.d
mkdir $drop
echo 'dave lab -' >$drop/10-dave.map
echo 'nonsense' >$drop/10-dave.map.dpkg-new
echo 'nonsense' >$drop/.hidden.map
is "$(hu dave open 'sh=probe cookie' close | sed -n 2p)" "$(cookie_of lab)" \
	"a drop-in counts, and comes first"
chown alice $drop/10-dave.map; bad_map "a drop-in of a user's"
chown root $drop/10-dave.map
chmod 0777 $drop; bad_map "drop-ins in an open directory"; chmod 0755 $drop
ln -s /home/alice/x.map $drop/20.map; bad_map "a drop-in that is a link"
rm $drop/20.map; mkfifo $drop/20.map; bad_map "a drop-in that is a FIFO"
rm $drop/20.map; : >$drop/20.map; bad_map "an empty drop-in"
rm -r $drop; touch $drop; bad_map "a file where drop-ins should be"
rm $drop
good_map

# --- no map at all ------------------------------------------------------------------------

rm $map
is "$(code runns alice open) $(code runns dave open) $(code runns root open)" \
	"SUCCESS SUCCESS SUCCESS" "without a map nobody is mapped"
mv /etc/security /etc/security.away
is "$(code runns alice open)" SUCCESS "nor without its directory"
mv /etc/security.away /etc/security
good_map
stack elsewhere <<-END
	session required pam_runns.so map=/etc/other/runns.map
END
mkdir -m 0755 /etc/other
echo 'alice lab -' >/etc/other/runns.map
is "$("$harness" -c $stacks elsewhere alice open 'sh=probe cookie' close | sed -n 2p)" \
	"$(cookie_of lab)" "map= names another map"
chown alice /etc/other
is "$(code elsewhere alice open)" PERM_DENIED "which is judged alike"
echo 'alice no-such-network -' >$map
is "$(code runns alice open)" PERM_DENIED "a name that is absent is refused"
good_map

# --- a group that nobody can tell ------------------------------------------------------------

map_write <<-END
	@nosuchgroup	lab	-
	*	-	-
END
is "$(code runns alice open) $(code runns root open)" "PERM_DENIED SUCCESS" \
	"a group that is not known refuses, but not root"
map_write <<-END
	root	lab	-
	@contractors	work	-
	*	-	-
END
is "$(hu root open 'sh=probe cookie' close | sed -n 2p)" "$(cookie_of lab)" \
	"root is mapped when root is written"
is "$(hu carol open 'sh=probe cookie' close | sed -n 2p)" "$(cookie_of work)" \
	"a member is mapped by the group"
map_write <<-END
	0:99999	work	-
END
is "$(hu root open 'sh=probe cookie' close | sed -n 2p)" "$(host_cookie)" \
	"no range contains root"
map_write <<-END
	*	deny	-
END
is "$(code runns root open) $(code runns alice open)" "SUCCESS PERM_DENIED" \
	"nor does a star"
good_map

# --- handles --------------------------------------------------------------------------------

netns=/run/netns
map_write <<-END
	alice	odd	-	optional
	bob	lab	-
	*	-	-
END

# bad_handle TEXT: whatever "odd" is, it is not a namespace; nor is it absent
bad_handle()
{
	is "$(code runns alice open)" PERM_DENIED "handle $1: refused, even if optional"
	[ -L $netns/odd ] || umount -l $netns/odd 2>/dev/null
	rm -rf ${netns:?}/odd
}

is "$(code runns alice open)" SUCCESS "an absent handle is what optional is for"
ln -s lab $netns/odd; bad_handle "a link to another"
ln -s /proc/1/ns/net $netns/odd; bad_handle "a link to pid 1's namespace"
ln -s nowhere $netns/odd; bad_handle "a dangling link"
(umask 777; : >$netns/odd); bad_handle "a file left by a lost mount"
echo x >$netns/odd; bad_handle "a file"
mkdir $netns/odd; bad_handle "a directory"
mkfifo $netns/odd; bad_handle "a FIFO"
mknod $netns/odd c 1 3; bad_handle "a device"
python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('$netns/odd')"
bad_handle "a socket"
for kind in uts ipc pid user cgroup; do
	: >$netns/odd
	mount --bind /proc/self/ns/$kind $netns/odd
	bad_handle "of a $kind namespace"
done
# One of a mount namespace can only be bound where nothing passes it on, and
# only if the kernel numbered it after our own, which depends on the CPU.
mnt_bound()
{
	local cpu sleeper
	for cpu in $(seq 0 $(($(nproc) - 1))) $(seq 0 $(($(nproc) - 1))); do
		taskset -c "$cpu" unshare -m sleep 100 &
		sleeper=$!
		wait_until 5 mnt_differs $sleeper
		mount --bind /proc/$sleeper/ns/mnt $netns/odd 2>/dev/null
		status=$?
		kill $sleeper
		[ $status -ne 0 ] || return 0
	done
	return 1
}

mnt_differs()
{
	[ "$(readlink "/proc/$1/ns/mnt")" != "$(readlink /proc/self/ns/mnt)" ]
}

: >$netns/odd
mount --make-private $netns
mnt_bound
ok $? "(a mount namespace was bound)"
bad_handle "of a mount namespace"
mount --make-shared $netns
: >$netns/odd; mount --bind /proc/version $netns/odd; bad_handle "a file of /proc"
setpriv --reuid 5001 --clear-groups unshare -Urn sleep 100 &
sleeper=$!
wait_until 5 netns_differs $sleeper
: >$netns/odd; mount --bind /proc/$sleeper/ns/net $netns/odd
bad_handle "of a namespace that a user owns"
kill $sleeper

# A number is a name, and no process.
map_write <<-END
	alice	$$	-
	bob	4711	-
END
is "$(code runns alice open)" PERM_DENIED "a name of digits is no pid"
ip netns add 4711
is "$(hu bob open 'sh=probe cookie' close | sed -n 2p)" "$(cookie_of 4711)" \
	"a name of digits is a name"
map_default

# bad_dir TEXT
bad_dir()
{
	is "$(code runns alice open)" PERM_DENIED "/run/netns $1: refused"
}
chmod 0777 $netns; bad_dir "open to all"; chmod 0755 $netns
chown alice $netns; bad_dir "of a user's"; chown root $netns
chmod 0777 /run; bad_dir "below an open /run"; chmod 0755 /run
chown alice /run; bad_dir "below a user's /run"; chown root /run
mount -t tmpfs -o mode=1777 theirs $netns; bad_dir "hidden by an open directory"
umount $netns
mount -t tmpfs -o mode=0755 empty $netns; bad_dir "hidden by an empty directory"
umount $netns
map_write <<-END
	alice	work	-	optional
END
chmod 0777 $netns; bad_dir "open to all, optional"; chmod 0755 $netns
map_default
mount --make-private $netns
is "$(code runns alice open)" SUCCESS "/run/netns that is not shared will do"
mount --make-shared $netns

# --- what covers /etc ---------------------------------------------------------------------------

etc=/etc/netns/work
good='nameserver 198.51.100.53'
good_etc()
{
	rm -rf $etc
	mkdir -p $etc
	echo "$good" >$etc/resolv.conf
	chown root /etc/netns; chmod 0755 /etc/netns
}
bad_etc()
{
	is "$(code runns alice open)" PERM_DENIED "/etc/netns/work $1: refused"
	good_etc
}
good_etc
chown alice $etc; bad_etc "of a user's"
chmod 0775 $etc; bad_etc "writable by a group"
chmod 0757 $etc; bad_etc "writable by others"
chown alice /etc/netns; bad_etc "below a user's directory"
chmod 0777 /etc/netns; bad_etc "below an open directory"
mv $etc /home/alice/n; ln -s /home/alice/n $etc; bad_etc "a link"
rm -rf /home/alice/n
rm -r $etc; echo x >$etc; bad_etc "a file"
chown alice $etc/resolv.conf; bad_etc "with a file of a user's"
chmod 0666 $etc/resolv.conf; bad_etc "with a file that others may write"
setfacl -m u:alice:rw $etc/resolv.conf; bad_etc "with a file that an access list opens"
ln -s /etc/shadow $etc/hosts; bad_etc "with a link to another file"
ln -s /home/alice/x $etc/hosts; bad_etc "with a link to a user's file"
mkfifo $etc/hosts; bad_etc "with a FIFO"
mknod $etc/hosts c 1 3; bad_etc "with a device"
python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('$etc/hosts')"
bad_etc "with a socket"
for i in {1..10000}; do echo >$etc/file$i; done
bad_etc "with 10,000 files"
echo x >$etc/nothing-of-that-name; bad_etc "with a file that covers nothing"
mkdir $etc/hosts; bad_etc "with a directory over a file"
mkdir $etc/skel; chown alice $etc/skel; bad_etc "with a directory of a user's"
echo x >$etc/.resolv.conf.swp
echo x >$etc/resolv.conf~
mkfifo $etc/.fifo
inside work "what an editor left in /etc/netns/work is no matter"
good_etc
ln /etc/hostname $etc/hostname 2>/dev/null
inside work "a hard link to root's own file is a file"
good_etc
rm -r $etc
is "$(h open 'sh=cat /etc/resolv.conf' close | sed -n 2p)" 'nameserver 203.0.113.1' \
	"a namespace without files of its own sees the host's"
good_etc

# --- our own directory -----------------------------------------------------------------------------

rm -rf /run/runns.away
[ ! -e /run/runns ] || { views_off; mv /run/runns /run/runns.away; }
install -d -o alice /run/runns
is "$(code runns alice open)" PERM_DENIED "/run/runns of a user's is not trusted"
rm -rf /run/runns
install -d -m 0755 /run/runns /run/runns/net /run/runns/net/work
install -d -o alice /run/runns/net/work/etc
is "$(code runns alice open)" PERM_DENIED "nor what is in it"
rm -rf /run/runns
ln -s /home/alice /run/runns
is "$(code runns alice open)" PERM_DENIED "nor a link in its place"
rm -rf /run/runns
touch /run/runns
is "$(code runns alice open)" PERM_DENIED "nor a file"
rm -rf /run/runns
out=$(h expect=work save open 'sh=rm -rf /proc/1/root/run/runns' judge close same)
like "$out" 'judge=ok inside.*' "/run/runns removed while a session lives"
like "$out" same=yes "and closed well"
mount -o remount,ro /run
inside work "/run is read-only"
mount -o remount,rw /run
mount -o remount,size=100% /run
mount -o remount,size=4k /run 2>/dev/null
head -c 64m /dev/zero >/run/fill 2>/dev/null
inside work "/run is full"
rm -f /run/fill
mount -o remount,size=50% /run

# --- names before anybody is known -------------------------------------------------------------------

log_mark
bytes=$(wc -c <$host_log)
for name in "$(printf 'x%.0s' {1..65536})" -l ../x '%n%n%s' 'a:b' $'a\nb' \
	$'\377\376' $'\033[2J' $'a\342\200\256b' 0 5001 -1 4294967295 ' alice' \
	'alice ' Alice; do
	for phase in open acct; do
		out=$(timeout 5 "$harness" -c $stacks runns "$name" quiet $phase \
			same 2>&1)
		status=$?
		[ $status -le 1 ] || fail "user ${name:0:20}, $phase: status $status"
	done
	[ "$(code runns "$name" open)" != SUCCESS ] ||
		fail "user ${name:0:20} got a session"
done
pass "strange user names end in an error"
is "$(tail -c +$((bytes + 1)) $host_log | grep -a pam_runns | LC_ALL=C grep -acP '[\x00-\x08\x0b-\x1f\x7f\x80-\xff]')" \
	0 "and in lines without control characters"
is "$(tail -c +$((bytes + 1)) $host_log | grep -a pam_runns | awk 'length > 1200' | wc -l)" \
	0 "that are not long"

# --- while things change ------------------------------------------------------------------------------

# Renamed a thousand times a second: every session sees one whole version.
map_write <<-END
	$(for i in {1..400}; do printf 'user%d\tlab\t-\n\t' "$i"; done)
	alice	work	-
	*	-	-
END
cp $map /etc/security/one
sed 's/alice\twork/alice\tlab/' $map >/etc/security/two
python3 - <<-'END' &
	import os, time
	os.chdir("/etc/security")
	end = time.monotonic() + 60
	n = 0
	while time.monotonic() < end and not os.path.exists("/tmp/enough"):
	    os.link(("one", "two")[n % 2], "next")
	    os.rename("next", "runns.map")
	    n += 1
	    if n % 50 == 0:
	        with open("/tmp/renames", "w") as f:
	            f.write(str(n))
	    time.sleep(0.0005)
END
renamer=$!
runs "the map is replaced while 500 sessions open" "$harness" -c $stacks runns \
	alice expect=work expect=lab save quiet repeat=500 open judge close judge=close . same
touch /tmp/enough
wait $renamer
like "$(cat /tmp/renames)" '[0-9]{3}' "it was replaced often ($(cat /tmp/renames) times)"
rm -f /etc/security/one /etc/security/two
map_write <<-END
	alice	flux	-
END
mkdir -p /etc/netns/flux
echo 'nameserver 192.0.2.1' >/etc/netns/flux/resolv.conf
churn=2000
[ -z "$full" ] || churn=10000
"$harness" -c $stacks runns root churn=flux:$churn &
churner=$!
out=$(
	while kill -0 $churner 2>/dev/null; do
		h save quiet repeat=50 open judge=away close judge=close . same
	done | sort | uniq -c
)
wait $churner
is $? 0 "a namespace was removed and made $churn times"
unlike "$out" 'BAD|same=no' "sessions opened meanwhile are inside one or refused"
like "$out" 'judge=ok inside' "some were inside"
like "$out" 'judge=ok refused' "some were refused"
done_testing
