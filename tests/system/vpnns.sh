#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vpnns.sh - the options of ocproxy's vpnns(1)
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/vpn.sh"
. "$(dirname "$0")/../net/ocserv.sh"
. "$(dirname "$0")/../attach/lib.sh"
host_start "$@"
need openconnect ocserv ocpasswd openssl curl setpriv

# Debian's ocproxy has a program of this name.
vpnns=$(dirname "$(command -v runnsctl)")/vpnns
home=/home/alice

# inside NAME COMMAND...
inside_of()
{
	local name=$1
	shift
	as alice "$vpnns" --name "$name" -- "$@"
}

programs()
{
	is "$(as alice "$vpnns" -- sh -c 'hostname; id -un; ls /sys/class/net')" \
		"default
alice
lo" "vpnns -- PROGRAM: alone with loopback, under the default name"
	is "$(as alice "$vpnns" -n other hostname)" other \
		"-n NAME PROGRAM: named so, also without --"
	is "$(as alice env SHELL=/bin/echo "$vpnns")" "" "vpnns: a shell"
	inside_of x sh -c 'exit 7'
	is $? 7 "it ends as the program does"
	inside_of x /nonexistent 2>/dev/null
	is $? 127 "or says that there is none"
	like "$(as alice "$vpnns" --version)" '^vpnns ' "--version"
	like "$(as alice "$vpnns" --help)" '[-]-attach' "--help"
	as alice "$vpnns" --nonsense >/dev/null 2>&1
	is $? 1 "wrong usage"
	as alice "$vpnns" --attach word >/dev/null 2>&1
	is $? 1 "--attach with a program: wrong usage"
	like "$(as alice "$vpnns" -n ../x id 2>&1)" 'not a name' \
		"a name with a slash is none"
}

# An old one's directory is open to others.
state()
{
	as alice mkdir -m 0755 $home/.vpnns-old $home/.vpnns-old/etc
	is "$(inside_of old stat -c %a $home/.vpnns-old)" 700 \
		".vpnns-NAME is used, and closed to others"
	runs "what else is in it stays" test -d $home/.vpnns-old/etc
	mkdir $home/.vpnns-roots
	like "$(inside_of roots id 2>&1)" 'vpnns-roots: Operation not permitted' \
		"that of another user is refused"
	as alice ln -s /tmp $home/.vpnns-link
	like "$(inside_of link id 2>&1)" 'vpnns-link' "a link is refused"
	unlike "$(stat -c %a /tmp)" 700 "and left alone"
}

two()
{
	enter=("$vpnns" --name one --)
	as alice "${enter[@]}" sleep infinity &
	wait_until 10 pgrep -u alice -x sleep
	vpn_start "$vpnns --name one --attach"
	comes_up
	like "$(fetch http://box.inside.test/)" '^10\.93\.0\.' \
		"vpnns --name N --attach by openconnect: a browser works"
	is "$(inside_of two sh -c 'ls /sys/class/net; cat /etc/resolv.conf')" \
		lo "another name is another network"
	runs "the directory is ~/.vpnns-N" test -S $home/.vpnns-one/control
	vpn_end KILL
	is "$(fetch http://198.51.100.1/)" "" "the VPN killed: no network"
	printf '#!/bin/sh\n%s\n' \
		'[ $reason = disconnect ] || ip addr add $INTERNAL_IP4_ADDRESS dev $TUNDEV' \
		'ip link set $TUNDEV up; ip route add default dev $TUNDEV' \
		>$home/script
	chmod 0755 $home/script
	vpn_start "$vpnns --name one --script ./script --attach"
	comes_up
	like "$(fetch http://198.51.100.1/)" '^10\.93\.0\.' "--script PROGRAM"
	vpn_end
}

oc_server || bail "no server: $(cat $host_dir/ocserv.log)"
tunnel_names
programs
state
two
done_testing
