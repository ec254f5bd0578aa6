/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vpn_state.c - what the supervisor tells: /run/runns/net/NAME/vpn
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/base/num.h"
#include "lib/sys/file.h"
#include "net/vpn.h"
#include "net/vpn_start.h"
#include "net/vpn_state.h"

enum { STATE_TEXT_SIZE = 8192 };

static const char *const names[] = {
	[VPN_STARTING] = "starting",
	[VPN_UP] = "up",
	[VPN_RECONNECTING] = "reconnecting",
	[VPN_DEAD] = "dead",
};

const char *vpn_state_name(enum vpn_state state)
{
	return names[state];
}

/* A network is as good as the worst of its tunnels. */
static const struct vpn_tunnel *state_worst(const struct vpn *v)
{
	const struct vpn_tunnel *worst = &v->tunnels[0];
	size_t i;

	for (i = 1; i < v->n; i++) {
		const struct vpn_tunnel *t = &v->tunnels[i];

		if ((t->state != VPN_UP && worst->state == VPN_UP) ||
		    t->state > worst->state)
			worst = t;
	}
	return worst;
}

static void state_tunnel(struct buf *b, const struct vpn_tunnel *t)
{
	unsigned int n = t->number;

	buf_addf(b, "tun%u.kind %s\ntun%u.state %s\ntun%u.since %lld\n",
		 n, t->kind->name, n, names[t->state], n, t->since);
	buf_addf(b, "tun%u.restarts %u\n", n, t->restarts);
	if (t->server[0])
		buf_addf(b, "tun%u.server %s\n", n, t->server);
	if (t->error[0])
		buf_addf(b, "tun%u.error %s\n", n, t->error);
}

void vpn_state_write(const struct vpn *v)
{
	_cleanup_close_ int dir = record_dir(v->h, v->plan.name, false);
	const struct vpn_tunnel *worst = state_worst(v);
	BUF(b, STATE_TEXT_SIZE);
	int err = dir < 0 ? dir : 0;
	size_t i;

	buf_addf(&b, "state %s\nsince %lld\nrestarts %u\n",
		 names[worst->state], worst->since, worst->restarts);
	if (worst->error[0])
		buf_addf(&b, "error %s\n", worst->error);
	for (i = 0; i < v->n; i++)
		state_tunnel(&b, &v->tunnels[i]);
	if (err == 0)
		err = buf_status(&b);
	if (err == 0)
		err = file_replace(dir, VPN_STATE_FILE, 0600, b.text, b.len);
	if (err && err != -ENOENT)
		log_errno(err, "cannot note the state of %s", v->plan.name);
}

int vpn_state_forget(const struct host *h, const char *name)
{
	_cleanup_close_ int dir = record_dir(h, name, false);

	if (dir < 0)
		return dir;
	return unlinkat(dir, VPN_STATE_FILE, 0) < 0 && errno != ENOENT ? -errno :
									 0;
}

static long long state_now(void)
{
	return (long long)time(NULL);
}

void vpn_set_state(struct vpn_tunnel *t, enum vpn_state state)
{
	if (t->state != state || !t->since) {
		t->state = state;
		t->since = state_now();
		vpn_log(t, LOG_NOTICE, "tunnel %u of %s: %s", t->number,
			t->vpn->plan.name, names[state]);
	}
	if (state == VPN_UP) {
		t->error[0] = '\0';
		t->told = false;
	}
	vpn_state_write(t->vpn);
}

void vpn_set_error(struct vpn_tunnel *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vescape(t->error, sizeof(t->error), fmt, ap);
	va_end(ap);
	t->told = true;
	vpn_log(t, LOG_ERR, "%s", t->error);
	vpn_state_write(t->vpn);
}

/* Does the text's line @key stand at @line?  Then what follows it. */
static const char *state_value(const char *line, const char *key)
{
	size_t len = strlen(key);

	return strncmp(line, key, len) == 0 && line[len] == ' ' ?
	       line + len + 1 : NULL;
}

static void state_line(struct vpn_seen *out, const char *line)
{
	const char *value;
	uint64_t n;

	value = state_value(line, "state");
	if (value)
		snprintf(out->state, sizeof(out->state), "%s", value);
	value = state_value(line, "error");
	if (value)
		snprintf(out->error, sizeof(out->error), "%s", value);
	value = strncmp(line, "tun", 3) == 0 ? strchr(line, '.') : NULL;
	value = value ? state_value(value, ".server") : NULL;
	if (value && !out->server[0])
		snprintf(out->server, sizeof(out->server), "%s", value);
	value = state_value(line, "since");
	if (value && num_parse(value, strlen(value), INT64_MAX, &n) == 0)
		out->since = (long long)n;
	value = state_value(line, "restarts");
	if (value && num_parse(value, strlen(value), UINT32_MAX, &n) == 0)
		out->restarts = (unsigned int)n;
}

void vpn_state_json(struct jsonw *j, const char *key,
		    const struct vpn_seen *seen)
{
	jsonw_object(j, key);
	jsonw_string(j, "state", seen->state);
	jsonw_number(j, "since", (uint64_t)seen->since);
	jsonw_number(j, "restarts", seen->restarts);
	jsonw_string(j, "server", seen->server);
	jsonw_string(j, "error", seen->error);
	jsonw_object_end(j);
}

int vpn_state_read(const struct host *h, const char *name,
		   struct vpn_seen *out)
{
	_cleanup_close_ int dir = record_dir(h, name, false);
	char text[STATE_TEXT_SIZE];
	char *rest = text;
	char *line;
	ssize_t n;

	*out = (struct vpn_seen){ 0 };
	if (dir < 0)
		return dir;
	n = file_read_small(dir, VPN_STATE_FILE, text, sizeof(text));
	if (n < 0)
		return (int)n;
	while ((line = strsep(&rest, "\n")))
		state_line(out, line);
	/* A killed one has not said good-bye. */
	if (vpn_is_attended(h, name))
		return 0;
	snprintf(out->state, sizeof(out->state), "%s", names[VPN_DEAD]);
	snprintf(out->error, sizeof(out->error), "what looked after it was "
		 "killed: 'runnsctl up %s' starts it again", name);
	return 0;
}
