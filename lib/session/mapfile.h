/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mapfile.h - the files of runns.map(5) as one checked map
 */
#ifndef RUNNS_MAPFILE_H
#define RUNNS_MAPFILE_H

#include <stdbool.h>

#include "lib/policy/map.h"

/**
 * struct mapfile - a map and the texts that its rules point into
 * @size:	bytes of the texts together
 * @absent:	there is no map at all: nobody is mapped
 */
struct mapfile {
	struct map map;
	char **texts;
	size_t n_texts;
	size_t size;
	bool absent;
};

/**
 * mapfile_load() - read the drop-ins and runns.map, in this order
 * @host:	file_host_root()
 * @path:	absolute path in place of runns.map, without drop-ins; or NULL
 * @d:		filled on failure
 *
 * Every file, and every directory above it, must be root's and writable by
 * root only.  The map is checked as a whole (map_check()).
 *
 * Return: 0 and @out must be freed; a negative errno with @d filled, and
 * then the map is unusable: nobody's network is known.
 */
int mapfile_load(int host, const char *path, struct mapfile *out,
		 struct diag *d) _must_check_;

/** mapfile_free() - give the memory back; harmless on a zeroed struct */
void mapfile_free(struct mapfile *m);

#endif
