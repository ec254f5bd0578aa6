/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ovpn_conf.h - an OpenVPN configuration, read as openvpn(8) reads it
 *
 * What comes out is written anew, word by word (ovpn_quote()), so that openvpn
 * cannot understand a line in another way than it was judged here.
 */
#ifndef RUNNS_OVPN_CONF_H
#define RUNNS_OVPN_CONF_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "lib/policy/diag.h"
#include "lib/policy/slice.h"

enum {
	OVPN_WORDS_MAX = 16,
	OVPN_LINE_MAX = 250,	/* openvpn's own buffer holds 255 */
	OVPN_TEXT_MAX = 1024 * 1024,
};

enum ovpn_kind {
	OVPN_OPTION,	/* words */
	OVPN_BLOCK,	/* <tag> text </tag> */
	OVPN_GROUP,	/* <connection> or </connection>, alone */
};

/**
 * struct ovpn_item - what stands next
 * @words:	of an option, without leading "--"; of a block or group its
 *		tag ("ca", "connection", "/connection")
 * @block:	the lines of a block
 * @line:	from 1
 */
struct ovpn_item {
	enum ovpn_kind kind;
	char text[OVPN_LINE_MAX + OVPN_WORDS_MAX + 1];
	const char *words[OVPN_WORDS_MAX];
	unsigned int n_words;
	struct slice block;
	unsigned int line;
};

/**
 * struct ovpn_reader - a place in a text
 * @rest:	what was not read yet
 * @file:	label for messages
 * @line:	of the line read last
 */
struct ovpn_reader {
	struct slice rest;
	const char *file;
	unsigned int line;
	struct diag *d;
};

/**
 * ovpn_next() - take the next option or block
 *
 * Return: 1 with @item filled; 0 at the end; -EINVAL with the diagnosis
 * filled.
 */
int ovpn_next(struct ovpn_reader *r, struct ovpn_item *item) _must_check_;

enum ovpn_action {
	OVPN_KEEP,
	OVPN_DROP,	/* the supervisor does that, or says it itself */
	OVPN_HOOK,	/* runs or loads something: VpnScripts=yes only */
	OVPN_REFUSE,
	OVPN_DEV,	/* judged, then dropped: tun only */
	OVPN_PEM,	/* FILE, which can stand in a block */
	OVPN_KEY,	/* FILE [DIRECTION], likewise */
	OVPN_BINARY,	/* FILE in base64, likewise */
	OVPN_SECRET,	/* FILE with what openvpn asks for */
};

/**
 * ovpn_judge() - what is to become of an option
 * @name:	its first word
 * @why:	set for OVPN_REFUSE
 */
enum ovpn_action ovpn_judge(const char *name, const char **why);

/** ovpn_is_block() - may @tag be a block? */
bool ovpn_is_block(const char *tag);

/** ovpn_quote() - append a word so that openvpn reads it back as it is */
void ovpn_quote(struct buf *b, const char *word);

/**
 * ovpn_pem_next() - take the next line of a PEM block off a file's text
 * @inside:	state, false before the first
 *
 * Lines outside of "-----BEGIN" and "-----END" are left out.
 *
 * Return: 1; 0 at the end; -EINVAL for a line that is too long, or has other
 * bytes than such lines have.
 */
int ovpn_pem_next(struct slice *text, bool *inside, struct slice *line)
	_must_check_;

#endif
