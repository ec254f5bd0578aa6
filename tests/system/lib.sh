# SPDX-License-Identifier: GPL-2.0-or-later
# lib.sh - TAP, and a host and an internet of its own for every test
#
# A test begins with
#	. "$(dirname "$0")/lib.sh"
#	host_start "$@"
# and then is pid 1 of a machine made of namespaces: own pid, network, mount,
# uts and ipc namespace, own /run, /etc, /home, /root, /dev, copies on write of
# /usr, /var and /tmp, all else read-only, RUNNS installed, users, an uplink
# eth0 and an internet behind it.  When the test ends the kernel ends every
# process in it, and nothing of it is left.
#
#	remote -- inet namespace ------------ eth0 -- host (this test)
#	203.0.113.1 (router, DNS), 198.51.100.1 (web), .53 (other DNS),
#	.77 (second client)                   203.0.113.2, 2001:db8:1::2
#
# shellcheck shell=bash
# What a test uses may be unused here.
# shellcheck disable=SC2034

tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
srcdir=$(cd "$tests/../.." && pwd)
builddir=${builddir:-$PWD}
umask 022
export LC_ALL=C LANG=C
unset DISPLAY SSH_AUTH_SOCK XDG_RUNTIME_DIR XDG_SESSION_ID TMPDIR

# --- TAP --------------------------------------------------------------------

tap_n=0
tap_failed=0

diag()
{
	printf '%s\n' "$*" | sed 's/^/# /'
}

pass()
{
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1"
}

# fail TEXT [DETAILS]
fail()
{
	tap_n=$((tap_n + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_n - $1"
	[ -z "${2-}" ] || diag "$2"
	return 1
}

# ok STATUS TEXT [DETAILS]
ok()
{
	if [ "$1" -eq 0 ]; then
		pass "$2"
	else
		fail "$2" "status $1${3:+: $3}"
	fi
}

# is GOT EXPECTED TEXT
is()
{
	if [ "$1" = "$2" ]; then
		pass "$3"
	else
		fail "$3" "got:      $1
expected: $2"
	fi
}

# isnt GOT UNWANTED TEXT
isnt()
{
	if [ "$1" != "$2" ]; then
		pass "$3"
	else
		fail "$3" "got: $1"
	fi
}

# like GOT REGEX TEXT
like()
{
	if printf '%s\n' "$1" | grep -qE -- "$2"; then
		pass "$3"
	else
		fail "$3" "got:     $1
pattern: $2"
	fi
}

unlike()
{
	if printf '%s\n' "$1" | grep -qE -- "$2"; then
		fail "$3" "got:      $1
unwanted: $2"
	else
		pass "$3"
	fi
}

# runs TEXT COMMAND...: it exits with 0
runs()
{
	local text=$1 out status
	shift
	out=$("$@" 2>&1)
	status=$?
	ok $status "$text" "$out"
}

# refuses TEXT COMMAND...: it exits with another status
refuses()
{
	local text=$1 out
	shift
	if out=$("$@" 2>&1); then
		fail "$text" "succeeded: $out"
	else
		pass "$text"
	fi
}

skip()
{
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}

skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

bail()
{
	echo "Bail out! $1"
	exit 1
}

# The last line of every test: without it the test counts as failed.
done_testing()
{
	if [ "$tap_failed" -gt 0 ] && [ -s "${host_log-}" ]; then
		diag "last messages to syslog:"
		tail -n 40 "$host_log" | sed 's/^/# | /'
	fi
	echo "1..$tap_n"
	[ "$tap_failed" -eq 0 ] || exit 1
	exit 0
}

# need PROGRAM...: without one of them the test is skipped
need()
{
	local program
	for program; do
		command -v "$program" >/dev/null ||
			skip_all "$program is not installed"
	done
}

# wait_until SECONDS COMMAND...
wait_until()
{
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.05
	done
}

# --- the host ----------------------------------------------------------------

host_dir=/mnt
host_log=$host_dir/syslog
host_user_names='alice bob carol dave'

# host_start "$@": go on as pid 1 of a host of its own.
host_start()
{
	if [ "$$" -ne 1 ] || [ "${RUNNS_HOST-}" != 1 ]; then
		[ "$(id -u)" = 0 ] || skip_all "needs root"
		host_stage
		RUNNS_HOST=1 builddir=$builddir exec unshare -nmpfui \
			--kill-child --mount-proc bash "$0" "$@"
	fi
	unset RUNNS_HOST
	host_mounts || bail "no private file systems"
	host_install || bail "RUNNS could not be installed"
	host_files || bail "no private /etc"
	host_users || bail "no users"
	host_network || bail "no network"
	host_internet || bail "no internet"
}

# What `make install` installs, once for all tests of a build.
host_stage()
{
	[ -e "$builddir/config.status" ] ||
		bail "nothing is configured in $builddir: run scripts/test, or say builddir=DIR"
	if [ -z "${RUNNS_STAGE-}" ]; then
		RUNNS_STAGE=$builddir/stage
		rm -rf "$RUNNS_STAGE"
		make -s -C "$builddir" install DESTDIR="$RUNNS_STAGE" \
			>"$builddir/stage.log" 2>&1 &&
			make -s -C "$builddir" system-programs \
				>>"$builddir/stage.log" 2>&1 ||
			bail "make install failed: see $builddir/stage.log"
	fi
	export RUNNS_STAGE
}

# host_overlay DIR: changes below DIR are the test's own
host_overlay()
{
	local upper=$host_dir/overlay$1
	mkdir -p "$upper/upper" "$upper/work" &&
		chmod --reference="$1" "$upper/upper" &&
		mount -t overlay overlay -o \
			"lowerdir=$1,upperdir=$upper/upper,workdir=$upper/work" "$1"
}

host_mounts()
{
	# The first is where all the others are prepared.
	mount -t tmpfs -o mode=0755 host $host_dir &&
		mkdir -p $host_dir/etc $host_dir/dev &&
		mount -t tmpfs -o mode=0755 etc $host_dir/etc &&
		cp -a /etc/. $host_dir/etc/ &&
		mount --move $host_dir/etc /etc &&
		host_dev &&
		mount -t tmpfs -o mode=0755 run /run &&
		mkdir -p /run/lock /run/sshd /run/user &&
		chmod 1777 /run/lock &&
		: >/run/utmp &&
		mount -t tmpfs -o mode=0755 home /home &&
		mount -t tmpfs -o mode=0700 root /root &&
		host_overlay /usr &&
		host_overlay /var &&
		host_overlay /tmp &&
		mount -t sysfs sysfs /sys &&
		mount -o remount,bind,ro / &&
		mount --make-rshared / &&
		cd /root || return 1
}

host_dev()
{
	local dev=$host_dir/dev
	mount -t tmpfs -o mode=0755 dev $dev &&
		cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom \
			/dev/tty $dev/ &&
		mkdir $dev/pts $dev/shm $dev/net &&
		{ [ ! -e /dev/net/tun ] || cp -a /dev/net/tun $dev/net/; } &&
		ln -s pts/ptmx $dev/ptmx &&
		ln -s /proc/self/fd $dev/fd &&
		ln -s fd/0 $dev/stdin && ln -s fd/1 $dev/stdout &&
		ln -s fd/2 $dev/stderr &&
		mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 \
			devpts $dev/pts &&
		mount -t tmpfs -o mode=1777 shm $dev/shm &&
		mount --move $dev /dev
}

host_install()
{
	local file
	while IFS= read -r -d '' file; do
		install -D -m "$(stat -c %a "$RUNNS_STAGE/$file")" \
			"$RUNNS_STAGE/$file" "/$file" || return 1
	done < <(find "$RUNNS_STAGE" -type f -printf '%P\0')
	while IFS= read -r -d '' file; do
		cp -d "$RUNNS_STAGE/$file" "/$file" || return 1
	done < <(find "$RUNNS_STAGE" -type l -printf '%P\0')
	install -m 0755 "$builddir/tests/system/probe" /usr/local/bin/probe &&
		hash -r
}

host_files()
{
	hostname host
	echo host >/etc/hostname
	printf '127.0.0.1 localhost\n::1 localhost\n203.0.113.2 host\n' >/etc/hosts
	rm -rf /etc/resolv.conf /etc/netns /etc/runns.conf /etc/runns.conf.d \
		/etc/security/runns.map /etc/security/runns.map.d
	echo 'nameserver 203.0.113.1' >/etc/resolv.conf
	printf '%s: files\n' passwd group shadow gshadow networks protocols \
		services >/etc/nsswitch.conf
	echo 'hosts: files dns' >>/etc/nsswitch.conf
	rm -f /etc/ld.so.preload
	host_pam
	python3 "$tests/peer.py" log /dev/log $host_log >/dev/null 2>&1 &
	wait_until 10 test -S /dev/log
}

# host_pam [ARGUMENT...]: RUNNS in every stack, with these arguments.
# shellcheck disable=SC2120
host_pam()
{
	cat >/etc/pam.d/common-auth <<-END
		auth required pam_unix.so
	END
	cat >/etc/pam.d/common-account <<-END
		account required pam_unix.so
		account required pam_runns.so $*
	END
	cat >/etc/pam.d/common-password <<-END
		password required pam_unix.so
	END
	cat >/etc/pam.d/common-session <<-END
		session required pam_unix.so
		session required pam_runns.so $*
	END
	cp /etc/pam.d/common-session /etc/pam.d/common-session-noninteractive
	# Debian's runuser has a stack of its own.
	cat >/etc/pam.d/runuser <<-END
		auth sufficient pam_rootok.so
		@include common-session-noninteractive
	END
	cp /etc/pam.d/runuser /etc/pam.d/runuser-l
	cat >/etc/pam.d/door <<-END
		auth required pam_permit.so
		@include common-account
		@include common-session
	END
}

# Everybody's password is "secret".
host_users()
{
	local name uid=5001 salted
	# shellcheck disable=SC2016
	salted='$6$runnstest$d7esDC2b7ITA4PDMxOai5E.SCh/b3canWi9frjBTRqrLrYh4fJ7bzFXqu6RNIchj.NM9bpYms8v50LQVIBAa60'
	for name in $host_user_names; do
		sed -i "/^$name:/d" /etc/passwd /etc/group /etc/shadow
		echo "$name:x:$uid:$uid:$name:/home/$name:/bin/bash" >>/etc/passwd
		echo "$name:x:$uid:" >>/etc/group
		echo "$name:$salted:19000:0:99999:7:::" >>/etc/shadow
		mkdir -p "/home/$name/.ssh" &&
			chown -R "$uid:$uid" "/home/$name" &&
			chmod 0700 "/home/$name/.ssh" || return 1
		uid=$((uid + 1))
	done
	sed -i "s|^root:[^:]*:|root:$salted:|" /etc/shadow
	sed -i '/^contractors:/d' /etc/group
	echo 'contractors:x:5100:carol' >>/etc/group
}

# take_steps WORD... -- ...: the words before "--" into the array steps
take_steps()
{
	while [ "$1" != -- ]; do
		steps+=("$1")
		shift
	done
}

# as USER COMMAND...: with his groups, from his home
as()
{
	local user=$1
	shift
	(cd "/home/$user" && exec setpriv --reuid "$user" --regid "$user" \
		--init-groups env -i PATH="$PATH" HOME="/home/$user" \
		TERM=xterm SHELL=/bin/bash USER="$user" "$@")
}

# --- its network -------------------------------------------------------------

# inet COMMAND...: run it at the other end of the uplink.
inet()
{
	nsenter -t "$inet_pid" -n -- "$@"
}

# hold_netns: a network namespace without name; its holder is in $held_pid
hold_netns()
{
	unshare -n sleep infinity &
	held_pid=$!
	wait_until 10 netns_differs "$held_pid"
}

netns_differs()
{
	[ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}

host_network()
{
	hold_netns || return 1
	inet_pid=$held_pid
	# Addresses are ready at once, so that two looks a second apart agree.
	sysctl -q -w net.ipv6.conf.default.accept_dad=0 &&
		inet sysctl -q -w net.ipv6.conf.default.accept_dad=0 || return 1
	ip link set lo up &&
		ip link add eth0 type veth peer name host0 netns "$inet_pid" &&
		ip addr add 203.0.113.2/24 dev eth0 &&
		ip addr add 2001:db8:1::2/64 dev eth0 nodad &&
		ip link set eth0 up &&
		ip route add default via 203.0.113.1 &&
		inet ip link set lo up &&
		inet ip addr add 203.0.113.1/24 dev host0 &&
		inet ip addr add 2001:db8:1::1/64 dev host0 nodad &&
		inet ip link set host0 up &&
		inet ip addr add 198.51.100.1/32 dev lo &&
		inet ip addr add 198.51.100.53/32 dev lo &&
		inet ip addr add 198.51.100.77/32 dev lo &&
		inet ip addr add 2001:db8:100::1/128 dev lo nodad &&
		inet ip addr add 2001:db8:100::53/128 dev lo nodad &&
		ip -6 route add default via 2001:db8:1::1
}

# dns_start ADDRESS LABEL: which.test tells which server was asked; every
# question is in $host_dir/dns-LABEL.log
dns_start()
{
	local log=$host_dir/dns-$2.log
	local ip4=192.0.2.${1##*.}
	: >"$log"
	chmod 0666 "$log"
	inet dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv \
		--no-hosts --user=root --pid-file= --bind-interfaces \
		--listen-address="$1" --log-queries --log-facility="$log" \
		--host-record=which.test,"$ip4",2001:db8:2::"${1##*.}" \
		--host-record=web.test,198.51.100.1,2001:db8:100::1 \
		--local=/test/ --no-negcache >"$log.err" 2>&1 &
}

host_internet()
{
	need dnsmasq python3
	dns_start 203.0.113.1 host
	dns_start 198.51.100.53 work
	inet python3 "$tests/peer.py" http 80 >$host_dir/http.log 2>&1 &
	wait_until 10 inet_answers ||
		{ diag "$(cat $host_dir/*.err $host_dir/http.log)"; return 1; }
}

inet_answers()
{
	[ "$(getent ahostsv4 which.test | awk 'NR == 1 { print $1 }')" = 192.0.2.1 ] &&
		[ "$(http_get 198.51.100.1)" = 203.0.113.2 ] &&
		grep -q started $host_dir/dns-work.log
}

# http_get HOST [PATH]: /, the default, answers with the client's address
http_get()
{
	python3 "$tests/peer.py" get "$1" "${2-/}"
}

# --- namespaces --------------------------------------------------------------

# cookie_of NAME: cookie of the namespace that has this name
cookie_of()
{
	nsenter --net="/run/netns/$1" probe cookie
}

host_cookie()
{
	probe cookie
}

# nsid PID: inodes of the namespaces that a process is in
nsid()
{
	echo "$(readlink "/proc/$1/ns/net") $(readlink "/proc/$1/ns/mnt")"
}

# net_make NAME INDEX: a network by ip(8), as an administrator makes one
net_make()
{
	local link=hand$2 net=172.31.$2
	ip netns add "$1" &&
		ip link add "$link" type veth peer name eth0 netns "$1" &&
		ip addr add "$net.1/24" dev "$link" &&
		ip link set "$link" up &&
		ip -n "$1" link set lo up &&
		ip -n "$1" addr add "$net.2/24" dev eth0 &&
		ip -n "$1" link set eth0 up &&
		ip -n "$1" route add default via "$net.1" &&
		sysctl -q -w "net.ipv4.conf.$link.forwarding=1" \
			net.ipv4.conf.eth0.forwarding=1 &&
		inet ip route replace "$net.0/24" via 203.0.113.2 &&
		mkdir -p "/etc/netns/$1" &&
		echo 'nameserver 198.51.100.53' >"/etc/netns/$1/resolv.conf"
}

# value KEY FILE: of what probe wrote
value()
{
	sed -n "s/^$1=//p" "$2" | tail -n 1
}

# session_is NAME FILE TEXT: FILE, by probe, is of a session in namespace NAME
# that net_make made: its network, its resolver, its devices.
session_is()
{
	is "$(value cookie "$2")" "$(cookie_of "$1")" "$3: network namespace"
	is "$(value resolv "$2")" "$(cat "/etc/netns/$1/resolv.conf")" \
		"$3: name servers"
	is "$(value devices "$2")" "$(ip -n "$1" -o link | ip_devices)" \
		"$3: /sys/class/net"
}

# session_outside FILE TEXT: the same for a session that stays on the host
session_outside()
{
	is "$(value cookie "$1")" "$(host_cookie)" "$2: on the host"
	is "$(value mnt "$1")" "$(readlink /proc/self/ns/mnt)" "$2: the host's mounts"
}

ip_devices()
{
	awk -F '[: @]+' '{ print $2 }' | sort | paste -sd ' '
}

# map_write: standard input becomes runns.map
map_write()
{
	cat >/etc/security/runns.map.new &&
		chmod 0644 /etc/security/runns.map.new &&
		mv /etc/security/runns.map.new /etc/security/runns.map
}

# conf_write: standard input becomes runns.conf, with $backend as firewall
backend=auto
conf_write()
{
	{
		printf '[runns]\nFirewall = %s\n' "$backend"
		cat
	} >/etc/runns.conf.new && mv /etc/runns.conf.new /etc/runns.conf
}

# with_backend nft|iptables COMMAND...
with_backend()
{
	backend=$1
	shift
	"$@"
	backend=auto
}

# --- what must not change -----------------------------------------------------

# snap NAME: everything of the host that RUNNS could have changed
snap()
{
	local out=$host_dir/snap-$1
	{
		echo "== links";	ip -o -d link
		echo "== addresses";	ip -o addr
		echo "== routes";	ip route show table all
		ip -6 route show table all
		echo "== rules";	ip rule; ip -6 rule
		echo "== nft";		nft -s list ruleset 2>/dev/null
		echo "== iptables"
		{ iptables-legacy-save; ip6tables-legacy-save; } 2>/dev/null |
			grep -v '^#' | sed 's/\[[0-9:]*\]//'
		echo "== sysctls"
		find /proc/sys/net -type f -readable \
			! -name 'nf_conntrack_count' ! -name 'route' \
			! -path '*/neigh/*' -print0 | sort -z |
			xargs -0 grep -H '' 2>/dev/null
		echo "== mounts";	cut -d ' ' -f 3- /proc/1/mountinfo
		echo "== files"
		find /run /etc/netns /etc/runns.conf.d /var/lib/runns \
			-printf '%y %m %u:%g %p %l\n' 2>/dev/null |
			grep -vE ' /run/(utmp|xtables.lock|sudo|motd.dynamic)' |
			grep -vE ' /run/runns/views/[0-9a-f]+/\.' | sort
		echo "== processes"
		# A part of the look itself may be ending: in brackets.
		ps -e -o user=,args= |
			grep -vE ' (ps|sort|grep|find|bash)( |$)| \[[a-z]+\]( |$)' |
			sort
	} | sed -E 's/(valid_lft|preferred_lft|expires) [0-9]+(sec)?//g' >"$out"
}

# snap_same A B TEXT
snap_same()
{
	local changes
	if changes=$(diff -U 1 "$host_dir/snap-$1" "$host_dir/snap-$2"); then
		pass "$3"
	else
		fail "$3" "$changes"
	fi
}

# --- doors ---------------------------------------------------------------------

# trace_start: a module behind ours notes where the calling program stands
# after each opening, which is inside, and after each closing, where it began.
# Lines of $host_dir/trace: SERVICE USER open_session|close_session COOKIE MNT
trace_start()
{
	: >$host_dir/trace
	chmod 0666 $host_dir/trace
	cat >/usr/local/bin/session-trace <<-END
		#!/bin/sh
		echo "\$PAM_SERVICE \$PAM_USER \$PAM_TYPE \$(probe cookie mnt | paste -sd ' ')" >>$host_dir/trace
	END
	chmod 0755 /usr/local/bin/session-trace
	for stack in common-session common-session-noninteractive; do
		echo 'session optional pam_exec.so quiet /usr/local/bin/session-trace' \
			>>/etc/pam.d/$stack
	done
}

# trace_balanced TEXT: as many closings as openings since the last call, and
# every closing left its caller on the host
trace_balanced()
{
	local opened closed strayed here
	here="$(host_cookie) $(readlink /proc/self/ns/mnt)"
	wait_until 10 trace_is_even
	opened=$(grep -c ' open_session ' $host_dir/trace)
	closed=$(grep -c ' close_session ' $host_dir/trace)
	is "$closed" "$opened" "$1: every session that was opened was closed"
	isnt "$opened" 0 "$1: sessions were opened"
	strayed=$(grep ' close_session ' $host_dir/trace | grep -vF " $here")
	is "$strayed" "" "$1: every caller is back on the host"
	: >$host_dir/trace
}

trace_is_even()
{
	[ "$(grep -c ' open_session ' $host_dir/trace)" = \
		"$(grep -c ' close_session ' $host_dir/trace)" ]
}

# sshd_start [OPTION...]: sshd on the host, keys for everybody
sshd_start()
{
	sshd_configure "$@" && "$sshd" || return 1
	wait_until 10 test -s /run/sshd.pid
}

# sshd_configure [OPTION...]: its files, and those of who asks; $sshd is its path
sshd_configure()
{
	local name
	sshd=$(command -v sshd || echo /usr/sbin/sshd)
	[ -x "$sshd" ] || skip_all "sshd is not installed"
	rm -rf /etc/ssh/ssh_host_* /etc/ssh/sshd_config.d /etc/ssh/ssh_config.d
	install -d -m 0700 /root/.ssh
	ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
	ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
	for name in root $host_user_names; do
		sshd_authorize "$name" || return 1
	done
	printf '%s\n' "$@" >/etc/ssh/sshd_config
	cat >>/etc/ssh/sshd_config <<-END
		HostKey /etc/ssh/ssh_host_ed25519_key
		UsePAM yes
		UseDNS no
		PermitRootLogin yes
		PasswordAuthentication yes
		KbdInteractiveAuthentication no
		MaxStartups 500
		MaxSessions 100
		X11Forwarding yes
		PidFile /run/sshd.pid
		Subsystem sftp /usr/lib/openssh/sftp-server
	END
	cat >/root/.ssh/config <<-END
		Host *
			HostName 203.0.113.2
			StrictHostKeyChecking no
			UserKnownHostsFile /dev/null
			LogLevel ERROR
			ConnectTimeout 20
			BatchMode yes
	END
}

sshd_authorize()
{
	local home
	home=$(getent passwd "$1" | cut -d : -f 6)
	install -d -m 0700 "$home/.ssh" &&
		cp /root/.ssh/id_ed25519.pub "$home/.ssh/authorized_keys" &&
		chown -R "$1": "$home/.ssh"
}

# door_ssh ARGUMENT...: ssh from the internet to the host
door_ssh()
{
	inet ssh "$@"
}

# no_sessions: has every server process of an ssh session ended?
no_sessions()
{
	! pgrep -f 'sshd(-session)?: [a-z]' >/dev/null
}
