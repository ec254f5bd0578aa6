/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unix_sockets.c - UNIX sockets of a network namespace and who they talk to
 */
#include "runnsctl/unix_sockets.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/sys/ns.h"

enum { FIRST = 64, REPLY_SIZE = 32768, LISTENS = 10 };

static int open_there(int ns)
{
	_cleanup_close_ int self = ns_open_self(NS_NET);
	int fd, err = self < 0 ? self : ns_join(ns, NS_NET);

	if (err < 0)
		return err;
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	err = fd < 0 ? -errno : fd;
	/* All that followed would be about another network. */
	if (ns_join(self, NS_NET) < 0)
		_exit(EXIT_FAILURE);
	return err;
}

static int ask(int fd)
{
	struct {
		struct nlmsghdr head;
		struct unix_diag_req request;
	} message = {
		.head = { .nlmsg_len = sizeof(message),
			  .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.request = { .sdiag_family = AF_UNIX,
			     .udiag_states = ~0U,
			     .udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER },
	};

	return send(fd, &message, sizeof(message), 0) < 0 ? -errno : 0;
}

static int grow(struct unix_sockets *s)
{
	size_t size = s->size ? 2 * s->size : FIRST;
	struct unix_socket *list;

	if (s->n < s->size)
		return 0;
	list = realloc(s->list, size * sizeof(*list));
	if (!list)
		return -ENOMEM;
	s->list = list;
	s->size = size;
	return 0;
}

/* An abstract name begins with a NUL byte, and is not terminated. */
static void take_name(struct unix_socket *s, const char *name, size_t len)
{
	if (len >= sizeof(s->name))
		len = sizeof(s->name) - 1;
	memcpy(s->name, name, len);
	s->name[len] = '\0';
	if (len && !s->name[0])
		s->name[0] = '@';
}

static int take(struct unix_sockets *out, const struct nlmsghdr *h)
{
	const struct unix_diag_msg *m = NLMSG_DATA(h);
	const struct rtattr *a = (const struct rtattr *)(m + 1);
	int left = (int)h->nlmsg_len - (int)NLMSG_LENGTH(sizeof(*m));
	struct unix_socket *s;
	int err = left < 0 ? -EPROTO : grow(out);

	if (err)
		return err;
	s = &out->list[out->n++];
	*s = (struct unix_socket){ .ino = m->udiag_ino,
				   .listens = m->udiag_state == LISTENS };
	for (; RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		if (a->rta_type == UNIX_DIAG_NAME)
			take_name(s, RTA_DATA(a), RTA_PAYLOAD(a));
		else if (a->rta_type == UNIX_DIAG_PEER &&
			 RTA_PAYLOAD(a) >= sizeof(s->peer))
			memcpy(&s->peer, RTA_DATA(a), sizeof(s->peer));
	}
	return 0;
}

/* One reply: 1 if it was the last, 0, or -errno. */
static int take_all(struct unix_sockets *out, const struct nlmsghdr *h,
		    size_t len)
{
	int err = 0;

	for (; err == 0 && NLMSG_OK(h, len); h = NLMSG_NEXT(h, len)) {
		if (h->nlmsg_type == NLMSG_DONE)
			return 1;
		if (h->nlmsg_type == NLMSG_ERROR)
			return -EOPNOTSUPP;
		err = take(out, h);
	}
	return err;
}

static int by_ino(const void *a, const void *b)
{
	const struct unix_socket *x = a, *y = b;

	return (x->ino > y->ino) - (x->ino < y->ino);
}

int unix_sockets_read(int ns, struct unix_sockets *out)
{
	_cleanup_close_ int fd = open_there(ns);
	_cleanup_free_ char *reply = malloc(REPLY_SIZE);
	int err = fd < 0 ? fd : 0;

	*out = (struct unix_sockets){ 0 };
	if (err == 0 && !reply)
		err = -ENOMEM;
	if (err == 0)
		err = ask(fd);
	while (err == 0) {
		ssize_t n = recv(fd, reply, REPLY_SIZE, MSG_TRUNC);

		if (n < 0 || n > REPLY_SIZE)
			err = n < 0 ? -errno : -EMSGSIZE;
		else
			err = take_all(out, (struct nlmsghdr *)reply,
				       (size_t)n);
	}
	if (err < 0) {
		unix_sockets_free(out);
		return err;
	}
	if (out->n)
		qsort(out->list, out->n, sizeof(*out->list), by_ino);
	return 0;
}

const struct unix_socket *unix_sockets_find(const struct unix_sockets *s,
					    uint32_t ino)
{
	const struct unix_socket key = { .ino = ino };

	return s->n ? bsearch(&key, s->list, s->n, sizeof(key), by_ino) : NULL;
}

bool unix_sockets_listens(const struct unix_sockets *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->list[i].listens && strcmp(s->list[i].name, name) == 0)
			return true;
	return false;
}

void unix_sockets_free(struct unix_sockets *s)
{
	free(s->list);
	*s = (struct unix_sockets){ 0 };
}
