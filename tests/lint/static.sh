#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# static.sh - what cppcheck and clang-tidy make of the sources
. "$(dirname "$0")/lib.sh"

cd "$srcdir" || exit 1
dirs=
for d in lib net pam_runns runnsctl helper rootless; do
	[ ! -d $d ] || dirs="$dirs $d"
done

# cppcheck knows neither the cleanup attribute (memleak) nor that a function
# in another file fills its result whenever it returns 0 (uninitvar).
if command -v cppcheck >/dev/null; then
	# shellcheck disable=SC2086
	out=$(cppcheck -q -j2 --std=c11 --enable=warning,performance,portability \
		--inline-suppr --suppress=missingInclude --suppress=memleak \
		--suppress=uninitvar --suppress=resourceLeak --error-exitcode=1 \
		-I. -D_GNU_SOURCE -DHAVE_NFT -DHAVE_IPTC \
		'-DRUNNS_LIBEXECDIR=""' '-DRUNNS_BINDIR=""' $dirs 2>&1)
	lint_ok $? "cppcheck" "$out"
else
	lint_skip "cppcheck" "cppcheck is not installed"
fi

# The checks that follow a value within one function.
checks='-*,bugprone-*,-bugprone-easily-swappable-parameters'
checks="$checks,-bugprone-reserved-identifier,-bugprone-assignment-in-if-condition"
checks="$checks,-bugprone-not-null-terminated-result,-bugprone-suspicious-string-compare"
checks="$checks,-bugprone-narrowing-conversions,-bugprone-implicit-widening*"
checks="$checks,-bugprone-branch-clone,-bugprone-macro-parentheses"
checks="$checks,-bugprone-multi-level-implicit-pointer-conversion"
checks="$checks,-bugprone-switch-missing-default-case"
if command -v clang-tidy >/dev/null; then
	flags="-std=gnu11 -D_GNU_SOURCE -DHAVE_NFT -DHAVE_IPTC -I. -I$builddir"
	flags="$flags $(pkg-config --cflags libnl-3.0 2>/dev/null)"
	export checks flags
	# The names of the files come before "--", so a shell puts them there.
	# shellcheck disable=SC2016,SC2086
	out=$(find $dirs -name '*.c' -print0 | xargs -0 -P 2 -n 8 sh -c '
		clang-tidy --quiet "-checks=$checks" "-warnings-as-errors=*" \
			"$@" -- $flags' sh 2>&1)
	lint_ok $? "clang-tidy" "$(printf '%s\n' "$out" |
		grep -E -A 3 '(warning|error):')"
else
	lint_skip "clang-tidy" "clang-tidy is not installed"
fi

lint_done
