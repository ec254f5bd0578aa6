#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# door_x11.sh - real X clients in a session, of a display that ssh forwards and
# of one on the host: sshd's listener is inside, where nobody else gets at it
. "$(dirname "$0")/lib.sh"
need ssh sshd Xvfb xauth xdpyinfo ss mcookie
host_start "$@"

out=$host_dir/out
mkdir -m 1777 $out
install -d -m 1777 /tmp/.X11-unix
net_make work 1
net_make lab 2
map_write <<-END
	alice	work	-
	bob	lab	-
	*	-	-
END
sshd_start || bail "sshd does not start"
trace_start

# x_start NUMBER COMMAND...: an X server that wants a cookie, by this command
x_start()
{
	local display=$1
	shift
	xauth -q -f $out/auth.$display add ":$display" . "$(mcookie)" 2>/dev/null
	"$@" Xvfb ":$display" -screen 0 200x100x24 -nolisten tcp \
		-auth $out/auth.$display >$out/xvfb.$display 2>&1 &
	wait_until 20 test -S "/tmp/.X11-unix/X$display"
}

# x_stop NUMBER
x_stop()
{
	pkill -xf "Xvfb :$1 .*"
	wait_until 10 test ! -e "/tmp/.X11-unix/X$1"
}

# at_home COMMAND...: on the client's machine, with its display
at_home()
{
	inet env DISPLAY=:97 XAUTHORITY=$host_dir/out/auth.97 "$@"
}

listeners()
{
	"$@" ss -Hltn 'sport >= 6010 and sport < 6100' | awk '{ print $4 }' | sort
}

x_start 97 inet || bail "no X server: $(cat $out/xvfb.97)"
runs "the display works at home" wait_until 20 at_home xdpyinfo

# --- forwarded ------------------------------------------------------------------

# shellcheck disable=SC2016
at_home ssh -Y alice@host 'probe; echo "display=$DISPLAY"; xdpyinfo' >$out/x 2>&1
session_is work $out/x "ssh -Y"
like "$(value display $out/x)" '^localhost:1[0-9]' "DISPLAY is set"
like "$(cat $out/x)" '^dimensions: +200x100|dimensions: +200x100' \
	"a real client sees the real display" || diag "$(tail -n 5 $out/x)"
at_home ssh -X alice@host xdpyinfo >$out/untrusted 2>&1
like "$(cat $out/untrusted)" 'dimensions: +200x100' "ssh -X: an untrusted one too" ||
	diag "$(tail -n 5 $out/untrusted)"
# shellcheck disable=SC2016
at_home ssh alice@host 'echo ".$DISPLAY"' >$out/none
is "$(cat $out/none)" . "without -X and -Y there is none"

# A session that stays, and its neighbours.  Not by inet: $! would be the
# shell's that runs the function.
# shellcheck disable=SC2016
DISPLAY=:97 XAUTHORITY=$out/auth.97 nsenter -t "$inet_pid" -n \
	ssh -Y alice@host 'echo "display=$DISPLAY"; exec sleep 1000' \
	>$out/stays 2>&1 &
client=$!
wait_until 20 grep -q ^display= $out/stays
display=$(value display $out/stays)
number=${display#localhost:}
port=$((6000 + ${number%.*}))
like "$(listeners ip netns exec work)" "127\.0\.0\.1:$port\$" "sshd listens inside"
is "$(listeners)" '' "and not on the host"
is "$(listeners ip netns exec lab)" '' "nor in the network of others"
cp /home/alice/.Xauthority $out/stolen && chmod 0644 $out/stolen
runs "who has the cookie and is inside gets the display" \
	door_ssh alice@host "DISPLAY=$display xdpyinfo"
refuses "with the cookie, from the host: none" \
	door_ssh dave@host "XAUTHORITY=$out/stolen DISPLAY=$display xdpyinfo"
refuses "with the cookie, from another network: none" \
	door_ssh bob@host "XAUTHORITY=$out/stolen DISPLAY=$display xdpyinfo"
# shellcheck disable=SC2016
at_home ssh -Y bob@host 'echo "display=$DISPLAY"; xdpyinfo' >$out/bob 2>&1
is "$(value display $out/bob)" "$display" \
	"the same number serves another user in another network"
like "$(cat $out/bob)" 'dimensions: +200x100' "who gets his own display"
kill $client
runs "with the session the listener goes" wait_until 20 \
	sh -c "! ip netns exec work ss -Hltn 'sport = $port' | grep -q ."

# Without lo there is no listener: that is the network's fault, and said.
ip -n work link set lo down
# shellcheck disable=SC2016
at_home ssh -Y alice@host 'echo "display=$DISPLAY"; xdpyinfo' >$out/down 2>&1
unlike "$(cat $out/down)" 'dimensions' "a network whose lo is down has no display"
session=$(door_ssh alice@host probe cookie)
is "$session" "$(cookie_of work)" "but sessions"
ip -n work link set lo up

# --- on the host -----------------------------------------------------------------

x_stop 97
x_start 96 || bail "no X server: $(cat $out/xvfb.96)"
chmod 0644 $out/auth.96
su alice -c "DISPLAY=:96 XAUTHORITY=$out/auth.96 xdpyinfo; probe" >$out/local 2>&1
session_is work $out/local "a user of the machine's own display"
like "$(cat $out/local)" 'dimensions: +200x100' "reaches it by the path of its socket" ||
	diag "$(head -n 5 $out/local)"
refuses "and without the cookie does not" su alice -c "DISPLAY=:96 xdpyinfo"
x_stop 96

runs "all sessions have ended" wait_until 20 no_sessions
trace_balanced "in the end"
done_testing
