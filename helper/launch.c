/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * launch.c - one program starts in another network
 */
#include "helper/launch.h"

#include <errno.h>
#include <string.h>

#include "lib/session/mapfile.h"
#include "lib/session/place.h"
#include "lib/sys/file.h"
#include "lib/sys/nss.h"

static void log_of_ours(void *ctx, int priority, const char *line)
{
	const struct launch *launch = ctx;

	if (priority <= LOG_NOTICE)
		syslog(priority, "%s", line);
	if (launch->may_know && priority < LOG_NOTICE)
		launch->say("%s", line);
}

static void log_to_him(void *ctx, int priority, const char *line)
{
	const struct launch *launch = ctx;

	(void)priority;
	launch->say("%s", line);
}

static void log_begin(struct launch *launch)
{
	launch->may_know = launch->uid == 0;
	launch->sink = (struct log_sink){ .write = log_of_ours, .ctx = launch };
	log_set_sink(&launch->sink);
}

static int ask_as(struct launch *launch, const struct map *map,
		  const struct nss_user *user, struct diag *d)
{
	struct nss_groups groups;
	struct subject subject = {
		.user = user->name, .uid = launch->uid, .groups = &groups.source,
		.service = "runns", .tty = "", .rhost = "",
	};
	int r;

	nss_groups_init(&groups, user);
	r = decide_launch(map, &subject, launch->name, &launch->decision, d);
	nss_groups_free(&groups);
	launch->decision.rule = NULL;
	return r;
}

static int ask(struct launch *launch, struct diag *d)
{
	struct nss_user user = { .uid = launch->uid };
	struct mapfile file;
	int r = mapfile_load(launch->host, NULL, &file, d);

	if (r < 0)
		return r;
	/* A uid without a name can still be in a rule by its number. */
	r = nss_user_by_uid(launch->uid, &user);
	if (r < 0 && r != -ENOENT)
		diag_set(d, NULL, 0, 0, "uid %u cannot be looked up: %s",
			 launch->uid, strerror(-r));
	else
		r = ask_as(launch, &file.map, &user, d);
	mapfile_free(&file);
	return r;
}

static const char *wanted(const struct launch *launch)
{
	return launch->name ? launch->name : "(the session's)";
}

static int refuse(const struct launch *launch, int err, const struct diag *d)
{
	char text[sizeof(d->text) + 128];

	if (err == -EACCES) {
		log_msg(LOG_NOTICE, "uid %u: namespace %s refused", launch->uid,
			wanted(launch));
		if (launch->name)
			launch->say("%s: there is no such network that you may "
				   "use", launch->name);
		else
			launch->say("the map has no network for you");
	} else if (err == -EDESTADDRREQ) {
		launch->say("your sessions have no network of their own: say "
			   "with -n which one");
	} else {
		diag_format(d, text, sizeof(text));
		log_msg(LOG_ERR, "uid %u: %s", launch->uid, text);
		launch->say("it cannot be told which networks you may use: "
			   "please tell your administrator");
	}
	return err;
}

int launch_authorise(struct launch *launch)
{
	struct diag d = { 0 };
	int r;

	log_begin(launch);
	launch->host = file_host_root();
	if (launch->host < 0) {
		log_errno(launch->host, "uid %u: cannot see the host's root "
			  "directory by /proc/1/root", launch->uid);
		launch->say("the host's files cannot be seen by /proc/1/root");
		return launch->host;
	}
	r = ask(launch, &d);
	if (r < 0)
		return refuse(launch, r, &d);
	launch->may_know = true;
	return 0;
}

static int not_entered(const struct launch *launch, int err)
{
	const char *name = place_name(&launch->decision);

	if (err == -ENOENT)
		launch->say("namespace %s does not exist: 'runnsctl up %s' "
			   "builds it", name, name);
	else
		launch->say("namespace %s is not available: %s", name,
			   strerror(-err));
	log_msg(LOG_NOTICE, "uid %u: namespace %s not entered: %s",
		launch->uid, name, strerror(-err));
	return err;
}

/* Only after the entry: it may have been built just now. */
static int own_resolv(struct launch *launch)
{
	const char *name = launch->decision.name;
	int r = *name ? resolv_is_barred(launch->host, name) : 0;

	if (r > 0) {
		launch->say("namespace %s has StrictDNS: its name servers "
			    "cannot be replaced", name);
		return -EACCES;
	}
	if (r == 0)
		r = resolv_lay(&launch->resolv, &launch->origin);
	if (r < 0)
		launch->say("resolv.conf cannot be replaced: %s",
			    strerror(-r));
	return r;
}

int launch_enter(struct launch *launch)
{
	struct place_request request = {
		.host = launch->host, .decision = &launch->decision,
		.uid = launch->uid, .keep_cwd = true,
	};
	int r;

	origin_cwd_path(launch->cwd);
	r = place_enter(&request, &launch->origin);
	if (r < 0)
		return not_entered(launch, r);
	r = launch->resolv.text ? own_resolv(launch) : 0;
	if (r < 0)
		return r;
	if (!launch->origin.moved_mnt)
		return 0;
	/* Who owns it may have closed it to himself: root need not ask. */
	launch->cwd_is_held = origin_cwd_by_fd(&launch->origin, launch->cwd);
	if (!launch->cwd_is_held && chdir("/") < 0)
		return not_entered(launch, -errno);
	return 0;
}

int launch_settle(struct launch *launch)
{
	launch->sink.write = log_to_him;
	if (!launch->origin.moved_mnt ||
	    origin_cwd_by_path(&launch->origin, launch->cwd) ||
	    launch->cwd_is_held)
		return 0;
	/* In any other, what he told his program to do it would do there. */
	launch->say("the working directory, %s, is not to be had in the "
		    "network: go to another first", launch->cwd);
	return -ENOENT;
}
