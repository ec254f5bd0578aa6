/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nl.c - talk with the kernel over netlink: exact errors, bounded waiting
 *
 * libnl builds the messages and takes them apart.  The exchange is done here,
 * since libnl's own error codes do not tell EEXIST from its like exactly.
 */
#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/socket.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "net/nl.h"

enum {
	NL_BUFFER = 32 * 1024,	/* the kernel's answers are never larger */
	NL_TIMEOUT_MS = 5000,
};

int nl_open(int protocol, struct nl_sock **out)
{
	struct nl_sock *sk = nl_socket_alloc();
	int size = 1024 * 1024;

	if (!sk)
		return -ENOMEM;
	if (nl_connect(sk, protocol) < 0) {
		int err = errno ? -errno : -EPROTONOSUPPORT;

		nl_socket_free(sk);
		return err;
	}
	/* Larger than the limit if we may; a smaller one is no error. */
	(void)setsockopt(nl_socket_get_fd(sk), SOL_SOCKET, SO_RCVBUFFORCE,
			 &size, sizeof(size));
	*out = sk;
	return 0;
}

void nl_close(struct nl_sock *sk)
{
	if (sk)
		nl_socket_free(sk);
}

struct nl_msg *nl_new(int type, int flags, const void *head, size_t len)
{
	struct nl_msg *msg = nlmsg_alloc_simple(type, flags);

	if (msg && nlmsg_append(msg, (void *)head, len, NLMSG_ALIGNTO) < 0) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/* Waits until there is something to be read. */
static int nl_await(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int ready;

	do
		ready = poll(&pfd, 1, NL_TIMEOUT_MS);
	while (ready < 0 && errno == EINTR);
	if (ready < 0)
		return -errno;
	return ready ? 0 : -ETIMEDOUT;
}

/*
 * One datagram of the kernel's into @buf; others' are thrown away.  Mostly it
 * is there when the request has been sent.
 */
static ssize_t nl_receive(int fd, void *buf, size_t size)
{
	for (;;) {
		struct sockaddr_nl from = { 0 };
		socklen_t from_len = sizeof(from);
		ssize_t n = recvfrom(fd, buf, size, MSG_TRUNC | MSG_DONTWAIT,
				     (struct sockaddr *)&from, &from_len);
		int err = n < 0 ? -errno : 0;

		if (err == 0 && from.nl_pid == 0)
			return (size_t)n > size ? -EMSGSIZE : n;
		if (err == -EAGAIN)
			err = nl_await(fd);
		if (err && err != -EINTR)
			return err;
	}
}

/* What one exchange has come to. */
struct nl_exchange {
	uint32_t first;		/* numbers of the requests, inclusive */
	uint32_t last;
	unsigned int wanted;	/* acknowledgements still to come */
	int result;
	bool interrupted;
	bool asks;		/* an answer ends it */
	int (*fn)(void *ctx, struct nlmsghdr *answer);
	void *ctx;
};

static void nl_exchange_error(struct nl_exchange *x, struct nlmsghdr *h)
{
	const struct nlmsgerr *e = nlmsg_data(h);

	if (x->wanted)
		x->wanted--;
	if (h->nlmsg_len < NLMSG_HDRLEN + sizeof(*e))
		x->result = -EBADMSG;
	else if (e->error && x->result == 0)
		x->result = e->error;
	/* A batch refused at its head answers nothing else. */
	if (x->result && h->nlmsg_seq == x->first)
		x->wanted = 0;
}

static void nl_exchange_one(struct nl_exchange *x, struct nlmsghdr *h)
{
	if (h->nlmsg_seq - x->first > x->last - x->first)
		return;
	if (h->nlmsg_flags & NLM_F_DUMP_INTR)
		x->interrupted = true;
	if (h->nlmsg_type == NLMSG_ERROR) {
		nl_exchange_error(x, h);
	} else if (h->nlmsg_type == NLMSG_DONE) {
		x->wanted = 0;
	} else if (h->nlmsg_type >= NLMSG_MIN_TYPE && x->fn && !x->result) {
		x->result = x->fn(x->ctx, h);
	}
	if (x->asks && h->nlmsg_type >= NLMSG_MIN_TYPE)
		x->wanted = 0;
}

static int nl_exchange_run(int fd, struct nl_exchange *x)
{
	_cleanup_free_ char *buf = malloc(NL_BUFFER);

	if (!buf)
		return -ENOMEM;
	while (x->wanted) {
		ssize_t n = nl_receive(fd, buf, NL_BUFFER);
		struct nlmsghdr *h = (struct nlmsghdr *)buf;
		int left;

		if (n < 0)
			return (int)n;
		for (left = (int)n; nlmsg_ok(h, left); h = nlmsg_next(h, &left))
			nl_exchange_one(x, h);
	}
	if (x->result == 0 && x->interrupted)
		return -EINTR;
	return x->result;
}

static int nl_send_all(int fd, const void *bytes, size_t len)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	ssize_t n = sendto(fd, bytes, len, 0, (struct sockaddr *)&kernel,
			   sizeof(kernel));

	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EMSGSIZE;
}

static int nl_talk_one(struct nl_sock *sk, struct nl_msg *msg, int flags,
		       struct nl_exchange *x)
{
	struct nlmsghdr *h = nlmsg_hdr(msg);
	int fd = nl_socket_get_fd(sk);
	int err;

	h->nlmsg_flags |= (uint16_t)(NLM_F_REQUEST | flags);
	h->nlmsg_seq = nl_socket_use_seq(sk);
	h->nlmsg_pid = 0;
	x->wanted = 1;
	x->first = x->last = h->nlmsg_seq;
	err = nl_send_all(fd, h, h->nlmsg_len);
	return err ? err : nl_exchange_run(fd, x);
}

int nl_talk(struct nl_sock *sk, struct nl_msg *msg,
	    int (*fn)(void *ctx, struct nlmsghdr *answer), void *ctx)
{
	struct nl_exchange x = { .fn = fn, .ctx = ctx };

	return nl_talk_one(sk, msg, NLM_F_ACK, &x);
}

int nl_ask(struct nl_sock *sk, struct nl_msg *msg,
	   int (*fn)(void *ctx, struct nlmsghdr *answer), void *ctx)
{
	struct nl_exchange x = { .fn = fn, .ctx = ctx, .asks = true };

	return nl_talk_one(sk, msg, 0, &x);
}

static void nl_batch_edge(struct nl_sock *sk, char *buf, size_t *len, int type,
			  int subsys)
{
	struct nlmsghdr *h = (struct nlmsghdr *)(buf + *len);
	struct nfgenmsg *g = nlmsg_data(h);

	memset(h, 0, NLMSG_HDRLEN + sizeof(*g));
	h->nlmsg_len = NLMSG_HDRLEN + sizeof(*g);
	h->nlmsg_type = (uint16_t)type;
	h->nlmsg_flags = NLM_F_REQUEST;
	h->nlmsg_seq = nl_socket_use_seq(sk);
	g->nfgen_family = AF_UNSPEC;
	g->version = NFNETLINK_V0;
	g->res_id = htons((uint16_t)subsys);
	*len += h->nlmsg_len;
}

int nl_talk_batch(struct nl_sock *sk, struct nl_msg *const *msgs, size_t n,
		  int subsys)
{
	_cleanup_free_ char *buf = malloc(NL_BUFFER);
	struct nl_exchange x = { .wanted = (unsigned int)n };
	int fd = nl_socket_get_fd(sk);
	size_t len = 0;
	size_t i;
	int err;

	if (!buf)
		return -ENOMEM;
	nl_batch_edge(sk, buf, &len, NFNL_MSG_BATCH_BEGIN, subsys);
	x.first = ((struct nlmsghdr *)buf)->nlmsg_seq;
	for (i = 0; i < n; i++) {
		struct nlmsghdr *h = nlmsg_hdr(msgs[i]);
		size_t size = NLMSG_ALIGN(h->nlmsg_len);

		if (len + size + 64 > NL_BUFFER)
			return -EMSGSIZE;
		h->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
		h->nlmsg_seq = nl_socket_use_seq(sk);
		h->nlmsg_pid = 0;
		memcpy(buf + len, h, h->nlmsg_len);
		len += size;
	}
	nl_batch_edge(sk, buf, &len, NFNL_MSG_BATCH_END, subsys);
	x.last = x.first + (uint32_t)n + 1;
	err = nl_send_all(fd, buf, len);
	return err ? err : nl_exchange_run(fd, &x);
}
