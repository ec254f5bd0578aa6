/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * paths.h - where everything lies
 *
 * All are relative to the host's root: a reader may stand in a session, where
 * /run/netns is hidden, and then reaches them through file_host_root().
 */
#ifndef RUNNS_PATHS_H
#define RUNNS_PATHS_H

/* runns.map(5), runns.conf(5) */
#define PATH_MAP_DIR "etc/security"
#define PATH_MAP_NAME "runns.map"
#define PATH_MAP_DROPINS "runns.map.d"
#define PATH_CONF "etc/runns.conf"
#define PATH_CONF_DROPINS "etc/runns.conf.d"

/* ip-netns(8) */
#define PATH_HANDLES "run/netns"
#define PATH_NETNS_ETC "etc/netns"

/*
 * Derived state, 0755 root, below it directories of mode 0700.  All of it may
 * be deleted: the kernel is asked first.
 */
#define PATH_RUN "run/runns"
#define PATH_RUN_NET "run/runns/net"	/* NAME/: one network */
#define PATH_RUN_LOCK "run/runns/lock"	/* flock(2) files */
#define PATH_RUN_POOL "run/runns/pool"	/* INDEX -> NAME, links */
#define PATH_RUN_VIEWS "run/runns/views" /* COOKIE/NAME: mount namespaces */
#define PATH_RUN_REQUEST "run/runns/request" /* NAME: what `up NAME` builds */
#define PATH_RUN_FAILED "run/runns/failed" /* NAME: when a build failed */
#define PATH_RUN_VPN "run/runns/vpn"	/* sockets of VPN programs */
#define PATH_RUN_EMPTY "run/runns/empty" /* laid over what is hidden */

/*
 * In PATH_RUN_NET/NAME/.  A marker is an empty file.
 */
#define NET_ETC "etc"			/* files that cover those of /etc */
#define NET_PUSHED "pushed"		/* name servers that tunnels have told */
#define NET_MARK_STRICT "strict-dns"	/* StrictDNS holds: hide resolver sockets */
#define NET_MARK_OVERLAY "etc-overlay"	/* Etc=overlay */
#define NET_NOTE_PROPAGATION "propagation" /* other than slave */
#define NET_MARK_IDLE "idle-down"	/* built by a login, Linger=no */

#endif
