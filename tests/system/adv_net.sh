#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# adv_net.sh - networks among foreign rules, devices, routes, locks and faults
#
# The number before a colon is that of a requirement: the faults that a
# network's builder meets are listed by these.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
need strace flock
host_start "$@"

net=$(find /usr -name runns-net -type f | head -n 1)

# --- looking -------------------------------------------------------------------

gateway_of()
{
	ip -n "$1" route show default | awk '{ print $3 }'
}

forwards()
{
	sysctl -n "net.ipv4.conf.$1.forwarding"
}

# seen_as NAME: the address that the internet sees; nothing if it does not
seen_as()
{
	inside "$1" timeout "${2-1}" python3 "$tests/peer.py" get \
		198.51.100.1 2>/dev/null
}

# has_way_out NAME TEXT
has_way_out()
{
	# A busy machine may need longer; a refusal is not waited for so long.
	is "$(seen_as "$1" 5)" 203.0.113.2 "$2"
}

# reaches HOST PORT: can a TCP connection be made from here?
# shellcheck disable=SC2016
reaches='timeout 0.5 bash -c "exec 3<>/dev/tcp/$0/$1"'

# nothing_left TEXT: neither a device, a name, a rule nor a record
nothing_left()
{
	local left
	wait_until 5 no_links
	left=$(ip -o link | grep -E '72:6e:6e:73|rn-'
		find /run/netns /run/runns/{net,pool,uplink} ! -type d \
			! -name '.*'
		nft list tables | grep runns; ip rule | grep -v 'from all'
		iptables-legacy-save 2>/dev/null | grep runns
		grep -l 1 /proc/sys/net/ipv4/conf/*/forwarding)
	is "$left" "" "$1"
}

# --- probes: UDP packets that tell who sent them -----------------------------------

listen='
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 9000))
print("ready", flush=True)
while True:
    print(s.recv(99).decode().strip(), flush=True)'

declare -A listens

# listen_in NAME PID: what is heard beside PID goes to $host_dir/heard-NAME
listen_in()
{
	: >"$host_dir/heard-$1"
	listens[$1]=$2
	nsenter -t "$2" -n -- python3 -c "$listen" >>"$host_dir/heard-$1" &
	listener=$!
	wait_until 5 grep -q ready "$host_dir/heard-$1"
}

# send LABEL ADDRESS COMMAND...: by COMMAND
send()
{
	local label=$1 address=$2
	shift 2
	"$@" bash -c "echo $label >/dev/udp/$address/9000"
}

# heard NAME...: the labels that they have heard, each once
heard()
{
	local name
	# Time to find the next hop; what is queued is then heard before "end".
	sleep 0.2
	for name; do
		send end 127.0.0.1 nsenter -t "${listens[$name]}" -n
	done
	for name; do
		wait_until 10 grep -qx end "$host_dir/heard-$name"
		grep -hvx -e ready -e end "$host_dir/heard-$name"
		: >"$host_dir/heard-$name"
	done | sort -u | paste -sd ' '
}

# neighbour NAME NUMBER: a namespace behind device NAME of the host's
neighbour()
{
	hold_netns
	ip link add "$1" type veth peer name eth0 netns "$held_pid"
	ip addr add "10.77.$2.1/24" dev "$1"
	ip link set "$1" up
	nsenter -t "$held_pid" -n -- sh -c "ip addr add 10.77.$2.2/24 dev eth0
		ip link set lo up; ip link set eth0 up
		ip route add default via 10.77.$2.1"
	inet ip route replace "10.77.$2.0/24" via 203.0.113.2
}

# --- C8, H3, L08: who reaches whom ----------------------------------------------------

# Everybody sends to everybody; "open" lists what the host lets pass.
probes()
{
	local work lab
	work=$(address_of work) lab=$(address_of lab)
	send other1-other2 10.77.2.2 nsenter -t "$other1" -n
	send other2-other1 10.77.1.2 nsenter -t "$other2" -n
	send other1-inet 198.51.100.1 nsenter -t "$other1" -n
	send inet-other1 10.77.1.2 inet
	send second-other1 10.77.1.2 nsenter -t "$second" -n
	send inet-second 192.0.2.1 inet
	send other1-work "$work" nsenter -t "$other1" -n
	send inet-work "$work" inet
	send work-lab "$lab" inside work
	send lab-work "$work" inside lab
	send work-host "$(gateway_of work)" inside work
	send work-uplink 203.0.113.2 inside work
	send work-other 10.77.1.1 inside work
	send work-inet 198.51.100.1 inside work
}

second_uplink()
{
	hold_netns
	second=$held_pid
	ip link add eth1 type veth peer name second0 netns "$second"
	ip addr add 192.0.2.2/24 dev eth1
	ip link set eth1 up
	inet ip route replace 192.0.2.0/24 via 203.0.113.2
	nsenter -t "$second" -n -- sh -c 'ip link set lo up
		ip addr add 192.0.2.1/24 dev second0; ip link set second0 up
		ip addr add 198.51.100.1/32 dev lo
		ip route add default via 192.0.2.2'
	nsenter -t "$second" -n -- python3 "$tests/peer.py" http 80 \
		>/dev/null 2>&1 &
}

reach()
{
	local fw=$1 name
	conf_write <<-END
		[work]
		[lab]
		[steered]
		InterfaceOut = eth1
	END
	runnsctl up work && runnsctl down work
	settled unreached
	inet ip route replace 172.24.0.0/16 via 203.0.113.2
	runnsctl up work
	runnsctl up lab steered
	for name in work lab; do
		hold_inside $name
		listen_in $name "$holder"
		holders="$holders $listener"
	done
	probes
	is "$(heard work lab host other1 other2 inet second)" work-inet \
		"L08, $fw: with forwarding off nobody else's packets pass, by no device"
	sysctl -q -w net.ipv4.ip_forward=1
	runnsctl up work lab steered
	probes
	is "$(heard work lab host other1 other2 inet second)" \
		"inet-other1 inet-second other1-inet other1-other2 other2-other1 second-other1 work-inet" \
		"H3, $fw: once somebody turned it on his packets pass, ours stay apart"
	sysctl -q -w net.ipv4.ip_forward=0
	runnsctl up work lab steered
	probes
	is "$(heard work lab host other1 other2 inet second)" work-inet \
		"H3, $fw: and turned off again up brings back what was"
	has_way_out work "H3, $fw: with answers"
	link_local "$fw"
	release
	runs "L08, $fw: down" runnsctl down work lab steered
	settled reached
	snap_same unreached reached "L08, $fw: settings and rules are as before"
	sysctl -q -w net.ipv4.ip_forward=1
	settled routing
	runnsctl up work lab
	hold_inside work
	listen_in work "$holder"
	holders="$holders $listener"
	send other1-other2 10.77.2.2 nsenter -t "$other1" -n
	send inet-other1 10.77.1.2 inet
	send other1-work "$(address_of work)" nsenter -t "$other1" -n
	is "$(heard work other1 other2 inet)" "inet-other1 other1-other2" \
		"L08, $fw: where all was forwarded nothing of others' is dropped"
	release
	runnsctl down work lab
	settled routed
	snap_same routing routed "L08, $fw: nor changed"
	sysctl -q -w net.ipv4.ip_forward=0
}

# hold_inside NAME: a process in the network; $holder, and one of $holders
hold_inside()
{
	nsenter --net="/run/netns/$1" -- sleep 1000 &
	holder=$!
	holders="${holders-} $holder"
	wait_until 5 netns_differs $holder
}

release()
{
	# shellcheck disable=SC2086
	kill $holders
	# shellcheck disable=SC2086
	wait $holders 2>/dev/null
	holders=
}

# Asks all nodes on the link for an answer.
multicast='
import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
link = socket.if_nametoindex("eth0")
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, 0)
s.sendto(b"\x80\0\0\0\0\1\0\1", ("ff02::1", 0, 0, link))
s.settimeout(0.4)
try:
    while True:
        data, who = s.recvfrom(99)
        if data[0] == 0x81:
            print(who[0])
except OSError:
    pass'

# Root in a session may give himself the address that the kernel does not.
link_local()
{
	local fw=$1 link
	link=$(device_of work)
	is "$(ip -n work -6 -o addr show dev eth0; ip -6 -o addr show dev "$link")" \
		"" "C8, $fw: neither end has an IPv6 address"
	inside work sysctl -q -w net.ipv6.conf.eth0.disable_ipv6=0
	inside lab sysctl -q -w net.ipv6.conf.eth0.disable_ipv6=0
	ip -n work addr add fe80::77/64 dev eth0 nodad
	ip -n work addr add 2001:db8:77::2/64 dev eth0 nodad
	ip -n work -6 route replace default dev eth0
	ip -n lab addr add fe80::78/64 dev eth0 nodad
	ip -n lab addr add 2001:db8:77::3/64 dev eth0 nodad
	is "$(inside work python3 -c "$multicast")" "" \
		"C8, $fw: by one of his own a member finds nobody"
	unlike "$(inside work timeout 1 bash -c \
		'(: <>/dev/tcp/2001:db8:1::2/8081) 2>&1')" refused \
		"C8, $fw: and does not reach the host's"
}

# --- L01: foreign rules ---------------------------------------------------------------

foreign_rules()
{
	nft -f - <<-'END'
		table inet theirs {
			comment "not ours"
			set nets {
				type ipv4_addr
				flags interval
				elements = { 10.0.0.0/8, 172.24.0.0/16 comment "ours" }
			}
			map ports {
				type inet_service : verdict
				elements = { 22 : accept, 8080 : jump elsewhere }
			}
			counter seen { packets 0 bytes 0 }
			chain elsewhere {
				counter name seen return comment "rn-1"
			}
			chain forward {
				type filter hook forward priority filter + 10; policy accept;
				iifname "rn-1" accept
				ip saddr @nets tcp dport vmap @ports
			}
			chain runns {
				comment "a name like ours"
			}
		}
		table ip runns {
			chain routed {
				type filter hook forward priority -5; policy accept;
				ct state invalid drop
			}
		}
		table bridge theirs {
			chain forward { type filter hook forward priority 0; }
		}
	END
	nft -f - 2>/dev/null <<-'END' || diag "the kernel has no flowtables"
		table inet theirs {
			flowtable fast {
				hook ingress priority filter
				devices = { eth0 }
			}
			chain flows {
				type filter hook forward priority filter + 11;
				ip protocol tcp flow add @fast
			}
		}
	END
	local variant
	for variant in iptables-legacy ip6tables-legacy iptables-nft \
		ip6tables-nft; do
		$variant -N THEIRS
		$variant -A THEIRS -m comment --comment 'runns' -j RETURN
		$variant -A FORWARD -i rn-1 -m comment --comment 'it is "ours"' \
			-j THEIRS
		$variant -A INPUT -p tcp --dport 9 -m conntrack --ctstate NEW \
			-j DROP
		$variant -t nat -A POSTROUTING -o rn-+ -j RETURN
		$variant -t raw -A PREROUTING -i eth9 -j ACCEPT
		$variant -t mangle -A FORWARD -p tcp --dport 9 \
			-j MARK --set-mark 7
	done
}

# rules NAME: all of others', to the byte; with ours where there are any
rules()
{
	{
		nft -s list ruleset 2>&1
		for save in {ip,ip6}tables-{legacy,nft}-save; do
			$save 2>/dev/null | grep -v '^#' |
				sed 's/\[[0-9:]*\]//'
		done
	} >"$host_dir/rules-$1"
}

# theirs NAME: what is theirs while networks of ours stand
theirs()
{
	{
		nft -s list table inet theirs
		nft -s list table ip runns
		nft -s list table bridge theirs
		iptables-nft-save; ip6tables-nft-save; ip6tables-legacy-save
	} 2>&1 | grep -v '^#' | sed 's/\[[0-9:]*\]//' >"$host_dir/rules-$1"
}

same_rules()
{
	local changes
	changes=$(diff "$host_dir/rules-$1" "$host_dir/rules-$2")
	is "$changes" "" "$3"
}

# killed_at N COMMAND...: at the Nth message to the kernel
killed_at()
{
	local n=$1
	shift
	strace -f -o /dev/null -e inject=sendto:signal=KILL:when=$n \
		"$net" "$@" >/dev/null 2>&1 &
	wait $! 2>/dev/null
}

foreign_ruleset()
{
	local fw=$1 n
	nft flush ruleset
	iptables_flush
	foreign_rules
	conf_write <<-END
		[work]
		[own]
		InterfaceIn = vpn9
	END
	rules before
	theirs before-theirs
	for n in 1 2 3 4 5; do
		runnsctl up work own
	done
	theirs up-theirs
	same_rules before-theirs up-theirs \
		"L01, $fw: up leaves a rich foreign ruleset alone"
	has_way_out work "L01, $fw: beside which traffic passes"
	runnsctl down work own
	rules after
	same_rules before after "L01, $fw: down too, to the byte"
	for n in 3 9 14 18; do
		killed_at $n up work own
		theirs killed-theirs
		same_rules before-theirs killed-theirs \
			"L01, $fw: and up killed at message $n"
		runnsctl gc
		runnsctl down work own
	done
	runnsctl up work own
	killed_at 2 down work own
	runnsctl down work own
	rules after
	same_rules before after "L01, $fw: and repaired"
	nft flush ruleset
	iptables_flush
}

iptables_flush()
{
	local variant table
	for variant in {ip,ip6}tables-{legacy,nft}; do
		for table in filter nat raw mangle; do
			$variant -t $table -F
			$variant -t $table -X
		done
		for table in INPUT FORWARD OUTPUT; do
			$variant -P $table ACCEPT
		done
	done 2>/dev/null
	nft flush ruleset
}

# --- L02, L03: who drops what is forwarded -----------------------------------------------

# blocked TEXT PATTERN: up and status name who drops, and change no policy
blocked()
{
	local text=$1 pattern=$2
	rules policy-before
	like "$(runnsctl up work 2>&1)" "$pattern" \
		"L02, $text: up names it"
	is "$(seen_as work)" "" "L02, $text: it does drop"
	like "$(runnsctl status work 2>&1)" "$pattern" \
		"L02, $text: status names it"
	like "$(runnsctl status --json work 2>/dev/null | python3 -c '
import json, sys
print("\n".join(json.load(sys.stdin)[0]["warnings"]))')" "$pattern" \
		"L02, $text: also for programs"
	rules policy-after
	same_rules policy-before policy-after "L02, $text: it stays as it is"
}

# passes TEXT: there is a warning of nothing, and traffic
passes()
{
	unlike "$(runnsctl up work 2>&1)" 'drop' "L02, $1: up has nothing to say"
	has_way_out work "L02, $1: traffic passes"
	unlike "$(runnsctl status work 2>&1)" 'drop' "L02, $1: nor has status"
}

dropping()
{
	local fw=$1 before n
	conf_write <<-END
		[work]
		[own]
		InterfaceIn = vpn9
	END
	runnsctl up work
	nft 'table inet later { chain forwards {
		type filter hook forward priority 10; policy drop; }; }'
	blocked "$fw, a chain that comes later" 'inet later forwards'
	nft delete table inet later
	nft 'table ip early { chain forwards {
		type filter hook forward priority -300; policy drop; }; }'
	blocked "$fw, a chain that comes earlier" 'ip early forwards'
	nft delete table ip early
	nft 'table inet wall { chain forwards {
		type filter hook forward priority 10; policy accept;
		ct state established,related accept
		counter reject with icmpx admin-prohibited; }; }'
	blocked "$fw, a chain that ends in a rejection" 'inet wall forwards'
	nft delete table inet wall
	passes "$fw, after all of it"
	runnsctl down work

	iptables-$2 -P FORWARD DROP
	$3-save >$host_dir/saved
	before=$(iptables-$2-save | grep -v '^#' | sed 's/\[[0-9:]*\]//')
	passes "$fw, policy DROP of iptables-$2"
	runnsctl up own
	has_way_out own "L02, $fw, policy DROP of iptables-$2: of any device"
	is "$(iptables-$2 -S FORWARD | head -n 1)" '-P FORWARD DROP' \
		"L02, $fw: the policy stays"
	unlike "$(iptables-$2-save 2>&1)" incompatible \
		"L02, $fw: iptables can read what was added"
	runnsctl up work own
	runnsctl down own
	has_way_out work "L02, $fw, policy DROP: when another network goes"
	runnsctl down work
	for n in 6 10 14 18 22 26; do
		killed_at $n up own
		runnsctl up own
		killed_at $((n / 3)) down own
		runnsctl down own
	done
	is "$(iptables-$2-save | grep -v '^#' | sed 's/\[[0-9:]*\]//')" \
		"$before" "L02, $fw: down takes it away"
	iptables_flush
}

# The other variant's policy, with a firewall that was chosen by hand.
dropping_beside()
{
	conf_write <<-END
		[work]
	END
	runnsctl up work
	iptables-legacy -P FORWARD DROP
	blocked "nft, policy DROP of iptables-legacy" 'FORWARD of iptables-legacy'
	iptables_flush
	runnsctl down work
	backend=auto
	conf_write <<-END
		[work]
	END
	iptables-legacy -P FORWARD DROP
	passes "auto, policy DROP of iptables-legacy"
	is "$(sed -n 's/^firewall=//p' /run/runns/net/work/state)" iptables \
		"L03: with legacy rules in use they are used"
	like "$(runnsctl status work)" ' iptables,' "L03: and status shows it"
	runnsctl down work
	backend=nft
	iptables_flush
}

# --- K: names, numbers, at once ----------------------------------------------------------

# K03: what a DHCP server gives out after a network stands
addresses_change()
{
	local net
	conf_write <<-END
		[work]
	END
	runnsctl up work
	net=$(address_of work)
	ip link add lan0 type veth peer name lan1
	ip link set lan1 up
	ip link set lan0 up
	ip addr add "${net%.*}.200/25" dev lan0
	like "$(runnsctl up work 2>&1)" "lan0" \
		"K03: an address that came later and overlaps is reported"
	like "$(runnsctl status work 2>&1)" "lan0" "K03: by status too"
	ip addr flush dev lan0
	unlike "$(runnsctl up work 2>&1)" "lan0" "K03: until it is gone"
	ip link del lan0
	runnsctl down work
}

# K04: a name that is taken between the look and the act
names_taken()
{
	local i failed=0
	ip link add foreign0 type veth peer name foreign1
	rm -f /run/runns/pool/.hint
	for i in $(seq 60); do
		ip link property add dev foreign0 altname rn-$((i % 4 + 1))
		ip link property del dev foreign0 altname rn-$(((i + 1) % 4 + 1))
	done 2>/dev/null &
	while kill -0 $! 2>/dev/null; do
		runnsctl up work || failed=1
		runnsctl down work || failed=1
		rm -f /run/runns/pool/.hint
	done
	is $failed 0 "K04: alternative names that come and go disturb nothing"
	strace -f -o /dev/null -e inject=sendto:delay_enter=200000:when=3+ \
		"$net" up work &
	# Written after the look; each message then takes its time.
	wait_until 10 test -e /run/runns/net/work/state
	for i in 1 2 3; do
		ip link property add dev foreign0 altname rn-$i
	done 2>/dev/null
	wait $!
	ok $? "K04: nor one taken between the look and the act"
	unlike "$(device_of work)" '^rn-[123]$' "K04: another one is used"
	like "$(ip -o link show foreign0)" 'altname rn-1' \
		"K04: theirs keeps its name"
	runnsctl down work
	ip link del foreign0
}

at_once()
{
	local i pids='' failed=0
	for i in $(seq 50); do
		runnsctl up same 2>/dev/null &
		pids="$pids $!"
	done
	for i in $pids; do
		wait "$i" || failed=1
	done
	is "$failed $(ip -o link | grep -c runns:same)" "0 1" \
		"K01: 50 ups of one network build it once"
	for i in $(seq 100); do
		runnsctl up same >/dev/null 2>&1 &
		runnsctl down same >/dev/null 2>&1 &
		[ $((i % 10)) != 0 ] || wait_until 20 no_runnsctl
	done
	wait_until 20 no_runnsctl
	runnsctl up same
	has_way_out same "K01: up works after it met down 100 times"
	runnsctl down same
	nothing_left "K01: and nothing is left"
}

# K05: the first use of /run/netns, by us and by ip(8)
first_use()
{
	local i round mounts='' failed=0 pids
	for round in 1 2 3; do
		while umount /run/netns 2>/dev/null; do :; done
		rmdir /run/netns
		pids=
		for i in $(seq 10); do
			{ sleep 0.0$((i % 4)); ip netns add "theirs$i"; } &
			pids="$pids $!"
		done
		for i in 1 2 3; do
			runnsctl up "ours$i" &
			pids="$pids $!"
		done
		for i in $pids; do
			wait "$i" || failed=1
		done
		mounts="$mounts $(grep -c ' /run/netns ' /proc/1/mountinfo)"
		is "$(ls /run/netns | wc -l)" 13 "K05, $round: everybody's name is there"
		for i in $(seq 10); do
			ip netns exec "theirs$i" true &&
				ip netns del "theirs$i" || failed=1
		done
		runnsctl down --all || failed=1
		is "$(ls -A /run/netns)" "" "K05, $round: and can be removed"
	done
	is "$failed" 0 "K05: ip netns add and up beside each other"
	is "$mounts" ' 1 1 1' "K05: one mount each time"
}

# --- L04, C14, J05: locks, and a kernel that has less -------------------------------------

xtables_locked()
{
	! flock -n /run/xtables.lock true
}

xtables_lock_held()
{
	local holder start out
	backend=iptables
	conf_write <<-END
		[work]
	END
	runnsctl up work && runnsctl down work
	flock /run/xtables.lock sleep 1000 &
	holder=$!
	wait_until 5 xtables_locked
	start=$SECONDS
	out=$(runnsctl up work 2>&1)
	isnt $? 0 "L04: up with a lock of iptables that is never given back"
	like "$out" '/run/xtables.lock' "L04: names it"
	[ $((SECONDS - start)) -le 12 ]
	ok $? "L04: within bounds" "$((SECONDS - start)) s"
	pkill -P $holder
	wait $holder 2>/dev/null
	runs "L04: then it works" runnsctl up work
	runnsctl down work
	nothing_left "L04: and nothing is left"
	backend=nft
	conf_write <<-END
		[work]
	END
	while :; do
		nft 'add table ip busy; delete table ip busy'
	done 2>/dev/null &
	holder=$!
	local failed=0
	for _ in 1 2 3 4 5; do
		runnsctl up work || failed=1
		runnsctl down work || failed=1
	done
	kill $holder
	is $failed 0 "L04: rules that somebody else changes all the time"
}

users_locks()
{
	local holder start
	runnsctl up work
	runuser -u alice -- python3 -c '
import fcntl, os, time
keep = []
for top in "/run/runns", "/run/netns", "/run/xtables.lock", "/etc/runns.conf", "/etc/netns":
    names = [top] + [os.path.join(d, n) for d, s, f in os.walk(top) for n in s + f]
    for name in names:
        try:
            fd = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        keep.append(fd)
        print(name, flush=True)
print("held", flush=True)
time.sleep(1000)' >$host_dir/locked 2>&1 &
	holder=$!
	wait_until 10 grep -q held $host_dir/locked
	unlike "$(cat $host_dir/locked)" '/run/runns/.*/|xtables' \
		"C14: a user gets at none of our locks"
	like "$(cat $host_dir/locked)" '^/run/netns$' "C14: though at others'"
	start=$SECONDS
	runs "C14: holding those" timeout 20 runnsctl up work lab
	runs "C14: delays" timeout 20 runnsctl status
	runs "C14: nobody" timeout 20 runnsctl down work lab
	[ $((SECONDS - start)) -le 4 ]
	ok $? "C14: for long" "$((SECONDS - start)) s"
	pkill -P $holder
	wait $holder 2>/dev/null
}

# lacks TEXT CALL N ERROR PATTERN: up, as if the kernel had not got something
lacks()
{
	local text=$1 out
	out=$(strace -f -o /dev/null -e "inject=$2:error=$4:when=$3" \
		"$net" up work 2>&1)
	isnt $? 0 "J05: without $text up fails"
	like "$out" "$5" "J05: names what is missing"
	nothing_left "J05: and takes back what was made"
}

# nth CALL PATTERN: which call of CALL has PATTERN, in a run of up
nth()
{
	strace -f -o $host_dir/nth -e "$1" "$net" up work >/dev/null 2>&1
	runnsctl down work
	wait_until 5 no_links
	grep -oE "$1\(.*" $host_dir/nth | grep -nE "$2" | head -n 1 |
		cut -d : -f 1
}

kernel_lacks()
{
	lacks veth sendto "$(nth sendto RTM_NEWLINK.*veth)" EOPNOTSUPP veth
	lacks nf_tables socket "$(nth socket NETLINK_NETFILTER)" \
		EPROTONOSUPPORT nf_tables
	lacks "network namespaces" unshare 1 EINVAL 'network namespace'
	backend=iptables
	conf_write <<-END
		[work]
	END
	like "$(strace -f -o /dev/null -e inject=getsockopt:error=ENOPROTOOPT \
		"$net" up work 2>&1)" 'iptables refuses' \
		"J05: without legacy tables up names what is missing"
	runs "J05: what it could not take back gc can" runnsctl gc
	nothing_left "J05: all of it"
	backend=nft
	conf_write <<-END
		[work]
	END
}

# --- L07: settings inside ------------------------------------------------------------------

settings_inside()
{
	local key
	sysctl -q -w net.ipv4.ip_unprivileged_port_start=81 \
		net.ipv4.ping_group_range='7 77'
	runnsctl up work
	for key in ping_group_range ip_unprivileged_port_start; do
		is "$(inside work sysctl -n net.ipv4.$key)" \
			"$(sysctl -n net.ipv4.$key)" "L07: $key is the host's"
	done
	like "$(ip -n work -o link show lo)" 'LOOPBACK,UP' "L07: lo is up"
	like "$(inside work bash -c '(: <>/dev/tcp/127.0.0.1/9) 2>&1')" refused \
		"L07: and answers"
	is "$(inside work cat /proc/sys/net/ipv6/conf/{default,eth0}/accept_ra |
		paste -sd ' ')" '0 0' "L07: no router is believed"
	is "$(inside work sh -c \
		'cat /proc/sys/net/ipv4/conf/*/route_localnet | sort -u')" \
		0 "L07: 127/8 is local, inside"
	is "$(cat /proc/sys/net/ipv4/conf/*/route_localnet | sort -u)" \
		0 "L07: and outside"
	runnsctl down work
	sysctl -q -w net.ipv4.ip_unprivileged_port_start=1024 \
		net.ipv4.ping_group_range='1 0'
}

# --- A5: full, small, read-only ---------------------------------------------------------------

# fill LEFT: the file system of /run has so many pages left
fill()
{
	rm -f /run/filler
	dd if=/dev/zero of=/run/filler bs=4096 >/dev/null 2>&1
	truncate -s $(($(stat -c %s /run/filler) - $1 * 4096)) /run/filler
}

full_run()
{
	local left out bad='' worked=no
	mount -t tmpfs -o size=64k,mode=0755 small /run
	runnsctl up work && runnsctl down work
	wait_until 5 no_links
	for left in 0 1 2 3 4 5 6; do
		fill $left
		if out=$(runnsctl up work 2>&1); then
			worked=yes
			out=$(runnsctl down work 2>&1) ||
				bad="$bad; $left: down: $out"
		else
			printf '%s' "$out" | grep -q 'No space left' ||
				bad="$bad; $left: $out"
			rm /run/filler
			wait_until 5 no_links
			out=$(find /run/netns /run/runns/net -type f ! -name '.*')
			[ -z "$out" ] || bad="$bad; $left: $out"
		fi
	done
	is "$bad" "" "A5: up with /run full is rolled back and says why"
	is "$worked" yes "A5: from some room on it works"
	rm -f /run/filler
	runnsctl up work
	fill 0
	runs "A5: down works with /run full" runnsctl down work
	rm /run/filler
	nothing_left "A5: and nothing is left"
	umount -l /run/netns
	umount -l /run
}

small_files()
{
	local out
	out=$(ulimit -f 0; runnsctl up work 2>&1)
	isnt $? 0 "A5: up that may not write files"
	like "$out" 'too large|file size' "A5: says so"
	nothing_left "A5: and leaves nothing"
	runnsctl up work
	out=$(ulimit -f 0; runnsctl down work 2>&1)
	ok $? "A5: down may do without" "$out"
	nothing_left "A5: and leaves nothing"
}

readonly_etc()
{
	local out
	rm -rf /etc/netns
	mount --bind /etc /etc
	mount -o remount,bind,ro /etc
	out=$(runnsctl up work 2>&1)
	ok $? "A5: up with a read-only /etc" "$out"
	like "$out" '/etc/netns' "A5: says what will not work"
	has_way_out work "A5: the rest does"
	runs "A5: down too" runnsctl down work
	umount /etc
	nothing_left "A5: and nothing is left"
}

# --- uplinks and name servers that come and go ---------------------------------------------------

uplinks_change()
{
	local n
	conf_write <<-END
		[work]
		[steered]
		InterfaceOut = eth1
	END
	runnsctl up work steered && runnsctl down work steered
	settled standing
	ip route del default
	like "$(runnsctl up work 2>&1)" 'default route' \
		"a host without a default route is told of"
	is "$(forwards eth0)" 0 "and its devices do not forward"
	ip route add default via 203.0.113.1
	runs "up when there is one" runnsctl up work
	has_way_out work "opens the way out"
	ip route replace default via 192.0.2.1 dev eth1
	runs "up with another uplink" runnsctl up work
	is "$(seen_as work)" 192.0.2.2 "opens that"
	is "$(forwards eth0) $(forwards eth1)" '0 1' "and closes the old one"
	ip route del default
	runnsctl up work 2>/dev/null
	is "$(forwards eth1)" 1 "one that is away for a moment stays open"
	ip route add default via 203.0.113.1
	ip route add default via 192.0.2.1 dev eth1 metric 500
	runs "up with both" runnsctl up work
	is "$(forwards eth0) $(forwards eth1)" '1 1' "opens both"
	runnsctl up steered
	is "$(seen_as steered)" 192.0.2.2 "InterfaceOut steers"
	sed -i 's/^InterfaceOut.*/InterfaceOut = eth0/' /etc/runns.conf
	runs "up after InterfaceOut was changed" runnsctl up steered
	is "$(seen_as steered)" 203.0.113.2 "moves it"
	for n in 8 12 16 20 24 28; do
		sed -i 's/^InterfaceOut.*/InterfaceOut = eth1/' /etc/runns.conf
		runnsctl up steered
		sed -i 's/^InterfaceOut.*/InterfaceOut = eth0/' /etc/runns.conf
		killed_at $n up steered
		runnsctl down steered
		is "$(ip rule | grep -c 'lookup 1912')" 0 \
			"K1: killed at message $n of that, down takes its rules"
		runnsctl up steered
	done
	sed -i '/^InterfaceOut/d' /etc/runns.conf
	runs "up after it was removed" runnsctl up steered
	ip route del default metric 500
	ip route replace default via 192.0.2.1 dev eth1
	runnsctl up steered
	is "$(seen_as steered)" 192.0.2.2 "lets it follow the default route"
	is "$(ip rule | grep -c "$(device_of steered)")" 0 "without rules"
	ip route replace default via 203.0.113.1
	runnsctl down work steered
	settled standing-again
	snap_same standing standing-again "and down takes all of it back"
}

name_servers_change()
{
	conf_write <<-END
		[work]
	END
	mv /etc/resolv.conf /etc/resolv.saved
	like "$(runnsctl up work 2>&1)" 'no name server' \
		"a host without /etc/resolv.conf: up says so"
	has_way_out work "and works"
	mkdir -p /run/systemd/resolve
	echo 'nameserver 127.0.0.53' >/run/systemd/resolve/stub-resolv.conf
	echo 'nameserver 198.51.100.53' >/run/systemd/resolve/resolv.conf
	ln -s ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
	unlike "$(runnsctl up work 2>&1)" 'no name server' \
		"behind systemd's stub"
	is "$(grep ^nameserver /run/runns/net/work/etc/resolv.conf)" \
		'nameserver 198.51.100.53' "are its servers"
	rm -r /run/systemd /etc/resolv.conf
	mv /etc/resolv.saved /etc/resolv.conf
	runnsctl up work
	is "$(grep ^nameserver /run/runns/net/work/etc/resolv.conf)" \
		'nameserver 203.0.113.1' "up follows the host"
	runnsctl down work
}

# --- runns.conf changes under a standing network ----------------------------------------------

conf_changes()
{
	local fw=$1 other=iptables
	[ "$fw" = nft ] || other=nft
	inet ip route replace 172.24.0.0/16 via 203.0.113.2
	conf_write <<-END
		[work]
	END
	runnsctl up work
	python3 "$tests/peer.py" http 8081 >/dev/null 2>&1 &
	local server=$!
	wait_until 5 bash -c "$reaches" 127.0.0.1 8081
	refuses "$fw: isolated" inside work bash -c "$reaches" 203.0.113.2 8081
	conf_write <<-END
		[work]
		Nat = none
		Isolate = no
	END
	runs "$fw: up after Nat and Isolate were changed" runnsctl up work
	is "$(seen_as work)" "$(address_of work)" "$fw: Nat=none is followed"
	runs "$fw: Isolate=no too" \
		inside work bash -c "$reaches" 203.0.113.2 8081
	conf_write <<-END
		[work]
	END
	runs "$fw: up after it was changed back" runnsctl up work
	has_way_out work "$fw: is followed"
	refuses "$fw: too" inside work bash -c "$reaches" 203.0.113.2 8081
	kill $server
	for line in 'Address = 172.29.1.1/24' 'MTU = 1400' 'Interface = net0' \
		'InterfaceIn = vpn9'; do
		conf_write <<-END
			[work]
			$line
		END
		like "$(runnsctl up work 2>&1)" 'down and up again' \
			"$fw: ${line%% *}: up says that it takes a new network"
		has_way_out work "$fw: and leaves it in working order"
	done
	printf '[runns]\nFirewall = %s\n[work]\n' $other >/etc/runns.conf
	like "$(runnsctl up work 2>&1)" 'down and up again' \
		"$fw: Firewall: up says so too"
	printf '[runns]\nFirewall = %s\nPool = 10.99.0.0/16\n[work]\n' $fw \
		>/etc/runns.conf
	like "$(runnsctl up work 2>&1)" 'down and up again' "$fw: Pool too"
	runs "$fw: down with another configuration" runnsctl down work
	nothing_left "$fw: takes back what stood"
}

# --- L06: what the kernel remembers of an address ---------------------------------------------

# tracked ADDRESS: how many connections of it the host's kernel remembers
tracked()
{
	python3 - "$1" <<-'END'
		import socket, struct, sys
		want = socket.inet_aton(sys.argv[1])
		s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
		s.send(struct.pack("=IHHIIBBH", 20, 0x101, 0x301, 1, 0, 2, 0, 0))
		n, done = 0, False
		while not done:
		    data = s.recv(1 << 17)
		    while len(data) >= 16:
		        size, kind = struct.unpack_from("=IH", data)
		        done = done or kind in (2, 3)
		        n += kind == 0x100 and want in data[20:size]
		        data = data[size + 3 & ~3:]
		print(n)
	END
}

# A child does it when down has ended.
none_tracked()
{
	[ "$(tracked "$1")" = 0 ]
}

connections_forgotten()
{
	local fw=$1 work lab
	conf_write <<-END
		[work]
		Address = 172.31.7.1/24
		[lab]
	END
	runnsctl up work lab
	work=$(address_of work) lab=$(address_of lab)
	send work-inet 198.51.100.1 inside work
	send host-work "$work" env
	send lab-inet 198.51.100.1 inside lab
	isnt "$(tracked "$work")" 0 "L06, $fw: the kernel remembers connections"
	isnt "$(tracked "$lab")" 0 "L06, $fw: also of another network"
	runnsctl down work
	wait_until 5 none_tracked "$work"
	is "$(tracked "$work")" 0 "L06, $fw: down forgets those of its address"
	isnt "$(tracked "$lab")" 0 "L06, $fw: and no others"
	wait_until 5 no_link_of work
	sed -i 's/^.work.$/[next]/' /etc/runns.conf
	runnsctl up next
	is "$(address_of next) $(tracked "$work")" "$work 0" \
		"L06, $fw: who gets the address next inherits none"
	heard inet host >/dev/null
	runnsctl down next lab
	nothing_left "L06, $fw: and nothing is left"
}

no_link_of()
{
	! ip -o link | grep -q "runns:$1"
}

# --- an uplink gets another name -----------------------------------------------------------------

# rename_uplink OLD NEW
rename_uplink()
{
	ip link set "$1" down
	ip link set "$1" name "$2"
	ip link set "$2" up
	ip route replace default via 203.0.113.1
	inet ip neigh flush all
}

uplink_renamed()
{
	local fw=$1
	conf_write <<-END
		[work]
		[lab]
	END
	runnsctl up work
	rename_uplink eth0 wan0
	runs "$fw: up of what stands after the uplink was renamed" \
		runnsctl up work
	runs "$fw: up of another network" runnsctl up lab
	has_way_out work "$fw: the way out is open"
	has_way_out lab "$fw: for both"
	send other1-inet 198.51.100.1 nsenter -t "$other1" -n
	is "$(heard inet)" "" "$fw: and for nobody else"
	unlike "$(nft list ruleset; iptables-legacy-save)" eth0 \
		"$fw: nothing goes by the old name"
	runs "$fw: down" runnsctl down work lab
	is "$(forwards wan0)" 0 "$fw: closes it"
	rename_uplink wan0 eth0
	nothing_left "$fw: and nothing is left"
}

# --- E07: names that begin alike ---------------------------------------------------------------

long_names()
{
	local fw=$1 alike a b
	alike=$(printf 'n%.0s' $(seq 60))
	a=${alike}a b=${alike}b
	conf_write <<-END
		[$a]
		[$b]
	END
	runs "E07, $fw: up of two names with 60 bytes in common" \
		runnsctl up "$a" "$b"
	isnt "$(device_of "$a")" "$(device_of "$b")" "E07, $fw: two devices"
	isnt "$(address_of "$a")" "$(address_of "$b")" "E07, $fw: two addresses"
	is "$(ip -o link | grep -oE 'runns:n+[ab]' | sort | paste -sd ' ')" \
		"runns:$a runns:$b" "E07, $fw: each device tells its own whole name"
	is "$(find /run/runns/pool -type l ! -name '.*' -printf '%l\n' | sort |
		paste -sd ' ')" "$a $b" "E07, $fw: two places in the pool"
	has_way_out "$a" "E07, $fw: the first works"
	runs "E07, $fw: down of the first" runnsctl down "$a"
	has_way_out "$b" "E07, $fw: leaves the second as it was"
	runnsctl down "$b"
	nothing_left "E07, $fw: and nothing is left"
}

both()
{
	local fw=$1
	conf_changes "$fw"
	reach "$fw"
	foreign_ruleset "$fw"
	connections_forgotten "$fw"
	long_names "$fw"
	uplink_renamed "$fw"
}

neighbour other1 1
other1=$held_pid
neighbour other2 2
other2=$held_pid
second_uplink
listen_in host $$
listen_in other1 "$other1"
listen_in other2 "$other2"
listen_in inet "$inet_pid"
listen_in second "$second"
with_backend nft both nft
with_backend nft dropping nft nft iptables-nft
with_backend nft dropping_beside
with_backend iptables both iptables
with_backend iptables dropping iptables legacy iptables-legacy
backend=nft
addresses_change
settings_inside
uplinks_change
name_servers_change
names_taken
at_once
kernel_lacks
xtables_lock_held
users_locks
full_run
small_files
readonly_etc
first_use
done_testing
