# SPDX-License-Identifier: GPL-2.0-or-later
# lib.sh - what the tests of runnsctl unshare have in common
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154

# Where the users of the test host write.
out=$host_dir/out
install -d -m 0777 $out

un()
{
	as alice runnsctl unshare "$@"
}

# ends STATUS TEXT WORD...: unshare with these words
ends()
{
	local expected=$1 text=$2 status
	shift 2
	un "$@" >$out/said 2>&1
	status=$?
	is $status "$expected" "$text: $expected"
}
