/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * doctor_kernel.c - what networks need of the kernel: it is asked to do it
 *
 * By a child in a network namespace of its own, with which all goes away.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "lib/base/num.h"
#include "lib/sys/file.h"
#include "runnsctl/audit.h"

enum { REPLY_SIZE = 4096, LIMIT_LOW = 64 };

/* Number and first bytes of nf_tables' messages: no more is needed of it. */
enum { NFT_GETGEN = 10 << 8 | 16, NFT_HEAD_SIZE = 4 };

/* A message with room for one nested name. */
struct ask {
	struct nlmsghdr head;
	union {
		struct ifinfomsg link;
		char nft[NFT_HEAD_SIZE];
	} of;
	struct nlattr info;
	struct nlattr kind;
	char name[16];
};

/* Sends it; 0 or the kernel's -errno. */
static int ask(int protocol, struct ask *ask, size_t len)
{
	_Alignas(NLMSG_ALIGNTO) char reply[REPLY_SIZE];
	const struct nlmsghdr *h = (const void *)reply;
	_cleanup_close_ int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
					protocol);
	const struct timeval wait = { .tv_sec = 10 };
	ssize_t n;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	ask->head.nlmsg_len = (uint32_t)len;
	if (send(fd, ask, len, 0) < 0)
		return -errno;
	n = recv(fd, reply, sizeof(reply), 0);
	if (n < 0)
		return -errno;
	if ((size_t)n < NLMSG_LENGTH(sizeof(struct nlmsgerr)) ||
	    h->nlmsg_type != NLMSG_ERROR)
		return 0;
	return ((const struct nlmsgerr *)NLMSG_DATA(h))->error;
}

static int ask_link(const char *kind)
{
	struct ask a = {
		.head = { .nlmsg_type = RTM_NEWLINK,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK |
					 NLM_F_CREATE | NLM_F_EXCL },
	};
	const size_t name = NLA_ALIGN(strlen(kind) + 1);

	snprintf(a.name, sizeof(a.name), "%s", kind);
	a.kind.nla_type = IFLA_INFO_KIND;
	a.kind.nla_len = (uint16_t)(NLA_HDRLEN + strlen(kind) + 1);
	a.info.nla_type = IFLA_LINKINFO;
	a.info.nla_len = (uint16_t)(NLA_HDRLEN + NLA_HDRLEN + name);
	return ask(NETLINK_ROUTE, &a, offsetof(struct ask, name) + name);
}

static int ask_nft(void)
{
	struct ask a = {
		.head = { .nlmsg_type = NFT_GETGEN,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
	};

	return ask(NETLINK_NETFILTER, &a, NLMSG_HDRLEN + NFT_HEAD_SIZE);
}

/* What is tried, by number: a child's exit status has no room for more. */
enum piece { PIECE_NETNS, PIECE_VETH, PIECE_NFT, PIECE_TUN, PIECES };

static int try_piece(enum piece piece)
{
	int fd;

	if (unshare(CLONE_NEWNET) < 0)
		return -errno;
	switch (piece) {
	case PIECE_VETH:
		return ask_link("veth");
	case PIECE_NFT:
		return ask_nft();
	case PIECE_TUN:
		fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
		if (fd < 0)
			return -errno;
		close(fd);
		return 0;
	default:
		return 0;
	}
}

/* Its errno, in a child. */
static int tried(enum piece piece)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(-try_piece(piece) & 0xff);
	if (pid < 0)
		return -errno;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EIO;
}

static void look_at_pieces(struct audit *a)
{
	static const struct finding findings[PIECES] = {
		[PIECE_NETNS] = { "kernel", "no network can be built",
				  "a kernel with CONFIG_NET_NS, outside of a "
				  "container; see /proc/sys/user/"
				  "max_net_namespaces", NULL, NULL },
		[PIECE_VETH] = { "kernel", "networks with Link=veth, the default, "
				 "cannot be built",
				 "a kernel with CONFIG_VETH (modprobe veth)",
				 NULL, NULL },
		[PIECE_NFT] = { "kernel", "Firewall=nft cannot be used, only the "
				"legacy iptables",
				"a kernel with CONFIG_NF_TABLES (modprobe "
				"nf_tables)", NULL, NULL },
		[PIECE_TUN] = { "kernel", "VPNs have no device (vpn=, and "
				"WireGuard= by wireguard-go)",
				"a kernel with CONFIG_TUN (modprobe tun), and "
				"/dev/net/tun", NULL, NULL },
	};
	static const char *const names[PIECES] = {
		"network namespaces", "veth devices", "nf_tables",
		"/dev/net/tun",
	};
	enum piece piece;
	int r;

	for (piece = PIECE_NETNS; piece < PIECES; piece++) {
		r = tried(piece);
		if (r < 0)
			audit_report(a, &findings[piece], "no %s: %s",
				     names[piece], strerror(-r));
		if (r < 0 && piece == PIECE_NETNS)
			return;
	}
}

static void look_at_limit(struct audit *a, const char *name)
{
	static const struct finding finding = {
		.check = "sysctl",
		.why = "so many namespaces there can be, and no more",
		.mend = "set it higher in /etc/sysctl.d",
	};
	char path[64], text[32];
	uint64_t value;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/sys/user/%s", name);
	n = file_read_small(AT_FDCWD, path, text, sizeof(text));
	if (n < 0 || num_parse(text, (size_t)n, UINT64_MAX, &value) < 0)
		audit_unseen(a, "%s", path);
	else if (value < LIMIT_LOW)
		audit_report(a, &finding, "user.%s is %s", name, text);
}

void doctor_kernel(struct audit *a)
{
	look_at_pieces(a);
	look_at_limit(a, "max_net_namespaces");
	look_at_limit(a, "max_mnt_namespaces");
}
