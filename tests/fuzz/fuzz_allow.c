/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_allow.c - destinations of Allow from any bytes
 *
 * What is accepted, written anew, is accepted again and means the same; in a
 * list no destination covers another.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/policy/allow.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_one(const struct allow *a)
{
	char text[ALLOW_TEXT_SIZE], again[ALLOW_TEXT_SIZE];
	struct allow_fault fault;
	struct allow b;

	allow_format(a, text);
	must(allow_parse((struct slice){ text, strlen(text) }, &b, &fault) ==
	     0);
	allow_format(&b, again);
	must(a->kind == b.kind && strcmp(text, again) == 0);
	must(a->kind != ALLOW_NET ||
	     a->net.prefix >= (a->net.addr.family == 4 ? 8 : 16));
	must(a->kind == ALLOW_NET || a->kind == ALLOW_LAN || a->port);
}

/* What it lists already changes nothing. */
static void check_list(struct allow_list *list)
{
	size_t n = list->n;
	size_t i;

	for (i = 0; i < n; i++) {
		must(allow_add(list, &list->list[i]) == 0);
		must(list->n == n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct allow_list list = { .n = 0 };
	struct slice rest = { (const char *)data, size };

	while (rest.len) {
		const char *end = memchr(rest.p, ' ', rest.len);
		size_t len = end ? (size_t)(end - rest.p) : rest.len;
		struct slice word = { rest.p, len };
		struct allow_fault fault;
		struct allow a;

		rest.p += end ? len + 1 : len;
		rest.len -= end ? len + 1 : len;
		if (allow_parse(word, &a, &fault) < 0) {
			must(fault.at.p >= word.p &&
			     fault.at.p + fault.at.len <= word.p + word.len);
			continue;
		}
		check_one(&a);
		if (allow_add(&list, &a) < 0)
			break;
	}
	check_list(&list);
	return 0;
}
