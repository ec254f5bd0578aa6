#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctl_audit.sh - runnsctl audit: each process that is outside is found, and
# nothing that is right
. "$(dirname "$0")/lib.sh"
need python3 setpriv
host_start "$@"

cd $host_dir || bail "no directory"

# spot UID NAMESPACE|- : a process of that user there; its pid is in $pid
spot()
{
	local there=()
	[ "$2" = - ] || there=(nsenter "--net=/run/netns/$2")
	"${there[@]}" setpriv --reuid "$1" --regid "$1" --clear-groups \
		sleep 1000 &
	pid=$!
	wait_until 10 is_spotted "$1"
}

is_spotted()
{
	grep -q "^Uid:[[:space:]]*$1[[:space:]]" "/proc/$pid/status" &&
		[ "$(cat "/proc/$pid/comm")" = sleep ]
}

# audit STATUS TEXT ARGUMENT...; the output is in $out
audit()
{
	local expected=$1 text=$2
	shift 2
	out=$(timeout 20 runnsctl audit "$@" 2>err)
	is $? "$expected" "$text"
}

# audit_as UID STATUS TEXT ARGUMENT...
audit_as()
{
	local uid=$1 expected=$2 text=$3
	shift 3
	out=$(timeout 20 setpriv --reuid "$uid" --regid "$uid" --clear-groups \
		-- runnsctl audit "$@" 2>err)
	is $? "$expected" "$text"
}

field()
{
	printf '%s' "$out" | python3 -c '
import json, sys
a = json.load(sys.stdin)
print(eval(sys.argv[1], {"a": a}))' "$1"
}

# The machine's own services are not this test's.
rm -f /etc/pam.d/*
host_pam
cp /etc/pam.d/door /etc/pam.d/systemd-user

pids='sorted(f["process"]["pid"] for f in a["findings"])'

# --- sockets that reach outside ------------------------------------------------

# talk NETWORK|- CODE: a python program of alice's there; its pid is in $pid
talk()
{
	local there=()
	[ "$1" = - ] || there=(nsenter "--net=/run/netns/$1")
	"${there[@]}" setpriv --reuid 5001 --regid 5001 --clear-groups \
		python3 -c "
import os, socket, threading, time
s = socket.socket(socket.AF_UNIX)
kept = []
def serve(path):
    s.bind(path)
    s.listen()
    threading.Thread(target=lambda: [kept.append(s.accept()) for i in range(9)],
                     daemon=True).start()
$2
open('/tmp/ready.%d' % os.getpid(), 'w')
time.sleep(1000)" &
	pid=$!
	talkers="${talkers-} $pid"
	wait_until 10 test -e /tmp/ready.$pid
}

ip netns add talk
talk - "serve('/tmp/ssh-agent.1')"
talk talk "serve('/tmp/inside.1')"
talk talk "a, b = socket.socketpair(); s.connect('/tmp/inside.1')"
audit 0 "sockets: of those that stay inside" --sockets --json
is "$(field 'len(a["findings"])')" 0 "  nothing is said"
talk talk "s.connect('/tmp/ssh-agent.1')"
audit 0 "sockets that are not asked for" --json
audit 1 "sockets that reach outside" --sockets
like "$out" "^sockets: process $pid .python3. of alice in talk is connected with an agent outside: /tmp/ssh-agent.1$" \
	"  are found, by their names"
audit 1 "  JSON" --sockets --json
is "$(field "$pids")" "[$pid]" "  and no other"
audit 0 "  of another user" --sockets --json bob
audit_as 5001 0 "  who is not root is told that he does not see them" --sockets
like "$(cat err)" 'not looked at: sockets that reach outside' "  so it is"
# shellcheck disable=SC2086
kill $talkers
wait_until 10 bash -c '! pgrep -u alice python3'
ip netns delete talk

audit 0 "no map: nobody is mapped"
is "$out$(cat err)" "" "  nothing is said"

for name in work lab other mail; do
	ip netns add $name
done
map_write <<-END
	alice mail lab service=cron
	alice work lab
	bob + -
	carol host -
	dave - -
END
spot 5001 work
spot 5001 lab
spot 5001 mail
spot 5003 -
spot 5004 -
spot 5004 other
unshare -n setpriv --reuid 5002 --regid 5002 --clear-groups sleep 1000 &
pid=$!
wait_until 10 is_spotted 5002
audit 0 "everybody is where a rule lets him be"
is "$out$(cat err)" "" "  nothing is said"
audit 0 "  JSON" --json
is "$(field 'a')" "{'findings': [], 'not_seen': [], 'ok': True}" "  says the same"

spot 5001 -
on_host=$pid
spot 5001 other
elsewhere=$pid
spot 5002 work
named=$pid
spot 5003 work
away=$pid
audit 1 "each that is outside"
for pid in $on_host $elsewhere $named $away; do
	like "$out" "^processes: process $pid \(sleep\) of " "  is found"
done
is "$(printf '%s\n' "$out" | grep -c '^[a-z]')" 4 "  and nothing else"
like "$out" "$on_host .* of alice is in \(host\), expected: mail,work$" \
	"  where it is, and where it should be"
like "$out" "parent 1 \(bash\)" "  and who started it"
audit 1 "JSON" --json
is "$(field "$pids")" "$(printf '%s\n' $on_host $elsewhere $named $away |
	sort -n | paste -sd , | sed 's/,/, /g; s/.*/[&]/')" "  the same"
is "$(field '[(f["process"]["in"], f["process"]["expected"]) for f in a["findings"] if f["process"]["uid"] == 5002]')" \
	"[('work', '(private)')]" "  with what is known of it"
audit 1 "USER" --json bob
is "$(field "$pids")" "[$named]" "  only his"
audit 2 "a user who is not there" nobody-is-called-so
audit 2 "a wrong word" --frob

audit_as 5001 1 "a user on the host" --json
is "$(field "$pids")" "$(printf '%s\n' $on_host $elsewhere |
	sort -n | paste -sd , | sed 's/,/, /g; s/.*/[&]/')" "  his own"
audit_as 5001 2 "a user about another" bob
cp err other
audit_as 5001 2 "  or one who is not there" nobody-is-called-so
is "$(cat err)" "$(cat other)" "  the same answer"
out=$(runuser -u alice -- runnsctl audit --json 2>/dev/null </dev/null)
like "$(field 'a["not_seen"]')" 'names of networks cannot be seen' \
	"inside a session: it says what it cannot see"
is "$(field "$pids")" "[$on_host]" "  and finds what is on the host"
kill $on_host $elsewhere $named $away
wait $on_host $elsewhere $named $away 2>/dev/null

# pam TEXT PATTERN: exactly one finding, and this
pam()
{
	audit 1 "$1"
	is "$(printf '%s\n' "$out" | grep '^[a-z]' | grep -cE "$2")" \
		"$(printf '%s\n' "$out" | grep -c '^[a-z]')" "  is found, and nothing else"
	rm -f /etc/pam.d/seeded
}

echo 'session required pam_unix.so' >/etc/pam.d/seeded
pam "a service without the module" '^pam: service seeded opens sessions without'
echo 'session optional pam_runns.so' >/etc/pam.d/seeded
pam "an optional module" '^pam: service seeded: .* control "optional"$'
echo 'session [success=ok default=ignore] pam_runns.so' >/etc/pam.d/seeded
pam "a module whose failure is ignored" '^pam: service seeded: .* control "\['
echo 'session required pam_runns.so rescue=carol' >/etc/pam.d/seeded
pam "users who stay outside" '^pam: service seeded: rescue=carol$'
printf 'session include common-session\n' >/etc/pam.d/seeded
audit 0 "the module by include"
printf 'session substack common-session\n' >/etc/pam.d/seeded
audit 0 "  by substack"
echo 'auth required pam_unix.so' >/etc/pam.d/seeded
audit 0 "a service without sessions"
echo 'session include absent' >/etc/pam.d/seeded
audit 0 "a file that is not there"
like "$(cat err)" 'not looked at: PAM service seeded: absent: ' "  it says so"
echo '@include seeded' >/etc/pam.d/seeded
audit 0 "a file that includes itself"
like "$(cat err)" 'not looked at: PAM service seeded: seeded: ' "  it says so"
rm /etc/pam.d/seeded
helper=$(command -v runns-helper)
cp -p "$helper" "$helper.old"
pam "an old copy of the helper" "^helper: $helper.old is set-user-ID$"
chmod u-s "$helper.old"
audit 0 "one that is not set-user-ID"
rm "$helper.old"
mv /etc/pam.d/systemd-user .
mv /usr/lib/pam.d/systemd-user . 2>/dev/null
if [ -e /usr/lib/systemd/system/user@.service ]; then
	pam "no service of user managers" '^pam: there is no PAM service systemd-user$'
else
	audit 0 "no user managers, no service needed"
fi
mv systemd-user /etc/pam.d/

echo 'erin absent - optional' >>/etc/security/runns.map
audit 1 "an optional rule"
like "$out" '^map: /etc/security/runns.map:6: the rule is optional$' "  is found"
chmod 0666 /etc/security/runns.map
audit 1 "a map that others may write to" --json
is "$(field '[f["check"] for f in a["findings"]]')" "['map']" "  is found"
like "$(field 'a["not_seen"]')" 'processes: the map cannot be used' \
	"  and nothing is said of processes"

done_testing
