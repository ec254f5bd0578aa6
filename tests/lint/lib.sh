# SPDX-License-Identifier: GPL-2.0-or-later
# lib.sh - what the lint scripts share: where things are, and TAP
# shellcheck shell=sh

srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
builddir=${builddir:-.}
builddir=$(cd "$builddir" && pwd)
CC=${CC:-cc}
export LC_ALL=C

lint_n=0
lint_failed=0

# lint_ok STATUS TEXT [DETAILS]: one result; details become diagnostics.
lint_ok()
{
	lint_n=$((lint_n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $lint_n - $2"
	else
		echo "not ok $lint_n - $2"
		lint_failed=1
	fi
	[ -z "${3-}" ] || printf '%s\n' "$3" | sed 's/^/# /'
}

# lint_none TEXT DETAILS: fine if the details are empty.
lint_none()
{
	if [ -z "$2" ]; then
		lint_ok 0 "$1"
	else
		lint_ok 1 "$1" "$2"
	fi
}

lint_skip()
{
	lint_n=$((lint_n + 1))
	echo "ok $lint_n - $1 # SKIP $2"
}

lint_done()
{
	[ "$lint_n" -gt 0 ] || lint_ok 1 "something was looked at"
	echo "1..$lint_n"
	exit "$lint_failed"
}

# lint_files DIR... -- PATTERN...: files of ours below the top, one a line.
lint_files()
{
	lint_dirs=
	while [ "$1" != -- ]; do
		[ ! -d "$srcdir/$1" ] || lint_dirs="$lint_dirs $1"
		shift
	done
	shift
	for lint_pattern; do
		# Our own folder names hold no blanks.
		# shellcheck disable=SC2086
		(cd "$srcdir" && find $lint_dirs -type f -name "$lint_pattern")
	done | sort
}

# Everything that is compiled.
lint_sources()
{
	lint_files lib net pam_runns runnsctl helper rootless -- "$@"
}
