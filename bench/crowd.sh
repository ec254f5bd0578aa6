#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# crowd.sh - looking at very many processes in very many namespaces
#
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
processes=${processes:-10000}
handles=${handles:-4000}
rounds=${rounds:-5}
host_start "$@"
need python3 ps ip

mkdir -p "$tables"
install -d -m 0755 /run/runns && install -d -m 0700 /run/runns/lock &&
	namespaces_up_to "$handles" >/dev/null || exit 1
map_write <<-END
	alice	bench-1	bench-*
	*	-	-
END

# A tenth of them is alice's, in namespaces with names; the others are not mapped.
cat >$host_dir/crowd.py <<-'END'
	import ctypes, os, signal, sys
	libc = ctypes.CDLL(None, use_errno=True)
	total, handles = int(sys.argv[1]), int(sys.argv[2])
	os.setpgid(0, 0)
	for i in range(total):
	    if os.fork() == 0:
	        if i % 10 == 0:
	            fd = os.open(f"/run/netns/bench-{i // 10 % handles + 1}", os.O_RDONLY)
	            if libc.setns(fd, 0):
	                os._exit(1)
	            os.close(fd)
	        os.setuid(5002 if i % 10 else 5001)
	        signal.pause()
	print("complete", flush=True)
	signal.pause()
END
python3 $host_dir/crowd.py "$processes" "$handles" >$host_dir/crowd.log &
wait_until 300 grep -q complete $host_dir/crowd.log || exit 1

"$builddir/bench/interleave" -r "$rounds" \
	list "" "runnsctl list" "" \
	audit "" "runnsctl audit" "" \
	ps "" "ps -eo pid,netns,user,args" "" \
	pids "" "ip netns pids bench-1" "" \
	>"$tables/crowd" || exit 1
title "Looking at $processes processes in $handles namespaces, us"
table crowd
title "Ratios and limits"
goal P13 "list / ps" "$(calc "$(value_of list crowd) / $(value_of ps crowd)")" \
	'<=' 1.5
goal P13 "list, s" "$(calc "$(value_of list crowd) / 1000000")" '<=' 1
goal P13 "audit, s" "$(calc "$(value_of audit crowd) / 1000000")" '<=' 2
bench_done
