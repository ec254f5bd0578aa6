#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# guides.sh - what docs/ tells an administrator to write and to say: every
# runns.conf and runns.map in them is right, what can be run here runs, and what
# cannot has commands and options that there are
. "$(dirname "$0")/lib.sh"
host_start "$@"
for group in staff people field-team; do
	echo "$group:x:52$(printf '%s' "$group" | wc -c | tr -d ' '):" >>/etc/group
done
echo 'ops:x:5050:5050::/home:/bin/sh' >>/etc/passwd
mkdir -p /etc/openvpn && cat >/etc/openvpn/office.conf <<-END
	client
	dev tun
	remote 198.51.100.1 1194
END
chmod 0600 /etc/openvpn/office.conf

# blocks FILE: NUMBER.LANGUAGE for each block that has one, below $host_dir/md
blocks()
{
	rm -rf $host_dir/md && mkdir $host_dir/md
	awk -v dir=$host_dir/md '
	/^```/ {
		if (!out && length($0) > 3) {
			kind = substr($0, 4)
			gsub(/ /, "-", kind)
			out = sprintf("%s/%02d.%s", dir, ++n, kind)
			printf "" >out
		} else {
			if (out) close(out)
			out = ""
		}
		next
	}
	out { print >>out }' "$1"
}

# has_words LINE: runnsctl, a command of it, and options that the command has
has_words()
{
	local words word usage
	read -r -a words <<<"$1"
	usage=$(runnsctl help "${words[1]}" 2>&1) || return 1
	for word in "${words[@]:2}"; do
		case $word in
		--) break ;;
		--*) printf '%s' "$usage" | grep -qF -- "${word%%=*}" || return 1 ;;
		esac
	done
}

# commands FILE: lines of runnsctl in a block, and in `...` of a page
commands()
{
	case $1 in
	*.md) grep -o '`runnsctl [a-z][^`]*`' "$1" | tr -d '`' ;;
	*) grep -oE '(^|'\'')runnsctl [^'\'']*' "$1" | tr -d "'" ;;
	esac
}

said()
{
	local line
	while IFS= read -r line; do
		has_words "$line" || echo "$line"
	done < <(commands "$1")
}

guide()
{
	local name=${1##*/} block text
	is "$(said "$1")" "" "$name: its commands and options are there"
	blocks "$1"
	for block in "$host_dir"/md/*; do
		text="$name, block ${block##*/}"
		case $block in
		*.runns.conf)
			cp "$block" /etc/runns.conf
			runs "$text" runnsctl check --conf "$block"
			;;
		*.runns.map)
			cp "$block" /etc/security/runns.map
			runs "$text" runnsctl check --map "$block" \
				--conf /etc/runns.conf
			;;
		*.sh-run) runs "$text" sh -e "$block" ;;
		*.sh)
			runs "$text: its syntax" sh -n "$block"
			is "$(said "$block")" "" "$text: its words"
			;;
		*) fail "$text: of what kind is it?" ;;
		esac
	done
}

# LEVELS and TROUBLESHOOTING go on with the bastion's and the kiosk's networks.
guide "$srcdir/docs/ADMIN.md"
isnt "$(find $host_dir/md -name '*.sh-run' | wc -l)" 0 "(some of it was run)"
printf '[staff]\nDNS = 198.51.100.53\n' >>/etc/runns.conf
echo 'alice staff -' >>/etc/security/runns.map
runnsctl up staff || bail "no network"
guide "$srcdir/docs/LEVELS.md"
guide "$srcdir/docs/TROUBLESHOOTING.md"
runnsctl down --all
printf '[field]\nDNS = 198.51.100.53\n[tenant]\nLinger = no\n' >/etc/runns.conf
guide "$srcdir/docs/FLEET.md"

# What a locked-out administrator is told.
echo 'alice work - frob' >/etc/security/runns.map
refuses "a broken map refuses" su alice -c true
runs "root gets in" su root -c true
mv /etc/security/runns.map /etc/security/runns.map.off
runs "without a map nobody is mapped" su alice -c true
mv /etc/security/runns.map.off /etc/security/runns.map
like "$(cat $host_log)" 'runns.map:1:14: unknown option' "the journal's words are as told"
echo 'alice work -' >/etc/security/runns.map
refuses "an absent network refuses" su alice -c true
like "$(cat $host_log)" 'namespace work does not exist' "in these words"
echo '@nosuch work -' >/etc/security/runns.map
refuses "an unknown group refuses" su alice -c true
like "$(cat $host_log)" 'cannot tell "@nosuch": there is no such group' "in these words"
done_testing
