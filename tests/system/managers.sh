#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# managers.sh - programs that set up every device they see leave ours alone:
# systemd-networkd, NetworkManager, connman, dhcpcd, each for real
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"

# Debian's packages, unpacked only: installed, they would take this machine.
managers_dir=${RUNNS_MANAGERS_DIR:-/var/tmp/runns-managers}

managers_needed()
{
	apt-get install -s --no-install-recommends network-manager connman \
		dhcpcd-base 2>/dev/null | awk '/^Inst/ { print $2 }'
}

managers_fetch()
{
	[ "$$" -ne 1 ] || [ "${RUNNS_HOST-}" != 1 ] || return 0
	[ -e "$managers_dir/complete" ] || (managers_unpack)
}

managers_unpack()
{
	local names deb
	rm -rf "$managers_dir" && mkdir -p "$managers_dir/root" &&
		cd "$managers_dir" || return 1
	names=$(managers_needed)
	if [ -z "$names" ]; then
		apt-get -q update >update.log 2>&1
		names=$(managers_needed)
	fi
	# One word is one package.
	# shellcheck disable=SC2086
	apt-get download $names >fetch.log 2>&1 || return 1
	for deb in *.deb; do
		dpkg -x "$deb" root || return 1
	done
	touch complete
}

managers_fetch || bail "no packages of network managers"
host_start "$@"
need tcpdump dbus-daemon /lib/systemd/systemd-networkd

# unpack: into this host
unpack()
{
	cp -a "$managers_dir/root/etc/." /etc/ &&
		cp -a "$managers_dir/root/usr/." /usr/ &&
		cp -a "$managers_dir/root/lib/." /usr/lib/ && ldconfig &&
		mkdir -p /run/dbus && dbus-daemon --system --fork
}

# Everything that a manager may take: ours, and one that nobody cares for.
devices()
{
	conf_write <<-END
		[work]
	END
	runnsctl up -q work && device=$(device_of work) &&
		ip link add plain0 type veth peer name plain1 &&
		ip link set plain1 up && ip link set plain0 up
}

address()
{
	ip -o addr show dev "$device" | sed 's/.* inet/inet/; s/valid_lft.*//'
	ip -o link show dev "$device" | grep -o 'state [A-Z]*'
}

asks()
{
	grep -q 'BOOTP/DHCP, Request' "$host_dir/$1.dhcp"
}

# manager NAME COMMAND...: it runs until it has asked for an address by the
# other device, and a little longer
manager()
{
	local name=$1 was manager_pid watch=
	shift
	devices || bail "no devices"
	was=$(address)
	# What is left of the manager before would say that they listen.
	rm -f "$host_dir"/*.dhcp "$host_dir"/*.tcpdump
	for dev in plain0 "$device"; do
		tcpdump -lni "$dev" 'udp port 67 or udp port 547' \
			>"$host_dir/$dev.dhcp" 2>"$host_dir/$dev.tcpdump" &
		watch+=" $!"
		wait_until 10 grep -q listening "$host_dir/$dev.tcpdump"
	done
	# Where /sys cannot be written they do not wait for udev.
	unshare -m sh -c 'mount -o remount,bind,ro /sys && exec "$@"' sh "$@" \
		>"$host_dir/$name.log" 2>&1 &
	manager_pid=$!
	wait_until 30 asks plain0
	ok $? "$name takes a device that is not ours" \
		"$(tail -n 20 "$host_dir/$name.log")"
	sleep 3
	runs "  and asks for nothing in a network" sh -c '! grep . "$1"' sh \
		"$host_dir/$device.dhcp"
	is "$(address)" "$was" "  whose address and state stay"
	is "$(inside work python3 "$tests/peer.py" get 198.51.100.1)" \
		203.0.113.2 "  and which works"
	runnsctl doctor >"$host_dir/doctor" 2>&1
	is "$(grep '^manager' "$host_dir/doctor")" "" "  doctor is content"
	kill "$manager_pid"
	wait "$manager_pid"
	# shellcheck disable=SC2086
	kill $watch
	ip link del plain0
	runnsctl down -q work
}

# untold NAME: doctor finds that it is not told
untold()
{
	runnsctl doctor >"$host_dir/doctor" 2>&1
	like "$(grep '^manager' "$host_dir/doctor")" "^manager: $1 is not told " \
		"$1 that is not told: doctor says so"
}

unpack || bail "cannot unpack them"

mkdir -p /run/systemd/netif /run/systemd/network /etc/systemd/network
chown systemd-network: /run/systemd/netif
printf '[Match]\nName=plain0 rn-*\n[Network]\nDHCP=yes\n' \
	>/run/systemd/network/99-all.network
untold systemd-networkd
cp "$srcdir/conf/network/10-runns.network" /etc/systemd/network/
manager networkd /lib/systemd/systemd-networkd
rm -r /run/systemd/netif

mkdir -p /run/NetworkManager
untold NetworkManager
cp "$srcdir/conf/network/10-runns.conf" /etc/NetworkManager/conf.d/
printf '[device]\nmatch-device=interface-name:eth0\nmanaged=0\n' \
	>/etc/NetworkManager/conf.d/20-host.conf
cat >/etc/NetworkManager/system-connections/all.nmconnection <<-END
	[connection]
	id=all
	type=ethernet
	multi-connect=3
	[ipv4]
	method=auto
END
chmod 0600 /etc/NetworkManager/system-connections/all.nmconnection
manager NetworkManager NetworkManager --debug
rm -r /run/NetworkManager

mkdir -p /run/connman
untold connman
sed -i 's/^.*NetworkInterfaceBlacklist *=.*/NetworkInterfaceBlacklist = eth0,rn-,rv-/' \
	/etc/connman/main.conf
manager connman connmand --nodaemon --nodnsproxy
rm -r /run/connman

mkdir -p /run/dhcpcd
untold dhcpcd
printf 'denyinterfaces rn-* rv-* eth0\nnodev\n' >>/etc/dhcpcd.conf
manager dhcpcd dhcpcd --nobackground
rm -rf /run/dhcpcd
done_testing
