#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# build.sh - building and removing a network: RUNNS, scripts, the limit
#
# What happens inside a process is what its whole run takes, less what a run
# takes in which it does nothing.
#
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
sizes=${sizes:-0 100 1000 4000}
many=${many:-1000}
rounds=${rounds:-20}
host_start "$@"
need nft iptables pamtester

net=$(find /usr -name runns-net -type f | head -n 1)
limit=$builddir/bench/limit_up
hand=$bench/by_hand.sh

firewalls_prepare()
{
	nft -f - <<-END
		table ip least {
			set nets { type ipv4_addr; }
			chain post {
				type nat hook postrouting priority srcnat
				ip saddr @nets masquerade
			}
		}
		table ip hand {
			chain post {
				type nat hook postrouting priority srcnat
			}
		}
	END
}

# conf_of N: sections net-1 to net-N, and one that is measured
conf_of()
{
	local i
	{
		printf '[runns]\nPool = 10.0.0.0/13\nPoolPrefix = 30\n'
		printf 'Firewall = nft\n[measured]\nInterfaceIn = measured\n'
		for ((i = 1; i <= $1; i++)); do
			echo "[net-$i]"
		done
	} >/etc/runns.conf
}

# The same network by the other firewall, and with name servers of its own that
# look-ups are steered to; and a login that makes its own
others_prepare()
{
	sed 's/^Firewall.*/Firewall = iptables/' /etc/runns.conf |
		sed '/^\[net-/d' >/etc/legacy.conf
	sed '/^\[net-/d; /^\[measured/a DNS = 198.51.100.53' /etc/runns.conf \
		>/etc/strict.conf
	echo 'alice measured - create' >/etc/security/runns.map
}

# Shell lines for interleave: until the kernel has removed a device.
gone()
{
	echo "while [ -e /sys/class/net/$1 ]; do sleep 0.005; done"
}

limit_down='umount /run/netns/limit-* && rm /run/netns/limit-* &&
	nft flush set ip least nets &&'" $(gone limit1)"
runns_up='runnsctl up measured'
runns_down="runnsctl down measured && $(gone measured)"

login='pamtester door alice open_session'

down_gone_write()
{
	printf '#!/bin/sh\n%s\n' "$runns_down" >"$host_dir/down_gone" &&
		chmod 0755 "$host_dir/down_gone"
}

# hand_case HOW: arguments for interleave, up and down of a script
hand_case()
{
	cases+=("$1" "" "$hand up $1 1" "$hand down $1 1; $(gone hand1)")
	cases+=("$1-down" "$hand up $1 1" "$hand down $1 1" "$(gone hand1)")
}

cases=(
	limit "" "$limit 1 1" "$limit_down"
	limit-start "" "$limit" ""
	up "" "$runns_up" "$runns_down"
	net-up "" "$net up measured" "$runns_down"
	net-up-strict "" "$net up --conf /etc/strict.conf measured" "$runns_down"
	net-start "" "$net --version" ""
	up-legacy "" "runnsctl up --conf /etc/legacy.conf measured" \
		"$runns_down"
	login-builds "" "$login" "$runns_down"
	login-again "$runns_up; $login >/dev/null" "$login" "$runns_down"
	down "$runns_up" "runnsctl down measured" "$(gone measured)"
	down-gone "$runns_up" "$host_dir/down_gone" ""
)
hand_case nft
hand_case iptables
hand_case placed

firewalls_prepare && down_gone_write || exit 1
mkdir -p "$tables" /etc/netns
for size in $sizes; do
	conf_of "$size"
	others_prepare
	runnsctl up --all && runnsctl down measured || exit 1
	"$builddir/bench/interleave" -r "$rounds" -s 50 "${cases[@]}" \
		>"$tables/$size" || exit 1
done
runnsctl down --all || exit 1

title "Building and removing a network, us, by number of networks"
# shellcheck disable=SC2086
table $sizes

row()
{
	value_of "$1" "$2"
}
# inside RUN START: what the work took in it, with $size networks
inside()
{
	calc "$(row "$1" "$size") - $(row "$2" "$size")"
}

title "P5, P6: ratios and limits"
first=${sizes%% *}
last=${sizes##* }
for size in $sizes; do
	goal P5 "up inside the process / limit, $size" \
		"$(calc "$(inside net-up net-start) / $(inside limit limit-start)")" \
		'<=' 2
	goal P5 "up inside the process, StrictDNS / without, $size" \
		"$(calc "$(inside net-up-strict net-start) / $(inside net-up net-start)")" \
		'<=' 1.3
	goal P5 "up, whole / script with iptables, $size" \
		"$(calc "$(row up "$size") / $(row iptables "$size")")" '<=' 0.12
	goal P6 "down, ms, $size" "$(calc "$(row down "$size") / 1000")" '<=' 5
	goal P6 "everything gone, ms, $size" \
		"$(calc "$(row down-gone "$size") / 1000")" '<=' 250
done
goal P5 "up, $last / $first networks" \
	"$(calc "$(row up "$last") / $(row up "$first")")" '<=' 1.5

title "P7: $many networks at once, us"
conf_of "$many"
"$builddir/bench/interleave" -r 3 -s 3000 \
	limit-loop "" "$limit 1 $many" "$limit_down" \
	up-all "" "runnsctl up --all" "runnsctl down --all" \
	down-all "runnsctl up --all" "runnsctl down --all" "" \
	>"$tables/many" || exit 1
cat "$tables/many"
goal P7 "up --all / limit, $many" \
	"$(calc "$(row up-all many) / $(row limit-loop many)")" '<=' 2.5

bench_done
