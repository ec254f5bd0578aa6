#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# run_cmd.sh - one program in a namespace: limit, RUNNS, ip, sudo, firejail
#
# The program is true(1), so that starting is all.  "again" is the helper once
# more: so far apart are two that are the same.
#
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
sizes=${sizes:-1 4000}
rounds=${rounds:-200}
host_start "$@"

true=/usr/bin/true
cases=()
# case_add LABEL COMMAND: one of those that are compared
case_add()
{
	cases+=("$1" "" "$2" "")
}

namespace_make work || exit 1
echo 'alice work -' >/etc/security/runns.map
install -m 4755 "$builddir/bench/limit_run" /usr/local/bin/limit_run
# What Debian installs, without RUNNS.
printf '%s\n' 'auth required pam_unix.so' 'account required pam_unix.so' \
	'session required pam_unix.so' >/etc/pam.d/sudo
echo 'alice ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/bench
chmod 0440 /etc/sudoers.d/bench
mkdir "$tables"

case_add direct "@5001 $true"
case_add limit "@5001 limit_run /run/netns/work $true"
view=$(view_prepare work) && chmod 0755 /run/runns &&
	case_add limit_view "@5001 limit_run /run/netns/work -v $view $true" ||
	echo "NO PREPARED VIEW: every program gets its own"
case_add helper "@5001 runns-helper -n work -- $true"
case_add again "@5001 runns-helper -n work -- $true"
case_add runnsctl "@5001 runnsctl run -n work -- $true"
case_add ip "ip netns exec work $true"
case_add nsenter "nsenter --net=/run/netns/work $true"
case_add sudo "@5001 sudo -n ip netns exec work sudo -n -u alice $true"
# firejail does nothing in what it takes for a container: it looks for threads
# of the kernel among the first processes.
kernel_thread_play()
{
	echo 4 >/proc/sys/kernel/ns_last_pid
	sh -c 'echo kthreadd >/proc/self/comm; sleep infinity & wait' &
	wait_until 5 grep -qsx kthreadd /proc/[1-9]/comm
}

# Debian lets root alone use what is compared here.
firejail_open()
{
	echo 'restricted-network no' >>/etc/firejail/firejail.config
}

if command -v firejail >/dev/null && kernel_thread_play &&
	firejail_open; then
	case_add firejail "@5001 firejail --quiet --noprofile --netns=work $true"
else
	echo "no comparison with firejail: it is not installed, or does not work"
fi

for n in $sizes; do
	namespaces_up_to "$n" >/dev/null || exit 1
	# What was started for the first one is not to be measured.
	"$builddir/bench/interleave" -r 3 "${cases[@]}" >/dev/null || exit 1
	"$builddir/bench/interleave" -r "$rounds" "${cases[@]}" >"$tables/$n" ||
		exit 1
done

title "one program, by number of namespaces, us"
# One word is one size.
# shellcheck disable=SC2086
table $sizes

# ratio ROW ROW SIZE
ratio()
{
	calc "$(value_of "$1" "$3") / $(value_of "$2" "$3")"
}

title "P3, P4: ratios"
first=${sizes%% *} last=${sizes##* }
goal P3 "runnsctl run / ip netns exec, $first" \
	"$(ratio runnsctl ip "$first")" '<=' 1.1
[ "$first" = "$last" ] || goal P3 "runnsctl run / ip netns exec, $last" \
	"$(ratio runnsctl ip "$last")" '<=' 0.2
goal P3 "runnsctl run / sudo ip netns exec sudo, $first" \
	"$(ratio runnsctl sudo "$first")" '<=' 0.25
[ -z "$(value_of firejail "$first")" ] ||
	goal P3 "runnsctl run / firejail, $first" \
		"$(ratio runnsctl firejail "$first")" '<=' 0.10
goal P3 "helper / ip netns exec, $first" "$(ratio helper ip "$first")" '<=' 0.8
goal P4 "helper / limit, $first" "$(ratio helper limit "$first")" '<=' 1.1

bench_done
