#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# pam_create.sh - a login has its network built: once, in time, or not at all
. "$(dirname "$0")/../pam/lib.sh"
pam_host "$@"
[ -x $builder ] || bail "$builder is not installed"

conf_write <<-END
	[dyn]
	DNS = 198.51.100.53
	[tenant]
	DNS = 198.51.100.53
	[going]
	Linger = no
	[slow]
END
map_write <<-END
	alice	dyn	-	create
	bob	t-%u	-	create=tenant
	carol	nosection	-	create
	dave	going	-	create
	*	-	-
END

real=$builder
# down NAME: away with it, and with the memory of failures
down()
{
	"$real" down --kill "$1" >/dev/null 2>&1
	ip netns delete "$1" 2>/dev/null
	rm -f /run/runns/failed/*
}

# --- built --------------------------------------------------------------------

out=$(h save open 'sh=probe cookie devices; cat /etc/resolv.conf' close same)
like "$out" open=SUCCESS "a first login builds its network"
like "$out" "^$(cookie_of dyn)\$" "and is inside"
like "$out" '^eth0 lo$' "with its devices"
like "$out" 'nameserver 198.51.100.53' "and its name servers"
like "$out" same=yes "and the program is back"
cookie=$(cookie_of dyn)
out=$(h open 'sh=probe cookie' close)
like "$out" "^$cookie\$" "the second finds it"
down dyn
out=$(hu bob open 'sh=probe cookie' close)
like "$out" "^$(cookie_of t-bob)\$" "built from another section, as a pattern"
down t-bob
log_mark
refused "no section, no network" carol
refuses "and no namespace" test -e /run/netns/nosection
start=$(date +%s%N)
like "$(hu carol open)" "open=$denied" "again within half a minute: refused"
[ $((($(date +%s%N) - start) / 1000000)) -lt 500 ]
ok $? "at once"
like "$(log_since)" 'less than 30 s ago' "which is logged"
rm -f /run/runns/failed/*

for how in sigchld=ignore sigchld=reap threads=2 umask=0777 closestdio nofile=40; do
	out=$(h "$how" save open close judge=close same 2>&1)
	like "$out" 'same=yes' "built by a program with $how, and back"
	runs "the namespace is there ($how)" test -e /run/netns/dyn
	down dyn
done

pids=()
for i in {1..20}; do
	h open 'sh=probe cookie' close >/tmp/first.$i 2>&1 &
	pids+=($!)
done
wait "${pids[@]}"
is "$(cat /tmp/first.* | grep -c open=SUCCESS)" 20 "20 first logins at once get in"
is "$(cat /tmp/first.* | grep -E '^[0-9]+$' | sort -u)" "$(cookie_of dyn)" \
	"and all are in the one network"
is "$(grep -l dyn /run/runns/net/*/state 2>/dev/null | wc -l)" 1 "it was built once"
is "$(ip -o link | grep -c ': rn-')" 1 "with one pair of devices" ||
	diag "$(ip -o link)"
down dyn

out=$(hu bob open save slot=1 start=runns:alice open 'sh=probe cookie' close same slot=0 close)
like "$out" "^$(cookie_of dyn)\$" "a login inside another session builds on the host"
like "$out" same=yes "and goes back there"
is "$(nsenter --net=/run/netns/t-bob ip -o link | grep -c 'rn-')" 0 \
	"nothing of it is in the outer network"
down dyn
down t-bob

out=$(hu dave open 'sh=probe cookie' close)
like "$out" '^[0-9]+$' "Linger=no: built"
wait_until 10 test ! -e /run/netns/going
ok $? "Linger=no: taken down after the last session" "$(ls /run/netns)"
hu dave open 'sh=probe cookie >/tmp/while; sleep 1' close >/dev/null &
sleep 0.5
hu dave open close >/dev/null
runs "Linger=no: kept while another session is inside" test -e /run/netns/going
wait $!
down going

# H04: who is killed between open and close tells nobody of the end.
# shellcheck disable=SC2016
hu dave open 'sh=kill -KILL $PPID' close >/dev/null 2>&1
runs "H04: killed with its session open: the network stands" test -e /run/netns/going
out=$(hu dave save open 'sh=probe cookie' close same)
like "$out" 'same=yes' "H04: which harms no other session"
wait_until 10 test ! -e /run/netns/going
ok $? "H04: whose end takes it down"
# shellcheck disable=SC2016
hu dave open 'sh=kill -KILL $PPID' close >/dev/null 2>&1
# What the killed one started may still be ending.
collected()
{
	runnsctl gc --idle && [ ! -e /run/netns/going ]
}
runs "H04: as does gc, in the end" wait_until 10 collected

# --- a builder that does not help ----------------------------------------------------

real=$builder.real
mv $builder "$real"
# build_by TEXT SCRIPT: "view" is done well, "up" is the script
build_by()
{
	down dyn
	{
		echo '#!/bin/bash'
		# shellcheck disable=SC2016
		echo 'real=$0.real; [ "$1" = up ] || exec "$real" "$@"'
		echo "$1"
	} >$builder.new
	chmod 0755 $builder.new
	mv $builder.new $builder
}
# A build may be slow: 30 s and no more.
not_built()
{
	local text=$1 limit=${3-3} start=$SECONDS
	build_by "$2"
	refused "a builder that $text" alice
	[ $((SECONDS - start)) -le "$limit" ] ||
		fail "a builder that $text: $((SECONDS - start)) s"
}
built()
{
	build_by "$2"
	like "$(h save open 'sh=probe cookie' close same | paste -sd ' ')" \
		"open=SUCCESS $(cookie_of dyn 2>/dev/null || echo '[0-9]+') close=SUCCESS same=yes" \
		"a builder that $1: inside"
}
not_built "succeeds, but builds nothing" 'exit 0'
not_built "fails" 'exit 1'
not_built "dies" 'kill -9 $$'
not_built "is stopped, and killed" 'kill -TERM $PPID; kill -9 $$'
not_built "leaves a file for a handle" ': >/run/netns/dyn; exit 0'
rm -f /run/netns/dyn
not_built "prints 10 MB" 'head -c 10000000 /dev/zero; head -c 10000000 /dev/zero >&2; exit 1'
not_built "leaves a daemon that holds its output" '(sleep 60; :) & exit 1'
not_built "publishes a namespace of a user's" \
	'setpriv --reuid 5001 --clear-groups unshare -Urn sleep 60 & sleep 0.3
	: >/run/netns/dyn; mount --bind /proc/$!/ns/net /run/netns/dyn; exit 0'
umount -l /run/netns/dyn; rm -f /run/netns/dyn
built "fails after it built" '"$real" "$@"; exit 1'
built "dies after it built" '"$real" "$@"; kill -9 $$'
built "leaves a daemon" '"$real" "$@"; (sleep 60; :) &'
built "is slow" 'sleep 2; "$real" "$@"'

# K1: killed before it had mounted, or after it had unmounted.
build_by 'exec "$real" "$@"'
: >/run/netns/dyn
like "$(h save open 'sh=probe cookie' close same | paste -sd ' ')" \
	"open=SUCCESS $(cookie_of dyn) close=SUCCESS same=yes" \
	"K1: a file that a killed builder left: the next login builds, and is inside"
down dyn
mkdir /run/netns/dyn
refused "K1: what nobody of ours leaves there" alice
rmdir /run/netns/dyn
rm -f /run/runns/failed/*

# What the builder is given by a program with limits, descriptors, a umask...
build_by '{ probe; env; } >/tmp/builder-sees 2>&1; "$real" "$@"'
SECRET=canary "$harness" -c $stacks runns alice umask=0777 chdir=/home setenv=LD_PRELOAD=/evil.so \
	nofile=50 open close >/dev/null 2>&1
is "$(value umask /tmp/builder-sees) $(value cwd /tmp/builder-sees)" "0022 /" \
	"the builder's umask and directory are its own"
is "$(grep -cE 'canary|evil' /tmp/builder-sees)" 0 "so is its environment"
is "$(value SigIgn /tmp/builder-sees) $(value SigBlk /tmp/builder-sees)" \
	"0000000000000000 0000000000000000" "and its signals"
if (ulimit -n 50; ulimit -n 60) 2>/dev/null; then
	like "$(value limit7 /tmp/builder-sees)" '^[0-9]{4,}:' "and its limits"
else
	is "$(value limit4 /tmp/builder-sees)" 0:0 "and its limits, as far as may be"
fi
is "$(value net /tmp/builder-sees) $(value mnt /tmp/builder-sees)" \
	"$(readlink /proc/1/ns/net) $(readlink /proc/1/ns/mnt)" "it stands on the host"
is "$(value fds /tmp/builder-sees | tr ' ' '\n' | cut -d : -f 1 | paste -sd ' ')" \
	"0 1 2" "and has three descriptors" || diag "$(value fds /tmp/builder-sees)"

not_built "hangs" 'sleep 1000' 32
runs "nothing of it is left running" wait_until 10 sh -c "! pgrep -xf 'sleep 1000'"
mv "$real" $builder

# --- who may look ---------------------------------------------------------------------

h open close >/dev/null
is "$(find /run/runns -mindepth 1 -maxdepth 1 -type d ! -perm 0700 ! -name net ! -name empty ! -name vpn)" '' \
	"what lies below /run/runns is root's alone, but for what all may see"
is "$(setpriv --reuid 5001 --clear-groups find /run/runns -type f -readable 2>/dev/null |
	grep -vE '/run/runns/net/[^/]*/etc/')" '' "a user can open no lock and no state"
is "$(find /run/runns ! -user root -o -type f -perm /022)" '' "and write to none"
done_testing
