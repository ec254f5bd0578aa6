#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# boot.sh - a machine that boots with systemd: logins, users' managers and their
# services share one network and one view, and networks are units
#
# The machine is another set of namespaces on the test's own files: everything
# but the network, which is the test's host's.  Its systemd has a tree of
# control groups of its own, and none of this machine's settings to change.
. "$(dirname "$0")/lib.sh"
need ssh sshd systemctl loginctl busctl dbus-daemon
[ -x /lib/systemd/systemd ] || skip_all "systemd is not installed"
host_start "$@"

out=$host_dir/out
mkdir -m 1777 $out
units=/etc/systemd/system

# --- the machine -----------------------------------------------------------------

# What the first process of the machine does.
cat >$host_dir/init <<-'END'
	mount --make-rprivate / &&
	mount -t proc proc /proc &&
	mount --bind /proc/sys /proc/sys &&
	mount --bind /proc/sys/net /proc/sys/net &&
	mount -o remount,bind,ro /proc/sys &&
	mount -t tmpfs -o mode=0755 run /run &&
	mount -t tmpfs -o mode=1777 tmp /tmp &&
	mount -t cgroup2 cgroup2 /sys/fs/cgroup &&
	mount --make-rshared / &&
	exec env -i container=runns-test PATH=/usr/local/bin:/usr/bin:/bin \
		/lib/systemd/systemd --system
END

# Only what is named here, and what that needs, is started.
machine_files()
{
	local unit
	rm -rf $units /etc/systemd/user /etc/fstab &&
		mkdir -p $units $units/ssh.service.d /etc/systemd/logind.conf.d ||
		return 1
	: >/etc/fstab
	echo 0123456789abcdef0123456789abcdef >/etc/machine-id
	for unit in systemd-journald-dev-log.socket systemd-journald-audit.socket \
		systemd-modules-load.service modprobe@.service \
		sys-kernel-debug.mount sys-kernel-tracing.mount \
		dev-hugepages.mount systemd-update-utmp.service \
		systemd-udevd.service systemd-udevd-control.socket \
		systemd-udevd-kernel.socket systemd-udev-trigger.service; do
		ln -s /dev/null $units/$unit
	done
	cat >$units/default.target <<-END
		[Unit]
		Requires=basic.target
		Wants=dbus.socket systemd-logind.service systemd-user-sessions.service
		Wants=ssh.service runns@early.service runns-gc.timer
		Wants=runns-refresh.path
	END
	printf '[Login]\nUserStopDelaySec=1\n' >/etc/systemd/logind.conf.d/10.conf
	cat >/etc/pam.d/common-session <<-END
		session required pam_unix.so
		session optional pam_systemd.so
		session required pam_runns.so
	END
	cp /etc/pam.d/common-session /etc/pam.d/common-session-noninteractive
	cat >/etc/pam.d/systemd-user <<-END
		account required pam_unix.so
		account required pam_runns.so
		session optional pam_systemd.so
		session required pam_runns.so
	END
}

# Directories of earlier tests that could not tidy up are empty.
cgroup_make()
{
	mkdir $host_dir/cgroup &&
		mount -t cgroup2 cgroup2 $host_dir/cgroup || return 1
	cgroup_remove "$host_dir"/cgroup/runns-test.*
	cgroup=$(mktemp -d $host_dir/cgroup/runns-test.XXXXXX) &&
		chmod 0755 "$cgroup"
}

cgroup_remove()
{
	find "$@" -depth -type d -exec rmdir {} + 2>/dev/null
}

machine_boot()
{
	sh -c "echo 0 >$cgroup/cgroup.procs && exec unshare -mpuiCf \
		--kill-child sh $host_dir/init" >>$host_dir/console 2>&1 &
	machine_outer=$!
	wait_until 30 machine_init && wait_until 60 machine_ready
}

# The first process of the machine; others of that name are users' managers.
machine_init()
{
	machine=$(pgrep -P $machine_outer -x systemd)
}

machine_ready()
{
	[ "$(machine systemctl is-system-running)" = running ]
}

# machine COMMAND...: run it on the machine
machine()
{
	nsenter -t "$machine" -m -p -C -u -i -- "$@"
}

user_stopped()
{
	! machine systemctl -q is-active "user@$1.service"
}

is_gone()
{
	! machine test -e "/run/netns/$1" && unit_is "runns@$1" inactive
}

unit_is()
{
	[ "$(machine systemctl is-active "$1")" = "$2" ]
}

place()
{
	echo "$(value cookie "$1") $(value mnt "$1")"
}

machine_cookie()
{
	machine nsenter --net="/run/netns/$1" probe cookie
}

machine_files || bail "no files for the machine"
sshd_configure || bail "no sshd"
cgroup_make || skip_all "no control groups"
map_write <<-END
	alice	home-%u	-	create=tenant
	bob	early	-
	carol	home-%u	-	create=tenant
	erin	absent	-
	*	-	-
END
conf_write <<-END
	[early]
	DNS = 198.51.100.53
	[tenant]
	DNS = 198.51.100.53
	Linger = no
END
sed -i '/^erin:/d' /etc/passwd
echo 'erin:x:5009:5009::/home/erin:/bin/bash' >>/etc/passwd
mkdir -p /home/erin && chown 5009 /home/erin && sshd_authorize root
sed 's/^dave:/erin:/' <(grep ^dave: /etc/shadow) >>/etc/shadow
# What systemd itself sets.
sysctl -q -w net.unix.max_dgram_qlen=512
snap before
machine_boot
ok $? "the machine is up" "$(cat $host_dir/console
	[ -z "${machine-}" ] || machine systemctl list-units --failed)"
[ -n "${machine-}" ] || bail "no machine"

# --- before anybody comes ----------------------------------------------------------

runs "a network that is enabled is up" unit_is runns@early active
runs "with its handle" machine test -e /run/netns/early
runs "the timer that collects is active" unit_is runns-gc.timer active
is "$(machine findmnt -no PROPAGATION /)" shared "/ is shared"
door_ssh bob@host probe >$out/bob
is "$(value cookie $out/bob)" "$(machine_cookie early)" "a login is inside"

# --- on demand -----------------------------------------------------------------------

# shellcheck disable=SC2016
door_ssh alice@host 'probe; echo "runtime=$XDG_RUNTIME_DIR"
	echo "rundev=$(stat -c %d:%i "$XDG_RUNTIME_DIR")"
	echo "session=$XDG_SESSION_ID"
	echo "name=$(loginctl show-session "$XDG_SESSION_ID" -p Name --value)"
	sleep 1002' >$out/ssh &
first=$!
runs "a first login by ssh" wait_until 30 grep -q ^name= $out/ssh
runs "its network is a unit" unit_is runns@home-alice active
is "$(value cookie $out/ssh)" "$(machine_cookie home-alice)" "the session is inside"
is "$(value devices $out/ssh)" 'eth0 lo' "with its devices"
like "$(value resolv $out/ssh)" 'nameserver 198\.51\.100\.53$' "and its name servers"
is "$(value runtime $out/ssh)" /run/user/5001 "XDG_RUNTIME_DIR"
is "$(value rundev $out/ssh)" "$(machine stat -c %d:%i /run/user/5001)" \
	"which is the host's"
is "$(value name $out/ssh)" alice "loginctl works inside"
is "$(machine loginctl list-sessions --no-legend | awk '{ print $3 }' | sort -u)" \
	alice "and lists the session outside"
isnt "$(value mnt $out/ssh)" "$(machine readlink /proc/self/ns/mnt)" \
	"it is in a view"
is "$(machine sh -c 'ls /run/runns/views/*/home-alice' | grep -c .)" 1 \
	"the prepared one"

# --- the user's manager ----------------------------------------------------------------

manager=$(machine systemctl show -p MainPID --value user@5001.service)
isnt "${manager:-0}" 0 "the user's manager runs"
is "$(machine readlink "/proc/$manager/ns/net" "/proc/$manager/ns/mnt")" \
	"$(value net $out/ssh)
$(value mnt $out/ssh)" "in the same network and view"
# The process that stays to close the session is nobody's way out.
helper=$(machine pgrep -P "$manager" -f '^\(sd-pam\)')
isnt "$helper" '' "its helper waits for the end"
is "$(machine ls -l "/proc/$helper/fd" | grep -cE '(net|mnt):\[')" 0 \
	"and holds no descriptor of a namespace"

alice()
{
	door_ssh alice@host "$@"
}

alice systemd-run --user --wait --pipe -q probe >$out/run
is "$(place $out/run)" "$(place $out/ssh)" "a command of the manager"
alice "mkdir -p .config/systemd/user && cd .config/systemd/user &&
	printf '[Service]\nType=oneshot\nExecStart=/bin/sh -c \"probe >$out/%%N\"\n' |
	tee unit.service >timed.service &&
	printf '[Timer]\nOnActiveSec=1s\nAccuracySec=100ms\n' >timed.timer &&
	systemctl --user daemon-reload &&
	systemctl --user start unit.service timed.timer"
is $? 0 "a unit and a timer of the user"
is "$(place $out/unit)" "$(place $out/ssh)" "the unit"
runs "the timer elapses" wait_until 10 grep -q ^resolv= $out/timed
is "$(place $out/timed)" "$(place $out/ssh)" "the timer's unit"
like "$(value resolv $out/timed)" 'nameserver 198\.51\.100\.53$' "with its name servers"

# --- a file of the host's that is replaced ------------------------------------------------

# What the session that runs reads
resolv_inside()
{
	machine cat "/proc/$(machine pgrep -u alice -f 'sleep 1002' | head -n 1)/root/etc/resolv.conf"
}

is_covered()
{
	resolv_inside | grep -q '^nameserver 198.51.100.53$'
}

runs "the unit that watches /etc is active" unit_is runns-refresh.path active
runs "(a session reads its own resolv.conf)" is_covered
machine sh -c 'cp -p /etc/resolv.conf /etc/resolv.new &&
	mv /etc/resolv.new /etc/resolv.conf'
runs "a file that is replaced is covered again" wait_until 10 is_covered
machine sh -c 'mv /etc/resolv.conf /etc/resolv.old; sleep 1;
	cp -p /etc/resolv.old /etc/resolv.conf'
runs "one that was away for a while too" wait_until 10 is_covered
machine systemctl reset-failed runns-refresh.service

# --- other doors -------------------------------------------------------------------------

machine su - alice -c probe >$out/su
is "$(place $out/su)" "$(place $out/ssh)" "su - alice"
is "$(value cwd $out/su)" /home/alice "begins at home"
alice "su - bob -c probe <<<secret" >$out/su-bob 2>$out/su-bob.err
inet python3 "$tests/peer.py" pty 'assword:=secret\n' -- \
	ssh -tt alice@host "su - bob -c 'probe >$out/su-bob'" >/dev/null 2>&1
is "$(value cookie $out/su-bob)" "$(machine_cookie early)" "su - bob, by alice"
door_ssh dave@host probe >$out/dave
is "$(place $out/dave)" "$(machine probe cookie) $(machine readlink /proc/self/ns/mnt)" \
	"an unmapped user is outside"
door_ssh dave@host systemd-run --user --wait --pipe -q probe >$out/dave-run
is "$(value cookie $out/dave-run)" "$(machine probe cookie)" "and so is his manager"
refuses "no network, no session" door_ssh erin@host "touch $out/erin"
refuses "and no command" test -e $out/erin
runs "nor a manager" wait_until 10 user_stopped 5009
machine systemctl reset-failed

# --- the end --------------------------------------------------------------------------------

cookie=$(machine_cookie home-alice)
kill $first
machine pkill -u alice sleep
runs "the manager ends after the last session" wait_until 20 user_stopped 5001
runs "its network is taken down, and its unit stops" wait_until 20 is_gone home-alice
is "$(machine systemctl --failed --no-legend)" '' "no unit has failed"
runs "a network that lingers stays" unit_is runns@early active
alice probe >$out/again
is $? 0 "the next login"
isnt "$(value cookie $out/again)" "$cookie" "gets a new network"
runs "which goes again" wait_until 20 is_gone home-alice

machine loginctl enable-linger carol
runs "a lingering user's manager builds his network" wait_until 20 \
	unit_is runns@home-carol active
is "$(machine sh -c 'readlink /proc/$(systemctl show -p MainPID --value \
	user@5003.service)/ns/net')" \
	"$(machine nsenter --net=/run/netns/home-carol readlink /proc/self/ns/net)" \
	"and is in it"
machine loginctl disable-linger carol
runs "and it goes with the manager" wait_until 20 is_gone home-carol

# --- it is switched off ----------------------------------------------------------------------

alice 'sleep 1003' &
wait_until 20 machine pgrep -u alice sleep
SECONDS=0
machine systemctl poweroff
runs "switched off with a session open" wait_until 40 \
	sh -c "! kill -0 $machine_outer 2>/dev/null"
ok $((SECONDS > 30)) "in time" "$SECONDS s"
is "$(nft list tables)" '' "nothing stays in the firewall"
wait_until 5 sh -c '! ip -o link | grep -q 72:6e:6e:73'
is "$(ip -o link | grep 72:6e:6e:73)" '' "nor among the links"
cgroup_remove "$cgroup"
refuses "nor of its control groups" test -e "$cgroup"
snap after
snap_same before after "the network is as it was"
unlike "$(grep -a pam_runns $host_log | grep -v erin)" \
	'cannot|failed|could not' "the module had nothing to complain of"
done_testing
