/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_veth.c - runns-helper asks: may this user have a network of his own?
 *
 * Standard input is his namespace.  What is printed is told him when nothing
 * is held any more, so warnings for the administrator are for the log alone.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/base/num.h"
#include "lib/policy/decide.h"
#include "lib/session/mapfile.h"
#include "lib/sys/ns.h"
#include "lib/sys/nss.h"
#include "net/cmd.h"
#include "net/dns.h"
#include "net/veth_user.h"

enum { VETH_LINES_SIZE = 2048 };

/* The grant's text ends with the map, so it is copied. */
static int veth_ask_as(const struct map *map, const struct nss_user *user,
		       struct veth_user *u, struct diag *d)
{
	struct nss_groups groups;
	struct subject subject = {
		.user = user->name, .uid = u->uid, .groups = &groups.source,
		.service = "runns", .tty = "", .rhost = "",
	};
	struct grant grant = { 0 };
	int r;

	nss_groups_init(&groups, user);
	r = decide_veth(map, &subject, &grant, d);
	nss_groups_free(&groups);
	if (r == 0 && grant.uplink.len >= sizeof(u->uplink))
		r = -EINVAL;
	if (r < 0)
		return r;
	u->quota = grant.n;
	snprintf(u->uplink, sizeof(u->uplink), "%.*s",
		 SLICE_ARG(grant.uplink));
	return 0;
}

static int veth_ask(struct veth_user *u, struct diag *d)
{
	struct nss_user user = { .uid = u->uid };
	struct mapfile file;
	int r = mapfile_load(u->h->root, NULL, &file, d);

	if (r < 0)
		return r;
	/* A uid without a name can still be in a rule by its number. */
	r = nss_user_by_uid(u->uid, &user);
	if (r < 0 && r != -ENOENT)
		diag_set(d, NULL, 0, 0, "uid %u cannot be looked up: %s",
			 (unsigned int)u->uid, strerror(-r));
	else
		r = veth_ask_as(&file.map, &user, u, d);
	mapfile_free(&file);
	return r;
}

/* What is in the map is not his to know. */
static int veth_refuse(const struct veth_user *u, int err,
		       const struct diag *d)
{
	char text[sizeof(d->text) + 128];

	if (err == -EACCES) {
		log_msg(LOG_ERR, "runns.map allows uid %u no network of his "
			"own (veth=)", (unsigned int)u->uid);
		return err;
	}
	diag_format(d, text, sizeof(text));
	log_msg(LOG_WARNING, "uid %u: %s", (unsigned int)u->uid, text);
	log_msg(LOG_ERR, "it cannot be told which networks you may have: "
		"please tell your administrator");
	return err;
}

static int veth_authorise(struct veth_user *u)
{
	struct diag d = { 0 };
	int err = ns_verify_of_user(u->ns, u->uid);

	if (err)
		return log_errno(err, "not a network namespace of uid %u",
				 (unsigned int)u->uid);
	err = veth_ask(u, &d);
	return err ? veth_refuse(u, err, &d) : 0;
}

static void veth_print(const struct build *b)
{
	BUF(lines, VETH_LINES_SIZE);
	char text[ADDR_TEXT_SIZE];

	addr_format(&b->record.peer, text);
	printf("address %s/%u\n", text, b->record.net.prefix);
	addr_format(&b->record.net.addr, text);
	printf("gateway %s\n", text);
	dns_of_host(&lines, &b->plan, &b->record);
	printf("%s", lines.text);
}

int cmd_veth(const struct host *h, const struct options *o, char **names,
	     int n)
{
	struct veth_user u = { .h = h, .ns = STDIN_FILENO };
	struct build b = { .ns = -1 };
	struct conf conf = { 0 };
	uint64_t uid;
	int err = num_parse(names[0], strlen(names[0]), UINT32_MAX, &uid);

	(void)n;
	if (err)
		return EXIT_USAGE;
	u.uid = (uid_t)uid;
	u.conf = &conf;
	err = veth_authorise(&u);
	if (err == 0)
		err = conf_load(h, o->conf, &conf);
	if (err == 0)
		err = veth_user_make(&u, &b);
	if (err == 0)
		veth_print(&b);
	conf_free(&conf);
	return err ? EXIT_FAILED : 0;
}
