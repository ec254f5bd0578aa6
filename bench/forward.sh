#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# forward.sh - forwarded ports: runnsctl forward, socat, ssh -L
#
# "plain" is the way without any of them, from the host to the namespace.
# socat listens on the host and connects over the veth pair, with the buffer
# that suits it best; ssh talks to an sshd in the namespace.
#
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
rounds=${rounds:-11}
seconds=${seconds:-1}
connections=${connections:-300}
host_start "$@"
need iperf3 socat ssh

# The port of each case that leads to iperf3; the one behind it to conn_rate.
declare -A port=([plain]=5201 [runns]=9001 [socat]=9011 [ssh]=9021)
declare -A host=([plain]=172.31.1.2 [runns]=127.0.0.1 [socat]=127.0.0.1
	[ssh]=127.0.0.1)

ways_start()
{
	ip netns exec work iperf3 -s -D &&
		ip netns exec work "$builddir/bench/conn_rate" serve 172.31.1.2 \
			5202 &
	setpriv --reuid alice --regid alice --init-groups runnsctl forward \
		-n work 9001:172.31.1.2:5201 9002:172.31.1.2:5202 &
	socat -b 262144 TCP-LISTEN:9011,fork,reuseaddr,backlog=4096 \
		TCP:172.31.1.2:5201 &
	socat -b 262144 TCP-LISTEN:9012,fork,reuseaddr,backlog=4096 \
		TCP:172.31.1.2:5202 &
	nsenter --net=/run/netns/work "$(command -v sshd || echo /usr/sbin/sshd)" \
		-o PidFile=/run/sshd-work.pid
	wait_until 10 nsenter --net=/run/netns/work ss -Hnlt 'sport = :22'
	ssh -o HostName=172.31.1.2 -N -L 9021:172.31.1.2:5201 \
		-L 9022:172.31.1.2:5202 root@work &
	for way in "${!port[@]}"; do
		wait_until 10 connects "$way" || return 1
	done
}

connects()
{
	"$builddir/bench/conn_rate" 1 "${host[$1]}" $((port[$1] + 1))
}

# gbits CASE [-R]: of one stream, as its receiver counts; -R: towards us
gbits()
{
	# One word is one argument.
	# shellcheck disable=SC2086
	iperf3 --connect-timeout 3000 -c "${host[$1]}" -p "${port[$1]}" \
		-t "$seconds" -f m ${2-} | awk '/receiver/ { print $7 / 1000 }'
}

rate()
{
	"$builddir/bench/conn_rate" "$connections" "${host[$1]}" \
		$((port[$1] + 1))
}

median()
{
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

mkdir "$tables" "$host_dir/samples"
net_make work 1
echo 'alice - work' >/etc/security/runns.map
sshd_start || exit 1
ways_start || bail "not all ways are there"
for ((round = 0; round < rounds; round++)); do
	for way in $(printf '%s\n' "${!port[@]}" | shuf); do
		gbits "$way" >>"$host_dir/samples/$way-up"
		gbits "$way" -R >>"$host_dir/samples/$way-down"
		rate "$way" >>"$host_dir/samples/$way-rate"
	done
done
for what in up down rate; do
	for way in plain runns socat ssh; do
		echo "$way $(median <"$host_dir/samples/$way-$what")"
	done >"$tables/$what"
done

title "one stream, Gbit/s up and down; connections a second"
table up down rate

title "forward: ratios to the better of socat and ssh -L"
for what in up down rate; do
	best=$(printf '%s\n' "$(value_of socat $what)" "$(value_of ssh $what)" |
		sort -g | tail -n 1)
	goal F1 "$what" "$(calc "$(value_of runns $what) / $best")" '>=' 0.9
done
bench_done
