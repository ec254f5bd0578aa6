#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctl_doctor.sh - runnsctl doctor: each thing that is wrong is found, with its
# mend, and nothing that is right
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
need python3 nft
host_start "$@"

cd $host_dir || bail "no directory"

# doctor STATUS TEXT ARGUMENT...; the output is in $out
doctor()
{
	local expected=$1 text=$2
	shift 2
	out=$(timeout 60 runnsctl doctor "$@" 2>err)
	is $? "$expected" "$text" || diag "$out" "$(cat err)"
}

# finds TEXT PATTERN: exactly one finding, and this
finds()
{
	doctor 1 "$1"
	is "$(printf '%s\n' "$out" | grep '^[a-z]' | grep -cE "$2")" 1 \
		"  is found" || diag "$out"
	is "$(printf '%s\n' "$out" | grep -c '^[a-z]')" 1 "  and nothing else" ||
		diag "$out"
	like "$out" '^  mend ' "  with a mend"
}

rm -f /etc/pam.d/*
host_pam
cp /etc/pam.d/door /etc/pam.d/systemd-user
mkdir -p /etc/ssh
rm -rf /etc/ssh/sshd_config.d
echo 'UsePAM yes' >/etc/ssh/sshd_config
echo 'alice work' >/etc/security/runns.map
conf_write <<-END
	[work]
END
runs "a network" runnsctl up work

doctor 0 "a host where all is well"
is "$out$(cat err)" "" "  nothing is said"
doctor 0 "  JSON" --json
is "$(printf '%s' "$out" | python3 -c 'import json, sys; print(json.load(sys.stdin))')" \
	"{'findings': [], 'not_seen': [], 'ok': True}" "  says the same"
doctor 2 "a wrong word" work
refuses "an ordinary user" setpriv --reuid 5001 --regid 5001 --clear-groups \
	runnsctl doctor

chmod 0666 /etc/runns.conf
finds "runns.conf that others may write to" '^conf: /etc/runns.conf: '
chmod 0644 /etc/runns.conf
cp /etc/runns.conf conf
echo 'Nonsense = 1' >>/etc/runns.conf
finds "an error in it" '^conf: /etc/runns.conf:[0-9]+: '
cat conf >/etc/runns.conf

echo 'session required pam_unix.so' >/etc/pam.d/seeded
finds "a stack without the module" '^pam: service seeded '
rm /etc/pam.d/seeded
if [ -e /usr/sbin/sshd ]; then
	echo 'UsePAM no' >/etc/ssh/sshd_config
	finds "sshd without PAM" '^sshd: sshd_config says UsePAM no$'
	mkdir /etc/ssh/sshd_config.d
	echo 'usepam=yes' >/etc/ssh/sshd_config.d/50-pam.conf
	doctor 0 "a drop-in comes first"
	rm -r /etc/ssh/sshd_config.d
	printf 'Match User bob\nUsePAM yes\n' >/etc/ssh/sshd_config
	finds "for some only" '^sshd: sshd_config says UsePAM nothing'
	echo 'UsePAM yes' >/etc/ssh/sshd_config
fi

helper=$(command -v runns-helper)
chmod u-s "$helper"
finds "a helper that is not set-user-ID" '^helper: .* is not set-user-ID root$'
chmod u+s "$helper"
mount --bind "$helper" "$helper" && mount -o remount,bind,nosuid "$helper"
finds "one that is mounted nosuid" '^helper: .* mounted nosuid$'
umount "$helper"

nft 'table inet firewalld { chain filter_FORWARD {
	type filter hook forward priority 10; policy drop; }; }'
finds "a firewall that drops" '^firewall: .* chain inet firewalld '
like "$out" 'firewall-cmd ' "  in the words of firewalld"
nft delete table inet firewalld
mkdir -p /run/systemd/netif
finds "systemd-networkd that takes all devices" '^manager: systemd-networkd '
mkdir -p /etc/systemd/network
cp "$srcdir/conf/network/10-runns.network" /etc/systemd/network/
doctor 0 "one that is told not to"
rm -r /run/systemd/netif
mkdir -p /run/NetworkManager
finds "NetworkManager too" '^manager: NetworkManager '
rm -r /run/NetworkManager

mv /dev/net/tun tun 2>/dev/null
finds "no tun" '^kernel: no /dev/net/tun: '
[ ! -e tun ] || mv tun /dev/net/tun
cp /etc/hosts hosts
echo '127.0.0.1 localhost host.example' >/etc/hosts
finds "a name that is not in /etc/hosts" "^hosts: the host's name host "
cat hosts >/etc/hosts
umount /run/netns/work && rm /run/netns/work
finds "a network whose name is gone" '^remains: network work '
runs "  the mend mends it" runnsctl gc
doctor 0 "all is well again"
is "$out" "" "  nothing is said"

done_testing
