# SPDX-License-Identifier: GPL-2.0-or-later
# lib.sh - servers, clients and forwards of forward.sh
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154

said=$host_dir/forward.said
forward_peer=$tests/../forward/peer.py
limits=
ended=
servers=()

# at NETNS tcp|udp ADDRESS PORT MODE: a server there
at()
{
	ip netns exec "$1" python3 "$forward_peer" "${@:2}" \
		>>$host_dir/servers.log 2>&1 &
	servers+=("ip netns exec $1 $(server_test "${@:2}")")
}

on_host()
{
	python3 "$forward_peer" "$@" >>$host_dir/servers.log 2>&1 &
	servers+=("$(server_test "$@")")
}

server_test()
{
	local address=$2
	case $address in
	*:*) address="\\[$address\\]" ;;
	esac
	echo "ss -Hnl$( [ "$1" = tcp ] && echo t || echo u) src $address:$3"
}

servers_wait()
{
	local test
	for test in "${servers[@]}"; do
		wait_until 20 server_is_there "$test" ||
			bail "no server: $test: $(cat $host_dir/servers.log)"
	done
}

server_is_there()
{
	eval "$1" | grep -q .
}

# listens PORT: does somebody, here?
listens()
{
	ss -Hnlt "sport = :$1" | grep -q .
}

client()
{
	timeout 120 python3 "$forward_peer" "$@"
}

# inside COMMAND...: of ours, in work
inside()
{
	local command=$1
	shift
	nsenter --net=/run/netns/work bash -c "$(declare -f "$command")
		forward_peer=$forward_peer; $command \"\$@\"" inside "$@"
}

# as USER COMMAND...: he stands on the host
as()
{
	local user=$1
	shift
	timeout 60 setpriv --reuid "$user" --regid "$user" --init-groups "$@"
}

# forward USER ARGUMENT...: runs until forward_end; $said is what it says
forward()
{
	local user=$1
	shift
	# Else what the one before has said is taken for its.
	: >"$said"
	# Several words, or none.
	# shellcheck disable=SC2086
	(
		[ -z "$limits" ] || ulimit -S $limits -H $limits
		exec setpriv --reuid "$user" --regid "$user" --init-groups \
			runnsctl forward -v "$@"
	) >"$said" 2>&1 &
	forward_pid=$!
	wait_until 20 grep -q 'runnsctl: forward' "$said"
}

# forward_ended: has it, and if so with which status?
forward_ended()
{
	! kill -0 "$forward_pid" 2>/dev/null || return 1
	wait "$forward_pid" 2>/dev/null
	ended=$?
}

forward_end()
{
	kill -TERM "$forward_pid"
	wait "$forward_pid"
	ended=$?
}

far_pid()
{
	pgrep -n -f __forward-far
}

one_far()
{
	[ "$(pgrep -c -f __forward-far)" = 1 ]
}

no_process()
{
	! pgrep -f -- "$1" >/dev/null
}

descriptors()
{
	find "/proc/$1/fd" -mindepth 1 | wc -l
}

settled()
{
	[ "$(descriptors "$forward_pid")" = "$1" ]
}
