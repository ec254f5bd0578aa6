#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# layers.sh - no file includes upward: base < policy < sys < session < programs
. "$(dirname "$0")/lib.sh"

findings=$(lint_sources '*.[ch]' | while read -r f; do
	awk -v file="$f" '
	function rank(path) {
		if (path ~ /^lib\/base\//) return 1
		if (path ~ /^lib\/policy\//) return 2
		if (path ~ /^lib\/sys\//) return 3
		if (path ~ /^lib\/session\//) return 4
		return 5
	}
	# What knows netlink alone is a library that rootless/ links too.
	function shared(path) {
		return path ~ /^net\/(link|nl|route6?|sysctl|tunnel)\.h$/
	}
	function top(path) { sub(/\/.*/, "", path); return path }
	/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, part, "\"")
		to = part[2]
		if (to == "config.h")
			next
		if (to !~ /\//)
			printf "%s:%d: \"%s\" is not rooted at the top\n", file, NR, to
		else if (rank(to) > rank(file))
			printf "%s:%d: includes upward: %s\n", file, NR, to
		else if (rank(to) == 5 && top(to) != top(file) &&
			 !(top(file) == "rootless" && shared(to)))
			printf "%s:%d: includes another program: %s\n", file, NR, to
	}' "$srcdir/$f"
done)
lint_none "no include points upward or sideways" "$findings"

# Which libraries a layer may see follows from their headers.
findings=$(cd "$srcdir" && grep -nE \
	'#[ ]*include <(netlink|nftables|libiptc|linux/netfilter|security)/' \
	-r lib runnsctl --include='*.[ch]' 2>/dev/null)
lint_none "lib and runnsctl know libc only" "$findings"

lint_done
