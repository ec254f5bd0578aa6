#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# text.sh - spelling of everything, and the manual pages
. "$(dirname "$0")/lib.sh"

cd "$srcdir" || exit 1
if command -v codespell >/dev/null; then
	# Folders that git does not have hold nothing that we wrote.
	dirs=
	for d in lib net pam_runns runnsctl helper rootless conf man docs \
		examples scripts tests bench README* NEWS CONTRIBUTING*; do
		[ ! -e "$d" ] || dirs="$dirs $d"
	done
	# shellcheck disable=SC2086
	out=$(codespell --skip='tests/fuzz/corpus' \
		-L doas,nd,passt,runns,vpnns,isnt,iif,inout $dirs 2>&1)
	lint_ok $? "spelling" "$out"
else
	lint_skip "spelling" "codespell is not installed"
fi

if command -v mandoc >/dev/null; then
	for f in $(lint_files man -- '*.[1-9]'); do
		out=$(mandoc -T lint -W warning "$f" 2>&1)
		lint_ok $? "mandoc $f" "$out"
	done
else
	lint_skip "manual pages" "mandoc is not installed"
fi

lint_done
