/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * udp.c - datagrams
 *
 * Each client has a socket of its own towards the server, so that answers
 * find their way back.  Datagrams are moved in batches, unchanged in size;
 * what the kernel has no room for is lost, as on any network.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>

#include "runnsctl/forward/relay.h"

enum {
	BATCH = 16,
	DATAGRAM_MAX = 65536,
	BATCHES_MAX = 8, /* at a time */
	IDLE_MS = 120000,
};

/* Room for the address of ours that a datagram was sent to. */
union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

/** struct datagrams - a batch in transit */
struct datagrams {
	struct mmsghdr msgs[BATCH];
	struct iovec iovs[BATCH];
	struct sockaddr_storage names[BATCH];
	union control controls[BATCH];
	char bytes[BATCH][DATAGRAM_MAX];
};

/**
 * struct client - who has sent datagrams
 * @answered:	the server is there
 * @dead:	freed by @task
 */
struct client {
	struct forward *forward;
	struct flow flow;
	struct watch watch;
	struct task task;
	int fd;
	bool answered;
	bool dead;
};

int udp_init(struct forward *f)
{
	int on = 1, r;

	if (!f->relay->datagrams)
		f->relay->datagrams = calloc(1, sizeof(struct datagrams));
	if (!f->relay->datagrams)
		return -ENOMEM;
	if (!f->spec.any)
		return 0;
	/* An answer must come from the address that was asked. */
	if (f->spec.addr.family == 6)
		r = setsockopt(f->fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on,
			       sizeof(on));
	else
		r = setsockopt(f->fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
	return r < 0 ? -errno : 0;
}

/* --- clients -------------------------------------------------------------- */

static void client_task(struct task *task)
{
	free(LOOP_OWNER(task, struct client, task));
}

static void client_remove(struct client *c)
{
	struct relay *relay = c->forward->relay;

	flow_remove(&c->forward->flows, &c->flow);
	close(TAKE_FD(c->fd));
	c->dead = true;
	relay->loop.waiting--;
	relay_give(relay, 1);
	/* Events of it may be at hand. */
	loop_defer(&relay->loop, &c->task);
}

static struct client *client_oldest(struct forward *f)
{
	return f->flows.oldest
		       ? LOOP_OWNER(f->flows.oldest, struct client, flow)
		       : NULL;
}

/* Nobody answers there: let the next one try another address. */
static void host_rotate(struct forward *f)
{
	struct addr first = f->addrs[0];

	if (f->n_addrs < 2)
		return;
	memmove(f->addrs, f->addrs + 1, (f->n_addrs - 1) * sizeof(first));
	f->addrs[f->n_addrs - 1] = first;
}

static int server_connect(struct forward *f, const struct addr *addr)
{
	struct sockaddr_storage to;
	_cleanup_close_ int fd = -1;
	socklen_t len;

	fd = side_socket(&f->relay->connect,
			 addr->family == 6 ? AF_INET6 : AF_INET, SOCK_DGRAM);
	if (fd < 0)
		return fd;
	len = side_sockaddr(addr, f->spec.host_port, &to);
	if (connect(fd, (struct sockaddr *)&to, len) < 0)
		return -errno;
	return TAKE_FD(fd);
}

static int server_open(struct forward *f)
{
	int fd = -EHOSTUNREACH;

	for (size_t i = 0; i < f->n_addrs; i++) {
		fd = server_connect(f, &f->addrs[0]);
		if (fd >= 0)
			return fd;
		host_rotate(f);
	}
	forward_say(f, "%s", strerror(-fd));
	return fd;
}

static void server_ready(struct watch *watch, uint32_t events);

static struct client *client_add(struct forward *f, const struct flow_key *key,
				 int fd)
{
	struct relay *relay = f->relay;
	struct client *c = calloc(1, sizeof(*c));

	if (!c || loop_add(&relay->loop, fd, EPOLLIN, &c->watch) < 0) {
		free(c);
		return NULL;
	}
	c->forward = f;
	c->watch.ready = server_ready;
	c->task.run = client_task;
	c->fd = fd;
	c->flow.key = *key;
	flow_add(&f->flows, &c->flow, relay->loop.now_ms);
	relay->loop.waiting++;
	return c;
}

/* The one that was silent longest makes room. */
static struct client *client_new(struct forward *f, const struct flow_key *key)
{
	struct client *c = NULL;
	int fd;

	if (f->flows.n >= FLOWS_MAX || f->relay->room == 0)
		c = client_oldest(f);
	if (c)
		client_remove(c);
	if (!relay_take(f, 1))
		return NULL;
	fd = server_open(f);
	c = fd < 0 ? NULL : client_add(f, key, fd);
	if (c)
		return c;
	if (fd >= 0)
		close(fd);
	relay_give(f->relay, 1);
	return NULL;
}

/* --- batches -------------------------------------------------------------- */

static void batch_clear(struct datagrams *d, bool with_control)
{
	for (size_t i = 0; i < BATCH; i++) {
		d->iovs[i] = (struct iovec){
			.iov_base = d->bytes[i],
			.iov_len = DATAGRAM_MAX,
		};
		memset(&d->names[i], 0, sizeof(d->names[i]));
		d->msgs[i].msg_hdr = (struct msghdr){
			.msg_name = &d->names[i],
			.msg_namelen = sizeof(d->names[i]),
			.msg_iov = &d->iovs[i],
			.msg_iovlen = 1,
		};
		if (!with_control)
			continue;
		d->msgs[i].msg_hdr.msg_control = &d->controls[i];
		d->msgs[i].msg_hdr.msg_controllen = sizeof(d->controls[i]);
	}
}

static int batch_receive(struct datagrams *d, int fd, bool with_control)
{
	int n;

	batch_clear(d, with_control);
	n = recvmmsg(fd, d->msgs, BATCH, MSG_DONTWAIT, NULL);
	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++)
		d->iovs[i].iov_len = d->msgs[i].msg_len;
	return n;
}

/* Sends @n datagrams; one that cannot be sent is lost, the others are not. */
static int batch_send(struct mmsghdr *msgs, int n, int fd)
{
	int err = 0;

	for (int sent = 0; sent < n;) {
		int r = sendmmsg(fd, msgs + sent, (unsigned int)(n - sent),
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (r < 0)
			err = -errno;
		sent += r > 0 ? r : 1;
	}
	return err;
}

/* --- from the server ------------------------------------------------------ */

/* The control message that makes @local the sender; its length. */
static size_t source_set(union control *control, const struct forward *f,
			 const struct flow_key *key)
{
	struct cmsghdr *c = &control->align;
	struct in6_pktinfo info6 = { 0 };
	struct in_pktinfo info4 = { 0 };

	memset(control, 0, sizeof(*control));
	if (f->spec.addr.family == 6) {
		memcpy(&info6.ipi6_addr, key->local, sizeof(info6.ipi6_addr));
		c->cmsg_level = IPPROTO_IPV6;
		c->cmsg_type = IPV6_PKTINFO;
		c->cmsg_len = CMSG_LEN(sizeof(info6));
		memcpy(CMSG_DATA(c), &info6, sizeof(info6));
		return CMSG_SPACE(sizeof(info6));
	}
	memcpy(&info4.ipi_spec_dst, key->local, sizeof(info4.ipi_spec_dst));
	c->cmsg_level = IPPROTO_IP;
	c->cmsg_type = IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof(info4));
	memcpy(CMSG_DATA(c), &info4, sizeof(info4));
	return CMSG_SPACE(sizeof(info4));
}

static void answers_send(struct client *c, struct datagrams *d, int n)
{
	struct forward *f = c->forward;
	size_t control = 0;

	if (f->spec.any)
		control = source_set(&d->controls[0], f, &c->flow.key);
	for (int i = 0; i < n; i++) {
		struct msghdr *h = &d->msgs[i].msg_hdr;

		h->msg_name = c->flow.key.client;
		h->msg_namelen = c->flow.key.len;
		h->msg_control = control ? &d->controls[0] : NULL;
		h->msg_controllen = control;
	}
	/* A client that has gone is not the server's concern. */
	(void)batch_send(d->msgs, n, f->fd);
}

static void server_failed(struct client *c, int why)
{
	if (why == -EAGAIN || why == -EINTR || c->answered)
		return;
	forward_say(c->forward, "%s", strerror(-why));
	host_rotate(c->forward);
	client_remove(c);
}

static void server_ready(struct watch *watch, uint32_t events)
{
	struct client *c = LOOP_OWNER(watch, struct client, watch);
	struct datagrams *d = c->forward->relay->datagrams;
	int n = 0;

	(void)events;
	for (int i = 0; i < BATCHES_MAX && !c->dead; i++) {
		n = batch_receive(d, c->fd, false);
		if (n <= 0)
			break;
		c->answered = true;
		flow_touch(&c->forward->flows, &c->flow,
			   c->forward->relay->loop.now_ms);
		answers_send(c, d, n);
	}
	if (n < 0)
		server_failed(c, n);
}

/* --- from clients --------------------------------------------------------- */

static void key_fill(struct flow_key *key, struct msghdr *h, bool with_local)
{
	struct cmsghdr *c = with_local ? CMSG_FIRSTHDR(h) : NULL;
	struct in_pktinfo info4;

	memset(key, 0, sizeof(*key));
	key->len = h->msg_namelen;
	if (key->len > sizeof(key->client))
		key->len = sizeof(key->client);
	memcpy(key->client, h->msg_name, key->len);
	if (!c)
		return;
	if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
		memcpy(key->local, CMSG_DATA(c), sizeof(struct in6_addr));
	} else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
		memcpy(&info4, CMSG_DATA(c), sizeof(info4));
		memcpy(key->local, &info4.ipi_spec_dst,
		       sizeof(info4.ipi_spec_dst));
	}
}

/* How many of those from @i on come from the client of @key. */
static int run_length(struct datagrams *d, int i, int n, struct flow_key *key,
		      bool with_local)
{
	struct flow_key other;
	int end = i;

	key_fill(key, &d->msgs[i].msg_hdr, with_local);
	do {
		if (++end == n)
			break;
		key_fill(&other, &d->msgs[end].msg_hdr, with_local);
	} while (memcmp(&other, key, sizeof(other)) == 0);
	return end - i;
}

static void run_send(struct forward *f, const struct flow_key *key,
		     struct mmsghdr *msgs, int n)
{
	struct flow *flow = flow_find(&f->flows, key);
	struct client *c = flow ? LOOP_OWNER(flow, struct client, flow)
				: client_new(f, key);
	int r;

	if (!c)
		return;
	flow_touch(&f->flows, &c->flow, f->relay->loop.now_ms);
	for (int i = 0; i < n; i++) {
		struct msghdr *h = &msgs[i].msg_hdr;

		h->msg_name = NULL;
		h->msg_namelen = 0;
		h->msg_control = NULL;
		h->msg_controllen = 0;
	}
	r = batch_send(msgs, n, c->fd);
	if (r == -ECONNREFUSED || r == -EHOSTUNREACH || r == -ENETUNREACH)
		server_failed(c, r);
}

void udp_ready(struct watch *watch, uint32_t events)
{
	struct forward *f = LOOP_OWNER(watch, struct forward, watch);
	struct datagrams *d = f->relay->datagrams;
	struct flow_key key;

	(void)events;
	for (int i = 0; i < BATCHES_MAX; i++) {
		int known = forward_host(f);
		int n = known ? batch_receive(d, f->fd, f->spec.any) : 0;

		if (n <= 0)
			return;
		for (int at = 0, run; known > 0 && at < n; at += run) {
			run = run_length(d, at, n, &key, f->spec.any);
			run_send(f, &key, d->msgs + at, run);
		}
	}
}

void udp_tick(struct forward *f)
{
	uint64_t now = f->relay->loop.now_ms;
	struct client *c;

	while ((c = client_oldest(f)) && c->flow.used_ms + IDLE_MS <= now)
		client_remove(c);
}
