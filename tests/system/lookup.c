/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lookup.c - look a name up by whatever libc this was built with
 *
 * Prints the first address of IPv4, or what getaddrinfo(3) says.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	struct addrinfo want = {
		.ai_family = AF_INET, .ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *got;
	char text[INET_ADDRSTRLEN];
	int r = argc == 2 ? getaddrinfo(argv[1], NULL, &want, &got) :
			    EAI_NONAME;

	if (r) {
		puts(gai_strerror(r));
		return 1;
	}
	puts(inet_ntop(AF_INET, &((struct sockaddr_in *)got->ai_addr)->sin_addr,
		       text, sizeof(text)));
	freeaddrinfo(got);
	return 0;
}
