/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_ovpn_event.c - openvpn's management interface from any bytes
 *
 * Whatever a server pushes, a tunnel holds nothing but what makes sense.
 */
#include <stdint.h>

#include "lib/policy/ovpn_event.h"
#include "tests/fuzz/tunnel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ovpn_env env;
static struct tunnel tunnel;

static void check_env(void)
{
	unsigned int left_out = 0;

	if (ovpn_env_tunnel(&env, &tunnel, &left_out) == 0)
		must_be_tunnel(&tunnel);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = { size ? (const char *)data : "", size };

	env = (struct ovpn_env){ 0 };
	while (rest.len) {
		const char *end = memchr(rest.p, '\n', rest.len);
		struct slice line = rest;
		struct ovpn_event e;

		if (end)
			line.len = (size_t)(end - rest.p);
		rest.p += line.len + (end ? 1 : 0);
		rest.len -= line.len + (end ? 1 : 0);
		ovpn_event(line, &e);
		must(e.name.p >= line.p &&
		     e.name.p + e.name.len <= line.p + line.len);
		if (e.kind == OVPN_ENV)
			(void)!ovpn_env_add(&env, e.name, e.value);
	}
	check_env();
	return 0;
}
