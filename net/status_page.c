/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status_page.c - one network on a page, for people
 */
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "lib/base/human.h"
#include "lib/policy/profile_door.h"
#include "net/link_kind.h"
#include "net/status.h"
#include "net/status_members.h"

static void page_line(const char *what, const char *fmt, ...) _printf_(2, 3);

static void page_line(const char *what, const char *fmt, ...)
{
	va_list ap;

	printf("  %-10s ", what);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static void page_age(char out[HUMAN_SIZE], long long since)
{
	human_age(out, since ? (long long)time(NULL) - since : -1);
}

static void page_address(const char *what, const struct record *r,
			 const struct addr_net *net, const struct addr *peer)
{
	char host[ADDR_TEXT_SIZE], inside[ADDR_TEXT_SIZE];

	if (!net->addr.family)
		return;
	addr_format(&net->addr, host);
	addr_format(peer, inside);
	if (link_kind(r->link)->routed)
		page_line(what, "%s/%u, the host's end %s", inside,
			  net->prefix, host);
	else
		page_line(what, "%s/%u", inside, net->prefix);
}

static void page_link(const struct status *s)
{
	const struct record *r = &s->record;
	char rx[HUMAN_SIZE], tx[HUMAN_SIZE];

	if (!s->linked) {
		page_line("link", "%s", profile_link_name(r->link));
		return;
	}
	page_line("link", "%s, %s%s%s inside, %s, MTU %u",
		  profile_link_name(r->link), r->outside,
		  r->outside[0] ? " outside, " : "", r->inside,
		  s->link.up ? "up" : "down", s->link.mtu);
	human_bytes(rx, s->link.rx_bytes);
	human_bytes(tx, s->link.tx_bytes);
	page_line("traffic", "%s from it, %s to it, bytes", rx, tx);
}

static void page_vpn(const struct vpn_seen *vpn)
{
	char age[HUMAN_SIZE];

	if (!vpn->state[0])
		return;
	page_age(age, vpn->since);
	page_line("VPN", "%s for %s%s%s, %u restarts", vpn->state, age,
		  vpn->server[0] ? ", server " : "", vpn->server,
		  vpn->restarts);
}

static void page_program(const struct bin_seen *bin)
{
	char text[80], age[HUMAN_SIZE];

	if (!bin->state[0])
		return;
	bin_text(bin, text, sizeof(text));
	page_age(age, bin->since);
	page_line("program", "%s, for %s", text, age);
}

static void page_ways(const struct record *r)
{
	char forward[PROFILE_FORWARD_TEXT_SIZE];
	char allow[ALLOW_TEXT_SIZE];
	size_t i;

	for (i = 0; i < r->n_forwards; i++) {
		profile_forward_format(&r->forwards[i], forward);
		page_line(i ? "" : "ports", "%s", forward);
	}
	for (i = 0; i < r->allows.n; i++) {
		allow_format(&r->allows.list[i], allow);
		page_line(i ? "" : "allow", "%s", allow);
	}
}

static void page_ours(const struct status *s)
{
	const struct record *r = &s->record;
	char age[HUMAN_SIZE];

	page_age(age, r->since);
	page_line("age", "%s", age);
	page_address("address", r, &r->net, &r->peer);
	page_address("address6", r, &r->net6, &r->peer6);
	page_link(s);
	if (s->uplink[0])
		page_line("uplink", "%s%s%s", r->parent[0] ? "network " : "",
			  s->uplink, r->nat ? ", masquerade" : "");
	page_vpn(&s->vpn);
	page_program(&s->bin);
	page_ways(r);
	if (r->firewall[0])
		page_line("firewall", "%s, %s", r->firewall,
			  r->isolate ? "isolated" : "not isolated");
}

static void page_level(struct status_run *run, const struct status *s)
{
	struct status_level level;
	size_t i;

	status_level(run, s, &level);
	page_line("level", "%s", level.name);
	for (i = 0; i < level.n; i++)
		page_line("", "%s", level.why[i]);
}

static void page_members(struct status_run *run, const struct status *s)
{
	struct status_members m;
	size_t i;

	if (status_members(run, s, &m)) {
		run->failed = true;
		return;
	}
	page_line("members", "%u processes, %u sessions", s->processes,
		  s->sessions);
	for (i = 0; i < m.n; i++)
		page_line("", "%s: %u (%s)", m.list[i].name,
			  m.list[i].processes, m.list[i].programs);
	if (m.others)
		page_line("", "and others");
	status_members_free(&m);
}

void status_page(struct status_run *run, const struct status *s)
{
	printf("%s  %s\n", s->name, s->state);
	if (s->known)
		page_ours(s);
	if (s->dns[0])
		page_line("DNS", "%s, %s", s->dns, s->names);
	page_level(run, s);
	page_members(run, s);
}
