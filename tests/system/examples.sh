#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# examples.sh - every example, installed as its README says, and lived in
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
. "$(dirname "$0")/../net/vpn.sh"
host_start "$@"
need openvpn openssl python3

docs=$(find /usr -path '*/examples/kiosk/README' -printf '%h\n' | head -n 1)
docs=${docs%/kiosk}
[ -n "$docs" ] || bail "the examples are not installed"

# add_user NAME UID [GROUP]: who may log in by ssh
add_user()
{
	id "$1" >/dev/null 2>&1 || {
		echo "$1:x:$2:$2:$1:/home/$1:/bin/bash" >>/etc/passwd
		echo "$1:x:$2:" >>/etc/group
		echo "$1:*:19000:0:99999:7:::" >>/etc/shadow
		install -d -o "$2" -g "$2" "/home/$1"
	}
	[ -z "${3-}" ] || { getent group "$3" >/dev/null &&
		sed -i "s/^$3:.*/&,$1/" /etc/group ||
		echo "$3:x:$((9000 + RANDOM % 900)):$1" >>/etc/group; }
	sshd_authorize "$1"
}

# use EXAMPLE: its files as they stand
use()
{
	example=$1
	install -m 0644 "$docs/$1/runns.map" /etc/security/runns.map &&
		install -m 0644 "$docs/$1/runns.conf" /etc/runns.conf
	runs "$1: check" runnsctl check
}

# login USER COMMAND...: by ssh, from the internet
login()
{
	local user=$1
	shift
	door_ssh "$user@203.0.113.2" "$@" 2>/dev/null
}

# is_in USER NETWORK
is_in()
{
	is "$(login "$1" probe cookie)" "$(cookie_of "$2")" \
		"$example: $1 is in $2"
}

get()
{
	login "$1" timeout 10 python3 "$tests/peer.py" get "$2"
}

# gone: all of it is taken down
gone()
{
	wait_until 10 no_sessions
	runs "$example: down --all" runnsctl down --quiet --all
	rm -f /etc/security/runns.map /etc/runns.conf
}

per_user_vpn()
{
	local name
	use per-user-vpn
	vpn_keys && vpn_server 10.99.0 || bail "no VPN server"
	vpn_client client.conf
	mkdir -p /etc/openvpn
	for name in alice bob; do
		# bob's server does not answer.
		sed -e "s|cert client|cert $vpn_dir/client|" \
			-e "$([ $name = alice ] || echo 's/ 1194/ 1195/')" \
			$vpn_dir/client.conf >/etc/openvpn/$name.conf
		chmod 0600 /etc/openvpn/$name.conf
	done
	runs "$example: up --all" runnsctl up --quiet --all
	wait_until 20 vpn_is vpn-alice up
	is_in alice vpn-alice
	is "$(get alice 198.51.100.1)" 10.99.0.2 \
		"$example: what alice does leaves by her VPN"
	is "$(login alice runnsctl run -n host -- probe cookie)" \
		"$(host_cookie)" "$example: she may start a program on the host"
	is_in bob vpn-bob
	is "$(get bob 198.51.100.1)" "" \
		"$example: bob, whose VPN is not up, reaches nothing"
	login bob runnsctl run -n host -- true
	isnt $? 0 "$example: nor the host's network"
	is "$(login carol probe cookie)" "$(host_cookie)" \
		"$example: carol stays where she was"
	vpn_server_stop
	gone
}

bastion()
{
	add_user carol 5003 bastion-admins
	add_user alice 5001 tenant-a
	add_user bob 5002 tenant-b
	use bastion
	runs "$example: up --all" runnsctl up --quiet --all
	is_in alice tenant-a
	is_in bob tenant-b
	is "$(login carol probe cookie)" "$(host_cookie)" \
		"$example: carol, an administrator, is on the host"
	is "$(login carol runnsctl run -n tenant-b -- probe cookie)" \
		"$(cookie_of tenant-b)" "$example: and may go into tenant-b"
	login dave true
	isnt $? 0 "$example: dave is refused"
	is "$(get alice 198.51.100.1)" 203.0.113.2 \
		"$example: a tenant reaches what lies behind"
	is "$(login alice getent ahostsv4 which.test | awk 'NR == 1 { print $1 }') \
$(login bob getent ahostsv4 which.test | awk 'NR == 1 { print $1 }')" \
		"192.0.2.53 192.0.2.1" "$example: each asks his own name server"
	inside tenant-b python3 "$tests/peer.py" http 8080 >/dev/null 2>&1 &
	python3 "$tests/peer.py" http 8081 >/dev/null 2>&1 &
	wait_until 5 bash -c 'exec 3<>/dev/tcp/127.0.0.1/8081'
	login alice "timeout 2 bash -c 'exec 3<>/dev/tcp/$(address_of tenant-b)/8080'"
	isnt $? 0 "$example: but not the other tenant"
	login alice "timeout 2 bash -c 'exec 3<>/dev/tcp/203.0.113.2/8081'"
	isnt $? 0 "$example: nor the bastion's services"
	pkill -f 'peer.py http 808[01]'
	gone
}

lab()
{
	add_user alice 5001 students
	add_user bob 5002 students
	add_user carol 5003 teachers
	use lab
	runs "$example: up router" runnsctl up --quiet router
	login alice 'probe cookie; sleep 30' >$host_dir/alice &
	wait_until 10 grep -q . $host_dir/alice
	is "$(tail -n 1 $host_dir/alice)" "$(cookie_of student-alice)" \
		"$example: alice is in a network of her own, built when she came"
	is "$(get alice 198.51.100.1)" 203.0.113.2 "$example: with a way out"
	is "$(ip -n student-alice route get 198.51.100.1 | awk '/via/ { print $3 }')" \
		"$(ip -n router -4 -o addr | awk '/ rn-/ { sub("/.*", "", $4); print $4 }')" \
		"$example: behind the router"
	is "$(login carol runnsctl run -n router -- probe cookie)" \
		"$(cookie_of router)" "$example: a teacher may go to the router"
	login carol runnsctl run -n student-alice -- true
	isnt $? 0 "$example: but not into what is a student's own"
	login bob runnsctl run -n student-alice -- true
	isnt $? 0 "$example: nor may another student"
	pkill -u alice sleep
	wait_until 10 no_student
	ok $? "$example: their networks go with their last sessions"
	wait_until 5 grep -q "lab: a student's network is gone" $host_log
	like "$(cat $host_log)" "lab: a student's network is built" \
		"$example: the log tells"
	gone
}

no_student()
{
	[ -z "$(find /run/netns -name 'student-*')" ]
}

kiosk()
{
	add_user kiosk 5301
	use kiosk
	install -m 0755 "$docs/kiosk/kiosk-server" /usr/local/bin/kiosk-server
	mkdir -p /srv/kiosk 2>/dev/null || mount_srv
	echo "opening hours" >/srv/kiosk/index.html
	runs "$example: up" runnsctl up --quiet kiosk
	is_in kiosk kiosk
	wait_until 10 serves
	is "$(login kiosk python3 -c "'
import urllib.request
print(urllib.request.urlopen(\"http://127.0.0.1:8000/\").read().decode().strip())'")" \
		"opening hours" "$example: the site is there"
	is "$(get kiosk 198.51.100.1)" "" "$example: nothing else is"
	is "$(login kiosk ls /sys/class/net)" lo "$example: nor a device"
	like "$(runnsctl status kiosk)" 'program +running' "$example: status"
	gone
	is "$(pgrep -fc 'http.server --bind')" 0 "$example: the server went too"
}

mount_srv()
{
	mount -t tmpfs -o mode=0755 srv /srv && mkdir /srv/kiosk
}

serves()
{
	inside kiosk bash -c 'exec 3<>/dev/tcp/127.0.0.1/8000'
}

sshd_start
per_user_vpn
bastion
lab
kiosk
done_testing
