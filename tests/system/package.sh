#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# package.sh - Debian's packages are built, judged, installed, used, upgraded in
# the middle of a session, removed and purged; an RPM is built
. "$(dirname "$0")/lib.sh"
# shellcheck source=../package/lib.sh
. "$tests/../package/lib.sh"
need dpkg-buildpackage dh lintian rpmbuild ssh sshd pam-auth-update
host_start "$@"

work=/var/tmp/package
out=$host_dir/out
mkdir -p $work $out
export DEBIAN_FRONTEND=noninteractive
multiarch=$(dpkg-architecture -qDEB_HOST_MULTIARCH)

# --- built, and judged ----------------------------------------------------------

deb_build $work
ok $? "dpkg-buildpackage builds the packages" "$(tail -n 20 $work/build.log)"
cd $work || bail "no working directory"
judged=$(lintian --allow-root --profile debian ./*.changes 2>&1)
is "$judged" "" "lintian has neither errors nor warnings"

rpm_build()
{
	make -s -C "$builddir" dist >$work/rpm.log 2>&1 &&
		rpmbuild -bb --nodeps --define "_topdir $work/rpm" \
			--define "_sourcedir $builddir" \
			"$srcdir/packaging/runns.spec" >>$work/rpm.log 2>&1
}

rpm_build
ok $? "rpmbuild builds the package" "$(tail -n 20 $work/rpm.log)"
rpm=$(find $work/rpm/RPMS -name 'runns-0*.rpm')
like "$(rpm -qplv "$rpm" 2>/dev/null)" '^-rwsr-xr-x .* root +root .*/runns-helper$' \
	"the RPM has the helper set-user-ID"
is "$(rpm -qpc "$rpm" 2>/dev/null | sort | paste -sd ' ')" \
	"/etc/runns.conf /etc/security/runns.map" "the RPM's configuration is kept"

# --- installed ------------------------------------------------------------------

# What `make install` put there would hide what a package lacks.
forget_stage()
{
	find "$RUNNS_STAGE" ! -type d -printf '/%P\0' | xargs -0 rm -f
}

# Everything that packages may leave, but what dpkg itself writes.
files_list()
{
	find /etc /usr /var/lib/systemd /run/runns -xdev \
		! -path '/etc/ssh*' ! -path '/etc/*-' ! -name ld.so.cache \
		2>/dev/null | sort
}

# The accounts, and what PAM does.
state_list()
{
	files_list
	cut -d : -f 1 /etc/passwd /etc/group
	grep -v '^#' /etc/pam.d/common-*
}

# An answer that was not asked for: Debian's own stacks, without RUNNS.
stacks_reset()
{
	rm -f /etc/pam.d/common-*
	pam-auth-update --force --package
}

deb()
{
	dpkg "$@" >>$out/dpkg.log 2>&1
}

forget_stage
stacks_reset >$out/pam.log 2>&1
systemd-sysusers --version >/dev/null 2>&1 ||
	bail "systemd-sysusers is not installed"
mkdir -p /run/runns && rmdir /run/runns
state_list >$out/before

debs="$work/runns_0.1.0_$(dpkg --print-architecture).deb
$work/libpam-runns_0.1.0_$(dpkg --print-architecture).deb"
# One word is one package.
# shellcheck disable=SC2086
deb -i $debs
ok $? "the packages install" "$(tail -n 20 $out/dpkg.log)"
is "$(stat -c '%a %U:%G' /usr/bin/runns-helper)" "4755 root:root" \
	"the helper is set-user-ID root"
is "$(dpkg-query -W -f '${Conffiles}' runns | awk '{ print $1 }' | sort |
	paste -sd ' ')" "/etc/runns.conf /etc/security/runns.map" \
	"both files of the administrator's are conffiles"
[ -n "$(getent group runns)" ]
ok $? "the group of the service exists"
unlike "$(cat /etc/pam.d/common-*)" pam_runns "PAM is left alone until it is asked"
runs "the map and the configuration are right as delivered" runnsctl check
[ -L /etc/systemd/system/timers.target.wants/runns-gc.timer ]
ok $? "the timer is enabled"
[ -L /etc/systemd/system/multi-user.target.wants/runns-refresh.path ]
ok $? "and the unit that watches what is covered"
[ ! -e /etc/systemd/system/sockets.target.wants/runns.socket ]
ok $? "the socket of the service is not"

# --- used -----------------------------------------------------------------------

pam-auth-update --enable runns >>$out/pam.log 2>&1
for stack in account session session-noninteractive; do
	like "$(cat /etc/pam.d/common-$stack)" '^(account|session).*required.*pam_runns\.so' \
		"pam-auth-update puts it into common-$stack"
done
cat >>/etc/runns.conf <<-END
	[work]
	DNS = 198.51.100.53
END
echo 'alice work -' >>/etc/security/runns.map
runs "a network goes up" runnsctl up work
sshd_start || bail "sshd does not start"
door_ssh alice@host probe >$out/alice
is "$(value cookie $out/alice)" "$(cookie_of work)" "a login lands inside"
is "$(value resolv $out/alice | grep -c 198.51.100.53)" 1 "with its name servers"
runs "a program is started inside without root" \
	su alice -s /bin/sh -c 'runnsctl run -n work -- true'

# --- upgraded, in the middle of a session ---------------------------------------

# deb_next PACKAGE: the same with a higher version
deb_next()
{
	local dir=$work/next/$1
	rm -rf "$dir" && mkdir -p $work/next &&
		dpkg-deb -R "$work/$1_0.1.0_"*.deb "$dir" &&
		sed -i 's/^Version: .*/Version: 0.1.1/; s/(= 0\.1\.0)/(= 0.1.1)/' \
			"$dir/DEBIAN/control" &&
		echo '# of the next version' >>"$dir/usr/share/doc/$1/copyright" &&
		{ [ "$1" != runns ] || echo '# next' >>"$dir/etc/runns.conf"; } &&
		dpkg-deb --root-owner-group -b "$dir" "$work/next/$1.deb"
}

session_open()
{
	mkfifo $out/in
	door_ssh alice@host 'probe; read line; probe' <$out/in >$out/session &
	session=$!
	exec 7>$out/in
	wait_until 20 grep -q '^cookie=' $out/session
}

dpkg-statoverride --update --add root runns 4754 /usr/bin/runns-helper
session_open
ok $? "a session is open"
{ deb_next runns && deb_next libpam-runns; } >>$out/dpkg.log 2>&1
deb -i --force-confdef --force-confold $work/next/*.deb
ok $? "the next version installs" "$(tail -n 20 $out/dpkg.log)"
is "$(dpkg-query -W -f '${Version} ' runns libpam-runns)" "0.1.1 0.1.1 " \
	"both packages are of the next version"
echo >&7
exec 7>&-
wait $session
ok $? "the session ends well"
is "$(grep '^cookie=' $out/session | sort -u)" "cookie=$(cookie_of work)" \
	"it was inside before the upgrade and after it"
door_ssh alice@host probe >$out/alice
is "$(value cookie $out/alice)" "$(cookie_of work)" "a login after it lands inside"
is "$(stat -c '%a %U:%G' /usr/bin/runns-helper)" "4754 root:runns" \
	"the mode that the administrator chose is kept"
like "$(cat /etc/runns.conf)" '^\[work\]$' "so is his configuration"
like "$(cat /etc/pam.d/common-session)" pam_runns "and his stack"

# --- removed, and purged --------------------------------------------------------

wait_until 10 no_sessions
deb -r libpam-runns
ok $? "the module is removed" "$(tail -n 20 $out/dpkg.log)"
unlike "$(cat /etc/pam.d/common-*)" pam_runns "no stack names it any more"
door_ssh alice@host probe >$out/alice
session_outside $out/alice "a login without it"
wait_until 10 no_sessions
deb -r runns
ok $? "the rest is removed" "$(tail -n 20 $out/dpkg.log)"
[ ! -e /run/netns/work ]
ok $? "its network went with it"
[ -e /etc/security/runns.map ]
ok $? "the map is kept until the purge"

dpkg-statoverride --remove /usr/bin/runns-helper
deb -P libpam-runns runns
ok $? "the packages are purged" "$(tail -n 20 $out/dpkg.log)"
state_list >$out/after
is "$(diff $out/before $out/after)" "" "nothing is left of them"
[ ! -e "/usr/lib/$multiarch/security/pam_runns.so" ]
ok $? "not the module either"

done_testing
