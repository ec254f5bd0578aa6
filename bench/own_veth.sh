#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# own_veth.sh - a user's own namespace, connected by the kernel
#
# Starting: `unshare --net none` and `--net veth`, each with true(1), which
# finds a network that is usable.  TCP through it, through a pair and NAT that
# root has made by hand, and through slirp4netns.
#
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
rounds=${rounds:-100}
streams=${streams:-11}
seconds=${seconds:-1}
host_start "$@"
need iperf3 nft

echo 'alice - - veth=64' >/etc/security/runns.map
printf '[runns]\nPool = 10.0.0.0/13\nPoolPrefix = 30\nFirewall = nft\n' \
	>/etc/runns.conf
mkdir "$tables"
nft -f - <<-END
	table ip hand {
		chain post {
			type nat hook postrouting priority srcnat
		}
	}
END
# Before RUNNS: where it allows forwarding itself, it does so for its own only.
echo 1 >/proc/sys/net/ipv4/conf/eth0/forwarding
"$bench/by_hand.sh" up placed 1 || exit 1
true=/usr/bin/true

# --- starting --------------------------------------------------------------------

# Between two the kernel takes devices apart, and lets nobody change any.
cases=(
	none "" "@5001 runnsctl unshare --net none -- $true" ""
	veth "" "@5001 runnsctl unshare --net veth -- $true" ""
	util-linux "" "@5001 unshare -Urnm $true" ""
)
"$builddir/bench/interleave" -s 200 -r 3 "${cases[@]}" >/dev/null || exit 1
"$builddir/bench/interleave" -s 200 -r "$rounds" "${cases[@]}" >"$tables/start" ||
	exit 1
title "one program in namespaces of a user's own, us"
table start

# --- carrying -------------------------------------------------------------------

# hold: a namespace of alice's; $held keeps it
hold()
{
	(cd / && exec setpriv --reuid alice --regid alice --init-groups \
		unshare -Urn sleep infinity) &
	held=$!
	wait_until 10 grep -qx sleep "/proc/$held/comm"
}

declare -A at
inet iperf3 -s -D
at[hand]='ip netns exec hand-1'
hold
setpriv --reuid alice --regid alice --init-groups sh -c \
	"exec runns-helper --veth 7 7</proc/$held/ns/net" || exit 1
at[veth]="nsenter -t $held -n"
if command -v slirp4netns >/dev/null; then
	hold
	setpriv --reuid alice --regid alice --init-groups slirp4netns \
		--configure --mtu=65520 --userns-path="/proc/$held/ns/user" \
		--netns-type=path "/proc/$held/ns/net" tap0 >/dev/null 2>&1 &
	wait_until 10 nsenter -t "$held" -n ip route get 198.51.100.1 &&
		at[slirp4netns]="nsenter -t $held -n"
fi

# gbits CASE [-R]: of one stream, as its receiver counts; -R: towards us
gbits()
{
	# One word is one argument.
	# shellcheck disable=SC2086
	${at[$1]} iperf3 --connect-timeout 3000 -c 198.51.100.1 -t "$seconds" \
		-f m ${2-} | awk '/receiver/ { print $7 / 1000 }'
}

median()
{
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

for ((round = 0; round < streams; round++)); do
	for name in $(printf '%s\n' "${!at[@]}" | shuf); do
		gbits "$name" >>"$host_dir/$name-up"
		gbits "$name" -R >>"$host_dir/$name-down"
	done
done
for name in "${!at[@]}"; do
	echo "$name-up $(median <"$host_dir/$name-up")"
	echo "$name-down $(median <"$host_dir/$name-down")"
done | sort >"$tables/stream"
title "TCP, one stream, Gbit/s"
table stream

title "P11: goals"
goal P11 "a usable network, more than none, ms" \
	"$(calc "($(value_of veth start) - $(value_of none start)) / 1000")" \
	'<=' 5
for way in up down; do
	goal P11 "veth / by hand, $way" \
		"$(calc "$(value_of veth-$way stream) / $(value_of hand-$way stream)")" \
		'>=' 0.95
	[ -z "${at[slirp4netns]-}" ] ||
		goal P11 "veth / slirp4netns, $way" \
			"$(calc "$(value_of veth-$way stream) / $(value_of slirp4netns-$way stream)")" \
			'>=' 2.5
done
bench_done
