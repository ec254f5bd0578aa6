#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# run_programs.sh - real programs, started in a network by an ordinary user
. "$(dirname "$0")/lib.sh"
need setpriv python3 tmux screen vim ssh ssh-agent curl git gcc sudo chromium
host_start "$@"

out=$host_dir/out
install -d -m 0777 $out
net_make work 1
net_make vpn123 2
map_write <<-'END'
	alice	-	work,vpn123
	*	-	-
END

run()
{
	as alice runnsctl run -n work -- "$@"
}

# on_tty [PROMPT=ANSWER...] -- COMMAND...: alice on a terminal of her own
on_tty()
{
	as alice python3 "$tests/peer.py" pty "$@"
}

# inside FILE NAME TEXT: what probe wrote is of that namespace
inside()
{
	wait_until 10 grep -q '^env' "$1"
	session_is "$2" "$1" "$3"
}

# --- tmux, as it was done with former versions ------------------------------------------

as alice runnsctl --create-ptms --program /usr/bin/tmux \
	--set-netns /var/run/netns/vpn123 -- -L vpn123.socket
is $? 0 "a tmux of its own, by the historic line"
wait_until 10 as alice tmux -L vpn123.socket has-session
on_tty "$ =probe >$out/tmux; tty >$out/tmux-tty; exit\\n" -- \
	tmux -2 -L vpn123.socket attach -d >$out/attach 2>&1
is $? 0 "attached from outside"
inside $out/tmux vpn123 "its shell is inside"
like "$(cat $out/tmux-tty)" '^/dev/pts/' "on a terminal of tmux's"
runs "and when it is left nothing stays" wait_until 10 eval \
	'! pgrep -u alice "tmux|runnsctl"'

# A server that was started before keeps its network: another socket.
as alice runnsctl run -n work tmux -L work new-session -d
as alice tmux -L work send-keys "probe >$out/tmux2; sleep 77" Enter
inside $out/tmux2 work "a tmux server started inside"
wait_until 10 pgrep -f '^sleep 77'
as alice tmux -L work send-keys C-z
sleep_state()
{
	ps -o state= -p "$(pgrep -f '^sleep 77')" | grep -q "$1"
}
runs "Ctrl-Z in it" wait_until 10 sleep_state T
as alice tmux -L work send-keys fg Enter
runs "fg" wait_until 10 sleep_state S
as alice tmux -L work send-keys C-c
runs "Ctrl-C" wait_until 10 eval '! pgrep -f "^sleep 77"'
as alice tmux -L work kill-server

# --- screen -----------------------------------------------------------------------------

as alice mkdir -m 0700 .screen
# screen USER-WORDS...: hers, wherever it runs
in_screen()
{
	as alice env SCREENDIR=/home/alice/.screen "$@"
}
in_screen runnsctl run -n work screen -d -m -S there
wait_until 10 eval 'in_screen screen -ls | grep -q there'
as alice env SCREENDIR=/home/alice/.screen python3 "$tests/peer.py" pty \
	"~$=probe >$out/screen; exit\\n" -- screen -r there >$out/attach 2>&1
inside $out/screen work "screen, attached from outside"

# --- vim --------------------------------------------------------------------------------

on_tty "~=:0r !probe\\n" "env=:wq! $out/vim\\n" -- runnsctl run -n work \
	vim -u NONE -N >$out/screenful 2>&1
is $? 0 "vim on a terminal"
inside $out/vim work "what it starts"
on_tty '$ =runnsctl run -n work vim -u NONE -N\n' '~=:w '$out'/vim2\n' \
	'written=\x1a' 'Stopped=fg\n' '~=:q\n' '$ =exit 3\n' -- \
	env 'PS1=$ ' bash --norc -i >$out/screenful 2>&1
is $? 3 "stopped and continued by a shell"
on_tty "~=:0r !probe\\n" "env=:wq! $out/vim3\\n" -- runnsctl run -n work --pty \
	vim -u NONE -N >$out/screenful 2>&1
is $? 0 "vim with --pty"
inside $out/vim3 work "what it starts"

# --- clients ------------------------------------------------------------------------------

is "$(run curl -sS -m 10 http://web.test/)" 172.31.1.2 "curl, by name"
is "$(run curl -sS -m 10 http://198.51.100.1/100000 | wc -c)" 100000 "at length"

sshd_start
as alice ssh-agent sh -c 'echo "$SSH_AUTH_SOCK"; exec sleep infinity' >$out/agent &
wait_until 10 test -s $out/agent
agent=$(cat $out/agent)
install -o alice -m 0600 /root/.ssh/id_ed25519 /home/alice/key
as alice env SSH_AUTH_SOCK="$agent" ssh-add -q key
rm /home/alice/key
is "$(as alice env SSH_AUTH_SOCK="$agent" runnsctl run -n work ssh -A \
	-o BatchMode=yes -o StrictHostKeyChecking=no -o LogLevel=ERROR \
	bob@203.0.113.2 'echo "$SSH_CLIENT"; ssh-add -l | wc -l' | cut -d ' ' -f 1)" \
	"172.31.1.2
1" "ssh, with the agent of outside, forwarded"

mkdir $out/repo
(cd $out/repo && git init -q -b main && echo text >file && git add file &&
	git -c user.name=x -c user.email=x@example.org commit -q -m one &&
	git clone -q --bare . $out/repo.git && git -C $out/repo.git update-server-info)
inet python3 -m http.server -d $out --bind 198.51.100.1 8081 >$out/git.log 2>&1 &
wait_until 10 curl -so /dev/null http://198.51.100.1:8081/
run git clone -q http://web.test:8081/repo.git copy
is "$(cat /home/alice/copy/file)" text "git over http"
like "$(cat $out/git.log)" '^172\.31\.1\.2 .*repo\.git' "from her network"

# --- the loader's variables -----------------------------------------------------------------

mkdir $out/lib
echo 'int answer(void) { return 1; }' | gcc -shared -fPIC -x c - -o $out/lib/libanswer.so
echo 'int answer(void) { return 2; }' | gcc -shared -fPIC -x c - -o $out/other.so
echo 'int answer(void); int main(void) { return answer(); }' |
	gcc -x c - -o $out/asks -L $out/lib -lanswer
as alice env LD_LIBRARY_PATH=$out/lib runnsctl run -n work $out/asks
is $? 1 "LD_LIBRARY_PATH"
as alice env LD_LIBRARY_PATH=$out/lib LD_PRELOAD=$out/other.so \
	runnsctl run -n work $out/asks
is $? 2 "LD_PRELOAD"

# --- sudo -------------------------------------------------------------------------------------

echo 'alice ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/alice
chmod 0440 /etc/sudoers.d/alice
run sudo -n probe >$out/sudo 2>&1
is "$(value uids $out/sudo)" 0,0,0,0 "sudo works inside"
is "$(value cookie $out/sudo)" "$(cookie_of work)" "and stays inside"
is "$(value resolv $out/sudo)" "$(cat /etc/netns/work/resolv.conf)" \
	"with its name servers"
echo 'nameserver 192.0.2.98' >/home/alice/own.conf
refuses "but not with a resolver of her own" as alice runnsctl run -n work \
	--resolv own.conf sudo -n true

# --- a browser ----------------------------------------------------------------------------------

mkdir $out/web
cat >$out/web/page.html <<-'END'
	<html><body><p id=p>before</p><script>
	fetch("data.txt").then(r => r.text()).then(t => {
		document.getElementById("p").textContent = t.trim() + " fetched";
	});
	</script></body></html>
END
echo inside >$out/web/data.txt
as alice runnsctl run -n work --detach python3 -m http.server -d $out/web \
	--bind 127.0.0.1 8082 >$out/web.log 2>&1 </dev/null
wait_until 10 run curl -so /dev/null http://127.0.0.1:8082/
refuses "a page that only the network has" curl -so /dev/null http://127.0.0.1:8082/
run timeout 100 chromium --headless --no-sandbox --disable-gpu \
	--disable-background-networking --disable-component-update --no-first-run \
	--disable-dev-shm-usage --user-data-dir=/home/alice/profile \
	--virtual-time-budget=5000 --dump-dom http://127.0.0.1:8082/page.html \
	>$out/dom 2>$out/dom.err
like "$(cat $out/dom)" '<p id="p">inside fetched</p>' "chromium shows it" ||
	diag "$(tail -n 20 $out/dom.err)"
like "$(cat $out/web.log)" 'GET /data.txt' "and its script fetched from there"

done_testing
