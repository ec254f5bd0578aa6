/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * places.c - networks by name, to tell where processes are
 */
#include "runnsctl/places.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "lib/session/handle.h"
#include "lib/session/paths.h"
#include "lib/sys/file.h"
#include "lib/sys/ns.h"
#include "runnsctl/runnsctl.h"
#include "runnsctl/sources.h"

/**
 * struct reading - the list while it grows
 */
struct reading {
	struct places *places;
	size_t cap;
	int dir;
};

static int places_grow(struct reading *reading)
{
	struct places *p = reading->places;
	size_t cap = reading->cap ? reading->cap * 2 : 64;
	struct place *list;

	if (p->n < reading->cap)
		return 0;
	list = realloc(p->list, cap * sizeof(*list));
	if (!list)
		return -ENOMEM;
	p->list = list;
	reading->cap = cap;
	return 0;
}

/* What is no namespace of the host is no name either, as for a login. */
static int places_add(void *ctx, const char *name)
{
	struct reading *reading = ctx;
	struct slice text = { name, strlen(name) };
	_cleanup_close_ int fd = -1;
	struct place *place;
	struct stat st;
	int r;

	if (!name_is_valid(text))
		return 0;
	fd = ns_open(reading->dir, name, NS_NET);
	if (fd == -EMFILE || fd == -ENFILE || fd == -ENOMEM)
		return fd;
	if (fd < 0 || fstat(fd, &st) < 0)
		return 0;
	r = places_grow(reading);
	if (r < 0)
		return r;
	place = &reading->places->list[reading->places->n++];
	place->net = st.st_ino;
	place->fd = TAKE_FD(fd);
	memcpy(place->name, name, text.len + 1);
	return 0;
}

static int by_net(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->net != y->net)
		return x->net < y->net ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int read_names(struct places *p)
{
	_cleanup_close_ int dir = file_open_dir(p->root, PATH_HANDLES);
	struct reading reading = { .places = p, .dir = dir };
	int r;

	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	r = file_each(dir, places_add, &reading);
	if (p->n)
		qsort(p->list, p->n, sizeof(*p->list), by_net);
	return r;
}

static void limits_raise(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		return;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
}

static uint64_t number_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_ino : 0;
}

/* Root in a user namespace is whoever made that. */
static void look_from(struct places *p)
{
	p->root = getuid() == 0 ? file_host_root() : -EPERM;
	p->host = number_of("/proc/1/ns/net");
	p->self = number_of("/proc/self/ns/net");
	p->all = p->root >= 0 && p->host;
	if (p->root < 0)
		p->root = sources_host_root();
	if (!p->all)
		p->host_mark = procs_mark(1);
}

int places_read(struct places *out)
{
	int r;

	*out = (struct places){ .root = -1 };
	limits_raise();
	look_from(out);
	r = out->root < 0 ? out->root : read_names(out);
	if (r == 0)
		return 0;
	/* What he cannot see is not there, for him. */
	if (!out->all && (r == -EACCES || r == -EPERM))
		return 0;
	cli_error("cannot look at the names in /" PATH_HANDLES ": %s",
		  r == -EPERM || r == -ELOOP || r == -ENOTDIR
			  ? handle_explain(r)
			  : strerror(-r));
	places_free(out);
	return r;
}

void places_free(struct places *p)
{
	while (p->n > 0)
		base_close(&p->list[--p->n].fd);
	free(p->list);
	base_close(&p->root);
	*p = (struct places){ .root = -1 };
}

const struct place *places_find(const struct places *p, uint64_t net)
{
	size_t low = 0, high = p->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (p->list[mid].net < net)
			low = mid + 1;
		else
			high = mid;
	}
	return net && low < p->n && p->list[low].net == net ? &p->list[low]
							    : NULL;
}

const struct place *places_named(const struct places *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (strcmp(p->list[i].name, name) == 0)
			return &p->list[i];
	return NULL;
}

enum place_kind places_kind(const struct places *p, const struct proc_row *row)
{
	if ((row->net && row->net == p->host) ||
	    (row->mark && row->mark == p->host_mark))
		return PLACE_HOST;
	if (places_find(p, row->net))
		return PLACE_NAMED;
	if (!row->net)
		return PLACE_UNKNOWN;
	if (p->all || p->n)
		return PLACE_PRIVATE;
	return row->net == p->self ? PLACE_CURRENT : PLACE_OTHER;
}

const char *places_text(const struct places *p, const struct proc_row *row)
{
	static const char *const words[] = {
		[PLACE_HOST] = "(host)",       [PLACE_PRIVATE] = "(private)",
		[PLACE_CURRENT] = "(current)", [PLACE_OTHER] = "(other)",
		[PLACE_UNKNOWN] = "(unknown)",
	};
	enum place_kind kind = places_kind(p, row);

	if (kind == PLACE_NAMED)
		return places_find(p, row->net)->name;
	return words[kind];
}
