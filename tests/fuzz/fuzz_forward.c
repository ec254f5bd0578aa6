/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_forward.c - operands of `runnsctl forward` from any bytes
 *
 * What is accepted, written anew, is accepted again and means the same.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/policy/forward.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static bool is_same(const struct forward_spec *a, const struct forward_spec *b)
{
	return a->udp == b->udp && a->any == b->any && a->port == b->port &&
	       a->host_port == b->host_port && strcmp(a->host, b->host) == 0 &&
	       memcmp(&a->addr, &b->addr, sizeof(a->addr)) == 0;
}

/* Nothing that a shell, a terminal or a name server could take amiss. */
static void check_host(const char *host)
{
	size_t len = strnlen(host, FORWARD_HOST_SIZE);

	must(len > 0 && len < FORWARD_HOST_SIZE && host[0] != '-');
	for (size_t i = 0; i < len; i++)
		must(strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "abcdefghijklmnopqrstuvwxyz0123456789.:_-",
			    host[i]) != NULL);
}

static void check_spec(const struct forward_spec *spec)
{
	bool brackets = strchr(spec->host, ':') != NULL;
	char listen[FORWARD_LISTEN_SIZE], text[400];
	struct forward_spec again;

	must(spec->port > 0 && spec->host_port > 0);
	check_host(spec->host);
	forward_listen_format(spec, listen);
	snprintf(text, sizeof(text), "%s:%s%s%s:%u%s", listen,
		 brackets ? "[" : "", spec->host, brackets ? "]" : "",
		 spec->host_port, spec->udp ? "/udp" : "");
	must(!forward_parse((struct slice){ text, strlen(text) }, &again));
	if (spec->any)
		again.addr = spec->addr;
	must(is_same(spec, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	struct forward_spec spec;

	if (!forward_parse(text, &spec))
		check_spec(&spec);
	return 0;
}
