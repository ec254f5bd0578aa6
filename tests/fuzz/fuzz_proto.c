/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_proto.c - messages of the socket service from any bytes
 *
 * The first byte is the message's length, the rest behind it are its words.
 * What is accepted, written anew, is the same bytes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/policy/proto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_list(char **list, size_t n, const char *from, size_t size)
{
	for (size_t i = 0; i < n; i++)
		must(list[i] >= from &&
		     list[i] + strlen(list[i]) < from + size);
	must(!list[n]);
}

static void try_words(const struct proto_run *run, const uint8_t *data,
		      size_t size)
{
	char *text = malloc(size + 1), **table = NULL;
	struct proto_words words;

	if (size > 0)
		memcpy(text, data, size);
	if (proto_strings(run) <= size)
		table = calloc(proto_strings(run) + 2, sizeof(*table));
	if (proto_words_read(run, text, size, table, &words) == 0) {
		check_list(words.argv, run->n_args, text, size);
		check_list(words.envp, run->n_env, text, size);
	}
	free(table);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct proto_message m;
	uint8_t again[PROTO_MAX];
	size_t n;

	if (size < 1)
		return 0;
	n = data[0] < size - 1 ? data[0] : size - 1;
	if (proto_decode(data + 1, n, &m) < 0)
		return 0;
	must(proto_encode(&m, again) == n && memcmp(again, data + 1, n) == 0);
	if (m.kind == PROTO_RUN)
		try_words(&m.run, data + 1 + n, size - 1 - n);
	return 0;
}
