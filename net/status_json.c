/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status_json.c - networks for programs
 */
#include <stdio.h>

#include "lib/policy/profile_door.h"
#include "lib/sys/nss.h"
#include "net/status.h"

/* What really holds now. */
static void status_json_level(struct status_run *run, struct jsonw *j,
			      const struct status *s)
{
	struct status_level l;
	size_t i;

	status_level(run, s, &l);
	jsonw_string(j, "level", l.name);
	jsonw_array(j, "level_why");
	for (i = 0; i < l.n; i++)
		jsonw_string(j, NULL, l.why[i]);
	jsonw_array_end(j);
}

static int status_text(void *ctx, const char *text)
{
	jsonw_string(ctx, NULL, text);
	return 0;
}

/* Only of a network that has IPv6. */
static void status_json6(struct jsonw *j, const struct record *r)
{
	char address[ADDR_TEXT_SIZE + 8];
	char peer[ADDR_TEXT_SIZE];

	if (!r->net6.addr.family)
		return;
	addr_format(&r->peer6, peer);
	snprintf(address, sizeof(address), "%s/%u", peer, r->net6.prefix);
	jsonw_string(j, "address6", address);
}

static void status_json_ways(struct jsonw *j, const struct record *r)
{
	char forward[PROFILE_FORWARD_TEXT_SIZE];
	char allow[ALLOW_TEXT_SIZE];
	size_t i;

	jsonw_bool(j, "beside_vpn", r->byway);
	jsonw_array(j, "allow");
	for (i = 0; i < r->allows.n; i++) {
		allow_format(&r->allows.list[i], allow);
		jsonw_string(j, NULL, allow);
	}
	jsonw_array_end(j);
	jsonw_array(j, "forward");
	for (i = 0; i < r->n_forwards; i++) {
		profile_forward_format(&r->forwards[i], forward);
		jsonw_string(j, NULL, forward);
	}
	jsonw_array_end(j);
}

/* Only of a user's own. */
static void status_json_owner(struct jsonw *j, const struct record *r)
{
	struct nss_user user;

	if (!r->rootless)
		return;
	jsonw_number(j, "uid", r->owner);
	if (nss_user_by_uid(r->owner, &user) == 0)
		jsonw_string(j, "user", user.name);
}

static void status_json_one(struct status_run *run, struct jsonw *j,
			    const struct status *s)
{
	char address[ADDR_TEXT_SIZE + 8];

	status_address(s, address, sizeof(address));
	jsonw_object(j, NULL);
	jsonw_string(j, "name", s->name);
	jsonw_string(j, "state", s->state);
	jsonw_bool(j, "ours", s->known);
	if (s->known) {
		jsonw_string(j, "address", address);
		status_json6(j, &s->record);
		jsonw_string(j, "link", profile_link_name(s->record.link));
		status_json_owner(j, &s->record);
		jsonw_string(j, "parent", s->record.parent);
		jsonw_string(j, "section", s->record.section);
		jsonw_string(j, "firewall", s->record.firewall);
		jsonw_bool(j, "masquerade", s->record.nat);
		jsonw_bool(j, "isolate", s->record.isolate);
		status_json_ways(j, &s->record);
		jsonw_string(j, "uplink", s->uplink);
		jsonw_number(j, "since", (uint64_t)s->record.since);
	}
	if (s->linked) {
		jsonw_string(j, "device", s->link.name);
		jsonw_bool(j, "device_up", s->link.up);
		jsonw_number(j, "mtu", s->link.mtu);
		jsonw_number(j, "rx_bytes", s->link.rx_bytes);
		jsonw_number(j, "tx_bytes", s->link.tx_bytes);
	}
	jsonw_number(j, "processes", s->processes);
	jsonw_number(j, "sessions", s->sessions);
	jsonw_string(j, "dns", s->dns);
	jsonw_string(j, "names", s->names);
	if (s->vpn.state[0])
		vpn_state_json(j, "vpn", &s->vpn);
	if (s->bin.state[0])
		bin_json(j, &s->bin);
	status_json_level(run, j, s);
	jsonw_array(j, "lost_covers");
	if (status_lost(run, s, status_text, j) < 0)
		run->failed = true;
	jsonw_array_end(j);
	jsonw_array(j, "warnings");
	status_warnings(run, s, status_text, j);
	jsonw_array_end(j);
	jsonw_object_end(j);
}

void status_json(struct status_run *run, struct jsonw *j)
{
	size_t i;

	jsonw_array(j, NULL);
	for (i = 0; i < run->n; i++)
		status_json_one(run, j, &run->list[i]);
	jsonw_array_end(j);
	if (jsonw_finish(j))
		run->failed = true;
}
