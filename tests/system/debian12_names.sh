#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# debian12_names.sh - on a Debian 12 that boots: systemd-resolved, nscd and
# sssd run, and a session's look-ups reach only its network's name server
. "$(dirname "$0")/lib.sh"
. "$tests/../boot/lib.sh"
. "$tests/../boot/ldap.sh"
. "$tests/../package/lib.sh"
need dpkg-buildpackage dh ssh ssh-keygen
debian_fetch bookworm
ldap_fetch bookworm
deb_fetch
host_start "$@"
debian_runns bookworm alice
ok $? "Debian 12 boots, with RUNNS" "$(debian_why)"
log=$out/log

# --- the host's name services ------------------------------------------------------

ldap_start && sssd_start
ok $? "slapd and sssd run" "$(ldap_why)"
# In Debian's order, with sssd in it.
machine sh -c '
	sed -i "s/^hosts:.*/hosts: files myhostname sss resolve [!UNAVAIL=return] dns/" \
		/etc/nsswitch.conf
	mkdir -p /etc/systemd/resolved.conf.d
	printf "[Resolve]\nDNS=203.0.113.1\nLLMNR=no\nMulticastDNS=no\nCache=no\n" \
		>/etc/systemd/resolved.conf.d/test.conf
	rm -f /etc/systemd/system/nscd.service /etc/resolv.conf
	ln -s ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
	systemctl daemon-reload
	systemctl unmask systemd-resolved
	systemctl start systemd-resolved nscd' >"$log" 2>&1
ok $? "systemd-resolved and nscd run" "$(cat "$log")"
like "$(machine getent ahostsv4 which.test)" '^192\.0\.2\.1 ' \
	"(the host asks its own server)"
like "$(machine busctl call org.freedesktop.resolve1 /org/freedesktop/resolve1 \
	org.freedesktop.resolve1.Manager ResolveHostname isit 0 which.test 2 0 2>&1)" \
	'192 0 2 1 ' "(and resolved answers over the bus)"

machine sh -c '
	printf "[work]\nDNS = 198.51.100.53\n" >>/etc/runns.conf
	printf "alice work -\n" >>/etc/security/runns.map
	pam-auth-update --enable runns
	systemctl enable --now runns@work' >>"$log" 2>&1
ok $? "a network, a rule and the profile of PAM" "$(tail -n 20 "$log")"

# --- ways ------------------------------------------------------------------------------

alice()
{
	inet ssh alice@host "$@"
}

# Whoever of the host's side was asked: its server, and resolved itself.
asked()
{
	grep -c query "$host_dir/dns-host.log"
}

python='import socket, sys
def udp(server):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(2)
    s.connect((server, 53))
    s.send(b"\1\2\1\0\0\1\0\0\0\0\0\0\5which\4test\0\0\1\0\1")
    return ".".join(str(c) for c in s.recv(512)[-4:])
def path(name):
    s = socket.socket(socket.AF_UNIX)
    s.connect(name)
    return "connected"
try:
    print(eval(sys.argv[1]))
except OSError as e:
    print(e.strerror or e)'
printf '%s\n' "$python" >"$out/try.py"
chmod 0644 "$out/try.py"

# found TEXT COMMAND: the answer is the network's, also from the user's manager
found()
{
	like "$(alice "$2" 2>&1 | head -n 1)" '(^|[^0-9])192\.0\.2\.53( |$)' "$1"
}

# closed TEXT EXPRESSION PATTERN
closed()
{
	like "$(alice "python3 /out/try.py '$2'" 2>&1)" "$3" "$1"
}

# matrix TEXT
matrix()
{
	local before
	before=$(asked)
	found "$1: libc" 'getent ahostsv4 which.test'
	found "$1: python" \
		'python3 -c "import socket; print(socket.gethostbyname(\"which.test\"))"'
	found "$1: any server" "python3 /out/try.py 'udp(\"203.0.113.1\")'"
	found "$1: a unit of the user's manager" \
		'systemd-run --user --wait -q --pipe getent ahostsv4 which.test'
	found "$1: runnsctl run" 'runnsctl run -n work -- getent ahostsv4 which.test'
	like "$(alice 'getent -s resolve ahostsv4 which.test; echo $?')" '^2$' \
		"$1: nss-resolve does not find resolved"
	like "$(alice 'getent ahostsv4 directory.test; echo $?')" '^2$' \
		"$1: hosts of the directory are not known"
	closed "$1: the stub on the loopback" 'udp("127.0.0.53")' 'refused|not permitted'
	closed "$1: the second stub" 'udp("127.0.0.54")' 'refused|not permitted'
	closed "$1: varlink" 'path("/run/systemd/resolve/io.systemd.Resolve")' \
		'No such file'
	closed "$1: nscd's socket" 'path("/var/run/nscd/socket")' 'No such file'
	is "$(asked)" "$before" "$1: the host's server was not asked"
}

is "$(alice 'grep ^hosts: /etc/nsswitch.conf')" 'hosts: files dns' \
	"inside, names are asked of files and servers"
like "$(machine getent hosts directory.test)" '^192\.0\.2\.200 ' \
	"(sssd answers for hosts, outside)"
like "$(alice 'id -un -- lou; getent hosts debian')" lou \
	"users of the directory are known inside"
matrix "at first"
isnt "$(grep -c 'query.*which' "$host_dir/dns-work.log")" 0 \
	"(the network's own was)"
before=$(asked)
alice 'getent hosts debian _gateway _outbound nowhere.invalid' >>"$log" 2>&1
is "$(asked)" "$before" "names that myhostname answers for do not leak"

# A session that is open stays right while the daemons come and go.
inet ssh alice@host 'for i in 1 2 3; do
	while [ ! -e /out/go.$i ]; do sleep 0.1; done
	{ getent ahostsv4 which.test | head -n 1
	ls -A /run/systemd/resolve /run/nscd | grep -v :; } >/out/now.$i 2>&1
	mv /out/now.$i /out/seen.$i
	done' &
step=0
for what in 'restart systemd-resolved nscd sssd' 'stop systemd-resolved nscd' \
	'start systemd-resolved nscd'; do
	step=$((step + 1))
	machine sh -c "systemctl $what" >>"$log" 2>&1
	touch "$out/go.$step"
	wait_until 20 test -e "$out/seen.$step"
	like "$(cat "$out/seen.$step")" '^192\.0\.2\.53 ' "$what: a session that runs"
	is "$(sed 1d "$out/seen.$step" | grep .)" "" "  sees no socket of theirs"
done
wait $!

# --- the bus ---------------------------------------------------------------------------

over_bus()
{
	alice busctl call org.freedesktop.resolve1 /org/freedesktop/resolve1 \
		org.freedesktop.resolve1.Manager ResolveHostname isit 0 \
		which.test 2 0 2>&1
}

levels()
{
	machine runnsctl status --json work | python3 -c '
import json, sys
n = json.load(sys.stdin)[0]
print(n["level"], *n["level_why"])'
	machine runnsctl explain alice sshd | grep -E 'routed|sealed'
	machine setpriv --reuid alice --regid alice --init-groups \
		runnsctl explain alice sshd | grep -E 'routed|sealed'
}

like "$(over_bus)" '192 0 2 1 ' "without a policy the bus leads out"
is "$(levels | grep -c 'routed.*systemd-resolved answers over the system bus')" 3 \
	"which status and explain say, to root and to the user" "$(levels)"
like "$(machine runnsctl doctor 2>&1)" '^bus: systemd-resolved' \
	"and doctor, with what mends it"
machine sh -c 'cp /usr/share/doc/runns/examples/dbus/runns-names.conf \
	/etc/dbus-1/system.d/' >>"$log" 2>&1
denied()
{
	over_bus | grep -q 'Access denied'
}
before=$(asked)
runs "with it the bus refuses" wait_until 10 denied
is "$(asked)" "$before" "and nobody was asked"
like "$(alice resolvectl query which.test 2>&1)" '[Dd]enied' "resolvectl too"
is "$(levels | grep -c sealed)" 3 "now it is sealed: $(levels | paste -sd ' ')"
unlike "$(machine runnsctl doctor 2>&1)" '^bus:' "and doctor is content"
like "$(machine resolvectl query which.test 2>&1)" '192\.0\.2\.1 ' \
	"root of the host may ask"
machine sh -c 'sed -i s/context=.default./user=\"alice\"/ \
	/etc/dbus-1/system.d/runns-names.conf'
for_alice_only()
{
	[ "$(levels | grep -c sealed)" = 2 ] && denied
}
runs "a policy for her alone: explain says sealed, status does not" \
	wait_until 10 for_alice_only

# --- resolved takes /etc/resolv.conf ---------------------------------------------------

covered()
{
	machine runnsctl status --json work | grep -q '"lost_covers":\[\]'
}
machine sh -c 'ln -s /run/systemd/resolve/resolv.conf /etc/r && mv /etc/r /etc/resolv.conf'
runs "the path unit covers a new /etc/resolv.conf" wait_until 20 covered
matrix "afterwards"
unlike "$(machine runnsctl audit)" 'process [0-9]' "audit finds nobody outside"

debian_off
ok $? "it is switched off"
done_testing
