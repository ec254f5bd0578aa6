/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_status.c - what is there
 */
#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/sys/bus.h"
#include "net/cmd.h"
#include "net/fw.h"
#include "net/status.h"

static int status_warn(void *ctx, const char *text)
{
	const char *name = ctx;

	log_msg(LOG_WARNING, "%s: %s", name, text);
	return 0;
}

static int status_uncovered(void *ctx, const char *over)
{
	log_msg(LOG_WARNING, "%s: who is inside sees the host's %s: "
		"'runnsctl refresh' covers it again", (const char *)ctx, over);
	return 0;
}

/* What an administrator should know, to the standard error. */
static void status_tell(struct status_run *run, const struct status *s)
{
	char text[80];

	if (strcmp(s->names, "lost") == 0)
		log_msg(LOG_WARNING, "%s: the rules that send look-ups to its "
			"name servers are gone, or are for others: 'runnsctl "
			"up %s' renews them", s->name, s->name);
	if (s->vpn.error[0])
		log_msg(LOG_WARNING, "%s: VPN %s: %s", s->name, s->vpn.state,
			s->vpn.error);
	if (s->bin.state[0] && strcmp(s->bin.state, "running") != 0) {
		bin_text(&s->bin, text, sizeof(text));
		log_msg(LOG_WARNING, "%s: its program is not running: %s",
			s->name, text);
	}
	if (status_lost(run, s, status_uncovered, (void *)s->name) < 0)
		run->failed = true;
	status_warnings(run, s, status_warn, (void *)s->name);
}

static void status_show(struct status_run *run, const struct options *o,
			bool page)
{
	struct jsonw json = { .file = stdout };
	size_t i;

	if (o->json) {
		if (run->n)
			run->bus = bus_answers(run->h->root, BUS_NOBODY);
		status_json(run, &json);
		return;
	}
	if (o->dot) {
		status_dot(run, stdout);
		return;
	}
	if (page)
		status_page(run, &run->list[0]);
	else
		status_table(run);
	fflush(stdout);
	for (i = 0; i < run->n; i++)
		status_tell(run, &run->list[i]);
}

int cmd_status(const struct host *h, const struct options *o, char **names,
	       int n)
{
	_cleanup_nl_ struct nl_sock *sk = NULL;
	struct status_run run = { .h = h };

	if (nl_open(NETLINK_ROUTE, &sk) < 0) {
		log_errno(-EIO, "cannot open a netlink socket");
		return EXIT_FAILED;
	}
	run.sk = sk;
	if (o->watch)
		return status_watch(&run, names, n, o->watch_s);
	status_collect(&run, names, n);
	status_show(&run, o, n == 1 && run.n == 1);
	status_free(&run);
	if (fflush(stdout) || ferror(stdout))
		run.failed = true;
	return run.failed ? EXIT_FAILED : 0;
}

/**
 * struct blocks - what was told of chains in the way
 * @told, @told6: backend whose chains were; of those for IPv6 alone
 * @four, @six:	these are to be told now
 */
struct blocks {
	const struct host *h;
	char told[sizeof(((struct record *)NULL)->firewall)];
	char told6[sizeof(((struct record *)NULL)->firewall)];
	bool four;
	bool six;
	bool failed;
};

static int blocks_print(void *ctx, const char *what, bool six)
{
	const struct blocks *b = ctx;

	if (six ? b->six : b->four)
		puts(what);
	return 0;
}

static bool blocks_once(char told[sizeof(((struct record *)NULL)->firewall)],
			const struct record *r)
{
	if (strcmp(r->firewall, told) == 0)
		return false;
	memcpy(told, r->firewall, sizeof(r->firewall));
	return true;
}

/* Once for each backend that a network has, and that one with IPv6 has. */
static int blocks_one(void *ctx, const char *name)
{
	struct blocks *b = ctx;
	struct record r;

	if (record_read(b->h, name, &r) < 0 || !fw_find(r.firewall))
		return 0;
	b->four = blocks_once(b->told, &r);
	b->six = r.net6.addr.family && blocks_once(b->told6, &r);
	if ((b->four || b->six) &&
	    fw_blocks(fw_find(r.firewall), blocks_print, b) < 0)
		b->failed = true;
	return 0;
}

int cmd_blocks(const struct host *h, const struct options *o, char **names,
	       int n)
{
	struct blocks b = { .h = h };

	(void)o;
	(void)names;
	(void)n;
	if (record_each(h, blocks_one, &b) < 0 || fflush(stdout))
		b.failed = true;
	return b.failed ? EXIT_FAILED : 0;
}
