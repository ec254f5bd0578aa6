/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_ovpn_conf.c - an OpenVPN configuration from any bytes
 *
 * What is written anew must be read back as it was, or openvpn would do what
 * nobody has judged.
 */
#include <stdint.h>
#include <stdlib.h>

#include "lib/policy/ovpn_conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_option(const struct ovpn_item *item)
{
	BUF(line, 4 * OVPN_LINE_MAX);
	struct diag d = { 0 };
	struct ovpn_reader again = { .d = &d };
	struct ovpn_item back;
	unsigned int i;

	for (i = 0; i < item->n_words; i++) {
		buf_addc(&line, ' ');
		ovpn_quote(&line, item->words[i]);
	}
	buf_addc(&line, '\n');
	must(buf_status(&line) == 0);
	again.rest = (struct slice){ line.text, line.len };
	/* Quotes make it longer, and openvpn's own limit is not far. */
	if (line.len > OVPN_LINE_MAX)
		return;
	must(ovpn_next(&again, &back) == 1);
	must(back.kind == OVPN_OPTION);
	must(back.n_words == item->n_words);
	for (i = 0; i < back.n_words; i++)
		must(strcmp(back.words[i], item->words[i]) == 0);
	must(ovpn_next(&again, &back) == 0);
}

static void check_block(const struct ovpn_item *item, const char *text,
			size_t len)
{
	must(ovpn_is_block(item->words[0]));
	must(item->block.p >= text && item->block.p + item->block.len <=
					      text + len);
	must(!memchr(item->block.p, '<', item->block.len));
}

static void check_pem(const char *text, size_t len)
{
	struct slice rest = { text, len }, line;
	bool inside = false;

	while (ovpn_pem_next(&rest, &inside, &line) == 1)
		must(line.len <= OVPN_LINE_MAX &&
		     !memchr(line.p, '<', line.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = size ? (const char *)data : "";
	struct diag d = { 0 };
	struct ovpn_reader r = { .rest = { text, size }, .file = "fuzz",
				 .d = &d };
	struct ovpn_item item;
	const char *why;
	int more;

	while ((more = ovpn_next(&r, &item)) == 1) {
		must(item.line > 0 && item.line <= r.line);
		must(item.n_words >= 1 && item.n_words <= OVPN_WORDS_MAX);
		if (item.kind == OVPN_OPTION) {
			(void)ovpn_judge(item.words[0], &why);
			check_option(&item);
		} else if (item.kind == OVPN_BLOCK) {
			check_block(&item, text, size);
		}
	}
	must(more == 0 || (d.text[0] && d.line > 0));
	check_pem(text, size);
	return 0;
}
