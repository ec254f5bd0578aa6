/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conn_rate.c - how many connections a second, one after the other
 *
 *	conn_rate serve ADDRESS PORT	one byte for each byte
 *	conn_rate COUNT ADDRESS PORT	connect, send a byte, wait for it, close
 *
 * The second prints connections a second.
 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/sample.h"

static struct sockaddr_in address_of(const char *address, const char *port)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(port)),
	};

	if (inet_pton(AF_INET, address, &in.sin_addr) != 1)
		errx(2, "%s: no IPv4 address", address);
	return in;
}

static int socket_new(void)
{
	int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
		err(1, "socket");
	return fd;
}

static void serve(const struct sockaddr_in *at)
{
	int fd = socket_new();
	char byte;

	if (bind(fd, (const struct sockaddr *)at, sizeof(*at)) < 0 ||
	    listen(fd, 4096) < 0)
		err(1, "listen");
	for (;;) {
		int client = accept(fd, NULL, NULL);

		if (client < 0)
			err(1, "accept");
		while (recv(client, &byte, 1, 0) == 1 &&
		       send(client, &byte, 1, MSG_NOSIGNAL) == 1)
			;
		close(client);
	}
}

/* What is closed at once needs no TIME_WAIT: there are more than ports. */
static void exchange(const struct sockaddr_in *to)
{
	struct linger now = { .l_onoff = 1 };
	int fd = socket_new();
	char byte = 'x';

	if (connect(fd, (const struct sockaddr *)to, sizeof(*to)) < 0)
		err(1, "connect");
	if (send(fd, &byte, 1, 0) != 1 || recv(fd, &byte, 1, 0) != 1)
		err(1, "no answer");
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

int main(int argc, char **argv)
{
	struct sockaddr_in at;
	long start;
	int count;

	if (argc != 4)
		errx(2, "usage: conn_rate serve|COUNT ADDRESS PORT");
	at = address_of(argv[2], argv[3]);
	if (strcmp(argv[1], "serve") == 0)
		serve(&at);
	count = atoi(argv[1]);
	start = sample_now_ns();
	for (int i = 0; i < count; i++)
		exchange(&at);
	printf("%.0f\n", count * 1e9 / (double)(sample_now_ns() - start));
	return 0;
}
