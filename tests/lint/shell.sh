#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shell.sh - shellcheck over every script
. "$(dirname "$0")/lib.sh"

if ! command -v shellcheck >/dev/null; then
	lint_skip "shellcheck" "shellcheck is not installed"
	lint_done
fi

cd "$srcdir" || exit 1
for f in $(lint_files scripts tests bench conf examples .ci .githooks -- '*' |
	grep -v '^tests/fuzz/corpus/'); do
	case $f in
	*/lib.sh) ;;
	*) head -n 1 "$f" | grep -qE '^#!.*\b(ba)?sh\b' || continue ;;
	esac
	out=$(shellcheck -x -P SCRIPTDIR -S warning "$f")
	lint_ok $? "shellcheck $f" "$out"
done

lint_done
