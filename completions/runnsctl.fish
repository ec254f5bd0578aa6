# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion for runnsctl; commands and options come from its own table

function __runnsctl_command
	set -l words (commandline -opc)
	test (count $words) -ge 2; and echo $words[2]
end

function __runnsctl_is
	contains -- (__runnsctl_command) $argv
end

function __runnsctl_options
	runnsctl __options (__runnsctl_command) 2>/dev/null
end

# Options of run and unshare that take an argument.
set -g __runnsctl_takes -n --name --resolv --net --state --map-user --hostname \
	--monotonic --boottime --root --bind --tmpfs --copy-up --pre --exec \
	--post --fill -p --publish --mtu --ifname --cidr --outbound

# Words behind the options of run: the program and its own.
function __runnsctl_program
	set -l words (commandline -opc)[3..-1] (commandline -ct)
	while string match -q -- "-*" "$words[1]"
		switch $words[1]
			case --
				set -e words[1]
				break
			case $__runnsctl_takes
				set -e words[1..2]
			case '*'
				set -e words[1]
		end
	end
	string join -- \n $words
end

function __runnsctl_previous
	set -l words (commandline -opc)
	contains -- $words[-1] $argv
end

complete -c runnsctl -f
complete -c runnsctl -n '__runnsctl_is unshare publish attach
	and __runnsctl_previous --name' \
	-a '(command ls $XDG_RUNTIME_DIR/runns ~/.local/state/runns \
		2>/dev/null | string match -v "*:")'
complete -c runnsctl -n '__runnsctl_previous -n --name
	and not __runnsctl_is unshare publish attach' \
	-a '(runnsctl __names 2>/dev/null)'
complete -c runnsctl -n '__runnsctl_previous --resolv --map --conf --script' -F
complete -c runnsctl -n '__runnsctl_is unshare; and __runnsctl_previous --net' \
	-a '(runnsctl __kinds 2>/dev/null)'
complete -c runnsctl -n '__runnsctl_is unshare
	and __runnsctl_previous --root --tmpfs --copy-up --fill --state --bind' \
	-F
complete -c runnsctl -n '__runnsctl_is run unshare
	and not __runnsctl_previous $__runnsctl_takes' \
	-a '(complete -C (string join " " -- (string escape -- (__runnsctl_program))))'
complete -c runnsctl -n 'not __runnsctl_command >/dev/null' \
	-a '(runnsctl __commands 2>/dev/null)'
complete -c runnsctl -n '__runnsctl_is help' \
	-a '(runnsctl __commands 2>/dev/null)'
complete -c runnsctl -n '__runnsctl_is up down reattach status refresh list' \
	-a '(runnsctl __names 2>/dev/null)'
complete -c runnsctl -n '__runnsctl_is forward' -s n -l name -x \
	-a '(runnsctl __names 2>/dev/null)'
complete -c runnsctl -n '__runnsctl_is explain audit' \
	-a '(__fish_complete_users)'
complete -c runnsctl -n '__runnsctl_is check' -F
complete -c runnsctl -n '__runnsctl_command >/dev/null
	and string match -q -- "-*" (commandline -ct)' \
	-a '(__runnsctl_options)'
