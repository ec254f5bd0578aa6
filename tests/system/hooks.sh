#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# hooks.sh - OnUp and OnDown, and programs that live in a network (Type=bin)
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../net/lib.sh"
host_start "$@"
need strace

said=$host_dir/said
bin_dir=/usr/local/lib/hooks

# program NAME: standard input becomes a script that a hook can be
program()
{
	mkdir -p $bin_dir
	{ echo '#!/bin/bash'; cat; } >"$bin_dir/$1"
	chmod 0755 "$bin_dir/$1"
}

programs()
{
	program up <<-END
		{
			echo "\$RUNNS_HOOK \$*"
			env
			echo "net=\$(readlink /proc/self/ns/net)"
			echo "mnt=\$(readlink /proc/self/ns/mnt)"
			echo "fds=\$(readlink /proc/\$\$/fd/* | grep -vE '^pipe:|^/dev/null|/(said|up|down)\$')"
			echo "id=\$(id -u):\$(id -G) cwd=\$PWD umask=\$(umask)"
			echo "handle=\$(nsenter --net="\$RUNNS_HANDLE" probe cookie 2>&1)"
			echo "name=\$(ls /run/netns)"
			echo "caps=\$(awk '/^Cap(Eff|Bnd)/ { print \$2 }' /proc/self/status | paste -sd ' ')"
		} >>$said
	END
	cp $bin_dir/up $bin_dir/down
	program say <<-END
		echo "\$RUNNS_HOOK \$RUNNS_NAME" >>$said
	END
	program fail <<-END
		echo "\$RUNNS_HOOK \$RUNNS_NAME" >>$said
		echo "something \$(printf '\\033')[31m is wrong"
		exit 3
	END
	program slow <<-END
		echo "\$RUNNS_HOOK \$RUNNS_NAME" >>$said
		sleep 1000 &
		sleep 1000
	END
	program loud <<-END
		for i in {1..5000}; do echo "loud line \$i"; done
	END
}

has()
{
	grep -qxF -- "$1" $said
}

said_is()
{
	is "$(paste -sd , $said)" "$1" "$2"
	: >$said
}

success()
{
	conf_write <<-END
		[one]
		OnUp = $bin_dir/up a "b  c" \$HOME ;id
		OnDown = $bin_dir/down bye
	END
	: >$said
	FOO=bar runs "up with a hook" runnsctl up one
	has "OnUp a b  c \$HOME ;id"
	ok $? "OnUp has run, its words are taken as they stand" "$(cat $said)"
	has RUNNS_NAME=one && has RUNNS_SECTION=one && has RUNNS_LINK=veth &&
		has RUNNS_INTERFACE=eth0 && has "RUNNS_ADDRESS=$(address_of one)" &&
		has "RUNNS_INTERFACE_IN=$(device_of one)" &&
		has RUNNS_PREFIX=24 && has RUNNS_GATEWAY=172.24.1.1
	ok $? "it is told of the network" "$(cat $said)"
	is "$(grep -c '^FOO=' $said)" 0 "and has nothing of our environment"
	has "net=$(readlink /proc/1/ns/net)" &&
		has "mnt=$(readlink /proc/1/ns/mnt)"
	ok $? "it runs in the host's namespaces" "$(cat $said)"
	has fds=
	ok $? "it has no descriptor of ours" "$(grep ^fds= $said)"
	has "id=0:0 cwd=/ umask=0022"
	ok $? "it is root, in /" "$(grep id= $said)"
	has "handle=cookie=$(cookie_of one)" || has "handle=$(cookie_of one)"
	ok $? "RUNNS_HANDLE leads into the network" "$(grep handle= $said)"
	has "name="
	ok $? "which has no name yet" "$(grep name= $said)"
	: >$said
	runs "up again" runnsctl up one
	said_is "" "does not run it again"
	runs "down" runnsctl down one
	has "OnDown bye" && has RUNNS_NAME=one && has "name="
	ok $? "runs OnDown, when nobody can enter any more" "$(cat $said)"
	like "$(grep ^handle= $said)" '[0-9]' "which can still look inside"
}

user()
{
	conf_write <<-END
		[one]
		OnUp = $bin_dir/up
		User = carol
	END
	: >$said
	chmod 0666 $said
	runs "up with User=" runnsctl up one
	has "id=5003:5003 5100 cwd=/ umask=0022" &&
		has "caps=0000000000000000 0000000000000000" && has USER=carol
	ok $? "OnUp is that user, with his groups and no capability" \
		"$(cat $said)"
	runs "down" runnsctl down one
	sed -i s/carol/nosuch/ /etc/runns.conf
	refuses "a user who does not exist: up refuses" runnsctl up one
	ls /run/netns/one 2>/dev/null
	ok $((! $?)) "and leaves nothing"
}

trust()
{
	local what
	cp $bin_dir/say /home/alice/say
	chown alice /home/alice/say
	ln -s say $bin_dir/link
	cp $bin_dir/say $bin_dir/open
	chmod 0777 $bin_dir/open
	for what in /home/alice/say $bin_dir/link $bin_dir/open /nosuch; do
		conf_write <<-END
			[one]
			OnUp = $what
		END
		: >$said
		refuses "OnUp=$what: up refuses" runnsctl up one
		said_is "" "and does not run it"
	done
	snap before
	is "$(ls /run/netns /run/runns/net)" "$(printf '/run/netns:\n\n/run/runns/net:')" \
		"nothing is left"
}

failure()
{
	local out
	settled before
	conf_write <<-END
		[one]
		OnUp = $bin_dir/fail
		OnDown = $bin_dir/say
	END
	: >$said
	out=$(runnsctl up one 2>&1)
	isnt $? 0 "OnUp fails: up fails"
	like "$out" 'OnUp: something .x1b\[31m is wrong' "its words are told, made safe"
	like "$out" 'OnUp has failed \(exit status 3\)' "and its status"
	settled after
	snap_same before after "everything is as before"
	said_is "OnUp one,OnDown one" "OnDown undid what OnUp may have done"
	conf_write <<-END
		[one]
		OnDown = $bin_dir/fail
	END
	runs "up" runnsctl up one
	out=$(runnsctl down one 2>&1)
	ok $? "OnDown fails: down goes on"
	like "$out" 'OnDown has failed' "and says so"
	settled after
	snap_same before after "nothing is left"
	: >$said
	conf_write <<-END
		[one]
		OnUp = $bin_dir/loud
	END
	out=$(runnsctl up one 2>&1)
	is "$(grep -c 'loud line' <<<"$out") $(grep -c 'prints too much' <<<"$out")" \
		"100 1" "what a hook prints is bounded"
	runs "down" runnsctl down one
}

# What keeps on running is killed with all that it has started.
deadline()
{
	local begun=$SECONDS
	conf_write <<-END
		[one]
		OnUp = $bin_dir/slow
	END
	refuses "OnUp that does not end: up fails" runnsctl up one
	is "$((SECONDS - begun >= 14 && SECONDS - begun < 25))" 1 \
		"after 15 seconds" "$((SECONDS - begun))"
	wait_until 5 no_process 'sleep 1000'
	ok $? "with all of its group killed"
	: >$said
}

# killed_up: `up' is killed while OnUp runs
killed_up()
{
	local up
	runnsctl up one >/dev/null 2>&1 &
	up=$!
	wait_until 5 grep -q OnUp $said
	pkill -9 -x runns-net
	wait $up
}

crash()
{
	local mend
	settled before
	conf_write <<-END
		[one]
		OnUp = $bin_dir/slow
		OnDown = $bin_dir/say
	END
	for mend in "down one" gc; do
		killed_up
		# shellcheck disable=SC2086
		runs "up killed in OnUp, then $mend" runnsctl $mend
		said_is "OnUp one,OnDown one" "OnDown has run"
		pkill -f 'sleep 1000'
		settled after
		snap_same before after "nothing is left"
	done
	conf_write <<-END
		[one]
		OnUp = $bin_dir/say
		OnDown = $bin_dir/say
	END
	# Between OnUp and the handle: the mount of it is where it dies.
	strace -f -o /dev/null -e inject=mount:signal=KILL:when=1 \
		runnsctl up one >/dev/null 2>&1
	ls /run/netns/one >/dev/null 2>&1 && cookie_of one >/dev/null 2>&1
	isnt $? 0 "up killed between OnUp and the name: no name"
	: >$said
	runs "up" runnsctl up one
	said_is "OnDown one,OnUp one" "undoes the first OnUp, and runs it again"
	rm -rf /run/netns/one.was
	runs "down" runnsctl down one
	: >$said
	runs "up" runnsctl up one
	umount -l /run/netns/one && rm -f /run/netns/one
	: >$said
	runs "the name is lost: gc" runnsctl gc
	said_is "OnDown one" "runs OnDown"
	settled after
	snap_same before after "nothing is left"
}

linger()
{
	conf_write <<-END
		[one]
		Linger = no
		OnUp = $bin_dir/say
		OnDown = $bin_dir/say
	END
	map_write <<-END
		alice	one	-	create
	END
	: >$said
	runs "a login that builds" runuser -u alice -- true
	wait_until 10 grep -q OnDown $said
	said_is "OnUp one,OnDown one" "ran OnUp, and OnDown with Linger=no"
	wait_until 5 test ! -e /run/netns/one
	runs "nothing is left" test ! -e /run/netns/one
	rm /etc/security/runns.map
}

no_process()
{
	! pgrep -fx "$1"
}

# --- Type=bin ------------------------------------------------------------------

field()
{
	runnsctl status --json one 2>/dev/null | python3 -c '
import json, sys
p = json.load(sys.stdin)[0].get("program", {})
print(p.get(sys.argv[1], ""))' "$1"
}

program_is()
{
	[ "$(field state)" = "$1" ]
}

bin_conf()
{
	conf_write <<-END
		[one]
		DNS = 198.51.100.53
		Type = bin
		BIN = $bin_dir/live "an argument"
		$1
	END
}

bin_start()
{
	program live <<-END
		trap 'echo term >>$said; exit 7' TERM
		{
			probe cookie
			echo "resolv=\$(cat /etc/resolv.conf)"
			echo "arg=\$1 id=\$(id -un) netns=\$RUNNS_NETNS"
		} >>$said
		echo "a word"
		sleep 1001 & wait
		sleep 1001 & wait
	END
	: >$said
	chmod 0666 $said
	bin_conf
	runs "up with BIN" runnsctl up one
	wait_until 10 grep -q '^arg=' $said
	has "arg=an argument id=nobody netns=one"
	ok $? "it runs as nobody, its words are taken as they stand" "$(cat $said)"
	like "$(cat $said)" "$(cookie_of one)" "inside"
	like "$(cat $said)" 'nameserver 198.51.100.53' "and sees the network's files"
	program_is running
	ok $? "status says so"
	pid=$(field pid)
	is "$(awk '/^CapBnd/ { print $2 } /^NoNewPrivs/ { print $2 }' /proc/"$pid"/status | paste -sd ' ')" \
		"0000000000000000 1" "it can gain no privilege"
	wait_until 5 grep -q 'runns-bin-one.*BIN: a word' $host_log
	ok $? "what it prints is in the log"
	runs "up again" runnsctl up one
	is "$(field pid)" "$pid" "leaves it alone"
}

bin_down()
{
	: >$said
	inside one sleep 50 &
	wait_until 5 pgrep -f 'sleep 50'
	refuses "down while somebody is inside is refused" runnsctl down one
	program_is running && [ "$(field pid)" = "$pid" ]
	ok $? "and the program lives on"
	pkill -f 'sleep 50'
	wait_until 5 no_process 'sleep 50'
	runs "down" runnsctl down one
	said_is term "ends it by TERM"
	wait_until 5 no_process 'sleep 1001'
	ok $? "with what it has started"
	runs "nothing is left" test ! -e /run/netns/one -a ! -e /run/runns/net/one
}

bin_ends()
{
	bin_conf "User = dave"
	runs "up with User=" runnsctl up one
	wait_until 10 program_is running
	pid=$(field pid)
	wait_until 5 grep -q id=dave $said
	ok $? "it is that user" "$(cat $said)"
	kill -9 "$pid"
	wait_until 5 program_is killed
	is "$(field state) $(field status)" "killed 9" "killed: status says so"
	like "$(runnsctl status one 2>&1)" 'killed by signal 9' "in words too"
	wait_until 5 no_process 'sleep 1001'
	ok $? "nothing of it stays"
	runs "up" runnsctl up one
	wait_until 10 program_is running
	isnt "$(field pid)" "$pid" "starts it again"
	pid=$(field pid)
	pkill -9 -x runns-bin
	wait_until 5 bash -c "! kill -0 $pid"
	ok $? "its supervisor killed: it dies too"
	is "$(field state)" dead "status says so"
	runs "up" runnsctl up one
	wait_until 10 program_is running
	ok $? "starts both again"
	: >$said
	bin_conf
	runs "up with another User=" runnsctl up one
	wait_until 10 grep -q 'id=nobody' $said
	ok $? "starts it anew" "$(cat $said)"
	refuses "down finds what the one that was killed had started" \
		runnsctl down one
	runs "down --kill" runnsctl down --kill one
	wait_until 5 no_process 'sleep 1001'
	ok $? "ends it"
}

# Who flees from the session of the program is found by its namespace.
bin_flees()
{
	program live <<-END
		setsid setsid sleep 1002 &
		exec sleep 1001
	END
	bin_conf
	runs "up with a program that leaves something behind" runnsctl up one
	wait_until 10 pgrep -fx 'sleep 1002'
	refuses "down finds it, and refuses" runnsctl down one
	runs "down --kill" runnsctl down --kill one
	wait_until 5 no_process 'sleep 100[12]'
	ok $? "ends all"
	program live <<-END
		trap '' TERM
		sleep 1001
		sleep 1001
	END
	bin_conf
	runs "up with a program that ignores TERM" runnsctl up one
	wait_until 10 pgrep -fx 'sleep 1001'
	runs "down" runnsctl down one
	wait_until 5 no_process 'sleep 1001'
	ok $? "kills it"
	ln -sf /bin/true $bin_dir/live
	bin_conf
	runnsctl up one
	wait_until 5 program_is failed
	ok $? "a program that others could choose is not run: status says so" \
		"$(field state)"
	runs "down" runnsctl down one
}

programs
success
user
trust
failure
crash
linger
bin_start
bin_down
bin_ends
bin_flees
deadline
done_testing
