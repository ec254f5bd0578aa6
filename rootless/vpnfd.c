/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vpnfd.c - the socket that a VPN's program hands to its script
 */
#include "rootless/vpnfd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "lib/base/log.h"
#include "lib/base/num.h"
#include "net/nl.h"

static int refuse(const char *why)
{
	return log_errno(-EINVAL, "VPNFD %s: is this started by openconnect "
			 "--script-tun?", why);
}

static int socket_option(int fd, int option)
{
	int value = -1;
	socklen_t len = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, option, &value, &len) < 0 ? -1 :
								      value;
}

int vpnfd_open(const char *value)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	uint64_t n;

	if (!value)
		return refuse("is not set");
	if (num_parse(value, strlen(value), INT_MAX, &n) < 0 ||
	    n <= STDERR_FILENO)
		return refuse("is no number of a descriptor");
	if (fcntl((int)n, F_SETFD, FD_CLOEXEC) < 0)
		return refuse("is not open");
	if (socket_option((int)n, SO_DOMAIN) != AF_UNIX ||
	    socket_option((int)n, SO_TYPE) != SOCK_DGRAM ||
	    getpeername((int)n, (struct sockaddr *)&peer, &len) < 0)
		return refuse("is no pair of datagram sockets");
	return (int)n;
}

static int read_peer(void *ctx, struct nlmsghdr *h)
{
	bool *gone = ctx;
	struct nlattr *tb[UNIX_DIAG_MAX + 1];

	if (h->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    nlmsg_parse(h, sizeof(struct unix_diag_msg), tb, UNIX_DIAG_MAX,
			NULL) < 0)
		return -EBADMSG;
	/* A closed socket has no inode any more. */
	*gone = tb[UNIX_DIAG_PEER] && nla_get_u32(tb[UNIX_DIAG_PEER]) == 0;
	return 0;
}

bool vpnfd_is_gone(void *ctx)
{
	const struct vpnfd_watch *watch = ctx;
	struct unix_diag_req head = {
		.sdiag_family = AF_UNIX,
		.udiag_states = -1U,
		.udiag_show = UDIAG_SHOW_PEER,
		.udiag_cookie = { -1U, -1U },
	};
	struct stat st;
	_cleanup_msg_ struct nl_msg *msg = NULL;
	bool gone = false;

	if (fstat(watch->fd, &st) < 0)
		return false;
	head.udiag_ino = (uint32_t)st.st_ino;
	msg = nl_new(SOCK_DIAG_BY_FAMILY, 0, &head, sizeof(head));
	return msg && nl_ask(watch->sk, msg, read_peer, &gone) == 0 && gone;
}
