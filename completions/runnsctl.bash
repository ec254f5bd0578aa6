# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for runnsctl; commands and options come from its own table

# Words behind the options of run: a program, then what files there are.
_runnsctl_program()
{
	local i=2
	while [[ ${COMP_WORDS[i]} == -* ]]; do
		case ${COMP_WORDS[i]} in
		--) ((i++)); break ;;
		-n | --name | --resolv) ((i += 2)) ;;
		*) ((i++)) ;;
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
	if [[ $prev == --map || $prev == --conf || $prev == --resolv ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
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
	run)
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
