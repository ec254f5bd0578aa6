#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# directory.sh - on a Debian 12 that boots: users and groups from a directory
# (slapd), by sssd and by nslcd; a map by its groups; the directory goes down,
# hangs and comes back while users log in
. "$(dirname "$0")/lib.sh"
. "$tests/../boot/lib.sh"
. "$tests/../boot/ldap.sh"
. "$tests/../package/lib.sh"
need dpkg-buildpackage dh ssh ssh-keygen
debian_fetch bookworm
ldap_fetch bookworm
deb_fetch
host_start "$@"
debian_runns bookworm ops alice
ok $? "Debian 12 boots, with RUNNS" "$(debian_why)"
ldap_start
ok $? "slapd runs" "$(ldap_why)"
log=$out/log
machine sh -c '
	printf "[field]\nDNS = 198.51.100.53\n[tenant]\nDNS = 198.51.100.53\nLinger = no\n" \
		>>/etc/runns.conf
	cat >/etc/security/runns.map <<-END
		root,ops	-
		1:999		-
		@field-team	field	-
		@people		u-%u	-	create=tenant
		*		deny
	END
	pam-auth-update --enable runns
	systemctl enable --now runns@field' >>"$log" 2>&1
ok $? "a network, a map by groups, the profile of PAM" "$(tail -n 20 "$log")"

# The limits of docs/FLEET.md, and the login itself.
limit=30

# login USER: "inside NAME", "outside", "refused", or "late" after the limit
login()
{
	local file=at.$1.$BASHPID status cookie
	rm -f "$out/$file"
	timeout $limit nsenter -t "$inet_pid" -n -- ssh "$1@host" \
		"probe >/out/$file" >>"$log" 2>&1
	status=$?
	cookie=$(value cookie "$out/$file" 2>/dev/null)
	if [ $status -eq 124 ]; then
		echo late
	elif [ -z "$cookie" ]; then
		echo refused
	elif [ "$cookie" = "$(machine probe cookie)" ]; then
		echo outside
	elif [ "$cookie" = "$(machine_cookie field 2>/dev/null)" ]; then
		echo inside field
	else
		echo inside another
	fi
}

# as_told TEXT OPS LOU MAX ALICE: what becomes of the logins of each
as_told()
{
	local text=$1 user got
	shift
	for user in ops lou max alice; do
		got=$(login $user)
		like "$got" "^($1)\$" "$text: $user: $got"
		shift
	done
}

gone='refused'

# matrix NAME: who asks the directory
matrix()
{
	local name=$1
	as_told "$name" outside 'inside field' 'inside another' refused
	machine systemctl stop slapd
	as_told "$name, slapd is down" outside "inside field|$gone" \
		"inside another|$gone" $gone
	# It accepts connections and says nothing.
	machine systemctl start slapd
	machine pkill -STOP slapd
	as_told "$name, slapd hangs" outside "inside field|$gone" \
		"inside another|$gone" $gone
	machine pkill -CONT slapd
	forget "$name"
	machine pkill -STOP slapd
	as_told "$name, it hangs and nothing is remembered" outside $gone $gone $gone
	machine pkill -CONT slapd
	forget "$name"
	machine systemctl stop slapd
	as_told "$name, it is down and nothing is remembered" outside $gone $gone $gone
	machine systemctl start slapd
	runs "$name: the directory is back" wait_until 40 is_back
	as_told "$name, afterwards" outside 'inside field' 'inside another' refused
}

is_back()
{
	machine sh -c 'id -Gn lou | grep -q field-team && id max'
}

# forget NAME: no answer of before is left
forget()
{
	case $1 in
	sssd) machine sh -c 'systemctl stop sssd
		rm -f /var/lib/sss/db/* /var/lib/sss/mc/*
		systemctl start sssd' >>"$log" 2>&1 ;;
	nslcd) machine systemctl restart nslcd >>"$log" 2>&1 ;;
	esac
}

# While somebody logs in: the directory stops and goes on all the time.
shaken()
{
	local i pids='' wrong
	machine sh -c 'while [ ! -e /out/quiet ]; do
		pkill -STOP slapd; sleep 0.2; pkill -CONT slapd; sleep 0.3; done' &
	shaker=$!
	for i in $(seq "$1"); do
		login lou >"$out/shaken.$i" &
		pids="$pids $!"
	done
	# shellcheck disable=SC2086
	wait $pids
	touch "$out/quiet"
	wait $shaker
	wrong=$(cat "$out"/shaken.* | grep -vxE 'inside field|refused')
	is "$wrong" "" "the directory stops and goes on: $(sort "$out"/shaken.* | uniq -c | paste -sd,)"
}

sssd_start
ok $? "sssd" "$(ldap_why)"
matrix sssd
shaken 8
machine systemctl stop sssd
nslcd_start
ok $? "nslcd" "$(ldap_why)"
matrix nslcd
machine systemctl stop nslcd
as_told "no daemon at all" outside $gone $gone $gone

unlike "$(machine runnsctl audit)" 'process [0-9]' "audit finds nobody outside"
debian_off
ok $? "it is switched off"
done_testing
