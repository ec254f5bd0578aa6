/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names.c - names are looked up in threads, so that nobody else waits
 *
 * At most one thread for each forward runs at a time.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

#include "runnsctl/forward/channel.h"

/* What a thread is given, and frees. */
struct look_up {
	int fd;
	struct names_ask ask;
};

static bool addr_read(const struct addrinfo *ai, struct addr *out)
{
	memset(out, 0, sizeof(*out));
	if (ai->ai_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)ai->ai_addr;

		out->family = 4;
		memcpy(out->bytes, &in->sin_addr, sizeof(in->sin_addr));
		return true;
	}
	if (ai->ai_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)ai->ai_addr;

		out->family = 6;
		memcpy(out->bytes, &in6->sin6_addr, sizeof(in6->sin6_addr));
		return true;
	}
	return false;
}

static void names_answer(const struct names_ask *ask,
			 struct names_answer *answer)
{
	struct addrinfo hints = { .ai_socktype = ask->type };
	struct addrinfo *list = NULL;

	memset(answer, 0, sizeof(*answer));
	answer->index = ask->index;
	answer->error = getaddrinfo(ask->host, NULL, &hints, &list);
	if (answer->error != 0)
		return;
	for (struct addrinfo *ai = list; ai && answer->n < NAMES_ADDRS_MAX;
	     ai = ai->ai_next)
		if (addr_read(ai, &answer->addrs[answer->n]))
			answer->n++;
	freeaddrinfo(list);
	if (answer->n == 0)
		answer->error = EAI_NONAME;
}

static void *names_thread(void *arg)
{
	struct look_up *l = arg;
	struct names_answer answer;

	names_answer(&l->ask, &answer);
	/* If nobody hears it any more, both ends are about to go. */
	if (channel_send(l->fd, &answer, sizeof(answer), NULL, 0) < 0)
		answer.error = EAI_SYSTEM;
	free(l);
	return NULL;
}

int names_look_up(int fd, const struct names_ask *ask)
{
	struct look_up *l = malloc(sizeof(*l));
	pthread_t thread;
	int r;

	if (!l)
		return -ENOMEM;
	l->fd = fd;
	l->ask = *ask;
	l->ask.host[sizeof(l->ask.host) - 1] = '\0';
	r = pthread_create(&thread, NULL, names_thread, l);
	if (r != 0) {
		free(l);
		return -r;
	}
	pthread_detach(thread);
	return 0;
}
