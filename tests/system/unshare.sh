#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# unshare.sh - runnsctl unshare: namespaces of a user's own
. "$(dirname "$0")/lib.sh"
need setpriv python3
host_start "$@"

out=$host_dir/out
install -d -m 0777 $out

# as USER COMMAND...: with his groups, from his home
as()
{
	local user=$1
	shift
	(cd "/home/$user" && exec setpriv --reuid "$user" --regid "$user" \
		--init-groups env -i PATH="$PATH" HOME="/home/$user" \
		TERM=xterm SHELL=/bin/bash "$@")
}

un()
{
	as alice runnsctl unshare "$@"
}

# ends STATUS TEXT WORD...: unshare with these words
ends()
{
	local expected=$1 text=$2 status
	shift 2
	un "$@" >$out/said 2>&1
	status=$?
	is $status "$expected" "$text: $expected"
}

# --- where ------------------------------------------------------------------------

# kinds WORD...: the kinds of namespaces that differ from the host's
kinds()
{
	local kind
	# shellcheck disable=SC2016
	un "$@" -- sh -c 'readlink /proc/self/ns/*' >$out/inside
	for kind in cgroup ipc mnt net pid user uts; do
		grep -qxF "$(readlink /proc/self/ns/$kind)" $out/inside ||
			echo $kind
	done | paste -sd ' '
}

is "$(kinds)" "mnt net user" "namespaces without a word"
is "$(kinds --net none)" "mnt net user" "the network none"
is "$(kinds --net host)" "mnt user" "the network host, which is written"
is "$(kinds --uts --ipc --cgroup)" "cgroup ipc mnt net user uts" "those named"
is "$(un -- cat /proc/self/uid_map | xargs)" "5001 5001 1" "own id only"
is "$(un --map-root -- sh -c 'id -u; id -g' | xargs)" "0 0" "root inside"
is "$(un -- cat /proc/self/setgroups)" deny "setgroups is denied"
is "$(un -- ip -br addr | awk '{ print $1, $3 }')" "lo 127.0.0.1/8" "loopback is up"
is "$(un -- ls /sys/class/net)" lo "/sys shows its devices"
is "$(un --hostname box -- hostname)" box "a host name"
is "$(hostname)" host "the host keeps its own"
is "$(un --map-root -- grep -c CapEff.*ffff /proc/self/status)" 1 "all rights inside"
is "$(un -- awk '/CapEff/ { print $2 }' /proc/self/status)" 0000000000000000 \
	"none without --map-root"

# --- how it ends -----------------------------------------------------------------

ends 0 "success" true
ends 7 "its own status" sh -c 'exit 7'
# shellcheck disable=SC2016
ends 143 "a signal" sh -c 'kill -TERM $$'
ends 127 "not found" nothing-of-that-name
ends 126 "not executable" /etc/passwd
for words in "--frob" "--net" "--net frob" "--net none --net none" "--mtu 1" \
	"--net none:x" "--cidr 1 --cidr 2"; do
	# shellcheck disable=SC2086
	ends 125 "wrong usage: $words" $words true
done
is "$(un --help)" "$(runnsctl help unshare)" "--help"
is "$(echo 'echo $0' | un 2>&1)" /bin/bash "a shell without a program"
# shellcheck disable=SC2016
is "$(as alice sh -c 'echo $$; exec runnsctl unshare sh -c "echo \$\$"' | uniq -d |
	wc -l)" 1 "it is the same process"
is "$(as alice sh -c 'exec 7<&0; runnsctl unshare sh -c "ls /proc/self/fd"')" \
	"$(as alice sh -c 'exec 7<&0; sh -c "ls /proc/self/fd"')" "descriptors"

done_testing
