#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# adv_map.sh - the map and the files beside it: rules that contradict each
# other, strange file systems, huge groups, and upgrades below an open session
. "$(dirname "$0")/../pam/lib.sh"
need chattr python3
pam_host "$@"
host_user_names='alice bob carol dave erin' host_users

map=/etc/security/runns.map

# goes USER: where a session of his is
goes()
{
	case $(hu "$1" open 'sh=probe cookie' close | sed -n 2p) in
	"$(cookie_of work)") echo work ;;
	"$(cookie_of lab)") echo lab ;;
	"$(host_cookie)") echo host ;;
	*) echo refused ;;
	esac
}

# explained USER: where `explain` says that he goes
explained()
{
	case $(runnsctl explain "$1" door 2>&1) in
	*"network work"*|*" work"*) echo work ;;
	*"network lab"*|*" lab"*) echo lab ;;
	*) echo host ;;
	esac
}

# --- F05: rules that overlap ----------------------------------------------------

# precedence TEXT USER PLACE CHECK RULE...: the first rule that matches decides,
# the module and explain agree, and check says CHECK of it
precedence()
{
	local text=$1 user=$2 place=$3 said=$4
	shift 4
	printf '%s\n' "$@" | map_write
	is "$(goes "$user") $(explained "$user")" "$place $place" "F05: $text"
	like "$(runnsctl check $map 2>&1)" "$said" "F05: $text: check"
}

precedence "a user twice: the first rule" alice work \
	':2: "alice" never gets here: .*:1 decides before' \
	'alice work -' 'alice lab -'
precedence "a user in two lists" bob work ':2: "bob" never gets here' \
	'alice,bob work -' 'bob lab -'
precedence "everybody, then one" alice work ':2: "alice" never gets here' \
	'* work -' 'alice lab -'
precedence "a group, then its member" carol work ': OK' \
	'@contractors work -' 'carol lab -'
precedence "a member, then the group" carol lab ': OK' \
	'carol lab -' '@contractors work -'
precedence "a uid, then its name" alice work ': OK' '5001 work -' 'alice lab -'
precedence "a range, then a uid in it" alice work ': OK' \
	'5000:5010 work -' '5001 lab -'
precedence "everybody but one" alice lab ': OK' '*,!alice work -' 'alice lab -'
precedence "everybody but one, the others" bob work ': OK' \
	'*,!alice work -' 'alice lab -'
precedence "a group but one" carol host ': OK' '@contractors,!carol work -'
precedence "named and excluded: excluded" alice lab ': OK' \
	'alice,!alice work -' 'alice lab -'
precedence "all excluded: nobody" alice lab ': OK' 'alice,!* work -' 'alice lab -'
precedence "narrowed to another door" alice lab ': OK' \
	'alice work - service=sshd' 'alice lab -'
precedence "a wide rule before a narrow one" alice lab \
	':2: "alice" never gets here' 'alice lab -' 'alice work - service=runns-x'

# contradiction TEXT SAID RULE...: an error, for check and for the module
contradiction()
{
	local text=$1 said=$2 out
	shift 2
	printf '%s\n' "$@" | map_write
	out=$(runnsctl check $map 2>&1)
	is "$?" 1 "F05: $text: an error" || diag "$out"
	like "$out" "$said" "F05: $text: with its place"
	is "$(goes alice) $(goes dave) $(goes root)" "refused refused host" \
		"F05: $text: nobody but root gets in"
}
contradiction "one word twice in a list" ':1:7: .*already' 'alice,alice work -'
contradiction "exclusions only" ":1:1: only '!'" '!bob work -'
contradiction "an option twice" ':1:21: create is given twice' \
	'alice work - create create=x'
contradiction "a narrowing twice" ':1:24: service is given twice' \
	'alice work - service=a service=b'
contradiction "a name that a template of others gives" ':2: "u-bob" could be' \
	'alice u-%u -' 'carol u-bob -'
map_default

# --- F09: what /etc lies on -------------------------------------------------------

# both TEXT: a session is inside, complete, in a prepared view and in a fresh one
both()
{
	inside work "F09: $1"
	views_off
	inside work "F09: $1, a fresh view"
	views_on
}

both "as usual"
mount -o remount,bind,ro /etc
both "/etc is read-only"
refuses "F09: (it is)" touch /etc/x
mount -o remount,bind,rw /etc

over=$host_dir/over
mkdir -p $over/upper $over/work $over/lower
cp -a /etc/. $over/lower/
mount -t overlay overlay \
	-o lowerdir=$over/lower,upperdir=$over/upper,workdir=$over/work /etc
both "/etc is an overlay"
echo 'nameserver 198.51.100.54' >/etc/netns/work/resolv.conf
both "with a file that was copied up"
mv /etc/resolv.conf /etc/resolv.conf.was
refused "F09: and the host's file away: there is nothing to cover" alice
mv /etc/resolv.conf.was /etc/resolv.conf
chmod 0666 /etc/netns/work/resolv.conf
refused "F09: a file that others may write, copied up" alice
umount -l /etc
both "the overlay is gone"

fixed="$map /etc/netns/work/resolv.conf /etc/resolv.conf"
# shellcheck disable=SC2086
if chattr +i $fixed 2>/dev/null; then
	both "immutable files"
	chattr -i $fixed
else
	fail "F09: chattr +i on this file system"
fi

# idmapped DIR INSIDE OUTSIDE: owners below DIR are shown as others
cat >$host_dir/idmap.py <<'END'
import ctypes, os, struct, subprocess, sys, time
libc = ctypes.CDLL(None, use_errno=True)
where, inner, outer = sys.argv[1:]
holder = subprocess.Popen(["unshare", "-U", "sleep", "60"])
while os.readlink("/proc/%d/ns/user" % holder.pid) == os.readlink("/proc/self/ns/user"):
    time.sleep(0.01)
for kind in "uid", "gid":
    with open("/proc/%d/%s_map" % (holder.pid, kind), "w") as f:
        f.write("%s %s 1" % (inner, outer))
ns = os.open("/proc/%d/ns/user" % holder.pid, os.O_RDONLY)
fd = libc.syscall(428, -100, where.encode(), 0x80001)
attr = struct.pack("QQQQ", 0x100000, 0, 0, ns)
if fd < 0 or libc.syscall(442, fd, b"", 0x1000, attr, len(attr)) < 0 or \
   libc.syscall(429, fd, b"", -100, where.encode(), 4) < 0:
    sys.exit("idmap: " + os.strerror(ctypes.get_errno()))
holder.kill()
END

# Root's files shown as alice's: she may write, as far as this mount can tell.
runs "F09: root's files shown as alice's" python3 $host_dir/idmap.py \
	/etc/netns 0 5001
is "$(stat -c %u /etc/netns/work/resolv.conf)" 5001 "F09: (they are)"
refused "F09: covers shown as a user's" alice
views_off
refused "F09: covers shown as a user's, a fresh view" alice
views_on
umount /etc/netns
runs "F09: the map shown as alice's" python3 $host_dir/idmap.py \
	/etc/security 0 5001
refused "F09: a map shown as a user's" alice
refused "F09: and for who is in none of its rules" dave
is "$(goes root)" host "F09: root gets in"
umount /etc/security
# Files of no owner that the mount knows belong to nobody, who is not root.
runs "F09: files without owner" python3 $host_dir/idmap.py /etc/security 5001 5001
is "$(stat -c %u $map)" 65534 "F09: (nobody's)"
refused "F09: a map of nobody's" alice
umount /etc/security
runs "F09: owners as they are, by a mapped mount" python3 $host_dir/idmap.py \
	/etc/security 0 0
both "an idmapped mount that changes nothing"
umount /etc/security
both "and without it"

# --- F10: groups ------------------------------------------------------------------

map_write <<-END
	@many	work	-
	@other	lab	-
	*	-	-
END
many=$(seq -f 'member%.0f' -s , 65000)
printf 'many:x:6000:%s,alice\nother:x:6001:bob\n' "$many" >>/etc/group
is "$(getent group many | tr ',' '\n' | wc -l)" 65001 "F10: a group of 65,001"
start=$(date +%s%N)
is "$(goes alice) $(goes bob) $(goes dave)" "work lab host" \
	"F10: the last member, another group's, nobody's"
[ $((($(date +%s%N) - start) / 1000000)) -lt 6000 ]
ok $? "F10: in time"
start=$(date +%s%N)
runs "F10: explain too" runnsctl explain alice door
[ $((($(date +%s%N) - start) / 1000000)) -lt 2000 ]
ok $? "F10: in time"

# What he is, is asked when a session opens, and not again.
out=$(h expect=work save open "sh=sed -i 's/,alice$//' /etc/group" judge \
	'sh=probe cookie' close judge=close same)
is "$(printf '%s\n' "$out" | grep -c -e 'judge=ok inside' -e 'close=SUCCESS' \
	-e 'judge=ok back' -e same=yes -e "^$(cookie_of work)\$")" 5 \
	"F10: who leaves his group stays where he is, and his session can end" ||
	diag "$out"
is "$(goes alice)" host "F10: his next one knows"
out=$(h save open "sh=sed -i 's/^many:.*/&,alice/' /etc/group" 'sh=probe cookie' \
	close same)
like "$out" "^$(host_cookie)\$" "F10: who joins a group is not moved"
is "$(goes alice)" work "F10: but his next session is"
# The group is there, and so are thousands of others of his.
for i in {1..3000}; do echo "g$i:x:$((10000 + i)):dave"; done >>/etc/group
start=$(date +%s%N)
is "$(goes dave)" host "F10: 3,000 groups of one user"
[ $((($(date +%s%N) - start) / 1000000)) -lt 2000 ]
ok $? "F10: in time"
sed -i '/^many:/d' /etc/group
refused "F10: a group that is gone: its rule cannot be judged" alice
is "$(goes root)" host "F10: root gets in"
sed -i -e '/^other:/d' -e '/^g[0-9]*:/d' /etc/group

# A range cannot tell; with a last rule that denies nobody gets out by that.
map_write <<-END
	@5100:5100	work	-
	*	deny	-
END
is "$(goes carol)" work "F10: a range of groups"
sed -i.was '/^contractors:/d' /etc/group
is "$(goes carol) $(goes root)" "refused host" \
	"F10: without the directory its members meet the last rule"
mv /etc/group.was /etc/group
map_default

# --- H07: upgrades below an open session -----------------------------------------------

so=$(find /usr /lib -name pam_runns.so -path '*security*' | head -n 1)
cp $so $host_dir/module
# upgraded TEXT COMMAND...: done while a session is open; it closes well, and
# the state that another version may have left is no matter to the next
upgraded()
{
	local text=$1 out
	shift
	printf '%s\n' "$*" >$host_dir/upgrade
	out=$(h expect=work save open \
		"sh=nsenter -t 1 -m sh $host_dir/upgrade >/dev/null 2>&1" judge \
		close judge=close same 2>&1)
	is "$(printf '%s\n' "$out" | grep -v '^said=')" "open=SUCCESS
judge=ok inside
close=SUCCESS
judge=ok back
same=yes" "H07: $text"
	[ -e $so ] || cp $host_dir/module $so
}
upgraded "the module is replaced" "cp $so $so.new && mv $so.new $so"
upgraded "the module is removed" "rm $so"
refuses "H07: (without it nobody gets in)" sh -c \
	"mv $so $so.off; '$harness' -c $stacks runns alice open | grep -q SUCCESS; r=\$?
	mv $so.off $so; exit \$r"
upgraded "the builder is removed" "mv $builder $builder.off"
views_on
upgraded "the map is of a version to come" "echo 'alice work - fresh=yes' >$map.new && mv $map.new $map"
refused "H07: (which the next session cannot read)" alice
map_default
upgraded "the handle is gone" "umount -l /run/netns/work; rm -f /run/netns/work"
ip netns delete work 2>/dev/null
ip link del hand1 2>/dev/null
net_make work 1
upgraded "its views are gone" "umount -l /run/runns/views/*/work"
# Notes of another version, in every file that is ours.
upgraded "its notes are of another version" \
	"find /run/runns/ -type f -exec sh -c 'echo version=99 >\"\$1\"' sh {} ';'"
inside work "H07: nor can notes of another version harm the next session"
upgraded "all that we keep is gone" \
	"umount -l /run/runns/views; rm -rf /run/runns"
inside work "H07: and the next session makes it anew"
out=$(h save quiet open slot=1 start=runns:bob open close end slot=0 loud \
	"sh=mv $so $so.was; cp $so.was $so" slot=1 start=runns:bob open close end \
	slot=0 close same)
like "$out" same=yes "H07: old and new module in one program"
done_testing
