/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names.c - which name servers the host has, for an engine that sees no file
 */
#include "rootless/names.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/policy/addr.h"

enum {
	NAMES_MAX = 3,		/* libslirp uses the first of each family */
	NAMES_READ_MAX = 4096,
	NAMES_AGE_MS = 1000,	/* as long as libslirp believes its own copy */
	NAMES_WAIT_MS = 500,
};

#define NAMES_FILE "/etc/resolv.conf"
#define NAMES_WORD "nameserver"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The address of a line, or nothing. */
static struct slice line_server(const char *line, size_t len)
{
	struct slice s = { line, len };
	size_t i = sizeof(NAMES_WORD) - 1;

	if (len <= i || memcmp(line, NAMES_WORD, i) != 0 || !is_blank(line[i]))
		return (struct slice){ line, 0 };
	while (i < len && is_blank(line[i]))
		i++;
	s = (struct slice){ line + i, 0 };
	while (i < len && !is_blank(line[i++]))
		s.len++;
	return s;
}

void names_filter(const char *text, size_t len, struct buf *out)
{
	int n = 0;

	while (len > 0 && n < NAMES_MAX) {
		const char *end = memchr(text, '\n', len);
		size_t line = end ? (size_t)(end - text) : len;
		struct slice server = line_server(text, line);
		struct addr a;

		if (server.len && addr_parse(server, &a) == 0) {
			buf_addf(out, NAMES_WORD " %.*s\n", SLICE_ARG(server));
			n++;
		}
		text += end ? line + 1 : line;
		len -= end ? line + 1 : line;
	}
}

int names_answer(int engine)
{
	_cleanup_close_ int fd = -1;
	char text[NAMES_READ_MAX], question;
	ssize_t n = recv(engine, &question, sizeof(question), 0);
	BUF(out, NAMES_TEXT_SIZE);

	if (n <= 0)
		return n < 0 && errno == EINTR ? 1 : (int)n;
	/* Whatever it is by now, it is not waited for. */
	fd = open(NAMES_FILE, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	n = fd < 0 ? 0 : read(fd, text, sizeof(text));
	names_filter(text, n > 0 ? (size_t)n : 0, &out);
	if (send(engine, out.text, out.len + 1, MSG_NOSIGNAL) < 0)
		return -errno;
	return 1;
}

/* A time that no earlier text had, for libslirp compares whole seconds. */
static void names_write(struct names *names)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT } };
	size_t len = strlen(names->text);

	times[1].tv_sec = ++names->changes;
	if (ftruncate(names->file, 0) < 0 ||
	    pwrite(names->file, names->text, len, 0) < 0 ||
	    futimens(names->file, times) < 0)
		names->text[0] = '\0';
}

void names_refresh(struct names *names, int64_t now_ms)
{
	struct pollfd answer = { .fd = names->keeper, .events = POLLIN };
	char text[NAMES_TEXT_SIZE];
	ssize_t n;

	if (names->changes && now_ms - names->asked_ms < NAMES_AGE_MS)
		return;
	names->asked_ms = now_ms;
	/* An answer that came too late is not one to this question. */
	while (recv(names->keeper, text, sizeof(text), MSG_DONTWAIT) > 0)
		;
	if (send(names->keeper, "", 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ||
	    poll(&answer, 1, NAMES_WAIT_MS) <= 0)
		return;
	n = recv(names->keeper, text, sizeof(text), MSG_DONTWAIT);
	if (n <= 0 || text[n - 1] || strcmp(text, names->text) == 0)
		return;
	memcpy(names->text, text, (size_t)n);
	names_write(names);
}
