#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# style.sh - layout, file heads and words that have no place here
. "$(dirname "$0")/lib.sh"

sources=$(lint_sources '*.[ch]'; lint_files tests bench -- '*.[ch]')
scripts=$(lint_files scripts tests bench conf examples .ci .githooks -- '*' |
	grep -v '^tests/fuzz/corpus/' | while read -r f; do
	head -c 2 "$srcdir/$f" | grep -q '#!' && echo "$f"
done)

# each PATTERN FILES: file:line of what must not be
each()
{
	pattern=$1
	shift
	(cd "$srcdir" && grep -nHP "$pattern" "$@" /dev/null)
}

# shellcheck disable=SC2086
{
	lint_none "no blanks at a line's end" "$(each '[ \t]+$' $sources)"
	lint_none "no carriage returns" "$(each '\r' $sources $scripts)"
	lint_none "C is indented by tabs" "$(each '^ +[^ *]' $sources)"
	lint_none "no typedef" "$(each '^\s*typedef\b' $sources)"
	lint_none "nothing is left undone" \
		"$(each '\b(TODO|FIXME|XXX|HACK)\b' $sources $scripts |
			grep -v '^tests/lint/style\.sh:')"
	lint_none "no // comments" "$(each '^\s*//' $sources)"
}

findings=$(for f in $sources; do
	expand -t 8 "$srcdir/$f" |
		awk -v f="$f" 'length > 100 { print f ":" NR ": " length " columns" }'
done)
lint_none "no line is wider than 100 columns" "$findings"

findings=$(for f in $sources; do
	head -n 1 "$srcdir/$f" |
		grep -qF '/* SPDX-License-Identifier: GPL-2.0-or-later */' ||
		echo "$f: no SPDX line"
	head -n 4 "$srcdir/$f" | grep -qF " * ${f##*/} - " ||
		echo "$f: does not say what it is for"
done
for f in $scripts; do
	head -n 3 "$srcdir/$f" |
		grep -qF '# SPDX-License-Identifier: GPL-2.0-or-later' ||
		echo "$f: no SPDX line"
done)
lint_none "every file begins with its licence and purpose" "$findings"

findings=$(cd "$srcdir" && find . -path ./.git -prune -o \
	-iname '*util*' -print)
lint_none "no file is called util" "$findings"

# Layout by hand may differ where it reads better: a hint, not a gate.
if command -v clang-format >/dev/null; then
	for f in $sources; do
		(cd "$srcdir" && clang-format --style=file "$f" | diff -q "$f" - \
			>/dev/null) || echo "# clang-format would change $f"
	done
fi

lint_done
