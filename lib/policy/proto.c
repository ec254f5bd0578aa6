/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proto.c - what the socket service and its clients say to each other
 */
#include "lib/policy/proto.h"

#include <errno.h>
#include <string.h>

enum {
	MAGIC = 0x534e4e52, /* "RNNS" */
	VERSION = 1,
	SIGNAL_MAX = 64,
};

/**
 * struct reader - bytes not read yet
 * @bad:	there were too few
 */
struct reader {
	const uint8_t *at;
	size_t left;
	bool bad;
};

static uint64_t get(struct reader *r, size_t bytes)
{
	uint64_t value = 0;

	if (r->left < bytes) {
		r->bad = true;
		return 0;
	}
	for (size_t i = 0; i < bytes; i++)
		value |= (uint64_t)r->at[i] << (8 * i);
	r->at += bytes;
	r->left -= bytes;
	return value;
}

static uint8_t *put(uint8_t *at, size_t bytes, uint64_t value)
{
	for (size_t i = 0; i < bytes; i++)
		*at++ = (uint8_t)(value >> (8 * i));
	return at;
}

static uint8_t *put_run(uint8_t *at, const struct proto_run *run)
{
	at = put(at, 4, run->flags);
	at = put(at, 4, run->n_args);
	at = put(at, 4, run->n_env);
	at = put(at, 8, run->blocked);
	return put(at, 8, run->ignored);
}

static uint8_t *put_text(uint8_t *at, const struct proto_message *m)
{
	size_t len = m->len < PROTO_TEXT_MAX ? m->len : PROTO_TEXT_MAX - 1;

	memcpy(at, m->text, len);
	return at + len;
}

static uint8_t *put_pids(uint8_t *at, const struct proto_message *m)
{
	for (size_t i = 0; i < m->n_pids && i < PROTO_PIDS_MAX; i++)
		at = put(at, 4, m->pids[i]);
	return at;
}

size_t proto_encode(const struct proto_message *m, uint8_t out[PROTO_MAX])
{
	uint8_t *at = put(out, 4, MAGIC);

	at = put(at, 2, VERSION);
	at = put(at, 2, m->kind);
	switch (m->kind) {
	case PROTO_RUN:
		at = put_run(at, &m->run);
		break;
	case PROTO_TEXT:
		at = put_text(at, m);
		break;
	case PROTO_PIDS:
		at = put_pids(at, m);
		break;
	case PROTO_SIGNAL:
	case PROTO_STOPPED:
	case PROTO_ENDED:
		at = put(at, 4, m->value);
		break;
	default:
		break;
	}
	return (size_t)(at - out);
}

static bool get_run(struct reader *r, struct proto_run *run)
{
	run->flags = (uint32_t)get(r, 4);
	run->n_args = (uint32_t)get(r, 4);
	run->n_env = (uint32_t)get(r, 4);
	run->blocked = get(r, 8);
	run->ignored = get(r, 8);
	/* A word has a byte at least, so more there cannot be. */
	return !r->bad && !(run->flags & ~(uint32_t)PROTO_FLAGS) &&
	       run->n_args > 0 && run->n_args <= PROTO_WORDS_MAX &&
	       run->n_env <= PROTO_WORDS_MAX;
}

static bool get_text(struct reader *r, struct proto_message *m)
{
	if (r->left >= PROTO_TEXT_MAX || memchr(r->at, 0, r->left))
		return false;
	memcpy(m->text, r->at, r->left);
	m->text[r->left] = '\0';
	m->len = r->left;
	r->left = 0;
	return true;
}

static bool get_pids(struct reader *r, struct proto_message *m)
{
	m->n_pids = r->left / 4;
	if (m->n_pids > PROTO_PIDS_MAX)
		return false;
	for (size_t i = 0; i < m->n_pids; i++)
		m->pids[i] = (uint32_t)get(r, 4);
	return true;
}

static bool get_signal(struct reader *r, struct proto_message *m)
{
	m->value = (uint32_t)get(r, 4);
	return m->value > 0 && m->value <= SIGNAL_MAX;
}

static bool get_body(struct reader *r, struct proto_message *m)
{
	switch (m->kind) {
	case PROTO_RUN:
		return get_run(r, &m->run);
	case PROTO_TEXT:
		return get_text(r, m);
	case PROTO_PIDS:
		return get_pids(r, m);
	case PROTO_SIGNAL:
	case PROTO_STOPPED:
		return get_signal(r, m);
	case PROTO_ENDED:
		m->value = (uint32_t)get(r, 4);
		return true;
	case PROTO_LIST:
	case PROTO_STOP:
	case PROTO_STARTED:
	case PROTO_BUSY:
		return true;
	default:
		return false;
	}
}

int proto_decode(const uint8_t *in, size_t size, struct proto_message *out)
{
	struct reader r = { .at = in, .left = size };
	uint64_t version;

	if (get(&r, 4) != MAGIC)
		return -EPROTO;
	version = get(&r, 2);
	if (!r.bad && version != VERSION)
		return -EPROTONOSUPPORT;
	out->kind = (enum proto_kind)get(&r, 2);
	if (r.bad || !get_body(&r, out) || r.bad || r.left > 0)
		return -EPROTO;
	return 0;
}

size_t proto_fds(const struct proto_run *run)
{
	return run->flags & PROTO_HAS_TERMINAL ? PROTO_FDS_MAX
					       : PROTO_FDS_MAX - 1;
}

size_t proto_strings(const struct proto_run *run)
{
	return (size_t)run->n_args + run->n_env +
	       ((run->flags & PROTO_HAS_NAME) != 0) +
	       ((run->flags & PROTO_HAS_RESOLV) != 0);
}

/* Return: the next string, NULL if its end is not there. */
static char *word_next(char **at, size_t *left)
{
	char *word = *at;
	char *end = *left > 0 ? memchr(word, 0, *left) : NULL;

	if (!end)
		return NULL;
	*left -= (size_t)(end + 1 - word);
	*at = end + 1;
	return word;
}

static bool words_next(char **at, size_t *left, char **list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		list[i] = word_next(at, left);
		if (!list[i])
			return false;
	}
	list[n] = NULL;
	return true;
}

int proto_words_read(const struct proto_run *run, char *text, size_t size,
		     char **table, struct proto_words *out)
{
	char *at = text;
	size_t left = size;

	if (size > PROTO_WORDS_MAX || proto_strings(run) > size)
		return -EPROTO;
	*out = (struct proto_words){ .argv = table,
				     .envp = table + run->n_args + 1 };
	if (run->flags & PROTO_HAS_NAME) {
		out->name = word_next(&at, &left);
		if (!out->name)
			return -EPROTO;
	}
	if (run->flags & PROTO_HAS_RESOLV) {
		out->resolv = word_next(&at, &left);
		if (!out->resolv)
			return -EPROTO;
	}
	if (!words_next(&at, &left, out->argv, run->n_args) ||
	    !words_next(&at, &left, out->envp, run->n_env) || left > 0)
		return -EPROTO;
	return 0;
}
