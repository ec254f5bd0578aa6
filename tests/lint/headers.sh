#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# headers.sh - every header compiles alone, and is guarded
. "$(dirname "$0")/lib.sh"

# netlink's headers are not where others are.
cflags=$(pkg-config --cflags libnl-3.0 2>/dev/null)

for f in $(lint_sources '*.h'); do
	# shellcheck disable=SC2086
	out=$(cd "$srcdir" && printf '#include "%s"\n#include "%s"\n' "$f" "$f" |
		$CC -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -I. \
			-I"$builddir" $cflags -fsyntax-only -x c - 2>&1)
	lint_ok $? "$f compiles alone and twice" "$out"
done

lint_done
