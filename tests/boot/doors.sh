# SPDX-License-Identifier: GPL-2.0-or-later
# doors.sh - on a whole Debian, from its packages: every door leads inside
#
# release is set by who reads this.
#
# shellcheck shell=bash
# shellcheck disable=SC2154
. "$tests/../boot/lib.sh"
. "$tests/../package/lib.sh"
need dpkg-buildpackage dh ssh ssh-keygen
debian_fetch "$release"
host_start "$@"

built=/var/tmp/package
mkdir -p $built
deb_build $built || bail "no packages: $(tail -n 20 $built/build.log)"
# The client's part of it.
sshd_configure
debian_boot "$release"
ok $? "$release boots" "$(cat $host_dir/debian/console
	[ -z "${machine-}" ] || machine systemctl --no-pager list-jobs)"
[ -n "${machine-}" ] || bail "no machine"

# --- installed -------------------------------------------------------------------

cp $built/*.deb "$out"
log=$out/install.log
machine sh -c 'DEBIAN_FRONTEND=noninteractive dpkg -i /out/*.deb' >"$log" 2>&1
ok $? "the packages install" "$(tail -n 20 "$log")"
runs "the timer that collects is active" machine systemctl -q is-active runns-gc.timer

cp /root/.ssh/id_ed25519.pub "$out/key.pub"
machine sh -c '
	for user in alice bob carol dave; do
		useradd -m -s /bin/bash $user
		echo $user:secret
	done | chpasswd
	for user in alice bob carol dave root; do
		home=$(getent passwd $user | cut -d : -f 6)
		install -d -m 0700 -o $user $home/.ssh
		install -m 0600 -o $user /out/key.pub $home/.ssh/authorized_keys
	done
	cat >>/etc/runns.conf <<-END
		[work]
		DNS = 198.51.100.53
		[tenant]
		DNS = 198.51.100.53
		Linger = no
	END
	cat >>/etc/security/runns.map <<-END
		alice work -
		bob,carol u-%u - create=tenant
	END
	pam-auth-update --enable runns
	systemctl enable --now runns@work' >>"$log" 2>&1
ok $? "users, networks and the profile of PAM" "$(tail -n 20 "$log")"

# inside NAME FILE TEXT: who wrote FILE was in the network NAME, and complete
inside()
{
	wait_until 20 grep -q ^resolv= "$out/$2"
	is "$(value cookie "$out/$2")" "$(machine_cookie "$1")" "$3: inside"
	like "$(value resolv "$out/$2")" 'nameserver 198\.51\.100\.53$' \
		"$3: its name servers"
	is "$(value devices "$out/$2")" "eth0 lo" "$3: /sys/class/net"
}

# outside FILE TEXT
outside()
{
	wait_until 20 grep -q ^resolv= "$out/$1"
	is "$(value cookie "$out/$1")" "$(machine probe cookie)" "$2: outside"
}

# typed COMMAND...: on a terminal, with the password, then the probe into $into
typed()
{
	python3 "$tests/peer.py" pty 'ogin:=alice\n' 'assword:=secret\n' \
		"\$ =probe >/out/$into; exit\n" -- "$@" >"$out/$into.screen" 2>&1
}

inet ssh alice@host true
ok $? "sshd lets the users in" "$(machine journalctl --no-pager -n 20 -u ssh)"

# cron looks once a minute: it is asked first.
machine sh -c 'echo "* * * * * /usr/local/bin/probe >/out/cron.new && mv /out/cron.new /out/cron" |
	crontab -u alice -'

# --- ssh, the console, su, sudo ---------------------------------------------------

inet ssh alice@host 'probe >/out/ssh'
inside work ssh "ssh"
inet ssh bob@host 'probe >/out/bob'
inside u-bob bob "ssh to a network that is built for it"
inet ssh dave@host 'probe >/out/dave'
outside dave "an unmapped user"
inet ssh root@host 'probe >/out/root'
outside root "root"

into=login
typed nsenter -t "$machine" -m -p -C -u -i -- setsid -c login
inside work login "login on a terminal"
machine su - alice -c 'probe >/out/su'
inside work su "su -"
machine sudo -i -u alice sh -c 'probe >/out/sudo'
inside work sudo "sudo -i -u"
machine sh -c 'echo "probe >/out/at" | su - alice -c "at now"' >>"$log" 2>&1
inside work at "at"

# --- the user's manager -------------------------------------------------------------

alice()
{
	inet ssh alice@host "$@"
}

alice 'systemd-run --user --wait -q sh -c "probe >/out/user"'
inside work user "systemd --user"
alice 'mkdir -p .config/systemd/user .local/share/dbus-1/services
	cd .config/systemd/user
	printf "[Service]\nType=oneshot\nExecStart=/bin/sh -c \"probe >/out/%%N\"\n" |
		tee timed.service >bus.service
	printf "[Timer]\nOnActiveSec=1s\nAccuracySec=100ms\n" >timed.timer
	printf "[D-BUS Service]\nName=org.runns.Test\nExec=/bin/false\nSystemdService=bus.service\n" \
		>~/.local/share/dbus-1/services/org.runns.Test.service
	systemctl --user daemon-reload
	busctl --user call org.freedesktop.DBus / org.freedesktop.DBus ReloadConfig
	busctl --user call org.freedesktop.DBus / org.freedesktop.DBus \
		StartServiceByName su org.runns.Test 0 || :
	systemctl --user start timed.timer
	sleep 3' >>"$log" 2>&1
inside work timed "a timer of the user's"
inside work bus "a service that D-Bus starts"
alice 'echo "$XDG_RUNTIME_DIR"; loginctl show-session "$XDG_SESSION_ID" -p Name --value
	cat /proc/self/cgroup' >"$out/logind"
is "$(sed -n 1p "$out/logind")" "/run/user/$(machine id -u alice)" "XDG_RUNTIME_DIR"
is "$(sed -n 2p "$out/logind")" alice "loginctl knows the session"
like "$(grep ^0:: "$out/logind")" 'user.slice/.*session-.*\.scope' \
	"which has a control group"

machine loginctl enable-linger carol
machine_user_run()
{
	machine systemctl -q is-active "user@$(machine id -u carol).service" &&
		machine systemd-run --user --machine=carol@ -q --wait \
			sh -c 'probe >/out/linger'
}
wait_until 30 machine_user_run
inside u-carol linger "a user who lingers"

# --- terminals that stay ---------------------------------------------------------------

alice 'tmux -L t new-session -d "probe >/out/tmux; sleep 60"'
inside work tmux "tmux"
alice 'tmux -L t new-window "probe >/out/tmux-again"'
inside work tmux-again "tmux, from another login"
alice 'screen -dmS s sh -c "probe >/out/screen"'
inside work screen "screen"
# Its port is the network's: from elsewhere it is reached by Forward=udp:...
mosh=$(alice 'mosh-server new -p 60001 -l LC_ALL=C.UTF-8 -- \
	sh -c "probe >/out/mosh; sleep 2"' 2>&1 | awk '/MOSH CONNECT/ { print $4 }')
python3 "$tests/peer.py" pty -- nsenter -t "$machine" -m -p -C -u -i -- env \
	MOSH_KEY="${mosh%%[!A-Za-z0-9+/]*}" TERM=xterm LC_ALL=C.UTF-8 \
	sh -c 'stty rows 24 cols 80; exec mosh-client "$1" 60001' sh \
	"$(machine ip netns exec work hostname -I | tr -d ' ')" \
	>"$out/mosh.screen" 2>&1
inside work mosh "mosh"

# --- machinectl, run0 ---------------------------------------------------------------------

machine systemctl start systemd-machined >>"$log" 2>&1
python3 "$tests/peer.py" pty -- nsenter -t "$machine" -m -p -C -u -i -- \
	machinectl -q shell alice@.host /bin/sh -c 'probe >/out/machinectl' \
	>"$out/machinectl.screen" 2>&1
inside work machinectl "machinectl shell"
if machine sh -c 'command -v run0' >/dev/null; then
	machine run0 -u alice --pipe sh -c 'probe >/out/run0' >>"$log" 2>&1
	inside work run0 "run0"
fi

# --- display managers --------------------------------------------------------------------

cat >"$out/xserver" <<-'END'
	#!/bin/sh
	# Xvfb, of what lightdm tells its server
	while [ $# -gt 0 ]; do
		case $1 in
		:*) display=$1 ;;
		-auth) auth=$2; shift ;;
		esac
		shift
	done
	exec Xvfb "$display" -auth "$auth" -nolisten tcp
END
cat >"$out/xsession" <<-'END'
	#!/bin/sh
	xdpyinfo >/out/lightdm-x && probe >/out/lightdm
	exec sleep 20
END
chmod 0755 "$out/xserver" "$out/xsession"
machine sh -c '
	mkdir -p /etc/lightdm/lightdm.conf.d /usr/share/xsessions
	cat >/etc/lightdm/lightdm.conf.d/test.conf <<-END
		[LightDM]
		logind-check-graphical=false
		[Seat:*]
		xserver-command=/out/xserver
		autologin-user=alice
		autologin-session=probe
		user-session=probe
	END
	printf "[Desktop Entry]\nName=probe\nType=Application\nExec=/out/xsession\n" \
		>/usr/share/xsessions/probe.desktop
	rm /etc/systemd/system/lightdm.service /etc/systemd/system/display-manager.service
	echo /usr/sbin/lightdm >/etc/X11/default-display-manager
	systemctl daemon-reload
	systemctl start lightdm' >>"$log" 2>&1
inside work lightdm "lightdm, with a session on Xvfb"
like "$(cat "$out/lightdm-x" 2>/dev/null)" '^name of display:' "whose X server answers"
machine systemctl stop lightdm

machine sh -c '
	cat >/etc/greetd/config.toml <<-END
		[terminal]
		vt = "none"
		[default_session]
		command = "sleep 60"
		user = "_greetd"
		[initial_session]
		command = "sh -c '\''probe >/out/greetd; sleep 5'\''"
		user = "alice"
	END
	rm /etc/systemd/system/greetd.service
	systemctl daemon-reload
	systemctl start greetd' >>"$log" 2>&1
inside work greetd "greetd"
machine systemctl stop greetd

# --- cron's minute has passed by now ---------------------------------------------------------

wait_until 70 test -e "$out/cron"
inside work cron "cron"
machine crontab -u alice -r

# --- what can be seen of it -----------------------------------------------------------------------

# Debian's runuser and the greeter of lightdm have stacks of their own.
unlike "$(machine runnsctl audit)" 'process [0-9]' "audit finds nobody outside"
unlike "$(machine journalctl --no-pager -g pam_runns -p warning)" \
	'cannot|failed|could not' "the module had nothing to complain of"
debian_off
ok $? "it is switched off"
done_testing
