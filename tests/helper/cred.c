/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cred.c - everything that a program has from who started it, a line each
 *
 *	cred [-o FILE] [-c FILE] [-p] [ARG...]
 *
 * Run directly and through the helper from the same place: the texts must
 * not differ but in the network and the mount namespace.  What is open, and
 * the environment, are looked at before anything else is done.
 *
 *	-o FILE	write there, not to stdout
 *	-c FILE	write nothing: is the text that of FILE?  A line "KEY=*" there
 *		stands for any value, a line "KEY=" that is missing for none
 *	-p	with the process's own number
 *
 * Exit status 42; 43 if it could not be written; 44 if it is not that of FILE
 * (the first difference is told on stderr).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/helper/cred.h"

enum {
	TEXT_SIZE = 4 << 20,
	ALL_WELL = 42, NOT_WRITTEN = 43, NOT_EQUAL = 44,
};

static char text[TEXT_SIZE];
static size_t text_len;

void say(const char *fmt, ...)
{
	size_t room = sizeof(text) - text_len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text + text_len, room, fmt, ap);
	va_end(ap);
	if (n > 0 && (size_t)n < room)
		text_len += (size_t)n;
}

void say_bytes(const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c > ' ' && c < 0x7f && c != '\\')
			say("%c", c);
		else
			say("\\%03o", c);
	}
}

static int write_all(int fd)
{
	size_t at = 0;

	while (at < text_len) {
		ssize_t n = write(fd, text + at, text_len - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return NOT_WRITTEN;
		at += (size_t)n;
	}
	return ALL_WELL;
}

static int write_to(const char *path)
{
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			     0600) : 1;

	return fd < 0 ? NOT_WRITTEN : write_all(fd);
}

static size_t line_len(const char *s)
{
	return strcspn(s, "\n");
}

static bool line_fits(const char *is, const char *want)
{
	size_t len = line_len(want);

	if (len >= 2 && memcmp(want + len - 2, "=*", 2) == 0)
		return strncmp(is, want, len - 1) == 0;
	return line_len(is) == len && memcmp(is, want, len) == 0;
}

static int compare(const char *path)
{
	static char want[TEXT_SIZE];
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(want, 1, sizeof(want) - 1, f) : 0;
	const char *is = text, *w = want;

	if (!f || n == 0)
		return NOT_WRITTEN;
	text[text_len] = '\0';
	while (*is && *w && line_fits(is, w)) {
		is += line_len(is) + (is[line_len(is)] == '\n');
		w += line_len(w) + (w[line_len(w)] == '\n');
	}
	if (!*is && !*w)
		return ALL_WELL;
	fprintf(stderr, "cred: is %.*s, not %.*s\n", (int)line_len(is), is,
		(int)line_len(w), w);
	return NOT_EQUAL;
}

/* The strings as the kernel put them, whatever the loader did to environ. */
static void cred_strings(int argc, char **argv)
{
	const char *at = argc ? argv[argc - 1] : NULL;
	const char *end = stack_end();
	uint64_t hash = 14695981039346656037U;
	unsigned int n = 0;

	say("argc=%d\n", argc);
	for (int i = 0; i < argc; i++) {
		say("arg=");
		say_bytes(argv[i], strnlen(argv[i], 4096));
		say("\n");
	}
	if (!at || !end)
		return;
	at += strlen(at) + 1;
	say("env_size=%zu\n", (size_t)(end - at));
	for (const char *p = at; p < end; p++)
		hash = (hash ^ (unsigned char)*p) * 1099511628211U;
	say("env_hash=%llx\n", (unsigned long long)hash);
	for (; at < end && n < 200; n++, at += strlen(at) + 1) {
		say("env=");
		say_bytes(at, strnlen(at, 256));
		say("\n");
	}
}

int main(int argc, char **argv)
{
	const char *out = NULL, *want = NULL;
	bool pid = false;
	int c;

	cred_descriptors();
	cred_strings(argc, argv);
	/* Arguments may be the test's own, or none at all. */
	while (argc && (c = getopt(argc, argv, "+o:c:p")) != -1) {
		if (c == 'o')
			out = optarg;
		else if (c == 'c')
			want = optarg;
		else if (c == 'p')
			pid = true;
	}
	cred_all();
	if (pid)
		say("pid=%d\nppid=%d\n", (int)getpid(), (int)getppid());
	return want ? compare(want) : write_to(out);
}
