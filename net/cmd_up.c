/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_up.c - build networks, or mend those that stand
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/session/handle.h"
#include "net/bin.h"
#include "net/build.h"
#include "net/cmd.h"
#include "net/crew.h"
#include "net/vpn_start.h"
#include "net/warn.h"

/**
 * struct up - one network
 * @stood:	set if it was mended
 */
struct up {
	const struct host *h;
	const struct options *o;
	const char *name;
	const char *conf;
	bool *stood;
};

static void up_report(void *ctx, const char *step, int err, long long us)
{
	const struct up *up = ctx;

	if (up->o->verbose)
		fprintf(stderr, "%s: %-30s %s  %lld us\n", up->name, step,
			err ? "failed" : "ok", us);
}

/*
 * Is there a namespace of that name?
 *
 * Return: its descriptor in *@ns and 1 if it is ours and stands; 0 if there is
 * none; -ESTALE if there are remains of one; -errno, logged.
 */
static int up_look(const struct up *up, struct record *r, int *ns)
{
	_cleanup_close_ int fd = handle_open(up->h->root, up->name);
	int recorded = record_read(up->h, up->name, r);
	int ours = 0;

	if (fd < 0 && fd != -ENOENT && fd != -EBADF)
		return host_explain(fd, handle_explain, up->name);
	if (recorded == 0 && r->rootless)
		return log_errno(-EEXIST, "%s: that is a network of uid %u's "
				 "own", up->name, (unsigned int)r->owner);
	if (fd < 0)
		return recorded == -ENOENT ? 0 : -ESTALE;
	if (recorded == 0)
		ours = build_is_ours(r, fd);
	if (ours < 0)
		return log_errno(ours, "cannot look into %s", up->name);
	if (!ours)
		return log_errno(-EEXIST, "%s: there is a network namespace "
				 "of that name that RUNNS did not make: it is "
				 "left alone; choose another name, or remove "
				 "it with 'ip netns delete %s'", up->name,
				 up->name);
	if (r->state != RECORD_UP)
		return -ESTALE;
	*ns = TAKE_FD(fd);
	return 1;
}

/* The same, after the remains of a killed builder were cleared. */
static int up_look_clear(const struct up *up, struct record *r, int *ns)
{
	int found = up_look(up, r, ns);

	if (found != -ESTALE)
		return found;
	if (up->o->dry_run)
		return 0;
	found = gc_one(up->h, up->name);
	return found ? found : up_look(up, r, ns);
}

static int up_warn(void *ctx, const char *text)
{
	const struct up *up = ctx;

	log_msg(LOG_WARNING, "%s: %s", up->name, text);
	return 0;
}

static int up_enter(const struct up *up, const char *parent,
		    struct outer *outer)
{
	int err = outer_enter(up->h, parent, 0, outer);

	if (err == -ENOENT)
		return log_errno(err, "%s: Parent=%s: there is no such network",
				 up->name, parent);
	return err;
}

/* Nobody shall believe in a wall that is not there. */
static void up_tell_level(const struct record *r)
{
	const struct link_kind *kind = link_kind(r->link);

	if (kind->make && !kind->routed)
		log_msg(LOG_NOTICE, "%s: Link=%s: no rule stands between it "
			"and its neighbours on the other side of %s", r->name,
			profile_link_name(r->link), r->device);
}

/* Where its outer end is. */
static int up_run(const struct up *up, struct build *b, int ns, bool stands)
{
	int err = build_begin(b, stands);

	if (up->o->override.index)
		b->from = up->o->override.index;
	if (err == 0)
		err = stands ? build_mend(b, ns) : build_make(b);
	if (err == 0 && !stands)
		up_tell_level(&b->record);
	if (err == 0 && warn_each(&b->record, b->out, stands, up_warn,
				  (void *)up) < 0)
		log_msg(LOG_WARNING, "%s: cannot look at what may be in its "
			"way", up->name);
	build_end(b);
	return err;
}

static int up_build(const struct up *up, const struct conf *conf,
		    const struct plan *plan)
{
	struct build b = {
		.h = up->h,
		.conf = conf,
		.plan = *plan,
		.progress = { .report = up_report, .ctx = (void *)up },
	};
	_cleanup_close_ int ns = -1;
	struct outer outer;
	int err = up_look_clear(up, &b.record, &ns);
	int stands = err;

	if (err < 0)
		return err;
	if (up->o->override.stands && !stands) {
		log_msg(LOG_ERR, "%s: there is no such network: 'runnsctl up "
			"%s' builds it", up->name, up->name);
		return -ENOENT;
	}
	if (up->o->dry_run && stands) {
		printf("%s: stands, would be mended where needed\n", up->name);
		return 0;
	}
	if (up->o->dry_run) {
		b.kind = link_kind(b.plan.link);
		build_print_steps(&b);
		return 0;
	}
	err = up_enter(up, stands ? b.record.parent : plan->parent, &outer);
	if (err)
		return err;
	*up->stood = stands;
	b.outer = &outer;
	b.h = &outer.host;
	err = up_run(up, &b, ns, stands);
	outer_leave(&outer);
	if (err == 0 && b.record.state == RECORD_UP)
		err = vpn_start(up->h, plan, up->conf);
	if (err == 0 && b.record.state == RECORD_UP)
		err = bin_start(up->h, plan);
	return err;
}

static int up_device(const struct up *up, const char *name,
		     char out[PROFILE_IFNAME_MAX + 1])
{
	if (!name)
		return 0;
	if (!*name || strlen(name) > PROFILE_IFNAME_MAX || strchr(name, '/'))
		return log_errno(-EINVAL, "%s: \"%s\" is no name for a device",
				 up->name, name);
	strcpy(out, name);
	return 0;
}

static int up_override(const struct up *up, struct plan *plan)
{
	const struct override *over = &up->o->override;
	int err = up_device(up, over->interface_in, plan->interface_in);

	if (over->uplink && !link_kind(plan->link)->routed)
		return log_errno(-EINVAL, "%s: the way out of a network with "
				 "Link=%s cannot be chosen", up->name,
				 profile_link_name(plan->link));
	if (err == 0)
		err = up_device(up, over->uplink, plan->uplink);
	if (over->resolve) {
		plan->resolve = (struct slice){ over->resolve,
						strlen(over->resolve) };
		plan->strict_dns = true;
	}
	return err;
}

/* The networks that it hangs on come first; profile_check() found no circle. */
static int up_parent(const struct up *up, const struct conf *conf,
		     const struct plan *plan)
{
	struct slice parent = { plan->parent, strlen(plan->parent) };
	struct options o = *up->o;
	_cleanup_close_ int there = -1;

	if (!parent.len)
		return 0;
	there = outer_open(up->h, plan->parent);
	if (there != -ENOENT)
		return there < 0 ? host_explain(there, handle_explain,
						plan->parent) : 0;
	if (!profile_find_netns(&conf->profiles, parent))
		return log_errno(-ENOENT, "%s: Parent=%s: there is no such "
				 "network, and runns.conf has no section for "
				 "it", up->name, plan->parent);
	o.section = NULL;
	o.override = (struct override){ 0 };
	return up_named(up->h, &o, conf, plan->parent);
}

static int up_planned(const struct up *up, const struct conf *conf,
		      const struct request *request)
{
	struct plan plan;
	int err = conf_plan(conf, request, up->name, &plan);

	if (err == 0)
		err = up_override(up, &plan);
	if (err == 0)
		err = up_parent(up, conf, &plan);
	return err ? err : up_build(up, conf, &plan);
}

/* With the lock: a login's request may name another configuration. */
static int up_locked(struct up *up, const struct conf *conf)
{
	struct request request = { .login = up->o->login };
	_cleanup_free_ char *path = NULL;
	struct conf other = { 0 };
	int err = 0;

	if (up->o->section) {
		if (strlen(up->o->section) >= sizeof(request.section))
			return log_errno(-EINVAL, "--section is too long");
		strcpy(request.section, up->o->section);
	} else {
		err = conf_request(up->h, up->name, &request, &path);
	}
	up->conf = path ? path : up->o->conf;
	if (err == 0 && path)
		err = conf_load(up->h, path, &other);
	if (err == 0)
		err = up_planned(up, path ? &other : conf, &request);
	conf_free(&other);
	return err;
}

struct up_children {
	const struct host *h;
	const struct options *o;
	const struct conf *conf;
	int err;
};

/* As it was built, from the section of its name or from a pattern. */
static int up_child(void *ctx, const char *child)
{
	struct up_children *children = ctx;
	const struct profile_conf *p = &children->conf->profiles;
	struct options o = *children->o;
	struct record r;
	int err = 0;

	o.override = (struct override){ 0 };
	o.section = NULL;
	if (record_read(children->h, child, &r) < 0 || r.state != RECORD_UP)
		return 0;
	if (!profile_find_netns(p, (struct slice){ child, strlen(child) }))
		o.section = r.section;
	if (!o.section || profile_find(p, (struct slice){ r.section,
					strlen(r.section) }))
		err = up_named(children->h, &o, children->conf, child);
	if (err)
		children->err = err;
	return 0;
}

/* Those that hang on it leave by its devices, which may be new. */
static int up_children(const struct host *h, const struct options *o,
		       const struct conf *conf, const char *name)
{
	struct up_children children = { .h = h, .o = o, .conf = conf };
	struct record r;
	int err = o->dry_run ? -ENOENT : record_read(h, name, &r);

	if (err == 0)
		err = outer_children(h, name, r.cookie, up_child, &children);
	else if (err == -ENOENT)
		err = 0;
	return err ? err : children.err;
}

static int up_one(struct up *up, const struct conf *conf)
{
	_cleanup_close_ int lock = host_lock(up->h, "net.", up->name,
					     HOST_LOCK_MS);

	return lock < 0 ? lock : up_locked(up, conf);
}

int up_named(const struct host *h, const struct options *o,
	     const struct conf *conf, const char *name)
{
	bool stood = false;
	struct up up = { .h = h, .o = o, .name = name, .stood = &stood };
	int err;

	if (!name_is_valid((struct slice){ name, strlen(name) }))
		return log_errno(-EINVAL, "not a name for a network: 1 to 63 "
				 "of A-Z a-z 0-9 _ . -, the first a letter or "
				 "digit, not 'host' or 'deny'");
	err = up_one(&up, conf);
	if (err == 0 && stood)
		err = up_children(h, o, conf, name);
	if (err == 0 && o->wait)
		err = vpn_wait(h, name, (int)o->wait_s * 1000);
	return err;
}

struct up_all {
	const struct host *h;
	const struct options *o;
	const struct conf *conf;
};

static int up_member(void *ctx, const char *name)
{
	const struct up_all *all = ctx;

	return up_named(all->h, all->o, all->conf, name);
}

/* Every section is a network, under the name that it gives. */
static int up_all(const struct host *h, const struct options *o,
		  const struct conf *conf)
{
	struct up_all all = { .h = h, .o = o, .conf = conf };
	struct crew crew = { .h = h, .what = "up", .work = up_member,
			     .ctx = &all,
			     .in_order = o->verbose || o->dry_run };
	int err = 0;
	size_t i;

	crew.quiet = o->quiet || crew.in_order;
	for (i = 0; i < conf->profiles.n && err == 0; i++) {
		const struct profile *p = &conf->profiles.profiles[i];
		struct slice from = p->netns.len ? p->netns : p->section;
		char name[NAME_SIZE];

		if (from.len >= sizeof(name))
			continue;
		snprintf(name, sizeof(name), "%.*s", SLICE_ARG(from));
		err = crew_add(&crew, name);
	}
	if (err == 0)
		err = crew_run(&crew);
	crew_free(&crew);
	return err;
}

/* Only until the next `up`, which goes by runns.conf(5) again. */
int cmd_reattach(const struct host *h, const struct options *o, char **names,
		 int n)
{
	struct options to = *o;
	struct conf conf;
	int err;

	(void)n;
	to.override = (struct override){ .uplink = names[1], .stands = true };
	if (conf_load(h, o->conf, &conf))
		return EXIT_FAILED;
	err = up_named(h, &to, &conf, names[0]);
	conf_free(&conf);
	return err ? EXIT_FAILED : 0;
}

int cmd_up(const struct host *h, const struct options *o, char **names, int n)
{
	struct conf conf;
	int failed = 0;
	int i;

	if (conf_load(h, o->conf, &conf))
		return EXIT_FAILED;
	if (o->all)
		failed = up_all(h, o, &conf) != 0;
	for (i = 0; i < n; i++) {
		if (up_named(h, o, &conf, names[i]))
			failed = 1;
	}
	conf_free(&conf);
	return failed ? EXIT_FAILED : 0;
}
