# SPDX-License-Identifier: GPL-2.0-or-later
# ldap.sh - a directory on a Debian that boots, with users, groups and a host
#
#	lou	in the group field-team of the directory
#	max	in no group of it
#
# shellcheck shell=bash
# shellcheck disable=SC2154

# ldap_fetch RELEASE: before host_start
ldap_fetch()
{
	debian_layer "$1" names systemd-resolved libnss-resolve \
		libnss-myhostname sssd-common sssd-ldap libnss-sss libpam-sss \
		slapd ldap-utils nslcd libnss-ldapd
}

# Its own configuration in place of that of the package.
ldap_conf()
{
	cat <<-'END'
	include /etc/ldap/schema/core.schema
	include /etc/ldap/schema/cosine.schema
	include /etc/ldap/schema/nis.schema
	modulepath /usr/lib/ldap
	moduleload back_mdb
	pidfile /run/slapd/slapd.pid
	database mdb
	suffix "dc=test"
	directory /var/lib/ldap
	rootdn "cn=admin,dc=test"
	END
}

# ldap_user NAME UID
ldap_user()
{
	cat <<-END

	dn: uid=$1,dc=test
	objectClass: account
	objectClass: posixAccount
	uid: $1
	cn: $1
	uidNumber: $2
	gidNumber: 7000
	homeDirectory: /home/$1
	loginShell: /bin/bash
	END
}

# ldap_group NAME GID MEMBER...
ldap_group()
{
	printf '\ndn: cn=%s,dc=test\nobjectClass: posixGroup\ncn: %s\ngidNumber: %s\n' \
		"$1" "$1" "$2"
	shift 2
	[ $# -eq 0 ] || printf 'memberUid: %s\n' "$@"
}

ldap_data()
{
	printf 'dn: dc=test\nobjectClass: domain\ndc: test\n'
	ldap_group people 7000
	ldap_group field-team 7001 lou
	ldap_user lou 7101
	ldap_user max 7102
	printf '\ndn: cn=directory.test,dc=test\nobjectClass: device\n'
	printf 'objectClass: ipHost\ncn: directory.test\nipHostNumber: 192.0.2.200\n'
}

# ldap_start: slapd on the machine, with that in it
ldap_start()
{
	ldap_conf >"$out/slapd.conf"
	ldap_data >"$out/data.ldif"
	machine sh -c '
	systemctl stop slapd
	rm -rf /var/lib/ldap/* /etc/ldap/slapd.d
	cp /out/slapd.conf /etc/ldap/slapd.conf
	sed -i "s|^SLAPD_CONF=.*|SLAPD_CONF=/etc/ldap/slapd.conf|
		s|^SLAPD_SERVICES=.*|SLAPD_SERVICES=ldap://127.0.0.1/|" \
		/etc/default/slapd
	slapadd -f /etc/ldap/slapd.conf -l /out/data.ldif &&
	chown -R openldap: /var/lib/ldap &&
	systemctl start slapd &&
	ldapsearch -x -H ldap://127.0.0.1/ -b dc=test uid=lou | grep -q 7101 &&
	for user in lou max; do
		install -d -m 0700 /home/$user/.ssh &&
		install -m 0600 /out/key.pub /home/$user/.ssh/authorized_keys &&
		chown -R 71$([ $user = lou ] && echo 01 || echo 02):7000 \
			/home/$user || exit 1
	done' >"$out/ldap.log" 2>&1
}

# sssd_start: users, groups and hosts by sssd.  As docs/FLEET.md says, its
# limits are shorter than those of a login.
sssd_start()
{
	cat >"$out/sssd.conf" <<-'END'
		[sssd]
		domains = test
		services = nss, pam
		[nss]
		filter_users = root
		entry_negative_timeout = 0
		[domain/test]
		id_provider = ldap
		auth_provider = none
		access_provider = permit
		resolver_provider = ldap
		ldap_uri = ldap://127.0.0.1/
		ldap_search_base = dc=test
		ldap_schema = rfc2307
		ldap_id_use_start_tls = false
		ldap_tls_reqcert = never
		ldap_network_timeout = 2
		ldap_opt_timeout = 2
		ldap_search_timeout = 2
		dns_resolver_timeout = 3
		entry_cache_timeout = 5
		offline_timeout = 2
		offline_timeout_random_offset = 0
	END
	machine sh -c '
	install -m 0600 /out/sssd.conf /etc/sssd/sssd.conf
	for base in passwd group; do
		sed -i "s/^$base:.*/$base: files sss/" /etc/nsswitch.conf
	done
	pam-auth-update --enable sss
	systemctl unmask sssd
	systemctl restart sssd
	for i in 1 2 3 4 5 6 7 8 9 10; do
		getent passwd lou && exit 0
		sleep 1
	done
	exit 1' >>"$out/ldap.log" 2>&1
}

# nslcd_start: users and groups by nslcd
nslcd_start()
{
	cat >"$out/nslcd.conf" <<-'END'
		uid nslcd
		gid nslcd
		uri ldap://127.0.0.1/
		base dc=test
		bind_timelimit 2
		timelimit 2
		reconnect_sleeptime 1
		reconnect_retrytime 3
	END
	machine sh -c '
	pam-auth-update --disable sss
	install -m 0640 -g nslcd /out/nslcd.conf /etc/nslcd.conf
	for base in passwd group; do
		sed -i "s/^$base:.*/$base: files ldap/" /etc/nsswitch.conf
	done
	systemctl unmask nslcd
	systemctl restart nslcd
	getent passwd lou' >>"$out/ldap.log" 2>&1
}

ldap_why()
{
	cat "$out/ldap.log"
	machine journalctl --no-pager -n 20 -u slapd -u sssd -u nslcd
}
