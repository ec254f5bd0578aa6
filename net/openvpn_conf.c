/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * openvpn_conf.c - the configuration that openvpn gets to see
 *
 * Every line is written anew from the words that were judged.  Files become
 * blocks of the text; what would run or load something is left out.
 */
#include "net/openvpn_conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/policy/ovpn_conf.h"
#include "lib/sys/file.h"

enum {
	LINE_SIZE = 2 * OVPN_LINE_MAX + 4 * OVPN_WORDS_MAX,
	BASE64_IN = 48,		/* bytes of a line */
};

struct making {
	const struct host *h;
	struct openvpn_conf *out;
	int dir;		/* of the configuration */
	bool scripts;
	bool in_group;
	struct diag d;
	unsigned int line;
	const char *path;
};

static int bad(struct making *m, int err, const char *what, const char *more)
{
	diag_set(&m->d, m->path, m->line, 0, "%.60s%s%.100s", what,
		 more ? ": " : "", more ? more : "");
	return err;
}

static int put(struct making *m, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(m->out->fd, text, len);

		if (n < 0 && errno != EINTR)
			return bad(m, -errno, "cannot be copied", NULL);
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

static int puts_line(struct making *m, const char *prefix, const char *text,
		     const char *suffix)
{
	int err = put(m, prefix, strlen(prefix));

	if (err == 0)
		err = put(m, text, strlen(text));
	if (err == 0)
		err = put(m, suffix, strlen(suffix));
	return err ? err : put(m, "\n", 1);
}

/* A file beside the configuration, or by its absolute path. */
static int open_named(struct making *m, const char *path)
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ char *dir = NULL;
	_cleanup_close_ int fd = -1;

	if (!slash)
		return file_open_trusted(m->dir, path);
	if (slash == path)
		return file_open_trusted(m->h->root, path + 1);
	dir = strndup(path, (size_t)(slash - path));
	if (!dir)
		return -ENOMEM;
	fd = file_open_dir(*dir == '/' ? m->h->root : m->dir,
			   *dir == '/' ? dir + 1 : dir);
	return fd < 0 ? fd : file_open_trusted(fd, slash + 1);
}

static int read_named(struct making *m, const char *path, char **text,
		      size_t *len)
{
	_cleanup_close_ int fd = open_named(m, path);
	int err = fd;

	if (fd >= 0)
		err = file_read_all(fd, OVPN_TEXT_MAX, text, len);
	return err < 0 ? bad(m, err, path, file_explain(err)) : 0;
}

static void wipe(char *text, size_t len)
{
	if (text)
		explicit_bzero(text, len);
	free(text);
}

static int put_pem(struct making *m, const char *text, size_t len)
{
	struct slice rest = { text, len }, line;
	bool inside = false;
	int more, err = 0;

	while (err == 0 && (more = ovpn_pem_next(&rest, &inside, &line)) != 0) {
		if (more < 0)
			return bad(m, more, "no PEM file", NULL);
		err = put(m, line.p, line.len);
		if (err == 0)
			err = put(m, "\n", 1);
	}
	return err;
}

static int put_base64(struct making *m, const char *text, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *in = (const unsigned char *)text;
	size_t i, at;
	int err = 0;

	for (at = 0; at < len && err == 0; at += BASE64_IN) {
		BUF(line, BASE64_IN * 4 / 3 + 2);

		for (i = at; i < len && i < at + BASE64_IN; i += 3) {
			unsigned int left = (unsigned int)(len - i);
			unsigned int v = (unsigned int)in[i] << 16;

			v |= left > 1 ? (unsigned int)in[i + 1] << 8 : 0;
			v |= left > 2 ? in[i + 2] : 0;
			buf_addc(&line, digits[v >> 18]);
			buf_addc(&line, digits[v >> 12 & 63]);
			buf_addc(&line, left > 1 ? digits[v >> 6 & 63] : '=');
			buf_addc(&line, left > 2 ? digits[v & 63] : '=');
		}
		err = puts_line(m, "", line.text, "");
		explicit_bzero(line.text, line.size);
	}
	return err;
}

static int put_file(struct making *m, const struct ovpn_item *item,
		    enum ovpn_action action)
{
	const char *tag = item->words[0];
	char *text = NULL;
	size_t len = 0;
	int err;

	if (item->n_words < 2 || item->n_words > 3 ||
	    (item->n_words == 3 && action != OVPN_KEY))
		return bad(m, -EINVAL, tag, "the name of one file expected");
	err = read_named(m, item->words[1], &text, &len);
	if (err == 0)
		err = puts_line(m, "<", tag, ">");
	if (err == 0 && action == OVPN_BINARY)
		err = put_base64(m, text, len);
	else if (err == 0)
		err = put_pem(m, text, len);
	if (err == 0)
		err = puts_line(m, "</", tag, ">");
	if (err == 0 && item->n_words == 3)
		err = puts_line(m, "key-direction ",
				*item->words[2] == '0' ? "0" : "1", "");
	wipe(text, len);
	return err;
}

/* A line of a file of secrets. */
static int take_secret(struct making *m, char **rest,
		       char out[OPENVPN_SECRET_MAX])
{
	const char *line = strsep(rest, "\n");
	size_t len = line ? strcspn(line, "\r") : 0;
	size_t i;

	if (len == 0 || len >= OPENVPN_SECRET_MAX)
		return bad(m, -EINVAL, "a file of secrets has no such line, "
			   "or a longer one than can be", NULL);
	for (i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			return bad(m, -EINVAL, "control character in a secret",
				   NULL);
	memcpy(out, line, len);
	out[len] = '\0';
	return 0;
}

static int take_secrets(struct making *m, const struct ovpn_item *item)
{
	bool login = strcmp(item->words[0], "auth-user-pass") == 0;
	char *text = NULL, *rest;
	size_t len = 0;
	int err;

	if (login) {
		err = puts_line(m, "", item->words[0], "");
		if (err || item->n_words == 1)
			return err;
	}
	if (item->n_words != 2)
		return bad(m, -EINVAL, item->words[0],
			   "the name of one file expected");
	err = read_named(m, item->words[1], &text, &len);
	rest = text;
	if (err == 0 && login)
		err = take_secret(m, &rest, m->out->user);
	if (err == 0)
		err = take_secret(m, &rest, login ? m->out->password :
						    m->out->pass);
	wipe(text, len);
	return err;
}

static int put_option(struct making *m, const struct ovpn_item *item)
{
	BUF(line, LINE_SIZE);
	unsigned int i;
	int err;

	for (i = 0; i < item->n_words; i++) {
		if (i)
			buf_addc(&line, ' ');
		ovpn_quote(&line, item->words[i]);
	}
	err = buf_status(&line);
	return err ? bad(m, err, item->words[0], "too long") :
		     puts_line(m, "", line.text, "");
}

static int judge_dev(struct making *m, const struct ovpn_item *item)
{
	if (item->n_words == 2 && strncmp(item->words[1], "tap", 3) != 0)
		return 0;
	return bad(m, -EOPNOTSUPP, item->words[0],
		   "only tun devices are supported");
}

static int judge_hook(struct making *m, const struct ovpn_item *item)
{
	if (m->scripts)
		return put_option(m, item);
	log_msg(LOG_WARNING, "%s:%u: %s is left out: VpnScripts=yes would run "
		"it, as root", m->path, m->line, item->words[0]);
	return 0;
}

/* The file of a proxy's password would have to be readable. */
static int judge_proxy(struct making *m, const struct ovpn_item *item)
{
	bool proxy = strcmp(item->words[0], "http-proxy") == 0 ||
		     strcmp(item->words[0], "socks-proxy") == 0;

	if (proxy && item->n_words > 3)
		return bad(m, -EOPNOTSUPP, item->words[0], "a proxy that asks "
			   "for a password is not supported");
	return put_option(m, item);
}

static int judge_option(struct making *m, const struct ovpn_item *item)
{
	const char *why = NULL;
	enum ovpn_action action = ovpn_judge(item->words[0], &why);

	switch (action) {
	case OVPN_DROP:
		return 0;
	case OVPN_DEV:
		return judge_dev(m, item);
	case OVPN_HOOK:
		return judge_hook(m, item);
	case OVPN_REFUSE:
		return bad(m, -EOPNOTSUPP, item->words[0], why);
	case OVPN_SECRET:
		return take_secrets(m, item);
	case OVPN_PEM:
	case OVPN_KEY:
	case OVPN_BINARY:
		return put_file(m, item, action);
	case OVPN_KEEP:
		break;
	}
	return judge_proxy(m, item);
}

static int judge_item(struct making *m, const struct ovpn_item *item)
{
	int err;

	if (item->kind == OVPN_OPTION)
		return judge_option(m, item);
	err = puts_line(m, "<", item->words[0], ">");
	if (err || item->kind == OVPN_GROUP)
		return err;
	err = put(m, item->block.p, item->block.len);
	return err ? err : puts_line(m, "</", item->words[0], ">");
}

static int make_all(struct making *m, const char *text, size_t len)
{
	struct ovpn_reader r = { .rest = { text, len }, .file = m->path,
				 .d = &m->d };
	struct ovpn_item item;
	int more, err = 0;

	while (err == 0 && (more = ovpn_next(&r, &item)) != 0) {
		m->line = item.line;
		err = more < 0 ? more : judge_item(m, &item);
	}
	return err;
}

static int make_open(struct making *m, const char *name)
{
	_cleanup_free_ char *dir = strndup(m->path, (size_t)(name - m->path));

	if (!dir)
		return -ENOMEM;
	m->dir = file_open_dir(m->h->root, *dir ? dir + 1 : "");
	if (m->dir < 0)
		return bad(m, m->dir, "its directory", file_explain(m->dir));
	m->out->fd = memfd_create("openvpn", MFD_CLOEXEC);
	if (m->out->fd < 0)
		return bad(m, -errno, "cannot be copied", NULL);
	return 0;
}

int openvpn_conf_make(const struct host *h, const char *path, bool scripts,
		      struct openvpn_conf *out, char why[400])
{
	struct making m = { .h = h, .out = out, .dir = -1, .path = path,
			    .scripts = scripts };
	const char *slash = strrchr(path, '/');
	char *text = NULL;
	size_t len = 0;
	int err = 0;

	*out = (struct openvpn_conf){ .fd = -1 };
	if (path[0] != '/' || slash == path || !slash[1])
		err = bad(&m, -EINVAL, "an absolute path is expected", NULL);
	if (err == 0)
		err = make_open(&m, slash);
	if (err == 0)
		err = read_named(&m, slash + 1, &text, &len);
	if (err == 0)
		err = make_all(&m, text, len);
	wipe(text, len);
	base_close(&m.dir);
	if (err)
		diag_format(&m.d, why, 400);
	return err;
}

void openvpn_conf_free(struct openvpn_conf *c)
{
	base_close(&c->fd);
	explicit_bzero(c, sizeof(*c));
	c->fd = -1;
}
