/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sources.c - texts of runns.map(5) and runns.conf(5)
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/policy/map.h"
#include "lib/session/paths.h"
#include "lib/sys/file.h"
#include "runnsctl/sources.h"

/* Where the installed files of each kind lie. */
static const struct place {
	const char *dir, *name, *dropins, *ending;
	size_t max;
} places[] = {
	[SOURCE_MAP] = { PATH_MAP_DIR, PATH_MAP_NAME,
			 PATH_MAP_DIR "/" PATH_MAP_DROPINS, ".map",
			 MAP_TEXT_MAX },
	[SOURCE_CONF] = { "etc", "runns.conf", PATH_CONF_DROPINS, ".conf",
			  PROFILE_TEXT_MAX },
};

int sources_host_root(void)
{
	int fd = file_host_root();

	if (fd != -EACCES && fd != -EPERM && fd != -ENOENT)
		return fd;
	fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static struct source *source_new(struct sources *s, enum source_kind kind)
{
	struct source *list = realloc(s->list, (s->n + 1) * sizeof(*list));

	if (!list)
		return NULL;
	s->list = list;
	list[s->n] = (struct source){ .kind = kind };
	return &list[s->n++];
}

/* Reads @fd; an error of opening it may be handed on as @fd. */
static void source_read(struct source *source, int fd)
{
	struct stat st;

	if (fd < 0)
		source->unread = fd;
	else if (fstat(fd, &st) < 0)
		source->unread = -errno;
	else if (!S_ISREG(st.st_mode))
		source->unread = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	else
		source->unread = file_read_all(fd, places[source->kind].max,
					       &source->text, &source->len);
}

static int open_plain(int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int sources_add(struct sources *s, enum source_kind kind, const char *path)
{
	struct source *source = source_new(s, kind);
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (!source)
		return -ENOMEM;
	source->label = strdup(path);
	if (!source->label)
		return -ENOMEM;
	fd = open_plain(AT_FDCWD, path);
	source_read(source, fd);
	if (fd >= 0 && fstat(fd, &st) == 0 &&
	    (st.st_uid != 0 || (st.st_mode & (S_IWGRP | S_IWOTH))))
		source->judged = -EPERM;
	return 0;
}

/* @dir is trusted, or says why it cannot be. */
static int add_installed(struct sources *s, enum source_kind kind, int host,
			 int dir, const char *dir_path, const char *name)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_close_ int fd = -1;
	struct source *source;

	if (asprintf(&path, "/%s/%s", dir_path, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = dir < 0 ? dir : file_open_trusted(dir, name);
	if (fd == -ENOENT)
		return 0;
	source = source_new(s, kind);
	if (!source)
		return -ENOMEM;
	source->installed = true;
	if (fd < 0) {
		/* A file that nobody may read is no judgement about it. */
		source->judged = fd == -EACCES ? 0 : fd;
		fd = open_plain(host, path + 1);
	}
	source->label = TAKE_PTR(path);
	source_read(source, fd);
	return 0;
}

static int name_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool has_ending(const char *name, const char *ending)
{
	size_t len = strlen(name), tail = strlen(ending);

	return name[0] != '.' && len > tail &&
	       strcmp(name + len - tail, ending) == 0;
}

struct names {
	char **list;
	size_t n;
};

static void names_free(struct names *names)
{
	size_t i;

	for (i = 0; i < names->n; i++)
		free(names->list[i]);
	free(names->list);
}

static int names_add(struct names *names, const char *name)
{
	char **list = realloc(names->list, (names->n + 1) * sizeof(*list));

	if (!list)
		return -ENOMEM;
	names->list = list;
	list[names->n] = strdup(name);
	if (!list[names->n])
		return -ENOMEM;
	names->n++;
	return 0;
}

static int names_read(struct names *names, int host, const struct place *place)
{
	int fd = openat(host, place->dropins,
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *entry;
	DIR *dir;
	int r = 0;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	dir = fdopendir(fd);
	if (!dir) {
		r = -errno;
		close(fd);
		return r;
	}
	while (r == 0 && (entry = readdir(dir)))
		if (has_ending(entry->d_name, place->ending))
			r = names_add(names, entry->d_name);
	closedir(dir);
	if (r == 0 && names->n)
		qsort(names->list, names->n, sizeof(*names->list), name_compare);
	return r;
}

static int add_dropins(struct sources *s, enum source_kind kind, int host)
{
	const struct place *place = &places[kind];
	_cleanup_close_ int dir = file_open_dir(host, place->dropins);
	__attribute__((cleanup(names_free))) struct names names = { 0 };
	size_t i;
	int r = names_read(&names, host, place);

	for (i = 0; r == 0 && i < names.n; i++)
		r = add_installed(s, kind, host, dir, place->dropins,
				  names.list[i]);
	return r;
}

int sources_add_installed(struct sources *s, enum source_kind kind, int host)
{
	const struct place *place = &places[kind];
	_cleanup_close_ int dir = file_open_dir(host, place->dir);
	int r = add_dropins(s, kind, host);

	return r < 0 ? r : add_installed(s, kind, host, dir, place->dir,
					 place->name);
}

void sources_free(struct sources *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		free(s->list[i].label);
		free(s->list[i].text);
	}
	free(s->list);
	*s = (struct sources){ 0 };
}

static int conf_parse_all(const struct sources *s, struct profile_conf *conf,
			  struct diag *d)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < s->n; i++)
		if (s->list[i].kind == SOURCE_CONF)
			r = profile_parse(conf, s->list[i].label,
					  s->list[i].text, s->list[i].len, d);
	return r < 0 ? r : profile_check(conf, d);
}

int sources_conf(const struct sources *s, struct profile_conf *out,
		 struct diag *d)
{
	size_t i, files = 0, sections = 0;
	struct profile *memory;

	profile_conf_init(out, NULL, 0);
	for (i = 0; i < s->n; i++) {
		if (s->list[i].kind != SOURCE_CONF)
			continue;
		if (!s->list[i].text)
			return -EACCES;
		files++;
		sections += profile_count(s->list[i].text, s->list[i].len);
	}
	if (!files)
		return -ENOENT;
	memory = calloc(sections ? sections : 1, sizeof(*memory));
	if (!memory)
		return -ENOMEM;
	profile_conf_init(out, memory, sections);
	return conf_parse_all(s, out, d);
}
