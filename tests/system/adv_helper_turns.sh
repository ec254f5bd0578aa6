#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# adv_helper_turns.sh - a user who has many launches wait, for a build or for a
# file system of his own, has few of them out of his reach, and delays nobody
. "$(dirname "$0")/../helper/lib.sh"
need python3
helper_host "$@"
builder=$(sed -n 's/^#define RUNNS_LIBEXECDIR "\(.*\)"$/\1/p' "$builddir/config.h")/runns-net
turns=64 many=150

map_write <<-END
	alice	slow	work	create
	bob	lab	-
	*	-	-
END
conf_write <<-END
	[slow]
END

# helpers UID: so many have this real uid, without the children that they wait for
helpers()
{
	ps -C runns-helper -o pid=,ppid=,ruid= | awk -v uid="$1" '
		{ parent[$1] = $2; ruid[$1] = $3 }
		END {
			for (pid in ruid)
				n += ruid[pid] == uid && !(parent[pid] in ruid)
			print n + 0
		}'
}

all_wait()
{
	[ $(($(helpers 0) + $(helpers 5001))) -ge $many ] &&
		[ "$(helpers 0)" -ge $turns ]
}

nobody_waits()
{
	! pgrep -x runns-helper >/dev/null
}

# waiting TEXT ARGUMENT...: alice starts many at once, which cannot go on
waiting()
{
	local text=$1
	shift
	as -- /bin/bash -c 'for ((i = 0; i < '$many'; i++)); do "$@" & done; wait' \
		sh "$@" >$out/many 2>&1 &
	started=$!
	runs "$text: $many launches stand still" wait_until 30 all_wait
	is "$(helpers 0)" $turns "$text: so many are out of her reach, and no more"
	is "$(helpers 5001)" $((many - turns)) "$text: the others are hers"
	said=$("$launch" group=5002 gid=5002 uid=5002 -- /usr/bin/timeout 10 "$helper" -n lab \
		-- $cred 2>&1)
	is "$(cookie_said)" "$lab" "$text: bob waits for none of them"
}

# --- a build --------------------------------------------------------------------

mv "$builder" "$builder.real"
cat >"$builder" <<'END'
#!/bin/bash
[ "$1" != up ] || exec 8<>/run/gate
[ "$1" != up ] || read -r _ <&8
exec "$0.real" "$@"
END
chmod 0755 "$builder"
mkfifo -m 0600 /run/gate
waiting "a build" "$helper" -n slow -- $cred -o /dev/null
as -- /usr/bin/pkill -KILL -x runns-helper
runs "a build: she can end hers" wait_until 10 test "$(helpers 5001)" = 0
mv "$builder.real" "$builder"
for ((i = 0; i < 2 * turns; i++)); do echo; done 1<>/run/gate >&1
wait $started
runs "a build: it goes on" wait_until 40 nobody_waits
h -n slow -- $cred
is "$(cookie_said)" "$(cookie_of slow)" "a build: and the network can be entered"

# --- turns are given back ---------------------------------------------------------

as -- /bin/bash -c 'for ((i = 0; i < '$many'; i++)); do "$@" & done; wait' \
	sh "$helper" -n work -- /bin/sh -c 'echo $$; sleep 2' >$out/many 2>&1
is "$(grep -c '^[0-9]*$' $out/many)" $many \
	"programs that have started hold no turn: $many run"
for ((i = 0; i < 3; i++)); do
	as -- "$helper" -n work -- /bin/true || break
done
is $i 3 "and the next do not wait"
is "$(stat -c '%a %U' /run/runns/lock/launch)" "600 root" "nobody else can hold them"
done_testing
