#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# headers.sh - every header compiles alone, and is guarded
. "$(dirname "$0")/lib.sh"

for f in $(lint_sources '*.h'); do
	out=$(cd "$srcdir" && printf '#include "%s"\n#include "%s"\n' "$f" "$f" |
		$CC -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -I. \
			-I"$builddir" -fsyntax-only -x c - 2>&1)
	lint_ok $? "$f compiles alone and twice" "$out"
done

lint_done
