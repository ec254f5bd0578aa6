#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# door_su_sudo.sh - su, sudo, runuser, login, cron: to a mapped user they enter
# his namespace; to root or an unmapped user they stay where they are
# The shell that redirects is root.
# shellcheck disable=SC2024
. "$(dirname "$0")/lib.sh"
need su sudo doas runuser login pamtester
host_start "$@"

out=$host_dir/out
mkdir $out
chmod 0777 $out
net_make work 1
net_make lab 2
map_write <<-END
	alice	work	-
	bob	lab	-
	carol	host	-
	erin	absent	-
	*	-	-
END
host_user_names='alice bob carol dave erin' host_users
cat >/etc/sudoers.d/tests <<-END
	alice,bob,carol ALL=(ALL) NOPASSWD: ALL
	dave ALL=(ALL) ALL
	Defaults lecture=never
END
chmod 0440 /etc/sudoers.d/tests
printf 'permit nopass %s\n' root :alice >/etc/doas.conf
trace_start
hand=$tests/peer.py

# --- from the host ------------------------------------------------------------

su alice -c probe >$out/su
session_is work $out/su "su alice"
is "$(value uids $out/su)" 5001,5001,5001,5001 "su alice: runs as the user"
trace_balanced "su alice"
# The first entries may have left what later ones use again.
su bob -c true
snap before

su - alice -c probe >$out/su-l
session_is work $out/su-l "su - alice"
is "$(value cwd $out/su-l)" /home/alice "su - alice: begins at home"
sudo -u alice probe >$out/sudo
session_is work $out/sudo "sudo -u alice"
sudo -i -u alice probe >$out/sudo-i
session_is work $out/sudo-i "sudo -i -u alice"
doas -u alice probe >$out/doas
session_is work $out/doas "doas -u alice"
runuser -u bob probe >$out/runuser-u
session_is lab $out/runuser-u "runuser -u bob"
runuser -l bob -c probe >$out/runuser
session_is lab $out/runuser "runuser -l bob"
su dave -c probe >$out/dave
session_outside $out/dave "su to an unmapped user"
su carol -c probe >$out/carol
session_outside $out/carol "su to a user of the host"
sudo probe >$out/root
session_outside $out/root "sudo to root"

(cd /etc && su alice -c 'cat resolv.conf') >$out/relative
is "$(cat $out/relative)" 'nameserver 198.51.100.53' \
	"started in /etc, resolv.conf by a relative name"
su alice -c 'exit 7'
is $? 7 "su hands on the exit status"
sudo -u alice sh -c 'exit 8'
is $? 8 "sudo hands on the exit status"
# shellcheck disable=SC2016
su alice -c 'kill -TERM $$' 2>/dev/null
is $? 143 "su hands on a signal"
trace_balanced "from the host"

# --- by password, on a terminal -----------------------------------------------

python3 "$hand" pty 'assword:=secret\n' -- setpriv --reuid=dave \
	--regid=dave --init-groups su alice -c probe >$out/su-password
session_is work $out/su-password "su by password"
python3 "$hand" pty 'assword for dave:=secret\n' -- setpriv --reuid=dave \
	--regid=dave --init-groups sudo -u alice probe >$out/sudo-password
session_is work $out/sudo-password "sudo by password"
# shellcheck disable=SC2016
python3 "$hand" pty '$ =probe >~/shell.out; exit 9\n' -- su - alice >$out/shell.log
is $? 9 "an interactive su hands on the exit status"
session_is work /home/alice/shell.out "an interactive su"
trace_balanced "on a terminal"

# shellcheck disable=SC2016
python3 "$hand" pty 'login:=alice\n' 'assword:=secret\n' \
	'$ =probe >~/login.out; exit\n' -- login >$out/login.log
session_is work /home/alice/login.out "login"
like "$(value tty /home/alice/login.out)" ^/dev/pts/ "login: on its terminal"
trace_balanced "login"

# --- nested -------------------------------------------------------------------

nested() { su alice -c "$1"; }
nested 'sudo probe' >$out/nested-root
session_is work $out/nested-root "sudo to root inside a session stays inside"
nested 'sudo -i probe' >$out/nested-root-i
session_is work $out/nested-root-i "sudo -i to root, too"
nested 'sudo -u bob probe' >$out/nested-bob
session_is lab $out/nested-bob "sudo to another mapped user enters his"
nested 'doas probe' >$out/nested-doas
session_is work $out/nested-doas "doas to root inside a session stays inside"
nested 'doas -u bob probe' >$out/nested-doas-bob
session_is lab $out/nested-doas-bob "doas to another mapped user enters his"
nested 'sudo -u carol probe' >$out/nested-carol
is "$(value cookie $out/nested-carol)" "$(host_cookie)" \
	"sudo to a user whose rule says host leaves"
is "$(value devices $out/nested-carol)" "$(ip -o link | ip_devices)" \
	"and sees the host's devices"
is "$(value resolv $out/nested-carol)" "$(cat /etc/resolv.conf)" \
	"and the host's name servers"
nested 'sudo -u dave probe' >$out/nested-dave
session_is work $out/nested-dave "sudo to an unmapped user stays inside"
nested 'sudo su - alice -c probe' >$out/nested-self
session_is work $out/nested-self "sudo su - back to oneself stays inside"
nested 'sudo -u bob sudo -u alice probe' >$out/nested-three
session_is work $out/nested-three "there and back again, three deep"
nested 'sudo -u bob true; probe' >$out/nested-after
session_is work $out/nested-after "the outer session goes on inside"

# In a nested session the caller's place is the outer session's.
wait_until 10 trace_is_even
is "$(grep -c ' open_session ' $host_dir/trace)" \
	"$(grep -c ' close_session ' $host_dir/trace)" "nested: all were closed"
is "$(awk '$1 == "su" && $2 == "alice" && $3 == "close_session" { print $4 }' \
	$host_dir/trace | sort -u | grep -vxF "$(host_cookie)" |
	grep -vxF "$(cookie_of work)")" '' "nested: every caller is back"
: >$host_dir/trace

# --- cron and the like --------------------------------------------------------

pamtester door alice open_session close_session >$out/pamtester 2>&1
is $? 0 "pamtester opens and closes"
trace_balanced "pamtester"

if command -v cron >/dev/null; then
	rm -rf /etc/cron.d /etc/crontab /var/spool/cron/crontabs/*
	mkdir /etc/cron.d
	printf '%s\n' "@reboot alice /usr/local/bin/probe >$out/cron.alice" \
		"@reboot dave /usr/local/bin/probe >$out/cron.dave" >/etc/cron.d/tests
	cron
	wait_until 20 grep -q ^resolv= $out/cron.dave
	wait_until 20 grep -q ^resolv= $out/cron.alice
	session_is work $out/cron.alice "a cron job"
	session_outside $out/cron.dave "a cron job of an unmapped user"
	trace_balanced "cron"
	kill "$(cat /run/crond.pid)"
	rm -f /run/crond.*
else
	skip "cron" "cron is not installed"
fi

# --- I09: what is changed inside is changed outside ------------------------------

shell_of()
{
	getent passwd "$1" | cut -d : -f 7
}

python3 "$hand" pty 'assword:=secret\n' -- su - bob -c 'chsh -s /bin/sh' \
	>$out/chsh
is "$? $(shell_of bob)" "0 /bin/sh" "chsh in a session changes the host's file" ||
	diag "$(cat $out/chsh)"
is "$(su dave -c 'getent passwd bob' | cut -d : -f 7)" /bin/sh \
	"a session outside sees it"
is "$(su alice -c 'getent passwd bob' | cut -d : -f 7)" /bin/sh \
	"and one in another network"
python3 "$hand" pty 'urrent password:=secret\n' 'ew password:=se6ret-Words\n' \
	'etype new password:=se6ret-Words\n' -- su - bob -c passwd >$out/passwd
is $? 0 "passwd in a session" || diag "$(cat $out/passwd)"
python3 "$hand" pty 'assword:=se6ret-Words\n' -- setpriv --reuid=dave \
	--regid=dave --init-groups su bob -c probe >$out/su-changed
session_is lab $out/su-changed "the new password opens the door outside"
wait_until 10 trace_is_even

# --- refused ------------------------------------------------------------------

refuses "su without a namespace is refused" su erin -c 'touch /tmp/erin-was-here'
refuses "sudo without a namespace is refused" sudo -u erin touch /tmp/erin-was-here
refuses "nothing of hers ran" test -e /tmp/erin-was-here
like "$(grep pam_runns $host_log | tail -n 3)" absent "the log names the namespace"
like "$(su erin -c true 2>&1)" 'network is not available' "and the user is told"

# --- nothing stays ------------------------------------------------------------

rm -f /run/sudo/ts/* 2>/dev/null
is "$(pgrep -l -u alice,bob,carol,dave,erin)" '' "no process is left"
snap after
snap_same before after "the host is as it was"

done_testing
