#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rootless.sh - a program in namespaces of a user's own: RUNNS, util-linux,
# rootlesskit
#
# The program is true(1), so that starting is all.  "again" is util-linux once
# more: so far apart are two that are the same.
#
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
rounds=${rounds:-200}
host_start "$@"

true=/usr/bin/true
cases=()
case_add()
{
	cases+=("$1" "" "@5001 $2" "")
}

for file in subuid subgid; do
	echo alice:100000:65536 >/etc/$file
done
mkdir "$tables"
cd /home/alice || exit 1
export HOME=/home/alice

case_add direct "$true"
case_add unshare "unshare -Urnm $true"
case_add again "unshare -Urnm $true"
case_add none "runnsctl unshare $true"
case_add root "runnsctl unshare --map-root $true"
case_add host "runnsctl unshare --net host $true"
case_add instance "runnsctl unshare --name bench $true"
case_add pid "runnsctl unshare --pid $true"
case_add unshare_pid "unshare -Urnmpf --mount-proc $true"
case_add auto "runnsctl unshare --map-root --map-auto $true"
case_add unshare_auto "unshare --map-auto -rnm $true"
# The network of the host takes it the least.
if as alice rootlesskit --net=host $true; then
	case_add rootlesskit "rootlesskit --net=host $true"
else
	echo "no comparison with rootlesskit: it is not installed, or does not work"
fi

"$builddir/bench/interleave" -r 3 "${cases[@]}" >/dev/null || exit 1
"$builddir/bench/interleave" -r "$rounds" "${cases[@]}" >"$tables/start" ||
	exit 1

title "start of a program, us"
table start

# ratio ROW ROW
ratio()
{
	calc "$(value_of "$1" start) / $(value_of "$2" start)"
}

title "ratios"
goal R "runnsctl unshare / unshare -Urnm" "$(ratio none unshare)" '<=' 1.5
goal R "with --map-root" "$(ratio root unshare)" '<=' 1.5
goal R "with --pid / unshare -Urnmpf" "$(ratio pid unshare_pid)" '<=' 1.5
[ -z "$(value_of rootlesskit start)" ] ||
	goal R "runnsctl unshare / rootlesskit" "$(ratio none rootlesskit)" \
		'<=' 0.3

bench_done
