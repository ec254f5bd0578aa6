/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mapfile.c - the files of runns.map(5) as one checked map
 *
 * Each file is opened once, judged and read by that descriptor: a session
 * that opens while the files are replaced sees one whole version of each.
 */
#include "lib/session/mapfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "lib/session/paths.h"
#include "lib/sys/file.h"

enum { FILES_MAX = 256 };

/* Each text has its label behind it, in the same memory. */
static char *text_label(char *text, size_t len)
{
	return text + len + 1;
}

static int text_keep(struct mapfile *m, char *text, size_t len,
		     const char *label, char **kept)
{
	char *grown = realloc(text, len + 1 + strlen(label) + 1);

	if (!grown) {
		free(text);
		return -ENOMEM;
	}
	memcpy(text_label(grown, len), label, strlen(label) + 1);
	m->texts[m->n_texts++] = grown;
	*kept = grown;
	return 0;
}

static int rules_reserve(struct map *map, size_t more)
{
	size_t cap = map->n + more;
	struct map_rule *rules;

	if (cap > MAP_RULES_MAX + 1)
		cap = MAP_RULES_MAX + 1;
	rules = realloc(map->rules, (cap ? cap : 1) * sizeof(*rules));
	if (!rules)
		return -ENOMEM;
	map->rules = rules;
	map->cap = cap;
	return 0;
}

static int not_usable(struct diag *d, int err, const char *label)
{
	diag_set(d, NULL, 0, 0, "%s %s", label, file_explain(err));
	return err;
}

/* A file that is gone by now is no file, as if it had gone before. */
static int file_load(struct mapfile *m, int dir, const char *name,
		     const char *label, struct diag *d)
{
	_cleanup_close_ int fd = file_open_trusted(dir, name);
	size_t len = 0;
	char *text = NULL;
	int r;

	if (fd == -ENOENT)
		return 0;
	r = fd < 0 ? fd : file_read_all(fd, MAP_TEXT_MAX - m->size, &text,
					&len);
	if (r == 0)
		r = text_keep(m, text, len, label, &text);
	if (r == 0)
		r = rules_reserve(&m->map, map_count(text, len));
	if (r < 0)
		return not_usable(d, r, label);
	m->size += len;
	m->absent = false;
	return map_parse(&m->map, text_label(text, len), text, len, d);
}

static int is_dropin(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 4 &&
	       strcmp(entry->d_name + len - 4, ".map") == 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int dropins_load(struct mapfile *m, int security, struct diag *d)
{
	_cleanup_close_ int dir = file_open_dir(security, PATH_MAP_DROPINS);
	struct dirent **entries = NULL;
	int n, r = 0;

	if (dir == -ENOENT)
		return 0;
	if (dir < 0)
		return not_usable(d, dir,
				  "/" PATH_MAP_DIR "/" PATH_MAP_DROPINS);
	n = scandirat(dir, ".", &entries, is_dropin, by_bytes);
	if (n < 0)
		return not_usable(d, -errno,
				  "/" PATH_MAP_DIR "/" PATH_MAP_DROPINS);
	if (n > FILES_MAX)
		r = diag_set(d, NULL, 0, 0, "more than %d files in /%s/%s",
			     FILES_MAX, PATH_MAP_DIR, PATH_MAP_DROPINS);
	for (int i = 0; i < n; i++) {
		char label[PATH_MAX];

		snprintf(label, sizeof(label), "/%s/%s/%s", PATH_MAP_DIR,
			 PATH_MAP_DROPINS, entries[i]->d_name);
		if (r == 0)
			r = file_load(m, dir, entries[i]->d_name, label, d);
		free(entries[i]);
	}
	free(entries);
	return r;
}

/* runns.map and what it drops in, or another file alone. */
static int files_load(struct mapfile *m, int host, const char *path,
		      struct diag *d)
{
	_cleanup_close_ int dir = -1;
	char dir_path[PATH_MAX];
	const char *name = strrchr(path, '/');
	int r;

	if (path[0] != '/' || strlen(path) >= sizeof(dir_path) || !name[1] ||
	    name == path)
		return diag_set(d, NULL, 0, 0,
				"map=%s: must be an absolute path, and not "
				"of a file in /", path);
	memcpy(dir_path, path, (size_t)(name - path));
	dir_path[name - path] = '\0';
	dir = file_open_dir(host, dir_path + 1);
	if (dir == -ENOENT)
		return 0;
	if (dir < 0) {
		diag_set(d, NULL, 0, 0, "a directory of %s %s", path,
			 file_explain(dir));
		return dir;
	}
	r = strcmp(path, "/" PATH_MAP_DIR "/" PATH_MAP_NAME) == 0 ?
		    dropins_load(m, dir, d) : 0;
	return r < 0 ? r : file_load(m, dir, name + 1, path, d);
}

int mapfile_load(int host, const char *path, struct mapfile *out,
		 struct diag *d)
{
	int r;

	memset(out, 0, sizeof(*out));
	out->absent = true;
	out->texts = calloc(FILES_MAX + 1, sizeof(*out->texts));
	if (!out->texts)
		return not_usable(d, -ENOMEM, "the map");
	r = files_load(out, host,
		       path ? path : "/" PATH_MAP_DIR "/" PATH_MAP_NAME, d);
	if (r == 0)
		r = map_check(&out->map, d);
	if (r == 0)
		return 0;
	/* A finding may name a file by its label in the texts. */
	if (d->file) {
		char text[sizeof(d->text)];

		diag_format(d, text, sizeof(text));
		diag_set(d, NULL, 0, 0, "%s", text);
	}
	mapfile_free(out);
	return r;
}

void mapfile_free(struct mapfile *m)
{
	while (m->n_texts > 0)
		free(m->texts[--m->n_texts]);
	free(m->texts);
	free(m->map.rules);
	memset(m, 0, sizeof(*m));
}
