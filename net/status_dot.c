/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status_dot.c - who leaves by what, as a drawing
 */
#include <string.h>

#include "net/status.h"
#include "net/status_members.h"

/* A name has no character that means anything between quotes, a device may. */
static void dot_id(FILE *to, const char *kind, const char *name)
{
	fprintf(to, "\"%s ", kind);
	for (; *name; name++) {
		if (*name == '"' || *name == '\\')
			putc('\\', to);
		putc((unsigned char)*name < ' ' ? '?' : *name, to);
	}
	putc('"', to);
}

static void dot_network(FILE *to, const struct status *s)
{
	char address[ADDR_TEXT_SIZE + 8];

	status_address(s, address, sizeof(address));
	fputs("\t", to);
	dot_id(to, "net", s->name);
	fprintf(to, " [shape=box, label=\"%s", s->name);
	if (address[0])
		fprintf(to, "\\n%s", address);
	fprintf(to, "\\n%s, %u processes\", color=%s];\n", s->state,
		s->processes, strcmp(s->state, "up") == 0 ? "darkgreen" :
		strcmp(s->state, "foreign") == 0 ? "gray" : "red");
}

static void dot_way(FILE *to, const struct status *s)
{
	if (!s->uplink[0])
		return;
	fputs("\t", to);
	dot_id(to, "net", s->name);
	fputs(" -> ", to);
	dot_id(to, s->record.parent[0] ? "net" : "device", s->uplink);
	if (s->vpn.state[0])
		fprintf(to, " [label=\"VPN %s\"]", s->vpn.state);
	else if (s->record.nat)
		fputs(" [label=\"NAT\"]", to);
	fputs(";\n", to);
}

static bool dot_members(FILE *to, const struct status_run *run,
			const struct status *s)
{
	struct status_members m;
	size_t i;

	if (status_members(run, s, &m))
		return false;
	for (i = 0; i < m.n; i++) {
		fputs("\t", to);
		dot_id(to, "user", m.list[i].name);
		fputs(" -> ", to);
		dot_id(to, "net", s->name);
		fprintf(to, " [label=\"%u\"];\n", m.list[i].processes);
	}
	status_members_free(&m);
	return true;
}

static bool dot_is_first(const struct status_run *run, size_t i)
{
	size_t j;

	for (j = 0; j < i; j++) {
		if (!run->list[j].record.parent[0] &&
		    strcmp(run->list[j].uplink, run->list[i].uplink) == 0)
			return false;
	}
	return true;
}

static void dot_device(FILE *to, const char *device)
{
	fputs("\t", to);
	dot_id(to, "device", device);
	fputs(" [shape=ellipse, label=", to);
	dot_id(to, "uplink", device);
	fputs("];\n", to);
}

void status_dot(struct status_run *run, FILE *to)
{
	size_t i;

	fputs("digraph runns {\n\trankdir=LR;\n", to);
	for (i = 0; i < run->n; i++) {
		const struct status *s = &run->list[i];

		dot_network(to, s);
		if (s->uplink[0] && !s->record.parent[0] &&
		    dot_is_first(run, i))
			dot_device(to, s->uplink);
		dot_way(to, s);
		if (s->processes && !dot_members(to, run, s))
			run->failed = true;
	}
	fputs("}\n", to);
}
