#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# hardening.sh - what readelf must say of everything that is installed
. "$(dirname "$0")/lib.sh"

# gate FILE TEXT COMMAND...: one property of one file
gate()
{
	gate_file=$1 gate_text=$2
	shift 2
	"$@"
	lint_ok $? "${gate_file#"$builddir"/}: $gate_text"
}

is_pie() { readelf -hd "$1" | grep -qE 'FLAGS_1.*\bPIE\b'; }
is_relro() { readelf -lW "$1" | grep -q GNU_RELRO; }
is_now() { readelf -dW "$1" | grep -qE 'BIND_NOW|FLAGS_1.*\bNOW\b'; }
is_nx() { readelf -lW "$1" | grep GNU_STACK | grep -qv 'RWE'; }
has_no_rpath() { ! readelf -dW "$1" | grep -qE 'RPATH|RUNPATH'; }
has_no_textrel() { ! readelf -dW "$1" | grep -q TEXTREL; }
has_canary() { readelf -sW "$1" | grep -q __stack_chk_fail; }
has_fortify() { readelf -sW "$1" | grep -qE '__[a-z]+_chk\b'; }

found=0
for f in "$builddir/bin/runnsctl" "$builddir/bin/runns-net" \
	"$builddir/bin/runns-helper" "$builddir/bin/runns" \
	"$builddir/bin/runns-rootless" \
	"$builddir/.libs/pam_runns.so"; do
	[ -e "$f" ] || continue
	found=1
	case $f in
	*.so) ;;
	*) gate "$f" "position independent" is_pie "$f" ;;
	esac
	gate "$f" "relocations read-only" is_relro "$f"
	gate "$f" "all bound at start" is_now "$f"
	gate "$f" "stack not executable" is_nx "$f"
	gate "$f" "no RPATH" has_no_rpath "$f"
	gate "$f" "no text relocations" has_no_textrel "$f"
	gate "$f" "stack protector" has_canary "$f"
	gate "$f" "fortified" has_fortify "$f"
done
[ $found = 1 ] || lint_skip "hardening of programs" "nothing is built in $builddir"

lint_done
