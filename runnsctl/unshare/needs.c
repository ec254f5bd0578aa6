/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * needs.c - what else a file must have to be executed
 */
#include "runnsctl/unshare/needs.h"

#include <elf.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

enum { HEADERS_MAX = 64, SCRIPT_LINE_MAX = 256 };

static enum needs loader_of(int fd, const ElfW(Ehdr) * head, char *other,
			    size_t size)
{
	ElfW(Phdr) parts[HEADERS_MAX];
	size_t n = head->e_phnum;
	ssize_t got;

	if (n == 0 || n > HEADERS_MAX || head->e_phentsize != sizeof(parts[0]))
		return NEEDS_NOTHING;
	got = pread(fd, parts, n * sizeof(parts[0]), (off_t)head->e_phoff);
	if (got != (ssize_t)(n * sizeof(parts[0])))
		return NEEDS_NOTHING;
	for (size_t i = 0; i < n; i++) {
		if (parts[i].p_type != PT_INTERP || parts[i].p_filesz >= size)
			continue;
		got = pread(fd, other, parts[i].p_filesz,
			    (off_t)parts[i].p_offset);
		if (got <= 0)
			return NEEDS_NOTHING;
		other[got] = '\0';
		return other[0] == '/' ? NEEDS_LOADER : NEEDS_NOTHING;
	}
	return NEEDS_NOTHING;
}

static enum needs interpreter_of(int fd, char *other, size_t size)
{
	char line[SCRIPT_LINE_MAX + 1];
	ssize_t got = pread(fd, line, SCRIPT_LINE_MAX, 0);
	const char *path;
	size_t len;

	if (got < 3 || line[0] != '#' || line[1] != '!')
		return NEEDS_NOTHING;
	line[got] = '\0';
	path = line + 2 + strspn(line + 2, " \t");
	len = strcspn(path, " \t\n");
	if (path[0] != '/' || len >= size)
		return NEEDS_NOTHING;
	memcpy(other, path, len);
	other[len] = '\0';
	return NEEDS_INTERPRETER;
}

enum needs needs_of(int fd, char *other, size_t size)
{
	ElfW(Ehdr) head;

	if (pread(fd, &head, sizeof(head), 0) == (ssize_t)sizeof(head) &&
	    memcmp(head.e_ident, ELFMAG, SELFMAG) == 0)
		return loader_of(fd, &head, other, size);
	return interpreter_of(fd, other, size);
}
