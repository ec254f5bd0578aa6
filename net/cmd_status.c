/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_status.c - what is there: networks as they are seen, not as configured
 */
#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/jsonw.h"
#include "lib/base/log.h"
#include "lib/session/handle.h"
#include "lib/session/level.h"
#include "lib/session/usage.h"
#include "net/build.h"
#include "net/cmd.h"
#include "net/dns.h"
#include "net/link.h"
#include "net/steer_dns.h"
#include "net/views.h"
#include "net/vpn_state.h"
#include "net/warn.h"

enum { STATUS_SESSIONS_MAX = 256, STATUS_WHYS_MAX = 8, STATUS_DNS_SIZE = 256 };

/**
 * struct status - one network
 * @state:	"up", "broken" (a part is missing), "remains" (of a killed
 *		builder), "foreign" (not made by RUNNS)
 * @known:	it has a record of ours
 * @linked:	the host's end was found
 * @names:	where look-ups go: "steered" to its name servers, "open"
 *		wherever they want, "lost": the rules that steered them are gone
 * @vpn:	how its VPNs are doing; state "" if it has none
 */
struct status {
	const char *state;
	bool known;
	bool linked;
	const char *names;
	struct vpn_seen vpn;
	struct record record;
	struct link link;
	unsigned int processes;
	unsigned int sessions;
	pid_t leaders[STATUS_SESSIONS_MAX];
	char dns[STATUS_DNS_SIZE];
};

struct status_run {
	const struct host *h;
	struct nl_sock *sk;
	struct jsonw *json;
	bool failed;
};

static int status_count(void *ctx, const struct usage_process *p)
{
	struct status *s = ctx;
	pid_t leader = getsid(p->pid);
	unsigned int i;

	s->processes++;
	if (leader < 0)
		return 0;
	for (i = 0; i < s->sessions && i < STATUS_SESSIONS_MAX; i++) {
		if (s->leaders[i] == leader)
			return 0;
	}
	if (i < STATUS_SESSIONS_MAX)
		s->leaders[i] = leader;
	s->sessions++;
	return 0;
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

static int status_look(const struct status_run *run, const char *name,
		       struct status *s)
{
	_cleanup_close_ int ns = handle_open(run->h->root, name);
	int ours = 0;
	int err;

	*s = (struct status){ .state = "foreign", .names = "open" };
	s->known = record_read(run->h, name, &s->record) == 0;
	if (ns < 0 && !s->known)
		return ns;
	if (ns >= 0 && s->known)
		ours = build_is_ours(&s->record, ns) == 1;
	if (ns >= 0) {
		err = usage_walk(ns, NS_NET, status_count, s);
		if (err)
			return err;
	}
	status_link(run, s, name, ours ? ns : -1);
	if (ours)
		s->names = status_names(run, s, ns, name);
	if (vpn_state_read(run->h, name, &s->vpn) < 0)
		s->vpn.state[0] = '\0';
	dns_servers(run->h, name, s->dns, sizeof(s->dns));
	if (ns < 0 || (s->known && s->record.state != RECORD_UP))
		s->state = "remains";
	else if (ours && s->linked && s->link.up &&
		 strcmp(s->names, "lost") != 0)
		s->state = "up";
	else if (ours)
		s->state = "broken";
	else
		s->known = false;
	return 0;
}

static void status_addr(const struct status *s, char *out, size_t size)
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

static void status_row(const struct status *s, const char *name)
{
	char address[ADDR_TEXT_SIZE + 8];
	char safe[NAME_SIZE * 4];
	char device[IFNAMSIZ * 4] = "-";
	const char *firewall = "-";

	log_escape(safe, sizeof(safe), name, strlen(name));
	if (s->linked)
		log_escape(device, sizeof(device), s->link.name,
			   strlen(s->link.name));
	status_addr(s, address, sizeof(address));
	if (s->known && s->record.firewall[0])
		firewall = s->record.firewall;
	printf("%-16s %-8s %-18s %-15s %-10s %-12s %-9s %5u %5u %12llu %12llu %s\n",
	       safe, s->state, *address ? address : "-", device,
	       !s->known ? "-" : s->record.nat ? "masquerade" : "none",
	       s->vpn.state[0] ? s->vpn.state : "-",
	       firewall, s->processes, s->sessions,
	       (unsigned long long)s->link.rx_bytes,
	       (unsigned long long)s->link.tx_bytes, *s->dns ? s->dns : "-");
}

static int status_warn(void *ctx, const char *text)
{
	const char *name = ctx;

	log_msg(LOG_WARNING, "%s: %s", name, text);
	return 0;
}

static int status_warn_json(void *ctx, const char *text)
{
	jsonw_string(ctx, NULL, text);
	return 0;
}

static void status_warnings(struct status_run *run, const struct status *s,
			    const char *name)
{
	int err = 0;

	if (run->json)
		jsonw_array(run->json, "warnings");
	/* What may be in the way of others is in the namespace of the Parent. */
	if (s->known && s->linked && !s->record.parent[0])
		err = warn_each(&s->record, run->sk, true,
				run->json ? status_warn_json : status_warn,
				run->json ? (void *)run->json : (void *)name);
	if (run->json)
		jsonw_array_end(run->json);
	if (err) {
		log_errno(err, "%s: cannot look at what may be in its way",
			  name);
		run->failed = true;
	}
}

/* Gathered before it is told, since the level comes first. */
struct status_level {
	const char *why[STATUS_WHYS_MAX];
	size_t n;
};

static int status_why(void *ctx, const char *why)
{
	struct status_level *l = ctx;

	if (l->n < STATUS_WHYS_MAX)
		l->why[l->n++] = why;
	return 0;
}

static int status_why_lost(void *ctx, const char *over)
{
	(void)over;
	status_why(ctx, "sessions see files of the host's");
	return 1;
}

/* What really holds now. */
static void status_level_json(struct status_run *run, const struct status *s,
			      const char *name)
{
	struct level level = {
		.steers_dns = strcmp(s->names, "steered") == 0,
		.isolated = s->known && (s->record.isolate ||
					 s->record.link == LINK_NONE),
	};
	struct status_level l = { .n = 0 };
	size_t i;

	if (level_each(run->h->root, &level, status_why, &l) < 0 ||
	    (strcmp(s->state, "remains") != 0 &&
	     views_lost(run->h, name, status_why_lost, &l) < 0))
		run->failed = true;
	jsonw_string(run->json, "level", l.n ? "routed" : "sealed");
	jsonw_array(run->json, "level_why");
	for (i = 0; i < l.n; i++)
		jsonw_string(run->json, NULL, l.why[i]);
	jsonw_array_end(run->json);
}

static int status_lost(void *ctx, const char *over)
{
	log_msg(LOG_WARNING, "%s: who is inside sees the host's %s: "
		"'runnsctl refresh' covers it again", (const char *)ctx, over);
	return 0;
}

static int status_lost_json(void *ctx, const char *over)
{
	jsonw_string(ctx, NULL, over);
	return 0;
}

/* Files that are to be seen inside in place of the host's, and are not. */
static void status_covers(struct status_run *run, const struct status *s,
			  const char *name)
{
	int err = 0;

	if (run->json)
		jsonw_array(run->json, "lost_covers");
	if (strcmp(s->state, "remains") != 0)
		err = views_lost(run->h, name,
				 run->json ? status_lost_json : status_lost,
				 run->json ? (void *)run->json : (void *)name);
	if (run->json)
		jsonw_array_end(run->json);
	if (err)
		run->failed = true;
}

static void status_json(struct status_run *run, const struct status *s,
			const char *name)
{
	struct jsonw *j = run->json;
	char address[ADDR_TEXT_SIZE + 8];

	status_addr(s, address, sizeof(address));
	jsonw_object(j, NULL);
	jsonw_string(j, "name", name);
	jsonw_string(j, "state", s->state);
	jsonw_bool(j, "ours", s->known);
	if (s->known) {
		jsonw_string(j, "address", address);
		jsonw_string(j, "link", profile_link_name(s->record.link));
		jsonw_string(j, "parent", s->record.parent);
		jsonw_string(j, "section", s->record.section);
		jsonw_string(j, "firewall", s->record.firewall);
		jsonw_bool(j, "masquerade", s->record.nat);
		jsonw_bool(j, "isolate", s->record.isolate);
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
	status_level_json(run, s, name);
	status_covers(run, s, name);
	status_warnings(run, s, name);
	jsonw_object_end(j);
}

static int status_one(void *ctx, const char *name)
{
	struct status_run *run = ctx;
	struct status s;
	int err = status_look(run, name, &s);

	if (err) {
		host_explain(err, handle_explain, name);
		run->failed = true;
		return 0;
	}
	if (run->json) {
		status_json(run, &s, name);
		return 0;
	}
	status_row(&s, name);
	if (strcmp(s.names, "lost") == 0)
		log_msg(LOG_WARNING, "%s: the rules that send look-ups to its "
			"name servers are gone, or are for others: 'runnsctl "
			"up %s' renews them", name, name);
	if (s.vpn.error[0])
		log_msg(LOG_WARNING, "%s: VPN %s: %s", name, s.vpn.state,
			s.vpn.error);
	status_covers(run, &s, name);
	status_warnings(run, &s, name);
	return 0;
}

/* Recorded networks that have no name (any more). */
static int status_remains(void *ctx, const char *name)
{
	const struct status_run *run = ctx;
	_cleanup_close_ int ns = handle_open(run->h->root, name);

	return ns == -ENOENT ? status_one(ctx, name) : 0;
}

static void status_all(struct status_run *run)
{
	if (handle_list(status_one, run) < 0 ||
	    record_each(run->h, status_remains, run) < 0) {
		log_errno(-EIO, "cannot list the networks");
		run->failed = true;
	}
}

int cmd_status(const struct host *h, const struct options *o, char **names,
	       int n)
{
	_cleanup_nl_ struct nl_sock *sk = NULL;
	struct jsonw json = { .file = stdout };
	struct status_run run = { .h = h };
	int i;

	if (nl_open(NETLINK_ROUTE, &sk) < 0) {
		log_errno(-EIO, "cannot open a netlink socket");
		return EXIT_FAILED;
	}
	run.sk = sk;
	if (o->json) {
		run.json = &json;
		jsonw_array(&json, NULL);
	} else {
		printf("%-16s %-8s %-18s %-15s %-10s %-12s %-9s %5s %5s %12s %12s %s\n",
		       "NAME", "STATE", "ADDRESS", "DEVICE", "NAT", "VPN", "FIREWALL",
		       "PROCS", "SESS", "RX", "TX", "DNS");
	}
	for (i = 0; i < n; i++)
		status_one(&run, names[i]);
	if (n == 0)
		status_all(&run);
	if (o->json) {
		jsonw_array_end(&json);
		if (jsonw_finish(&json))
			run.failed = true;
	}
	if (fflush(stdout) || ferror(stdout))
		run.failed = true;
	return run.failed ? EXIT_FAILED : 0;
}
