#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ssh_login.sh - many ssh logins at once: no module, limit, RUNNS, pam_usernet
#
# One sshd and one user: only the session lines of /etc/pam.d/sshd change from
# sample to sample, since two servers on two ports differ by more than what is
# to be measured.  "again" is the limit once more: so far apart are two that
# are the same.
#
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
namespaces=${namespaces:-4000}
logins=${logins:-20}
rounds=${rounds:-20}
host_start "$@"

stacks=$host_dir/pam
cases=()
# The default one costs more than all the rest of the login.
kex=curve25519-sha256

# stack NAME LINE...: a case of the comparison
stack()
{
	local name=$1
	shift
	{
		echo 'auth required pam_unix.so'
		echo 'account required pam_unix.so'
		echo 'session required pam_unix.so'
		printf '%s\n' "$@"
	} >"$stacks/$name"
	cases+=("$name" "cp $stacks/$name /etc/pam.d/sshd"
		"ssh -oKexAlgorithms=$kex alice@203.0.113.2 true" "")
}

namespace_make alice && namespaces_up_to "$namespaces" >/dev/null || exit 1
echo 'alice alice -' >/etc/security/runns.map
limit="session required $builddir/.libs/pam_limit.so net=/run/netns/alice"
view=$(view_prepare alice) && limit+=" view=$view" ||
	echo "NO PREPARED VIEW: sessions of RUNNS make their own"

mkdir "$stacks" "$tables"
stack none
stack limit "$limit"
stack again "$limit"
stack runns 'account required pam_runns.so' 'session required pam_runns.so'
if usernet_prepare alice; then
	stack usernet 'session required pam_usernet.so'
fi
sshd_start
"$builddir/bench/interleave" -r "$rounds" -j "$logins" -s 300 "${cases[@]}" \
	>"$tables/login" || exit 1

title "$logins logins at once, $namespaces namespaces, us"
cat "$tables/login"
title "P2: ratios"
for name in limit again usernet runns; do
	time=$(value_of $name login)
	[ -z "$time" ] || echo "$name / none:" \
		"$(calc "$time / $(value_of none login)")"
done
goal P2 "RUNNS / limit" \
	"$(calc "$(value_of runns login) / $(value_of limit login)")" '<=' 1.03

bench_done
