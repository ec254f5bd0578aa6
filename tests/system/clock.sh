#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# clock.sh - the host's clock is ten years off, or put right meanwhile
. "$(dirname "$0")/../pam/lib.sh"
pam_host "$@"
need faketime
[ -x $builder ] || bail "$builder is not installed"

conf_write <<-END
	[dyn]
	DNS = 198.51.100.53
	[going]
	Linger = no
END
map_write <<-END
	alice	dyn	-	create
	carol	nosection	-	create
	dave	going	-	create
	*	-	-
END

# at OFFSET COMMAND...: the calendar's clock only, as settimeofday(2) moves it
at()
{
	local offset=$1
	shift
	DONT_FAKE_MONOTONIC=1 faketime -f "$offset" "$@"
}

# h_at OFFSET USER WORD...: the harness by that clock
h_at()
{
	local offset=$1
	shift
	at "$offset" "$harness" -c $stacks runns "$@"
}

is "$(($(at +10y date +%Y) - $(date +%Y)))" 10 "the clock can be moved"

for offset in -10y +10y; do
	runs "$offset: up" at $offset runnsctl up -q dyn
	out=$(h_at $offset alice open 'sh=probe cookie' close)
	like "$out" "^$(cookie_of dyn)\$" "  a login"
	out=$(h open 'sh=probe cookie' close)
	like "$out" "^$(cookie_of dyn)\$" "  one after the clock was put right"
	cookie=$(cookie_of dyn)
	runs "  gc" runnsctl gc
	runs "  gc by the other clock" at $offset runnsctl gc
	is "$(cookie_of dyn)" "$cookie" "  has left the network alone"
	out=$(h open 'sh=probe cookie' close)
	like "$out" "^$cookie\$" "  a login after that"
	h_at $offset dave open close >/dev/null
	wait_until 10 test ! -e /run/netns/going
	ok $? "  Linger=no: gone"
	log_mark
	like "$(h_at $offset carol open)" "open=$denied" "  a build that fails"
	like "$(hu carol open)" "open=$denied" \
		"  the clock put right: refused again"
	like "$(log_since)" 'less than 30 s ago' "  at once, as within 30 s"
	rm -f /run/runns/failed/*
	runs "  down" at $offset runnsctl down -q dyn
done

# What a login of another time has left.
mkdir -p /run/runns/request
touch -d '+10 years' /run/runns/request/future
touch -d '-10 years' /run/runns/request/past
touch /run/runns/request/now
runs "gc" runnsctl gc
is "$(ls /run/runns/request)" now "removes requests of any other time"
rm /run/runns/request/now
done_testing
