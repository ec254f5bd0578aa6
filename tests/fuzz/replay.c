/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replay.c - runs a fuzzer over its corpus, as TAP
 *
 * Linked to a fuzzer when there is no libFuzzer.  The corpus of fuzz_NAME is
 * $srcdir/tests/fuzz/corpus/NAME; files may be given as arguments instead.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 4 * 1024 * 1024 };

/* The memory is exactly as long as the input, so that reading on is seen. */
static int replay_file(const char *path)
{
	_cleanup_free_ uint8_t *big = malloc(INPUT_MAX);
	_cleanup_free_ uint8_t *data = NULL;
	size_t len;
	FILE *f;

	f = fopen(path, "re");
	if (!f || !big) {
		printf("Bail out! %s: %s\n", path, strerror(errno));
		return -1;
	}
	len = fread(big, 1, INPUT_MAX, f);
	fclose(f);
	data = malloc(len ? len : 1);
	if (!data)
		return -1;
	memcpy(data, big, len);
	return LLVMFuzzerTestOneInput(data, len) ? -1 : 0;
}

static int replay_report(unsigned int n, const char *path)
{
	int err = replay_file(path);

	printf("%sok %u - %s\n", err ? "not " : "", n, path);
	fflush(stdout);
	return err;
}

static int replay_skip_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Return: how many inputs failed, or -1 if there is no corpus. */
static int replay_corpus(const char *dir)
{
	struct dirent **entries = NULL;
	int failed = 0;
	int n;

	n = scandir(dir, &entries, replay_skip_hidden, alphasort);
	if (n <= 0) {
		printf("Bail out! no corpus in %s\n", dir);
		return -1;
	}
	printf("1..%d\n", n);
	for (int i = 0; i < n; i++) {
		_cleanup_free_ char *path = NULL;

		if (asprintf(&path, "%s/%s", dir, entries[i]->d_name) < 0 ||
		    replay_report((unsigned int)i + 1, path))
			failed++;
		free(entries[i]);
	}
	free(entries);
	return failed;
}

int main(int argc, char **argv)
{
	const char *name = strstr(argv[0], "fuzz_");
	const char *srcdir = getenv("srcdir");
	_cleanup_free_ char *dir = NULL;
	int failed = 0;

	if (argc > 1) {
		printf("1..%d\n", argc - 1);
		for (int i = 1; i < argc; i++)
			failed |= replay_report((unsigned int)i, argv[i]);
		return failed ? 1 : 0;
	}
	for (const char *p = name; p; p = strstr(p + 1, "fuzz_"))
		name = p;
	if (!name || asprintf(&dir, "%s/tests/fuzz/corpus/%s",
			      srcdir ? srcdir : ".",
			      name + strlen("fuzz_")) < 0)
		return 1;
	return replay_corpus(dir) ? 1 : 0;
}
