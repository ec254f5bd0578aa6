# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for runnsctl; commands and options come from its own table

# Options of run and unshare that take an argument.
_runnsctl_takes='-n|--name|--resolv|--net|--state|--map-user|--hostname|'\
'--monotonic|--boottime|--root|--bind|--tmpfs|--copy-up|--pre|--exec|--post|'\
'--fill|-p|--publish|--mtu|--ifname|--cidr|--outbound'

# Words behind the options of run: a program, then what files there are.
_runnsctl_program()
{
	local i=2
	while [[ ${COMP_WORDS[i]} == -* ]]; do
		case ${COMP_WORDS[i]} in
		--) ((i++)); break ;;
		*) [[ ${COMP_WORDS[i]} =~ ^($_runnsctl_takes)$ ]] && ((i++))
			((i++)) ;;
		esac
	done
	if ((i >= COMP_CWORD)); then
		mapfile -t COMPREPLY < <(compgen -c -- "$1")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$1")
	fi
}

_runnsctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]}
	local prev=${COMP_WORDS[COMP_CWORD-1]}
	local command=${COMP_WORDS[1]}

	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W "$(runnsctl __commands \
			2>/dev/null | cut -f1) --help --version" -- "$cur")
		return
	fi
	if [[ $prev =~ ^--(map|conf|resolv|script)$ ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
	fi
	if [[ $command == unshare && $prev == --net ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(runnsctl __kinds \
			2>/dev/null)" -- "$cur")
		return
	fi
	if [[ $prev =~ ^--(root|tmpfs|copy-up|fill|state)$ ]]; then
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
	fi
	if [[ $command =~ ^(unshare|publish|attach)$ && $prev == --name ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(command ls \
			"$XDG_RUNTIME_DIR/runns" ~/.local/state/runns \
			2>/dev/null | grep -v :)" -- "$cur")
		return
	fi
	if [[ $prev == -n || $prev == --name ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(runnsctl __names \
			2>/dev/null)" -- "$cur")
		return
	fi
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(runnsctl __options \
			"$command" 2>/dev/null | cut -f1) --help" -- "$cur")
		return
	fi
	case $command in
	run | unshare)
		_runnsctl_program "$cur"
		;;
	up | down | reattach | status | refresh | list)
		mapfile -t COMPREPLY < <(compgen -W "$(runnsctl __names \
			2>/dev/null)" -- "$cur")
		;;
	check)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		;;
	explain | audit)
		mapfile -t COMPREPLY < <(compgen -u -- "$cur")
		;;
	help)
		mapfile -t COMPREPLY < <(compgen -W "$(runnsctl __commands \
			2>/dev/null | cut -f1)" -- "$cur")
		;;
	esac
}

complete -F _runnsctl runnsctl
