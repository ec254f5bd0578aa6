#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# sizes.sh - functions, files and the security-relevant parts stay small
. "$(dirname "$0")/lib.sh"

FUNCTION_MAX=70
MAIN_MAX=60
FILE_MAX=500
MODULE_MAX=900
MAP_PARSER_MAX=400
HELPER_MAX=700

# A function reaches from its signature to the brace in column 1.
functions()
{
	awk -v file="$1" -v max=$FUNCTION_MAX -v main_max=$MAIN_MAX '
	/^$/ || /^#/ || /\*\/[ \t]*$/ || /^[^ \t].*;[ \t]*$/ { start = NR + 1 }
	/^\{/ { open = start; name = signature; next }
	/^\}/ {
		if (open) {
			lines = NR - open + 1
			limit = name ~ /(^|[ *])main\(/ ? main_max : max
			if (lines > limit)
				printf "%s:%d: %d lines, at most %d: %s\n", \
					file, open, lines, limit, name
		}
		open = 0; start = NR + 1; next
	}
	NR == start { signature = $0 }
	' "$srcdir/$1"
}

all_lines()
{
	(cd "$srcdir" && cat "$@" 2>/dev/null) | wc -l
}

# Without blank lines and comments, which stand on lines of their own.
code_lines()
{
	(cd "$srcdir" && cat "$@" 2>/dev/null) |
		grep -cvE '^[ \t]*($|/\*|\*( |/|$))'
}

findings=$(for f in $(lint_sources '*.c') \
	$(lint_files tests bench -- '*.c'); do functions "$f"; done)
lint_none "no function is longer than $FUNCTION_MAX lines, no main() than $MAIN_MAX" \
	"$findings"

findings=$(for f in $(lint_sources '*.[ch]') \
	$(lint_files tests bench -- '*.[ch]'); do
	n=$(all_lines "$f")
	[ "$n" -le $FILE_MAX ] || echo "$f: $n lines"
done)
lint_none "no file is longer than $FILE_MAX lines" "$findings"

# shellcheck disable=SC2046
n=$(code_lines $(lint_files pam_runns -- '*.c'))
[ "$n" -le $MODULE_MAX ]
lint_ok $? "the PAM module has $n of $MODULE_MAX lines of code"

# The search for the program, lib/sys/exec.c, has no privilege any more.
n=$(code_lines helper/runns-helper.c helper/caller.c helper/env.c \
	helper/launch.c helper/privilege.c helper/resolv.c)
[ "$n" -le $HELPER_MAX ]
lint_ok $? "the set-user-ID helper has $n of $HELPER_MAX lines of code"

n=$(code_lines lib/policy/cursor.c lib/policy/map.c \
	lib/policy/map_options.c)
[ "$n" -le $MAP_PARSER_MAX ]
lint_ok $? "the map parser has $n of $MAP_PARSER_MAX lines of code"

lint_done
