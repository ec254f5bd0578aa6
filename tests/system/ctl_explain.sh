#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctl_explain.sh - runnsctl explain tells what the module then does; help,
# usage errors and completion
. "$(dirname "$0")/lib.sh"
need python3 setpriv pamtester pgrep
host_start "$@"

# explained WORDS... KEY: a value of its JSON
explained()
{
	local key=${!#}
	runnsctl explain --json "${@:1:$#-1}" | python3 -c '
import json, sys
v = json.load(sys.stdin)
for k in sys.argv[1].split("."):
    v = v[k]
print(v)' "$key"
}

as_user()
{
	setpriv --reuid 5001 --regid 5001 --clear-groups -- "$@"
}

net_make work 1
mkdir -p /etc/security/runns.map.d
echo 'bob host - service=sshd' >/etc/security/runns.map.d/10-bob.map
map_write <<-'END'
	alice		absent	-	service=cron	# jobs only
	alice \
	  work  -
	bob		lab	-	tty=tty1
	bob		u-%u	-	rhost=10.0.0.0/8 create=tenant
	bob		gone	-	optional
	@contractors	deny
	root		+
	dave		named	-	create
	@nogroup-x	-
END
printf '[tenant]\nLinger = no\n' >/etc/runns.conf

# --- which rule, and what will happen ---------------------------------------------

while read -r words outcome line namespace; do
	words=${words//,/ }
	# The words are several.
	# shellcheck disable=SC2086
	{
		is "$(explained $words outcome)" "$outcome" "$words: $outcome"
		is "$(explained $words rule.line)" "$line" "  by line $line"
		is "$(explained $words namespace)" "$namespace" "  in $namespace"
	}
done <<-END
	alice enter 2 work
	alice,cron refuse 1 absent
	bob,sshd host 1 None
	bob,--tty,tty1 refuse 4 lab
	bob,--tty,/dev/tty1 refuse 4 lab
	bob,--rhost,10.1.2.3 build 5 u-bob
	bob stay 6 gone
	carol deny 7 None
	root private 8 None
	dave refuse 9 named
END
is "$(explained bob --rhost somewhere.example outcome)" refuse \
	"a host that is known by name only"
is "$(explained bob sshd rule.file)" /etc/security/runns.map.d/10-bob.map \
	"a rule of a drop-in"
is "$(explained alice rule.text)" "alice work -" "a rule of two lines"
is "$(explained nobody outcome)" refuse "a group that does not exist"
like "$(runnsctl explain nobody)" 'runns.map:10: cannot tell "@nogroup-x"' "  is named"
like "$(runnsctl explain dave)" 'no section \[named\]' "create without its section"
like "$(runnsctl explain bob --rhost 10.1.2.3)" '\[tenant\] at /etc/runns.conf:1' \
	"create from a section"
touch /run/netns/u-bob
is "$(explained bob --rhost 10.1.2.3 outcome)" build \
	"create where a killed builder left a file"
rm /run/netns/u-bob
like "$(runnsctl explain -v bob)" 'passed .*10-bob.map:1 is for other services' \
	"-v: a service"
like "$(runnsctl explain -v bob)" 'passed .*runns.map:4 is for other terminals' \
	"-v: a terminal"
like "$(runnsctl explain -v bob)" 'passed .*runns.map:5 is for other remote hosts' \
	"-v: a remote host"
like "$(runnsctl explain -v bob)" 'passed .*runns.map:2 is for other users' "-v: a user"

touch /run/netns/lab
like "$(runnsctl explain bob --tty tty1)" 'is not a network namespace' "a broken handle"
rm /run/netns/lab
ip netns add lab

# --- it does what the module does ---------------------------------------------------

# agrees USER SERVICE: open as explained
agrees()
{
	local outcome status
	outcome=$(explained "$1" "$2" outcome)
	pamtester "$2" "$1" open_session close_session >/dev/null 2>&1
	status=$?
	case $outcome in
	deny | refuse) isnt $status 0 "$1, $2: $outcome, and the module refuses" ;;
	*) is $status 0 "$1, $2: $outcome, and the module opens" ;;
	esac
}

cp /etc/pam.d/door /etc/pam.d/door2
echo 'alice absent - service=door2' >/etc/security/runns.map.d/20.map
for user in alice bob carol dave root nobody; do
	agrees $user door
	agrees $user door2
done

# --- who asks -------------------------------------------------------------------------

is "$(as_user runnsctl explain --json alice)" "$(runnsctl explain --json alice)" \
	"a user is told the same"
is "$(as_user runnsctl explain --json alice cron | python3 -c '
import json, sys
d = json.load(sys.stdin)
print(d["outcome"], d["exists"])')" "unknown None" "but not what he cannot see"
is "$(su alice -c 'cd /; runnsctl explain --json alice' | python3 -c '
import json, sys
d = json.load(sys.stdin)
print(d["outcome"], d["exists"])')" "unknown None" \
	"in a session, where handles are plain files, neither"
is "$(runnsctl explain --json nosuch 2>/dev/null)" \
	'{"error":{"code":"no-user","message":"nosuch: there is no such user"}}' \
	"a user who does not exist"
runnsctl explain nosuch >/dev/null 2>&1
is $? 1 "  fails"
echo 'x y z frob' >/etc/security/runns.map.d/30.map
runnsctl explain alice >/dev/null 2>&1
is $? 1 "a map that cannot be used"
like "$(runnsctl explain alice 2>&1)" '30.map:1:7: unknown option "frob"' "  is named"
cp /etc/security/runns.map /etc/other.map
runs "another map in its place" runnsctl explain --map /etc/other.map alice
rm /etc/security/runns.map.d/30.map
unlike "$(runnsctl explain alice)" $'\033' "no colour without a terminal"
like "$(script -qec 'TERM=xterm runnsctl explain alice' /dev/null)" $'\033' \
	"colour on a terminal"
unlike "$(script -qec 'TERM=xterm NO_COLOR=1 runnsctl explain alice' /dev/null)" \
	$'\033' "but for NO_COLOR"

# --- a bus that does not answer -------------------------------------------------------

# asks PID: its child that asks the bus as bob, $child, has become him
asks()
{
	child=$(pgrep -P "$1") &&
		grep -qE "^Uid:.[0-9]+.$(id -u bob)" "/proc/$child/status"
}

mkdir -p /run/systemd/resolve /run/dbus
python3 -c 'import os, signal, socket
s = socket.socket(socket.AF_UNIX)
s.bind("/run/dbus/system_bus_socket")
s.listen()
os.chmod(s.getsockname(), 0o666)
signal.pause()' &
bus=$!
wait_until 5 setpriv --reuid bob --clear-groups \
	test -w /run/dbus/system_bus_socket
timeout 10 runnsctl explain bob --rhost 10.1.2.3 >$host_dir/explained &
asked=$!
wait_until 5 pgrep -P $asked
wait_until 2 asks "$(pgrep -P $asked)"
ok $? "the bus is asked as the user"
setpriv --reuid bob --regid bob --clear-groups kill -STOP "$child" 2>/dev/null
isnt $? 0 "who asks the bus as a user is not his to stop"
wait $asked
is $? 0 "  and is waited for no longer than a second"
like "$(cat $host_dir/explained)" 'level *routed' \
	"  what cannot be told is not sealed"
kill $bus
rm -r /run/systemd/resolve /run/dbus

# --- the command itself -----------------------------------------------------------------

usage()
{
	runnsctl "${@:2}" >/dev/null 2>&1
	is $? 2 "usage: $1"
}

usage "no command"
usage "an unknown command" frob
usage "an unknown option" --frob
usage "explain without a user" explain
usage "explain with too much" explain a b c
usage "help for two commands" help up down
runs "help" runnsctl help
runs "--help" runnsctl --help
runs "--version" runnsctl --version
while IFS=$'\t' read -r name synopsis; do
	is "$(runnsctl help "$name")" "$(runnsctl "$name" --help)" "help $name"
	runs "  and its line" grep -qF "$(printf '  %-9s %s' "$name" "$synopsis")" \
		<(runnsctl help)
done < <(runnsctl __commands)
runnsctl help >/dev/full 2>/dev/null
is $? 1 "a full disk is not success"
is "$(runnsctl __names | sort | paste -sd ' ')" "lab work" "names for completion"
like "$(runnsctl __options check)" '^--json' "options for completion"

done_testing
