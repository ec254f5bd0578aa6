#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# walls.sh - firewalls of others that drop behind jumps: found, and the mend told
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
host_start "$@"

# What ufw lays by `ufw enable' with DEFAULT_FORWARD_POLICY=$2, in part.
# ufw_rules VARIANT POLICY
ufw_rules()
{
	local chain t=iptables-$1
	for chain in before-logging before after after-logging reject track \
		user; do
		$t -N ufw-$chain-forward
	done
	for chain in before-logging before after after-logging reject track; do
		$t -A FORWARD -j ufw-$chain-forward
	done
	$t -A ufw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED \
		-j ACCEPT
	$t -A ufw-before-forward -p icmp --icmp-type echo-request -j ACCEPT
	$t -A ufw-before-forward -j ufw-user-forward
	[ "$2" != REJECT ] || $t -A ufw-reject-forward -j REJECT
	$t -P FORWARD DROP
}

ufw_rules_end()
{
	iptables-"$1" -P FORWARD ACCEPT
	iptables-"$1" -F FORWARD
	for chain in before-logging before after after-logging reject track \
		user; do
		iptables-"$1" -F ufw-$chain-forward
	done
	for chain in before-logging before after after-logging reject track \
		user; do
		iptables-"$1" -X ufw-$chain-forward
	done
}

has_way_out()
{
	[ "$(inside work timeout 3 python3 "$tests/peer.py" get 198.51.100.1 \
		2>/dev/null)" = 203.0.113.2 ]
}

# ufw FIREWALL VARIANT
ufw()
{
	local what="$1, ufw by iptables-$2" device out
	conf_write <<-END
		[work]
	END
	ufw_rules "$2" REJECT
	out=$(runnsctl up work 2>&1)
	device=$(device_of work)
	refuses "$what: it does drop" has_way_out
	like "$out" "FORWARD.*a rule for every packet in ufw-reject-forward" \
		"$what: up names the chain behind the jump"
	like "$out" "ufw route allow in on $device; ufw route allow out on" \
		"$what: and the mend"
	like "$(runnsctl status work 2>&1)" 'ufw-reject-forward' \
		"$what: so does status"
	out=$(runnsctl doctor 2>&1)
	like "$out" '^firewall: .*ufw-reject-forward' "$what: and doctor"
	like "$out" 'ufw route allow in on DEVICE' "$what: with the mend"
	# What that command adds.
	iptables-"$2" -A ufw-user-forward -i "$device" -j ACCEPT
	iptables-"$2" -A ufw-user-forward -o "$device" -j ACCEPT
	runs "$what: which mends it" has_way_out
	ufw_rules_end "$2"
	unlike "$(runnsctl up work 2>&1)" 'dropped' "$what: gone, all is well"
	runnsctl down work
}

# The policy DROP alone is passed by rules of ours, behind those jumps.
ufw_default()
{
	local what="$1, ufw's own policy by iptables-$2"
	ufw_rules "$2" DROP
	unlike "$(runnsctl up work 2>&1)" 'dropped' "$what: nothing is said"
	runs "$what: it works" has_way_out
	runnsctl down work
	ufw_rules_end "$2"
}

# What firewalld lays, in part; a chain that returns is no end.
firewalld()
{
	nft -f - <<-'END'
		table inet firewalld {
			chain filter_FORWARD {
				type filter hook forward priority filter + 10
				ct state { established, related } accept
				ct status dnat accept
				iifname "lo" accept
				jump filter_FORWARD_POLICIES
			}
			chain filter_FORWARD_POLICIES {
				jump filter_FWD_public
			}
			chain filter_FWD_public {
				jump filter_FWD_public_pre
				meta l4proto { icmp, ipv6-icmp } accept
				reject with icmpx admin-prohibited
			}
			chain filter_FWD_public_pre {
				return
				drop
			}
		}
	END
	conf_write <<-END
		[work]
	END
	like "$(runnsctl up work 2>&1)" \
		'every packet in filter_FWD_public\).*firewall-cmd .*rn-' \
		"$1, firewalld: two jumps deep"
	refuses "$1, firewalld: it does drop" has_way_out
	nft flush chain inet firewalld filter_FWD_public
	unlike "$(runnsctl up work 2>&1)" 'dropped' \
		"$1, firewalld: without that rule nothing is said"
	runs "$1, firewalld: and it works" has_way_out
	nft delete table inet firewalld
	runnsctl down work
}

with_backend nft ufw nft nft
with_backend nft ufw_default nft nft
with_backend nft firewalld nft
with_backend iptables ufw iptables legacy
with_backend iptables ufw_default iptables legacy
with_backend iptables firewalld iptables
with_backend nft ufw nft legacy
done_testing
