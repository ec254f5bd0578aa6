/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ovpn_conf.c - an OpenVPN configuration, read as openvpn(8) reads it
 */
#include "lib/policy/ovpn_conf.h"

#include <errno.h>
#include <string.h>

static const struct rule {
	const char *name;
	enum ovpn_action action;
	const char *why;
} rules[] = {
	{ "ca", OVPN_PEM, NULL },
	{ "cert", OVPN_PEM, NULL },
	{ "crl-verify", OVPN_PEM, NULL },
	{ "dh", OVPN_PEM, NULL },
	{ "extra-certs", OVPN_PEM, NULL },
	{ "key", OVPN_PEM, NULL },
	{ "tls-crypt", OVPN_PEM, NULL },
	{ "tls-crypt-v2", OVPN_PEM, NULL },
	{ "secret", OVPN_KEY, NULL },
	{ "tls-auth", OVPN_KEY, NULL },
	{ "pkcs12", OVPN_BINARY, NULL },
	{ "askpass", OVPN_SECRET, NULL },
	{ "auth-user-pass", OVPN_SECRET, NULL },
	{ "dev", OVPN_DEV, NULL },
	{ "dev-type", OVPN_DEV, NULL },

	{ "cd", OVPN_DROP, NULL },
	{ "chroot", OVPN_DROP, NULL },
	{ "daemon", OVPN_DROP, NULL },
	{ "dev-node", OVPN_DROP, NULL },
	{ "down-pre", OVPN_DROP, NULL },
	{ "errors-to-stderr", OVPN_DROP, NULL },
	{ "group", OVPN_DROP, NULL },
	{ "ifconfig-noexec", OVPN_DROP, NULL },
	{ "inetd", OVPN_DROP, NULL },
	{ "lladdr", OVPN_DROP, NULL },
	{ "log", OVPN_DROP, NULL },
	{ "log-append", OVPN_DROP, NULL },
	{ "machine-readable-output", OVPN_DROP, NULL },
	{ "management", OVPN_DROP, NULL },
	{ "management-client", OVPN_DROP, NULL },
	{ "management-client-auth", OVPN_DROP, NULL },
	{ "management-client-group", OVPN_DROP, NULL },
	{ "management-client-user", OVPN_DROP, NULL },
	{ "management-external-cert", OVPN_DROP, NULL },
	{ "management-external-key", OVPN_DROP, NULL },
	{ "management-forget-disconnect", OVPN_DROP, NULL },
	{ "management-hold", OVPN_DROP, NULL },
	{ "management-log-cache", OVPN_DROP, NULL },
	{ "management-query-passwords", OVPN_DROP, NULL },
	{ "management-query-proxy", OVPN_DROP, NULL },
	{ "management-query-remote", OVPN_DROP, NULL },
	{ "management-signal", OVPN_DROP, NULL },
	{ "management-up-down", OVPN_DROP, NULL },
	{ "mlock", OVPN_DROP, NULL },
	{ "nice", OVPN_DROP, NULL },
	{ "persist-key", OVPN_DROP, NULL },
	{ "persist-tun", OVPN_DROP, NULL },
	{ "replay-persist", OVPN_DROP, NULL },
	{ "route-noexec", OVPN_DROP, NULL },
	{ "setcon", OVPN_DROP, NULL },
	{ "setenv", OVPN_DROP, NULL },
	{ "setenv-safe", OVPN_DROP, NULL },
	{ "status", OVPN_DROP, NULL },
	{ "status-version", OVPN_DROP, NULL },
	{ "suppress-timestamps", OVPN_DROP, NULL },
	{ "syslog", OVPN_DROP, NULL },
	{ "tmp-dir", OVPN_DROP, NULL },
	{ "up-delay", OVPN_DROP, NULL },
	{ "up-restart", OVPN_DROP, NULL },
	{ "user", OVPN_DROP, NULL },
	{ "writepid", OVPN_DROP, NULL },

	{ "auth-user-pass-verify", OVPN_HOOK, NULL },
	{ "client-connect", OVPN_HOOK, NULL },
	{ "client-crresponse", OVPN_HOOK, NULL },
	{ "client-disconnect", OVPN_HOOK, NULL },
	{ "dns-updown", OVPN_HOOK, NULL },
	{ "down", OVPN_HOOK, NULL },
	{ "engine", OVPN_HOOK, NULL },
	{ "ipchange", OVPN_HOOK, NULL },
	{ "iproute", OVPN_HOOK, NULL },
	{ "learn-address", OVPN_HOOK, NULL },
	{ "pkcs11-providers", OVPN_HOOK, NULL },
	{ "plugin", OVPN_HOOK, NULL },
	{ "providers", OVPN_HOOK, NULL },
	{ "route-pre-down", OVPN_HOOK, NULL },
	{ "route-up", OVPN_HOOK, NULL },
	{ "script-security", OVPN_HOOK, NULL },
	{ "tls-crypt-v2-verify", OVPN_HOOK, NULL },
	{ "tls-export-cert", OVPN_HOOK, NULL },
	{ "tls-verify", OVPN_HOOK, NULL },
	{ "up", OVPN_HOOK, NULL },

	{ "capath", OVPN_REFUSE, "give the certificates with ca" },
	{ "config", OVPN_REFUSE, "put everything into one file" },
	{ "http-proxy-user-pass", OVPN_REFUSE,
	  "a proxy that asks for a password is not supported" },
	{ "mark", OVPN_REFUSE,
	  "name the device to leave by with InterfaceOut" },
	{ "mktun", OVPN_REFUSE, "RUNNS makes the device" },
	{ "mode", OVPN_REFUSE, "only clients are supported" },
	{ "rmtun", OVPN_REFUSE, "RUNNS makes the device" },
	{ "server", OVPN_REFUSE, "only clients are supported" },
	{ "server-bridge", OVPN_REFUSE, "only clients are supported" },
	{ "server-ipv6", OVPN_REFUSE, "only clients are supported" },
};

/* Of those above, and those that are no files. */
static const char *const blocks[] = {
	"ca", "cert", "crl-verify", "dh", "extra-certs", "key",
	"peer-fingerprint", "pkcs12", "secret", "tls-auth", "tls-crypt",
	"tls-crypt-v2", "verify-hash",
};

enum ovpn_action ovpn_judge(const char *name, const char **why)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		if (strcmp(rules[i].name, name) == 0) {
			*why = rules[i].why;
			return rules[i].action;
		}
	}
	return OVPN_KEEP;
}

bool ovpn_is_block(const char *tag)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(blocks); i++)
		if (strcmp(blocks[i], tag) == 0)
			return true;
	return false;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Without its newline, and the carriage return before it. */
static struct slice line_take(struct slice *text)
{
	const char *end = memchr(text->p, '\n', text->len);
	struct slice line = *text;

	if (end)
		line.len = (size_t)(end - text->p);
	text->p += line.len + (end ? 1 : 0);
	text->len -= line.len + (end ? 1 : 0);
	if (line.len && line.p[line.len - 1] == '\r')
		line.len--;
	return line;
}

static struct slice skip_space(struct slice s)
{
	while (s.len && is_space(s.p[0])) {
		s.p++;
		s.len--;
	}
	return s;
}

/* Takes one word off @s to @out, which has room for it. */
static const char *word_take(struct slice *s, char **out)
{
	char quote = '\0';

	if (s->p[0] == '"' || s->p[0] == '\'')
		quote = s->p[0];
	if (quote) {
		s->p++;
		s->len--;
	}
	while (s->len && (quote ? s->p[0] != quote : !is_space(s->p[0]))) {
		if (s->p[0] == '\\' && quote != '\'') {
			s->p++;
			s->len--;
			if (!s->len || !strchr("\\\" ", s->p[0]))
				return "a backslash stands before a backslash, "
				       "a double quote or a blank only";
		}
		*(*out)++ = s->p[0];
		s->p++;
		s->len--;
	}
	*(*out)++ = '\0';
	if (!quote)
		return NULL;
	if (!s->len)
		return "the quotation does not end";
	s->p++;
	s->len--;
	return s->len && !is_space(s->p[0]) ? "a blank is missing behind the "
					      "quotation" : NULL;
}

static const char *line_split(struct slice line, struct ovpn_item *item)
{
	char *out = item->text;
	const char *wrong = NULL;
	size_t i;

	item->n_words = 0;
	if (line.len > OVPN_LINE_MAX)
		return "the line is too long";
	for (i = 0; i < line.len; i++)
		if ((unsigned char)line.p[i] < ' ' && line.p[i] != '\t')
			return "control character";
	for (line = skip_space(line); line.len && !wrong;
	     line = skip_space(line)) {
		if (line.p[0] == '#' || line.p[0] == ';')
			break;
		if (item->n_words == OVPN_WORDS_MAX)
			return "too many words";
		item->words[item->n_words++] = out;
		wrong = word_take(&line, &out);
	}
	return wrong;
}

static int bad(const struct ovpn_reader *r, const char *what)
{
	return diag_set(r->d, r->file, r->line, 0, "%s", what);
}

/* Is @line the end of the block @tag? */
static bool closes(struct slice line, const char *tag)
{
	size_t len = strlen(tag);

	line = skip_space(line);
	return line.len >= len + 3 && memcmp(line.p, "</", 2) == 0 &&
	       memcmp(line.p + 2, tag, len) == 0 && line.p[len + 2] == '>';
}

static int block_take(struct ovpn_reader *r, struct ovpn_item *item)
{
	const char *start = r->rest.p;

	while (r->rest.len) {
		const char *before = r->rest.p;
		struct slice line = line_take(&r->rest);

		r->line++;
		if (closes(line, item->words[0])) {
			item->block.p = start;
			item->block.len = (size_t)(before - start);
			return 1;
		}
		/* openvpn reads long lines in parts. */
		if (line.len > OVPN_LINE_MAX || memchr(line.p, '<', line.len))
			return bad(r, "no line of a block, or too long");
	}
	return bad(r, "the block does not end");
}

/* A line of one word in angle brackets. */
static int tag_take(struct ovpn_reader *r, struct ovpn_item *item)
{
	size_t len = strlen(item->words[0]);
	char *tag = item->text + 1;

	item->text[len - 1] = '\0';
	item->words[0] = tag;
	item->kind = OVPN_GROUP;
	if (strcmp(tag, "connection") == 0 || strcmp(tag, "/connection") == 0)
		return 1;
	item->kind = OVPN_BLOCK;
	if (!ovpn_is_block(tag))
		return bad(r, "unknown block");
	return block_take(r, item);
}

static bool is_name(const char *word)
{
	if (*word == '-' || !*word)
		return false;
	for (; *word; word++)
		if (!(*word >= 'a' && *word <= 'z') &&
		    !(*word >= 'A' && *word <= 'Z') &&
		    !(*word >= '0' && *word <= '9') && *word != '-')
			return false;
	return true;
}

int ovpn_next(struct ovpn_reader *r, struct ovpn_item *item)
{
	while (r->rest.len) {
		struct slice line = line_take(&r->rest);
		const char *wrong, *first;

		r->line++;
		item->line = r->line;
		item->kind = OVPN_OPTION;
		wrong = line_split(line, item);
		if (wrong)
			return bad(r, wrong);
		if (!item->n_words)
			continue;
		first = item->words[0];
		if (item->n_words == 1 && first[0] == '<' &&
		    first[strlen(first) - 1] == '>')
			return tag_take(r, item);
		if (strlen(first) >= 3 && memcmp(first, "--", 2) == 0)
			item->words[0] += 2;
		/* Without its dashes it could be a block's beginning. */
		return is_name(item->words[0]) ? 1 : bad(r, "no option's name");
	}
	return 0;
}

void ovpn_quote(struct buf *b, const char *word)
{
	buf_addc(b, '"');
	for (; *word; word++) {
		if (*word == '"' || *word == '\\')
			buf_addc(b, '\\');
		buf_addc(b, *word);
	}
	buf_addc(b, '"');
}

static bool has_prefix(struct slice s, const char *prefix)
{
	size_t len = strlen(prefix);

	return s.len >= len && memcmp(s.p, prefix, len) == 0;
}

int ovpn_pem_next(struct slice *text, bool *inside, struct slice *line)
{
	size_t i;

	while (text->len) {
		*line = line_take(text);
		if (!*inside && !has_prefix(*line, "-----BEGIN "))
			continue;
		*inside = !has_prefix(*line, "-----END ");
		if (line->len > OVPN_LINE_MAX)
			return -EINVAL;
		for (i = 0; i < line->len; i++) {
			unsigned char c = (unsigned char)line->p[i];

			if (c < ' ' || c > '~' || c == '<')
				return -EINVAL;
		}
		return 1;
	}
	return *inside ? -EINVAL : 0;
}
