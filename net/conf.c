/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf.c - runns.conf(5) as read from disk, and what it says of one network
 */
#include "net/conf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/policy/profile_allow.h"
#include "lib/session/paths.h"
#include "lib/sys/file.h"

enum { CONF_FILES_MAX = 1024, CONF_REQUEST_SIZE = 4096 };

#define CONF_SUFFIX ".conf"

static int conf_keep(struct conf *conf, char *text, char *label)
{
	char **texts, **labels;

	texts = reallocarray(conf->texts, conf->n_texts + 1, sizeof(*texts));
	if (texts)
		conf->texts = texts;
	labels = reallocarray(conf->labels, conf->n_texts + 1,
			      sizeof(*labels));
	if (labels)
		conf->labels = labels;
	if (!texts || !labels)
		return -ENOMEM;
	texts[conf->n_texts] = text;
	labels[conf->n_texts] = label;
	conf->n_texts++;
	return 0;
}

/* Makes room for the sections of @text, wherever it is. */
static int conf_grow(struct profile_conf *p, const char *text, size_t len)
{
	size_t want = p->n + profile_count(text, len);
	struct profile *more;

	if (want > PROFILE_SECTIONS_MAX)
		return -E2BIG;
	if (want <= p->cap)
		return 0;
	more = reallocarray(p->profiles, want, sizeof(*more));
	if (!more)
		return -ENOMEM;
	p->profiles = more;
	p->cap = want;
	return 0;
}

static int conf_diag(const struct diag *d)
{
	char text[600];

	diag_format(d, text, sizeof(text));
	return log_errno(-EINVAL, "%s", text);
}

/* Reads one file of @dir; @label is how messages call it. */
static int conf_read(struct conf *conf, int dir, const char *name,
		     const char *label)
{
	_cleanup_close_ int fd = file_open_trusted(dir, name);
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *own = strdup(label);
	struct diag d = { 0 };
	const char *kept;
	size_t len;
	int err = fd;

	if (fd >= 0)
		err = file_read_all(fd, PROFILE_TEXT_MAX, &text, &len);
	if (err == 0)
		err = !own ? -ENOMEM : conf_grow(&conf->profiles, text, len);
	if (err == 0)
		err = conf_keep(conf, text, own);
	if (err < 0)
		return err == -ENOENT ? err :
		       host_explain(err, file_explain, label);
	text = NULL;
	own = NULL;
	kept = conf->texts[conf->n_texts - 1];
	if (profile_parse(&conf->profiles, conf->labels[conf->n_texts - 1],
			  kept, len, &d) < 0)
		return conf_diag(&d);
	return 0;
}

static int conf_is_dropin(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);
	size_t suffix = sizeof(CONF_SUFFIX) - 1;

	return entry->d_name[0] != '.' && len > suffix &&
	       strcmp(entry->d_name + len - suffix, CONF_SUFFIX) == 0;
}

static int conf_by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int conf_read_dropins(struct conf *conf, const struct host *h)
{
	_cleanup_close_ int dir = file_open_dir(h->root, PATH_CONF_DROPINS);
	struct dirent **names = NULL;
	int err = 0;
	int i, n;

	if (dir == -ENOENT)
		return 0;
	if (dir < 0)
		return host_explain(dir, file_explain,
				    "/" PATH_CONF_DROPINS);
	n = scandirat(dir, ".", &names, conf_is_dropin, conf_by_name);
	if (n < 0)
		return log_errno(-errno, "cannot list /" PATH_CONF_DROPINS);
	if (n > CONF_FILES_MAX)
		err = log_errno(-E2BIG, "/" PATH_CONF_DROPINS " has more than "
				"%d files", CONF_FILES_MAX);
	for (i = 0; i < n; i++) {
		BUF(label, 512);

		buf_addf(&label, "/" PATH_CONF_DROPINS "/%s",
			 names[i]->d_name);
		if (err == 0)
			err = conf_read(conf, dir, names[i]->d_name,
					label.text);
		free(names[i]);
	}
	free(names);
	return err;
}

static int conf_read_path(struct conf *conf, const struct host *h,
			  const char *path)
{
	_cleanup_free_ char *copy = strdup(path);
	_cleanup_close_ int dir = -1;
	char *slash;
	int err;

	if (!copy)
		return log_errno(-ENOMEM, "%s", path);
	slash = strrchr(copy, '/');
	if (copy[0] != '/' || !slash[1])
		return log_errno(-EINVAL, "%s: the path of a configuration "
				 "file must be absolute", path);
	*slash = '\0';
	if (slash == copy)
		dir = fcntl(h->root, F_DUPFD_CLOEXEC, 0);
	else
		dir = file_open_dir(h->root, copy + 1);
	if (dir < 0)
		return host_explain(dir, file_explain, path);
	err = conf_read(conf, dir, slash + 1, path);
	return err == -ENOENT ? log_errno(err, "%s", path) : err;
}

static int conf_read_default(struct conf *conf, const struct host *h)
{
	_cleanup_close_ int etc = -1;
	int err = conf_read_dropins(conf, h);

	if (err)
		return err;
	etc = file_open_dir(h->root, "etc");
	if (etc < 0)
		return host_explain(etc, file_explain, "/etc");
	err = conf_read(conf, etc, "runns.conf", "/" PATH_CONF);
	return err == -ENOENT ? 0 : err;
}

int conf_load(const struct host *h, const char *path, struct conf *out)
{
	struct diag d = { 0 };
	int err;

	*out = (struct conf){ 0 };
	profile_conf_init(&out->profiles, NULL, 0);
	err = path ? conf_read_path(out, h, path) : conf_read_default(out, h);
	if (err == 0 && profile_check(&out->profiles, &d) < 0)
		err = conf_diag(&d);
	if (err)
		conf_free(out);
	return err;
}

void conf_free(struct conf *conf)
{
	size_t i;

	for (i = 0; i < conf->n_texts; i++) {
		free(conf->texts[i]);
		free(conf->labels[i]);
	}
	free(conf->texts);
	free(conf->labels);
	free(conf->profiles.profiles);
	*conf = (struct conf){ 0 };
}

static void plan_name(char *out, size_t size, struct slice text,
		      const char *fallback)
{
	if (text.len && text.len < size)
		snprintf(out, size, "%.*s", SLICE_ARG(text));
	else
		snprintf(out, size, "%s", fallback);
}

/* How it is connected.  Nothing of the host's stands between others and it. */
static void plan_link(struct plan *out, const struct profile *p)
{
	const struct slice device = p->link_device.len ? p->link_device :
							 p->interface_out;

	out->link = p->link;
	plan_name(out->parent, sizeof(out->parent), p->parent, "");
	if (p->link == LINK_VETH)
		return;
	plan_name(out->device, sizeof(out->device), device, "");
	out->gateway = p->gateway;
	out->gateway6 = p->gateway6;
	out->uplink[0] = '\0';
	out->nat = false;
	out->isolate = false;
}

/* Behind the kill switch it is connected with nothing but what is allowed. */
static void plan_vpn(struct plan *out, const struct profile *p)
{
	if (!p->n_vpns)
		return;
	out->vpn = true;
	out->vpn_scripts = p->vpn_scripts == SWITCH_YES;
	plan_name(out->vpn_uplink, sizeof(out->vpn_uplink), p->interface_out,
		  "");
	out->kill_switch = profile_is_sealed(p);
	out->byway = profile_has_byway(p);
	if (!out->kill_switch || out->byway)
		return;
	out->link = LINK_NONE;
	out->uplink[0] = '\0';
	out->nat = false;
}

/* What a section says, over the defaults. */
static void plan_fill(struct plan *out, const struct profile *p)
{
	out->profile = p;
	plan_name(out->interface, sizeof(out->interface), p->interface,
		  "eth0");
	plan_name(out->interface_in, sizeof(out->interface_in),
		  p->interface_in, "");
	plan_name(out->uplink, sizeof(out->uplink), p->interface_out, "");
	out->resolve = p->resolve;
	out->has_address = p->has_address;
	out->address = p->address;
	out->address6 = p->address6;
	out->address6_auto = p->address6_auto;
	out->mtu = p->mtu;
	out->nat = p->nat != SWITCH_NO;
	out->isolate = p->isolate != SWITCH_NO;
	out->strict_dns = profile_strict_dns(p);
	out->etc_overlay = p->etc == ETC_OVERLAY;
	out->linger = p->linger != SWITCH_NO;
	profile_allow_list(p, &out->allows);
	plan_link(out, p);
	plan_vpn(out, p);
}

static const struct profile *plan_section(const struct conf *conf,
					  const struct request *request,
					  const char *name)
{
	struct slice section = { request->section, strlen(request->section) };
	struct slice netns = { name, strlen(name) };

	return section.len ? profile_find(&conf->profiles, section) :
			     profile_find_netns(&conf->profiles, netns);
}

int conf_plan(const struct conf *conf, const struct request *request,
	      const char *name, struct plan *out)
{
	const struct profile *p = plan_section(conf, request, name);

	*out = (struct plan){
		.interface = "eth0",
		.nat = true,
		.isolate = true,
		.linger = true,
		.login = request->login,
	};
	snprintf(out->name, sizeof(out->name), "%s", name);
	if (!p && request->section[0])
		return log_errno(-ENOENT, "%s: runns.conf has no section [%s]",
				 name, request->section);
	if (!p && request->login)
		return log_errno(-ENOENT, "%s: runns.conf has no section for "
				 "it, and a login builds nothing from defaults",
				 name);
	if (!p)
		return 0;
	plan_fill(out, p);
	/* As a pattern a section stands for many networks. */
	if (request->section[0] && (p->netns.len || p->has_address ||
				    p->address6.addr.family ||
				    p->interface_in.len || p->n_forwards))
		return log_errno(-EINVAL, "%s: section [%s] sets "
				 "NetworkNamespace, Address, Address6 (other "
				 "than auto), InterfaceIn or Forward, which "
				 "only one network can have: it cannot be a "
				 "pattern", name, request->section);
	return 0;
}

static int request_line(char *line, struct request *request, char **path)
{
	char *value = strchr(line, '=');

	if (!value)
		return -EINVAL;
	*value++ = '\0';
	if (strcmp(line, "section") == 0) {
		if (strlen(value) >= sizeof(request->section))
			return -EINVAL;
		strcpy(request->section, value);
	} else if (strcmp(line, "conf") == 0) {
		free(*path);
		*path = strdup(value);
		return *path ? 0 : -ENOMEM;
	} else if (strcmp(line, "login") == 0) {
		request->login = strcmp(value, "1") == 0;
	} else {
		return -EINVAL;
	}
	return 0;
}

int conf_request(const struct host *h, const char *name,
		 struct request *request, char **path)
{
	char text[CONF_REQUEST_SIZE];
	ssize_t n = file_read_small(h->request, name, text, sizeof(text));
	char *rest = text;
	char *line;
	int err = 0;

	if (n == -ENOENT)
		return 0;
	if (n < 0)
		err = (int)n;
	while (err == 0 && (line = strsep(&rest, "\n"))) {
		if (*line)
			err = request_line(line, request, path);
	}
	(void)unlinkat(h->request, name, 0);
	if (err)
		return log_errno(err, "/" PATH_RUN_REQUEST "/%s makes no sense",
				 name);
	return 0;
}
