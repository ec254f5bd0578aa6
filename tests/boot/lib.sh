# SPDX-License-Identifier: GPL-2.0-or-later
# lib.sh - a whole Debian that boots
#
# Debian's own packages, put into a directory by debootstrap(8) once and kept,
# boot with their own systemd, logind, dbus and sshd in the place of the test's
# host: its network, and the internet behind it, are theirs.  Everything else is
# a copy on write, and gone when the test ends.
#
#	. "$(dirname "$0")/lib.sh"
#	. "$tests/../boot/lib.sh"
#	debian_fetch bookworm
#	host_start "$@"
#	debian_boot bookworm || bail ...
#
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034

# Kept from one run to the next; may be deleted.
debian_dir=${RUNNS_DEBIAN_DIR:-/var/tmp/runns-debian}

debian_packages=systemd,systemd-sysv,dbus,dbus-user-session,libpam-systemd
debian_packages+=,systemd-container,openssh-server,openssh-client,cron,at,sudo
debian_packages+=,tmux,screen,mosh,locales-all,iproute2,procps,nftables,python3
debian_packages+=,xvfb,x11-utils,lightdm,lightdm-gtk-greeter,greetd,nscd
debian_packages+=,libnl-3-200,libnl-route-3-200,libip4tc2,libip6tc2
debian_packages+=,libslirp0

# debian_fetch RELEASE: before host_start, while there are Debian's servers
debian_fetch()
{
	[ "$$" -ne 1 ] || [ "${RUNNS_HOST-}" != 1 ] || return 0
	command -v debootstrap >/dev/null || skip_all "debootstrap is not installed"
	mkdir -p "$debian_dir"
	(flock 9 && debian_make "$1") 9>"$debian_dir/.lock.$1" ||
		bail "debootstrap $1 failed: see $debian_dir/$1.log"
}

# Anew when other packages are wanted, and then what lies on it too.
debian_make()
{
	local root=$debian_dir/$1 packages=$debian_packages
	case $1 in
	bookworm) packages+=,libvdeplug2 ;;
	*) packages+=,libvdeplug2t64 ;;
	esac
	[ "$(cat "$root/packages" 2>/dev/null)" != "$packages" ] || return 0
	rm -rf "$root" "$root".*
	debootstrap --variant=minbase --include="$packages" \
		"$1" "$root.part" >"$debian_dir/$1.log" 2>&1 || return 1
	rm -rf "$root.part/var/cache/apt/archives"/*.deb
	echo "$packages" >"$root.part/packages" && mv "$root.part" "$root"
}

# debian_layer RELEASE NAME PACKAGE...: more packages on top of it, kept too,
# for the machine that is booted; after debian_fetch, one for each test
debian_layer()
{
	layers=$debian_dir/$1.$2:
	[ "$$" -ne 1 ] || [ "${RUNNS_HOST-}" != 1 ] || return 0
	(flock 9 && debian_make_layer "$@") 9>"$debian_dir/.lock.$1" ||
		bail "no packages for $1: see $debian_dir/$1.$2.log"
}

debian_make_layer()
{
	local layer=$debian_dir/$1.$2 log=$debian_dir/$1.$2.log
	[ "$(cat "$layer/packages" 2>/dev/null)" != "$*" ] || return 0
	rm -rf "$layer" "$layer".* && mkdir -p "$layer.part" "$layer.part.work" &&
		unshare -m --propagation private sh -c "$(debian_install)" sh \
			"$debian_dir/$1" "$layer.part" "${@:3}" >"$log" 2>&1 ||
		return 1
	rm -rf "$layer.part.work" "$layer.part/var/cache/apt" \
		"$layer.part/var/lib/apt/lists" "$layer.part/etc/resolv.conf" \
		"$layer.part/usr/sbin/policy-rc.d"
	echo "$*" >"$layer.part/packages" && mv "$layer.part" "$layer"
}

# What is installed starts nothing.
debian_install()
{
	cat <<-'END'
	set -e
	base=$1 layer=$2
	shift 2
	mount -t overlay overlay \
		-o "lowerdir=$base,upperdir=$layer,workdir=$layer.work" /mnt
	mount -t proc proc /mnt/proc
	mount --rbind /dev /mnt/dev
	cp --remove-destination /etc/resolv.conf /mnt/etc/resolv.conf
	printf '#!/bin/sh\nexit 101\n' >/mnt/usr/sbin/policy-rc.d
	chmod 0755 /mnt/usr/sbin/policy-rc.d
	export DEBIAN_FRONTEND=noninteractive
	chroot /mnt apt-get -q update
	chroot /mnt apt-get -q -y --no-install-recommends install "$@"
	END
}

# What the first process does, in namespaces of its own.
debian_init()
{
	cat <<-'END'
	set -e
	cd "$1"
	mount --make-rprivate /
	mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" root
	mount --rbind /dev root/dev
	mkdir -p root/out
	mount --bind out root/out
	cd root
	mkdir -p .old
	pivot_root . .old
	mount -t proc proc /proc
	mount --bind /proc/sys /proc/sys
	mount --bind /proc/sys/net /proc/sys/net
	mount -o remount,bind,ro /proc/sys
	mount -t sysfs -o ro sysfs /sys
	mount -t cgroup2 cgroup2 /sys/fs/cgroup
	mount -t tmpfs -o mode=0755 run /run
	mount -t tmpfs -o mode=1777 tmp /tmp
	umount -l /.old
	mount --make-rshared /
	exec env -i container=runns-test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		/lib/systemd/systemd --system
	END
}

# Only what the test is about is started.
debian_files()
{
	local etc=$1/etc unit
	mkdir -p "$etc/systemd/system" "$etc/systemd/logind.conf.d" &&
		echo debian >"$etc/hostname" &&
		echo 'nameserver 203.0.113.1' >"$etc/resolv.conf" &&
		printf '127.0.0.1 localhost debian\n::1 localhost\n' >"$etc/hosts" &&
		: >"$etc/fstab" || return 1
	echo 0123456789abcdef0123456789abcdef >"$etc/machine-id"
	printf '[Login]\nUserStopDelaySec=1\n' >"$etc/systemd/logind.conf.d/10.conf"
	for unit in systemd-udevd.service systemd-udev-trigger.service \
		systemd-udevd-control.socket systemd-udevd-kernel.socket \
		systemd-modules-load.service systemd-timesyncd.service \
		modprobe@.service getty.target console-getty.service \
		systemd-update-utmp.service systemd-journald-audit.socket \
		sys-kernel-debug.mount sys-kernel-tracing.mount \
		dev-hugepages.mount dev-mqueue.mount e2scrub_reap.service \
		nftables.service lightdm.service greetd.service \
		display-manager.service nscd.service apt-daily.timer \
		apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer \
		e2scrub_all.timer; do
		ln -sf /dev/null "$etc/systemd/system/$unit"
	done
	rm -f "$etc/systemd/system/default.target"
	ln -s /lib/systemd/system/multi-user.target \
		"$etc/systemd/system/default.target"
}

# debian_boot RELEASE: it runs; its first process is in $machine
debian_boot()
{
	local top=$host_dir/debian
	out=$host_dir/debian/out
	mkdir -p "$top/upper" "$top/work" "$top/root" "$out" &&
		chmod 1777 "$out" && chmod 0755 "$top/upper" || return 1
	debian_files "$top/upper" || return 1
	mkdir -p "$top/upper/usr/local/bin" &&
		install -m 0755 "$builddir/tests/system/probe" \
			"$top/upper/usr/local/bin/probe" || return 1
	debian_cgroup || skip_all "no control groups"
	debian_init >"$top/init"
	sysctl -q -w net.unix.max_dgram_qlen=512
	debian_lower=${layers-}$debian_dir/$1
	debian_start
}

# debian_start: the machine as its files are; also after debian_off
debian_start()
{
	local top=$host_dir/debian
	sh -c 'echo 0 >"$1/cgroup.procs" && exec unshare -mpuiCf --kill-child \
		sh "$2/init" "$2" "$3"' sh "$cgroup" "$top" \
		"$debian_lower" >>"$top/console" 2>&1 &
	machine_outer=$!
	wait_until 60 debian_pid && wait_until 120 debian_is_up
}

# Directories of earlier tests that could not tidy up are empty.
debian_cgroup()
{
	mkdir -p "$host_dir/cgroup" &&
		mount -t cgroup2 cgroup2 "$host_dir/cgroup" || return 1
	find "$host_dir"/cgroup/runns-debian.* -depth -type d \
		-exec rmdir {} + 2>/dev/null
	cgroup=$(mktemp -d "$host_dir/cgroup/runns-debian.XXXXXX") &&
		chmod 0755 "$cgroup"
}

# debian_runns RELEASE USER...: it boots with RUNNS from packages, off in PAM
# as they leave it, and with users who let root of the internet in
debian_runns()
{
	local release=$1
	shift
	sshd_configure && debian_boot "$release" &&
		cp "$debs"/*.deb "$out" &&
		machine env DEBIAN_FRONTEND=noninteractive \
			sh -c 'dpkg -i /out/*.deb' >"$out/install.log" 2>&1 &&
		debian_users "$@"
}

# debian_users USER...: they, and root, let root of the internet in
debian_users()
{
	cp /root/.ssh/id_ed25519.pub "$out/key.pub" &&
		machine sh -c '
		echo "MaxStartups 500" >>/etc/ssh/sshd_config
		for user in root "$@"; do
			id "$user" >/dev/null 2>&1 ||
				useradd -m -s /bin/bash "$user" || exit 1
			home=$(getent passwd "$user" | cut -d : -f 6)
			install -d -m 0700 -o "$user" "$home/.ssh" &&
				install -m 0600 -o "$user" /out/key.pub \
					"$home/.ssh/authorized_keys" || exit 1
		done
		systemctl reload-or-restart ssh' sh "$@" >>"$out/install.log" 2>&1 &&
		wait_until 20 inet ssh root@host true
}

# debian_why: what is known of a machine that did not come up
debian_why()
{
	tail -n 20 "$host_dir/debian/console" "$out/install.log" 2>/dev/null
	[ -z "${machine-}" ] || machine systemctl --no-pager list-jobs
}

machine_cookie()
{
	machine nsenter --net="/run/netns/$1" probe cookie
}

debian_pid()
{
	machine=$(pgrep -P "$machine_outer" -x systemd)
}

debian_is_up()
{
	machine systemctl is-system-running | grep -qE 'running|degraded'
}

# machine COMMAND...: run it on the machine
machine()
{
	nsenter -t "$machine" -m -p -C -u -i -- env \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		HOME=/root "$@"
}

debian_off()
{
	machine systemctl poweroff
	wait_until 60 sh -c "! kill -0 $machine_outer 2>/dev/null"
}
