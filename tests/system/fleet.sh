#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# fleet.sh - the playbook of examples/ansible, over ssh into a Debian 12 that
# boots: what docs/FLEET.md says of it
. "$(dirname "$0")/lib.sh"
. "$tests/../boot/lib.sh"
. "$tests/../package/lib.sh"
need dpkg-buildpackage dh ssh ssh-keygen ansible-playbook
debian_fetch bookworm
debian_layer bookworm apt python3-apt
deb_fetch
host_start "$@"
sshd_configure && debian_boot bookworm && debian_users ops lou max
ok $? "Debian 12 boots" "$(debian_why)"
machine sh -c 'groupadd field-team && usermod -aG field-team lou &&
	groupadd people && usermod -g people lou && usermod -g people max'
ok $? "users and groups"

# --- the controller ---------------------------------------------------------------

site=$host_dir/site
cp -R "$srcdir/examples/ansible" $site && cd $site || bail "no examples"
printf '[runns_hosts]\nbastion1 ansible_host=203.0.113.2 ansible_user=root\n' \
	>hosts.ini
sed -i "s|^runns_debs:.*|runns_debs: [$(printf '%s,' "$debs"/runns_*.deb "$debs"/libpam-*.deb)]|" \
	group_vars/runns_hosts.yml
sed -i 's/^DNS = .*/DNS = 198.51.100.53/' files/runns.conf

play()
{
	inet env LC_ALL=C.UTF-8 HOME=/root ANSIBLE_NOCOLOR=1 \
		ansible-playbook site.yml >$host_dir/play.log 2>&1
}

# recap: "changed=N failed=N rescued=N"
recap()
{
	sed -n 's/^bastion1 *:.*\(changed=[0-9]*\).*\(failed=[0-9]*\).*\(rescued=[0-9]*\).*/\1 \2 \3/p' \
		$host_dir/play.log
}

# on NAME FILE TEXT
on()
{
	is "$(value cookie "$out/$2")" "$(machine_cookie "$1")" "$3"
}

play
ok $? "the playbook" "$(tail -n 40 $host_dir/play.log)"
like "$(recap)" '^changed=[1-9][0-9]* failed=0 rescued=0$' "changes the host"
runs "the network is up, and wanted at boot" machine sh -c \
	'systemctl -q is-active runns@field && systemctl -q is-enabled runns@field'
inet ssh lou@host 'probe >/out/lou'
on field lou "a member of the group is in its network"
inet ssh max@host 'probe >/out/max'
on u-max max "another has a network that is built for him"
inet ssh ops@host 'probe >/out/ops'
is "$(value cookie "$out/ops")" "$(machine probe cookie)" \
	"the administrator is outside"
play
ok $? "the playbook again" "$(tail -n 40 $host_dir/play.log)"
is "$(recap)" "changed=0 failed=0 rescued=0" "changes nothing"

# --- changes that must not arrive ----------------------------------------------------

state()
{
	machine sh -c 'cat /etc/runns.conf /etc/security/runns.map \
		/etc/pam.d/common-session'
}

# stopped TEXT PATTERN: it fails for that reason, and the host is as before
stopped()
{
	local before
	before=$(state)
	refuses "$1: the playbook fails" play
	like "$(cat $host_dir/play.log)" "$2" "$1: with the reason"
	is "$(state)" "$before" "$1: and the host is as before"
	runs "$1: logins go on" inet ssh lou@host true
	cp files.good/* files/
}

cp -R files files.good
echo 'max nowhere-at-all - frob' >>files/runns.map
stopped "a map with an error" 'unknown option'
# What explain cannot see: by which terminal the controller logs in.
sed -i 's/^root,ops.*/root deny - service=sshd tty=ssh\n&/' files/runns.map
stopped "a map that refuses the new login" 'A new login is let in'
like "$(recap)" 'rescued=1$' "and is taken back"
if [ -n "${RUNNS_TEST_FULL-}" ]; then
	sed -i 's/create=tenant/create=missing/' files/runns.map
	stopped "a section that is not there" 'missing'
	sed -i 's/^root,ops.*/ops -/; s/^1:999/root deny\n&/' files/runns.map
	stopped "a map that locks root out" \
		'The map would let in whom it must'
	echo '[broken' >>files/runns.conf
	stopped "networks with an error" 'at the end of a heading'
fi

# --- and one that must -----------------------------------------------------------------

printf '[lab]\nDNS = 198.51.100.53\n' >>files/runns.conf
sed -i 's/^@people.*/max lab -\n&/' files/runns.map
sed -i 's/^runns_networks:.*/runns_networks: [field, lab]/' \
	group_vars/runns_hosts.yml
play
ok $? "a new network and a rule" "$(tail -n 40 $host_dir/play.log)"
inet ssh max@host 'probe >/out/max.lab'
on lab max.lab "arrive"

debian_off
ok $? "it is switched off"
done_testing
