# SPDX-License-Identifier: GPL-2.0-or-later
# lib.sh - Debian's packages, built from the tree
#
# shellcheck shell=bash
# shellcheck disable=SC2154

# deb_build DIR: the packages, and build.log, are put there
deb_build()
{
	local tree=$1/runns-0.1.0
	rm -rf "$tree" && cp -R "$srcdir" "$tree" && cd "$tree" || return 1
	rm -rf .git build-aux configure Makefile.in autom4te.cache
	DEB_BUILD_OPTIONS="nocheck noautodbgsym parallel=$(nproc)" \
		dpkg-buildpackage -b -us -uc >"$1/build.log" 2>&1
}
