#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# symbols.sh - what the objects export and import
. "$(dirname "$0")/lib.sh"

module=$builddir/.libs/pam_runns.so
if [ -e "$module" ]; then
	findings=$(nm -D --defined-only "$module" | awk '{ print $NF }' |
		grep -v '^pam_sm_[a-z_]*$')
	lint_none "the module exports pam_sm_* only" "$findings"

	nm -D --defined-only "$module" | grep -q ' T pam_sm_open_session$'
	lint_ok $? "the module exports pam_sm_open_session"

	# ld-*.so is libc's own part for thread-local storage.
	findings=$(readelf -d "$module" |
		sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p' |
		grep -vE '^(libpam\.so\.0|libc\.so\.6|libc\.musl-.*|ld-.*)$')
	lint_none "the module needs libpam and libc only" "$findings"
fi

for program in runnsctl runns-helper runns; do
	[ -e "$builddir/bin/$program" ] || continue
	findings=$(readelf -d "$builddir/bin/$program" |
		sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p' |
		grep -vE '^(libc\.so\.6|libc\.musl-.*|ld-.*)$')
	lint_none "$program needs libc only" "$findings"
done

# objects DIR: the object files of a folder, as libtool and make leave them,
# but for those of the sanitized module that tests load
objects()
{
	find "$builddir/$1" -name '*.o' ! -name '*_asan_*' 2>/dev/null
}

# undefined DIR: "object symbol" of what a folder's objects import
undefined()
{
	for o in $(objects "$1"); do
		nm -u "$o" | awk -v o="${o#"$builddir"/}" '{ print o, $NF }'
	done
}

own=$(for o in $(objects lib/base) $(objects lib/policy); do
	nm --defined-only "$o" | awk '{ print $NF }'
done | sort -u)

if [ -n "$(objects lib/policy)" ]; then
	findings=$(undefined lib/policy | while read -r o symbol; do
		case $symbol in
		mem[a-z]*|__mem[a-z]*_chk|strlen|strnlen|strcmp|strncmp) ;;
		strchr|strrchr|strchrnul|strspn|strcspn|strstr) ;;
		snprintf|vsnprintf|__snprintf_chk|__vsnprintf_chk) ;;
		__stack_chk_fail|_GLOBAL_OFFSET_TABLE_) ;;
		*) printf '%s\n' "$own" | grep -qx "$symbol" || echo "$o: $symbol" ;;
		esac
	done)
	lint_none "policy objects import mem*, str* and snprintf only" "$findings"
fi

banned='system|popen|exec[lv]pe?|execlp|getenv|gethostby[a-z_0-9]*|dlopen'
banned="$banned|strcpy|stpcpy|strcat|strncat|sprintf|vsprintf|gets|mktemp|tmpnam"
banned="$banned|__(strcpy|stpcpy|strcat|strncat|sprintf|vsprintf)_chk"
for dir in lib pam_runns net helper; do
	[ -n "$(objects $dir)" ] || continue
	findings=$(undefined $dir | grep -E " ($banned)(@.*)?$")
	lint_none "privileged objects in $dir use nothing that is banned" "$findings"
done

# A guest in sshd or login leaves its host as it was.  What it has no use for,
# bus.o, is for commands.
guest='exit|_exit|abort|openlog|closelog|setlogmask|setenv|putenv|unsetenv'
guest="$guest|signal|sigaction|umask|setlocale|clearenv|atexit"
findings=$(for dir in lib pam_runns; do undefined $dir; done |
	grep -E " ($guest)(@.*)?$" | grep -vE '^lib/sys/(.libs/)?(proc|bus)\.o ')
lint_none "lib and the module leave exit, signals, umask and environment alone" \
	"$findings"

lint_done
