/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * historic.c - build-net and clean-net, as scripts knew them
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/num.h"
#include "lib/session/handle.h"
#include "lib/session/usage.h"
#include "lib/sys/file.h"
#include "net/cmd.h"
#include "net/record.h"

/* Networks without a name are vpn1, vpn2, ... */
#define NUMBERED "vpn"

enum { NUMBERED_MAX = 65535 };

static int number_highest(void *ctx, const char *name)
{
	size_t prefix = strlen(NUMBERED);
	uint32_t *highest = ctx;
	uint64_t n;

	if (strncmp(name, NUMBERED, prefix) == 0 &&
	    num_parse(name + prefix, strlen(name + prefix), NUMBERED_MAX,
		      &n) == 0 && n > *highest)
		*highest = (uint32_t)n;
	return 0;
}

/* Under the lock "historic.", else two at once would get one name. */
static int number_take(char name[NAME_SIZE], uint32_t *number)
{
	uint32_t highest = 0;
	int err = handle_list(number_highest, &highest);

	if (err)
		return log_errno(err, "cannot list /run/netns");
	*number = highest + 1;
	snprintf(name, NAME_SIZE, NUMBERED "%u", *number);
	return 0;
}

/* The name that a section gives its network. */
static int section_name(const struct conf *conf, const char *section,
			char name[NAME_SIZE])
{
	const struct profile *p = profile_find(&conf->profiles,
		(struct slice){ section, strlen(section) });
	struct slice from;

	if (!p)
		return log_errno(-ENOENT, "runns.conf has no section [%s]",
				 section);
	from = p->netns.len ? p->netns : p->section;
	snprintf(name, NAME_SIZE, "%.*s", SLICE_ARG(from));
	return 0;
}

static int name_choose(const struct options *o, const struct conf *conf,
		       const char *given, char name[NAME_SIZE],
		       uint32_t *number)
{
	if (given && strlen(given) < NAME_SIZE) {
		strcpy(name, given);
		return 0;
	}
	if (given)
		return log_errno(-EINVAL, "%s: the name is too long", given);
	return o->section ? section_name(conf, o->section, name) :
			    number_take(name, number);
}

static void tell_built(const struct host *h, const char *name)
{
	struct record r;

	if (record_read(h, name, &r) == 0 && r.outside[0])
		printf("%s: %s on the host, %s inside\n", name, r.outside,
		       r.inside);
}

/* The host's end is called as the network where nothing else is. */
static void link_choose(struct options *o, const char *name)
{
	if (!o->override.interface_in && strlen(name) <= PROFILE_IFNAME_MAX &&
	    if_nametoindex(name) == 0)
		o->override.interface_in = name;
}

static int build_net(const struct host *h, const struct options *o,
		     const struct conf *conf, const char *given)
{
	_cleanup_close_ int lock = host_lock(h, "historic.", "", HOST_LOCK_MS);
	struct options build = *o;
	char name[NAME_SIZE], own[NAME_SIZE] = "";
	int err;

	if (lock < 0)
		return lock;
	err = name_choose(o, conf, given, name, &build.override.index);
	if (err == 0 && o->section)
		err = section_name(conf, o->section, own);
	if (err)
		return err;
	/* Its own section is no pattern. */
	if (strcmp(name, own) == 0)
		build.section = NULL;
	if (!o->section)
		link_choose(&build, name);
	err = up_named(h, &build, conf, name);
	if (err == 0 && !o->quiet && !o->dry_run)
		tell_built(h, name);
	return err;
}

int cmd_build_net(const struct host *h, const struct options *o, char **names,
		  int n)
{
	struct conf conf;
	int err;

	if (conf_load(h, o->conf, &conf))
		return EXIT_FAILED;
	err = build_net(h, o, &conf, n > 0 ? names[0] : NULL);
	conf_free(&conf);
	return err ? EXIT_FAILED : 0;
}

static int show_process(void *ctx, const struct usage_process *p)
{
	char safe[4 * sizeof(p->name) + 1];

	(void)ctx;
	log_escape(safe, sizeof(safe), p->name, strlen(p->name));
	printf("%8d %s\n", (int)p->pid, safe);
	return 0;
}

/* Return: 1 to end the processes, 0 to leave all as it is, -errno. */
static int ask_to_kill(const struct host *h, const char *name)
{
	_cleanup_close_ int ns = handle_open(h->root, name);
	char answer[16];
	int any = ns < 0 ? 0 : usage_any(ns, NS_NET);

	if (any <= 0)
		return any < 0 ? any : 1;
	if (!isatty(STDIN_FILENO)) {
		log_msg(LOG_ERR, "%s: processes are inside; --kill ends them",
			name);
		return -EBUSY;
	}
	printf("These processes are in %s:\n", name);
	any = usage_walk(ns, NS_NET, show_process, NULL);
	if (any < 0)
		return any;
	printf("End them? (y/n) ");
	fflush(stdout);
	if (!fgets(answer, sizeof(answer), stdin))
		return 0;
	return answer[0] == 'y' || answer[0] == 'Y' || answer[0] == 'a';
}

/*
 * To write ip_forward sets every device, so it would take the way out of
 * networks that still stand.
 */
static int forwarding_off(const struct host *h)
{
	int any = record_any(h);

	if (any > 0)
		log_msg(LOG_WARNING, "-f: other networks are up and need "
			"forwarding: it is left as it is");
	if (any)
		return any < 0 ? any : 0;
	return file_write_small(AT_FDCWD, "/proc/sys/net/ipv4/ip_forward",
				"0");
}

int cmd_clean_net(const struct host *h, const struct options *o, char **names,
		  int n)
{
	int yes = o->kill ? 1 : ask_to_kill(h, names[0]);
	_cleanup_close_ int lock = -1;
	int err;

	(void)n;
	if (yes <= 0)
		return EXIT_FAILED;
	lock = host_lock(h, "net.", names[0], HOST_LOCK_MS);
	err = lock < 0 ? lock : down_one(h, names[0], true, false);
	if (err == 0 && o->forward_off)
		err = forwarding_off(h);
	return err ? EXIT_FAILED : 0;
}
