# SPDX-License-Identifier: GPL-2.0-or-later
# lib.sh - Debian's packages, built from the tree
#
# shellcheck shell=bash
# shellcheck disable=SC2154

# deb_fetch: the packages of the tree as it is, in $debs; before host_start
deb_fetch()
{
	debs=$builddir/debs
	[ "$$" -ne 1 ] || [ "${RUNNS_HOST-}" != 1 ] || return 0
	exec {deb_lock}>"$builddir/debs.lock" && flock "$deb_lock" || return 1
	if [ ! -e "$debs/done" ] || [ -n "$(find "$srcdir" -type f \
		-newer "$debs/done" -print -quit)" ]; then
		rm -rf "$debs" && mkdir "$debs" && touch "$debs/begun" &&
			(deb_build "$debs") ||
			bail "no packages: $(tail -n 20 "$debs/build.log")"
		rm -rf "$debs"/runns-*/ && mv "$debs/begun" "$debs/done"
	fi
	exec {deb_lock}>&-
}

# deb_build DIR: the packages, and build.log, are put there
deb_build()
{
	local tree=$1/runns-0.1.0
	rm -rf "$tree" && cp -R "$srcdir" "$tree" && cd "$tree" || return 1
	rm -rf .git build-aux configure Makefile.in autom4te.cache
	DEB_BUILD_OPTIONS="nocheck noautodbgsym parallel=$(nproc)" \
		dpkg-buildpackage -b -us -uc >"$1/build.log" 2>&1
}
