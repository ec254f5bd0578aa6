/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * request.c - asks the socket service for a program
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/policy/proto.h"
#include "lib/sys/wire.h"
#include "runnsctl/request.h"

enum { SIGNALS = 64 };

/**
 * struct packer - words that are put one behind the other
 */
struct packer {
	char *text;
	size_t len;
};

static void pack(struct packer *p, const char *word)
{
	size_t size = strlen(word) + 1;

	/* Only counted at first. */
	if (p->text)
		memcpy(p->text + p->len, word, size);
	p->len += size;
}

static uint32_t pack_list(struct packer *p, char **list)
{
	uint32_t n = 0;

	for (; list[n]; n++)
		pack(p, list[n]);
	return n;
}

static void pack_all(struct packer *p, const struct launch *l,
		     const char *resolv, struct proto_run *run)
{
	p->len = 0;
	if (l->name)
		pack(p, l->name);
	if (resolv)
		pack(p, resolv);
	run->n_args = pack_list(p, l->program);
	run->n_env = pack_list(p, environ);
}

/* Return: a memfd that nobody can change, or -errno. */
static int sealed(const char *text, size_t len)
{
	_cleanup_close_ int fd =
		memfd_create("runns-request", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return -errno;
	if (write(fd, text, len) != (ssize_t)len)
		return -EIO;
	if (fcntl(fd, F_ADD_SEALS,
		  F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) < 0)
		return -errno;
	return TAKE_FD(fd);
}

static int words_make(const struct launch *l, const char *resolv,
		      struct proto_run *run)
{
	_cleanup_free_ char *text = NULL;
	struct packer p = { 0 };

	pack_all(&p, l, resolv, run);
	if (p.len > PROTO_WORDS_MAX)
		return -E2BIG;
	text = malloc(p.len);
	if (!text)
		return -ENOMEM;
	p.text = text;
	pack_all(&p, l, resolv, run);
	return sealed(text, p.len);
}

static void signals_note(struct proto_run *run, const sigset_t *mask)
{
	for (int i = 1; i <= SIGNALS; i++) {
		uint64_t bit = 1ULL << (i - 1);
		struct sigaction now;

		if (sigismember(mask, i) == 1)
			run->blocked |= bit;
		if (sigaction(i, NULL, &now) == 0 && now.sa_handler == SIG_IGN)
			run->ignored |= bit;
	}
}

/* What is a terminal is replaced by the new one, or by nothing. */
static void stdio_note(struct proto_run *run, const struct launch *l,
		       const struct pty *pty, int null, int *fds)
{
	static const uint32_t closed[] = {
		PROTO_NO_STDIN,
		PROTO_NO_STDOUT,
		PROTO_NO_STDERR,
	};
	int other = pty->slave >= 0 ? pty->slave : null;
	bool all = l->pty;

	for (int i = 0; i < 3; i++) {
		fds[i] = i;
		if (fcntl(i, F_GETFD) & FD_CLOEXEC) {
			run->flags |= closed[i];
			fds[i] = null;
		} else if (all ||
			   ((l->detach || pty->slave >= 0) && isatty(i))) {
			fds[i] = other;
		}
	}
}

int request_send(int socket, const struct launch *l, const char *resolv,
		 const struct pty *pty, const sigset_t *mask)
{
	_cleanup_close_ int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	_cleanup_close_ int words = -1;
	struct proto_message m = { .kind = PROTO_RUN };
	struct proto_run *run = &m.run;
	int fds[PROTO_FDS_MAX];

	if (null < 0)
		return -errno;
	run->flags = (l->name ? PROTO_HAS_NAME : 0) |
		     (resolv ? PROTO_HAS_RESOLV : 0) |
		     (pty->slave >= 0 ? PROTO_HAS_TERMINAL : 0) |
		     (l->detach ? PROTO_DETACH : 0);
	words = words_make(l, resolv, run);
	if (words < 0)
		return words;
	signals_note(run, mask);
	stdio_note(run, l, pty, null, fds);
	fds[PROTO_FD_WORDS] = words;
	fds[PROTO_FD_TERMINAL] = pty->slave;
	return wire_send(socket, &m, fds, proto_fds(run));
}
