/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * moved.c - a device of the host's as it was found before it was moved away
 *
 * Two files: the messages of the kernel, then the note that says that they
 * are complete.
 */
#include "net/moved.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/sys/file.h"
#include "net/record.h"

enum { MOVED_MAX = 128 * 1024, MOVED_NOTE_SIZE = 128 };

#define MOVED_NOTE "moved"
#define MOVED_MESSAGES "moved.messages"
#define MOVED_NO_KIND "-"

/* What is being collected. */
struct moved_list {
	int index;
	char *bytes;
	size_t len;
};

static int list_add(struct moved_list *list, const struct nlmsghdr *h)
{
	size_t len = NLMSG_ALIGN(h->nlmsg_len);

	if (list->len + len > MOVED_MAX)
		return -E2BIG;
	memset(list->bytes + list->len, 0, len);
	memcpy(list->bytes + list->len, h, h->nlmsg_len);
	list->len += len;
	return 0;
}

/* Addresses that the kernel makes up for a while are its own to make. */
static int list_address(void *ctx, struct nlmsghdr *h)
{
	const struct ifaddrmsg *head = nlmsg_data(h);
	struct moved_list *list = ctx;

	if (h->nlmsg_type != RTM_NEWADDR ||
	    nlmsg_datalen(h) < (int)sizeof(*head))
		return -EBADMSG;
	if ((int)head->ifa_index != list->index ||
	    (head->ifa_family == AF_INET6 &&
	     head->ifa_flags & IFA_F_TEMPORARY))
		return 0;
	return list_add(list, h);
}

/* Routes that come with addresses, or from a router, come again. */
static int list_route(void *ctx, struct nlmsghdr *h)
{
	const struct rtmsg *head = nlmsg_data(h);
	struct moved_list *list = ctx;
	const struct nlattr *device;

	if (h->nlmsg_type != RTM_NEWROUTE ||
	    nlmsg_datalen(h) < (int)sizeof(*head))
		return -EBADMSG;
	device = nlmsg_find_attr(h, sizeof(*head), RTA_OIF);
	if (!device || nla_len(device) < (int)sizeof(uint32_t) ||
	    (int)nla_get_u32(device) != list->index ||
	    head->rtm_type != RTN_UNICAST || head->rtm_flags & RTM_F_CLONED ||
	    head->rtm_protocol == RTPROT_KERNEL ||
	    head->rtm_protocol == RTPROT_RA)
		return 0;
	return list_add(list, h);
}

static int list_addresses(struct nl_sock *sk, struct moved_list *list)
{
	struct ifaddrmsg head = { .ifa_family = AF_UNSPEC };
	_cleanup_msg_ struct nl_msg *msg = NULL;

	msg = nl_new(RTM_GETADDR, NLM_F_DUMP, &head, sizeof(head));
	return msg ? nl_talk(sk, msg, list_address, list) : -ENOMEM;
}

static int list_routes(struct nl_sock *sk, struct moved_list *list, int family)
{
	struct rtmsg head = { .rtm_family = (unsigned char)family };
	_cleanup_msg_ struct nl_msg *msg = NULL;

	msg = nl_new(RTM_GETROUTE, NLM_F_DUMP, &head, sizeof(head));
	return msg ? nl_talk(sk, msg, list_route, list) : -ENOMEM;
}

static int note_write(int dir, const struct link *l)
{
	const uint8_t *mac = l->mac;
	BUF(b, MOVED_NOTE_SIZE);

	buf_addf(&b, "%s %s %02x:%02x:%02x:%02x:%02x:%02x %d %u\n", l->name,
		 *l->kind ? l->kind : MOVED_NO_KIND, mac[0], mac[1], mac[2],
		 mac[3], mac[4], mac[5], l->up, l->mtu);
	if (buf_status(&b) < 0)
		return -EMSGSIZE;
	return file_replace(dir, MOVED_NOTE, 0600, b.text, b.len);
}

int moved_note(const struct host *h, const char *network, struct nl_sock *sk,
	       const struct link *l)
{
	_cleanup_close_ int dir = record_dir(h, network, false);
	_cleanup_free_ char *bytes = malloc(MOVED_MAX);
	struct moved_list list = { .index = l->index, .bytes = bytes };
	int err = dir < 0 ? dir : 0;

	if (err == 0 && !bytes)
		err = -ENOMEM;
	if (err == 0)
		err = list_addresses(sk, &list);
	if (err == 0)
		err = list_routes(sk, &list, AF_INET);
	if (err == 0)
		err = list_routes(sk, &list, AF_INET6);
	if (err == 0)
		err = file_replace(dir, MOVED_MESSAGES, 0600, bytes, list.len);
	return err ? err : note_write(dir, l);
}

int moved_read(const struct host *h, const char *network, struct moved *out)
{
	_cleanup_close_ int dir = record_dir(h, network, false);
	char text[MOVED_NOTE_SIZE];
	uint8_t *mac = out->mac;
	int up;
	ssize_t n;

	*out = (struct moved){ 0 };
	n = dir < 0 ? dir : file_read_small(dir, MOVED_NOTE, text, sizeof(text));
	if (n < 0)
		return (int)n;
	if (sscanf(text, "%15s %15s %2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx %d %u",
		   out->name, out->kind, &mac[0], &mac[1], &mac[2], &mac[3],
		   &mac[4], &mac[5], &up, &out->mtu) != 10)
		return -EINVAL;
	out->up = up;
	if (strcmp(out->kind, MOVED_NO_KIND) == 0)
		out->kind[0] = '\0';
	return 0;
}

/* Its number may be another one now. */
static void route_set_device(struct nlmsghdr *h, int index)
{
	uint32_t number = (uint32_t)index;
	struct nlattr *device =
		nlmsg_find_attr(h, sizeof(struct rtmsg), RTA_OIF);

	if (device && nla_len(device) >= (int)sizeof(number))
		memcpy(nla_data(device), &number, sizeof(number));
}

/* @head: the message's own, changed where it must not be as it was told */
static int tell(struct nl_sock *sk, struct nlmsghdr *h, void *head, int size)
{
	_cleanup_msg_ struct nl_msg *msg = NULL;
	int err;

	msg = nl_new(h->nlmsg_type, NLM_F_CREATE, head, (size_t)size);
	if (!msg)
		return -ENOMEM;
	if (nlmsg_append(msg, nlmsg_attrdata(h, size),
			 (size_t)nlmsg_attrlen(h, size), NLMSG_ALIGNTO) < 0)
		return -EMSGSIZE;
	err = nl_talk(sk, msg, NULL, NULL);
	return err == -EEXIST ? 0 : err;
}

static int tell_address(struct nl_sock *sk, struct nlmsghdr *h, int index)
{
	struct ifaddrmsg head = *(struct ifaddrmsg *)nlmsg_data(h);

	head.ifa_index = (unsigned int)index;
	return tell(sk, h, &head, sizeof(head));
}

static int tell_route(struct nl_sock *sk, struct nlmsghdr *h, int index)
{
	struct rtmsg head = *(struct rtmsg *)nlmsg_data(h);

	head.rtm_flags &= RTNH_F_ONLINK;
	route_set_device(h, index);
	return tell(sk, h, &head, sizeof(head));
}

/**
 * struct telling - which of the messages are told in one pass
 * @gateway:	routes by a gateway, which need those without to be there
 */
struct telling {
	int type;
	bool gateway;
	int (*tell)(struct nl_sock *sk, struct nlmsghdr *h, int index);
};

static bool is_meant(struct nlmsghdr *h, const struct telling *t)
{
	const size_t head = sizeof(struct rtmsg);

	if (h->nlmsg_type != t->type)
		return false;
	if (t->type == RTM_NEWADDR)
		return nlmsg_datalen(h) >= (int)sizeof(struct ifaddrmsg);
	return nlmsg_datalen(h) >= (int)head &&
	       t->gateway == (nlmsg_find_attr(h, (int)head, RTA_GATEWAY) ||
			      nlmsg_find_attr(h, (int)head, RTA_VIA));
}

/* How many the kernel did not take. */
static int tell_all(struct nl_sock *sk, int index, char *bytes, size_t len,
		    const struct telling *t)
{
	struct nlmsghdr *h = (struct nlmsghdr *)bytes;
	int left = (int)len;
	int lost = 0;

	for (; nlmsg_ok(h, left); h = nlmsg_next(h, &left)) {
		if (is_meant(h, t) && t->tell(sk, h, index) < 0)
			lost++;
	}
	return lost;
}

static int messages_read(const struct host *h, const char *network,
			 char **bytes, size_t *len)
{
	_cleanup_close_ int dir = record_dir(h, network, false);
	_cleanup_close_ int fd = -1;

	if (dir < 0)
		return dir;
	fd = openat(dir, MOVED_MESSAGES, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return file_read_all(fd, MOVED_MAX, bytes, len);
}

int moved_restore(const struct host *h, const char *network,
		  struct nl_sock *sk, int index)
{
	static const struct telling passes[] = {
		{ RTM_NEWADDR, false, tell_address },
		{ RTM_NEWROUTE, false, tell_route },
		{ RTM_NEWROUTE, true, tell_route },
	};
	_cleanup_free_ char *bytes = NULL;
	struct moved m;
	size_t len = 0;
	int lost;
	int err = moved_read(h, network, &m);

	if (err == 0)
		err = messages_read(h, network, &bytes, &len);
	if (err)
		return err;
	err = link_set_mtu(sk, index, m.mtu);
	if (err)
		return err;
	lost = tell_all(sk, index, bytes, len, &passes[0]);
	if (m.up)
		err = link_start(sk, index, NULL);
	for (size_t i = 1; err == 0 && m.up && i < ARRAY_SIZE(passes); i++)
		lost += tell_all(sk, index, bytes, len, &passes[i]);
	if (lost)
		log_msg(LOG_WARNING, "%s: %d addresses or routes that it had "
			"cannot be put back", m.name, lost);
	return err;
}

int moved_forget(const struct host *h, const char *network)
{
	static const char *const files[] = { MOVED_NOTE, MOVED_MESSAGES };
	_cleanup_close_ int dir = record_dir(h, network, false);
	size_t i;

	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		if (unlinkat(dir, files[i], 0) < 0 && errno != ENOENT)
			return -errno;
	}
	return 0;
}
