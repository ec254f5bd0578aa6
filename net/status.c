/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status.c - networks as they are seen, not as configured
 */
#include "net/status.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/log.h"
#include "lib/base/num.h"
#include "lib/session/handle.h"
#include "net/build.h"
#include "net/dir.h"
#include "net/dns.h"
#include "net/steer_dns.h"
#include "net/views.h"

/* What the inside has received went to the network, as by a host's end. */
static void status_turn(struct link *l)
{
	uint64_t rx = l->rx_bytes;

	l->rx_bytes = l->tx_bytes;
	l->tx_bytes = rx;
}

/* What can be seen of the host's end, or of the device inside. */
static void status_link(const struct status_run *run, struct status *s,
			const char *name, int ns)
{
	if (!s->known)
		return;
	if (!link_kind(s->record.link)->end) {
		s->linked = ns >= 0 && link_kind_inside(run->h, &s->record, ns,
							&s->link) == 0;
		status_turn(&s->link);
		return;
	}
	s->linked = link_kind_outside(run->h, &s->record, run->sk,
				      &s->link) == 0 &&
		    s->link.ours && strcmp(s->link.alias, name) == 0;
}

static const char *status_names(const struct status_run *run,
				const struct status *s, int ns,
				const char *name)
{
	const struct fw_backend *fw = fw_find(s->record.firewall);
	struct steer_dns dns;

	if (!s->known || !s->record.steers_dns)
		return "open";
	if (!fw || steer_dns_read(run->h, name, &dns) < 0 ||
	    steer_dns_holds(run->h, fw, ns, &dns) != 1)
		return "lost";
	return "steered";
}

static int status_uplink_one(void *ctx, const char *name)
{
	struct status_run *run = ctx;
	uint64_t index;

	if (run->n_uplinks < STATUS_UPLINKS_MAX &&
	    num_parse(name, strlen(name), INT32_MAX, &index) == 0)
		run->uplinks[run->n_uplinks++] = (unsigned int)index;
	return 0;
}

/* The network or the device that it leaves by; of two, the first. */
static void status_uplink(const struct status_run *run, struct status *s)
{
	char path[NAME_SIZE + 12];
	char device[IF_NAMESIZE];
	size_t i;

	if (s->record.parent[0] || s->record.device[0]) {
		snprintf(s->uplink, sizeof(s->uplink), "%s",
			 s->record.parent[0] ? s->record.parent :
					       s->record.device);
		return;
	}
	for (i = 0; i < run->n_uplinks; i++) {
		snprintf(path, sizeof(path), "%u/%s", run->uplinks[i],
			 s->name);
		if (faccessat(run->h->uplink, path, F_OK, 0) == 0 &&
		    if_indextoname(run->uplinks[i], device)) {
			snprintf(s->uplink, sizeof(s->uplink), "%s", device);
			return;
		}
	}
}

static const char *status_state(const struct status *s, int ns, bool ours)
{
	/* A user's own has no name that could be there. */
	if (s->known && s->record.rootless)
		return s->linked && s->record.state == RECORD_UP ? "up" :
								   "remains";
	if (ns < 0 || (s->known && s->record.state != RECORD_UP))
		return "remains";
	if (!ours)
		return "foreign";
	return s->linked && s->link.up && strcmp(s->names, "lost") != 0 ?
		"up" : "broken";
}

static int status_look(const struct status_run *run, const char *name,
		       struct status *s)
{
	_cleanup_close_ int ns = handle_open(run->h->root, name);
	struct stat st;
	bool ours;

	*s = (struct status){ .names = "open" };
	snprintf(s->name, sizeof(s->name), "%s", name);
	s->known = record_read(run->h, name, &s->record) == 0;
	if (ns < 0 && !s->known)
		return ns;
	if (ns >= 0 && fstat(ns, &st) < 0)
		return -errno;
	ours = ns >= 0 && s->known && build_is_ours(&s->record, ns) == 1;
	if (s->known && s->record.rootless)
		s->ns = s->record.ns;
	else if (ns >= 0)
		s->ns = st.st_ino;
	tally_of(&run->tally, s->ns, &s->processes, &s->sessions);
	status_link(run, s, name, ours ? ns : -1);
	if (ours)
		s->names = status_names(run, s, ns, name);
	if (ours || (s->known && s->record.rootless))
		status_uplink(run, s);
	bin_read(run->h, name, &s->bin);
	if (vpn_state_read(run->h, name, &s->vpn) < 0)
		s->vpn.state[0] = '\0';
	dns_servers(run->h, name, s->dns, sizeof(s->dns));
	s->state = status_state(s, ns, ours);
	/* A record of a namespace that is gone says nothing of this one. */
	if (strcmp(s->state, "foreign") == 0)
		s->known = false;
	return 0;
}

void status_address(const struct status *s, char *out, size_t size)
{
	char host[ADDR_TEXT_SIZE] = "";
	char peer[ADDR_TEXT_SIZE] = "";

	out[0] = '\0';
	if (!s->known || s->record.net.addr.family == 0)
		return;
	addr_format(&s->record.net.addr, host);
	addr_format(&s->record.peer, peer);
	snprintf(out, size, "%s/%u", peer, s->record.net.prefix);
}

static int status_grow(struct status_run *run)
{
	size_t size = run->size ? run->size * 2 : 64;
	struct status *list;

	if (run->n < run->size)
		return 0;
	list = realloc(run->list, size * sizeof(*list));
	if (!list)
		return log_errno(-ENOMEM, "cannot list the networks");
	run->list = list;
	run->size = size;
	return 0;
}

static int status_one(void *ctx, const char *name)
{
	struct status_run *run = ctx;
	int err = status_grow(run);

	if (err)
		return err;
	err = status_look(run, name, &run->list[run->n]);
	if (err) {
		host_explain(err, handle_explain, name);
		run->failed = true;
		return 0;
	}
	run->n++;
	return 0;
}

/* Recorded networks that have no name (any more). */
static int status_remains(void *ctx, const char *name)
{
	const struct status_run *run = ctx;
	_cleanup_close_ int ns = handle_open(run->h->root, name);

	return ns == -ENOENT ? status_one(ctx, name) : 0;
}

static int status_compare(const void *a, const void *b)
{
	const struct status *x = a, *y = b;

	/* By number, where that is the only difference: net-2, net-10. */
	return strverscmp(x->name, y->name);
}

static void status_all(struct status_run *run)
{
	if (handle_list(status_one, run) < 0 ||
	    record_each(run->h, status_remains, run) < 0) {
		log_errno(-EIO, "cannot list the networks");
		run->failed = true;
	}
	if (run->n)
		qsort(run->list, run->n, sizeof(*run->list), status_compare);
}

void status_collect(struct status_run *run, char **names, int n)
{
	int err = tally_read(&run->tally);
	int i;

	if (err == 0)
		err = dir_each(run->h->uplink, status_uplink_one, run);
	if (err) {
		log_errno(err, "cannot look for processes and uplinks");
		run->failed = true;
	}
	for (i = 0; i < n; i++) {
		if (status_one(run, names[i]) < 0)
			run->failed = true;
	}
	if (n == 0)
		status_all(run);
}

void status_free(struct status_run *run)
{
	tally_free(&run->tally);
	free(run->list);
	run->list = NULL;
	run->n = run->size = run->n_uplinks = 0;
	run->blocks = (struct warn_blocks){ 0 };
}

void status_warnings(struct status_run *run, const struct status *s,
		     int (*fn)(void *ctx, const char *text), void *ctx)
{
	int err = 0;

	/* What may be in the way of others is in the namespace of the Parent. */
	if (s->known && s->linked && !s->record.parent[0])
		err = warn_each_again(&s->record, run->sk, &run->blocks, fn,
				      ctx);
	if (err) {
		log_errno(err, "%s: cannot look at what may be in its way",
			  s->name);
		run->failed = true;
	}
}

int status_lost(const struct status_run *run, const struct status *s,
		int (*fn)(void *ctx, const char *over), void *ctx)
{
	char cookie[24];

	if (strcmp(s->state, "remains") == 0 || s->record.rootless)
		return 0;
	/* Without a prepared view nothing was covered, and nothing is lost. */
	snprintf(cookie, sizeof(cookie), "%016" PRIx64, s->record.cookie);
	if (s->known && s->record.cookie &&
	    faccessat(run->h->views, cookie, F_OK, 0) < 0 && errno == ENOENT)
		return 0;
	return views_lost(run->h, s->name, fn, ctx);
}
