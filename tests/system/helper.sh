#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# helper.sh - runns-helper: who may, where it leads, what the program finds
. "$(dirname "$0")/lib.sh"
need setpriv
host_start "$@"

out=$host_dir/out
mkdir $out
chmod 0777 $out
net_make work 1
net_make lab 2
net_make vpn1 3
map_write <<-END
	alice	work	lab,vpn*
	bob	work	host
	carol	deny	*
	dave	-	lab	service=runns
	*	-	-
END

# --- who may ------------------------------------------------------------------

as alice runns-helper -- probe >$out/own
session_is work $out/own "alice, her session's network"
is "$(value uids $out/own)" 5001,5001,5001,5001 "it runs as she"
is "$(value cwd $out/own)" /home/alice "where she was"
as alice runns-helper -n lab probe >$out/lab
session_is lab $out/lab "alice, a network beside it"
as alice runns-helper --name=vpn1 probe >$out/vpn
session_is vpn1 $out/vpn "alice, by a pattern"
as bob runns-helper -n host probe >$out/host
session_outside $out/host "bob, the host, which is written"
runns-helper -n work probe >$out/root
is "$?" 125 "root needs a rule too"

# refused USER ARGUMENT...: nothing runs; what was said is in $said
refused()
{
	local user=$1 text=$2 status
	shift 2
	said=$(as "$user" runns-helper "$@" touch $out/ran 2>&1)
	status=$?
	is "$status" 125 "$text: 125"
	refuses "$text: nothing runs" test -e $out/ran
}

refused bob "a network that is not his" -n lab --
foreign=${said//lab/NAME}
refused bob "one that does not exist" -n absent --
is "${said//absent/NAME}" "$foreign" "in the same words"
refused bob "no name at all" -n ../work --
is "${said//..\/work/NAME}" "$foreign" "in the same words"
refused alice "the host, which is not written" -n host --
refused carol "who is denied" -n lab --
refused dave "without -n, and no session of his own" --
like "$said" 'say with -n' "is told what to do"
as dave runns-helper -n lab probe >$out/dave
session_is lab $out/dave "dave, by the rule for launches"
mkdir -p /etc/netns/vpn2
refused alice "one that is gone" -n vpn2 --
like "$said" "runnsctl up vpn2" "is told how it is built"

# --- what the program finds ----------------------------------------------------

as alice env LD_LIBRARY_PATH=/x LD_PRELOAD= TMPDIR=/y GLIBC_TUNABLES=z A=1 A2= \
	runns-helper -- env >$out/env
as alice env LD_LIBRARY_PATH=/x LD_PRELOAD= TMPDIR=/y GLIBC_TUNABLES=z A=1 A2= \
	env >$out/env-direct
is "$(cat $out/env)" "$(cat $out/env-direct)" "the whole environment, in order"
is "$(as alice sh -c 'umask 027; ulimit -n 77; ulimit -f 5; ulimit -S -c 0;
	runns-helper -- sh -c "umask; ulimit -n; ulimit -f; ulimit -Hc"')" \
	"0027
77
5
unlimited" "umask and limits"
is "$(as alice sh -c 'exec 7<&0; runns-helper -- sh -c "ls /proc/self/fd"')" \
	"$(as alice sh -c 'exec 7<&0; sh -c "ls /proc/self/fd"')" "descriptors"
is "$(cd /etc && setpriv --reuid alice --regid alice --clear-groups \
	runns-helper -- cat resolv.conf)" 'nameserver 198.51.100.53' \
	"from /etc, resolv.conf by a relative name"
as alice mkdir -m 0 closed
is "$(cd /home/alice/closed && setpriv --reuid alice --regid alice \
	--clear-groups runns-helper -- readlink /proc/self/cwd)" \
	/home/alice/closed "in a directory that she has closed to herself"

as alice runns-helper -- sh -c 'exit 7'
is $? 7 "the exit status is the program's"
as alice runns-helper -- nothing-of-that-name 2>$out/err
is $? 127 "127: not found"
as alice runns-helper -- /etc/passwd 2>$out/err
is $? 126 "126: not executable"
like "$(cat $out/err)" '^runns-helper: /etc/passwd: ' "and is told"
as alice runns-helper -n work 2>/dev/null
is $? 125 "125: wrong usage"
as alice runns-helper -n work -n lab -- true 2>/dev/null
is $? 125 "125: -n given twice"
is "$(as alice runns-helper -n lab printf '%s ' -n work --)" "-n work -- " \
	"words behind the command are the program's"

# --- without privilege -----------------------------------------------------------

is "$(as alice setpriv --no-new-privs runns-helper -- true 2>&1)" \
	"runns-helper: gains no privilege here: the process has NoNewPrivs (no_new_privs, prctl(2)) set; the runns service can start programs for such" \
	"NoNewPrivs is named"
as alice unshare -Ur runns-helper -- true 2>$out/err
is $? 125 "root of a user namespace is nobody"
like "$(cat $out/err)" 'user namespace' "and is told"
install -m 0755 "$(command -v runns-helper)" $out/copy
as alice $out/copy -- true 2>$out/err
is $? 125 "a copy without the bit"
like "$(cat $out/err)" 'not set-user-ID' "is told"

# --- a resolv.conf of one's own ----------------------------------------------------

echo 'nameserver 192.0.2.99' >/home/alice/resolv
chown alice: /home/alice/resolv
echo 'nameserver 192.0.2.98' >/etc/resolv.mine
is "$(as alice sh -c 'runns-helper -R 5 -- cat /etc/resolv.conf 5<resolv')" \
	'nameserver 192.0.2.99' "-R: her own file is seen"
is "$(as alice sh -c 'runns-helper -R 5 -- cat /proc/self/status 5<resolv' |
	grep NoNewPrivs)" $'NoNewPrivs:\t1' "with NoNewPrivs"
as alice sh -c 'runns-helper -R 5 -- sh -c "cat /etc/resolv.conf; ls /proc/self/fd" 5</etc/resolv.mine' >$out/fds
is "$(head -n 1 $out/fds)" 'nameserver 192.0.2.98' "a file of root's is seen"
refuses "and its descriptor is closed" grep -qx 5 $out/fds
is "$(as alice sh -c 'runns-helper -R 5 -- cat /proc/self/status 5</etc/resolv.mine' |
	grep NoNewPrivs)" $'NoNewPrivs:\t0' "without NoNewPrivs"
as alice runns-helper -- cat /etc/resolv.conf >$out/other
is "$(cat $out/other)" 'nameserver 198.51.100.53' "nobody else sees it"
is "$(cat /etc/resolv.conf)" 'nameserver 203.0.113.1' "nor the host"
mkdir -p /run/runns/net/work && touch /run/runns/net/work/strict-dns
refused alice "-R against StrictDNS" -R 5 -- 5</etc/resolv.mine
like "$said" StrictDNS "is told"
done_testing
