/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * resolv.c - the lines of a resolv.conf(5)
 */
#include "net/resolv.h"

#include <string.h>

bool resolv_next(const char **text, struct slice *line)
{
	size_t len = strcspn(*text, "\n");

	if (!**text)
		return false;
	*line = (struct slice){ *text, len };
	*text += len + ((*text)[len] == '\n');
	return true;
}

bool resolv_line(struct slice line, const char *word, struct slice *rest)
{
	size_t len = strlen(word);

	if (line.len <= len || memcmp(line.p, word, len) != 0 ||
	    (line.p[len] != ' ' && line.p[len] != '\t'))
		return false;
	while (len < line.len && (line.p[len] == ' ' || line.p[len] == '\t'))
		len++;
	rest->p = line.p + len;
	rest->len = line.len - len;
	while (rest->len && strchr(" \t\r", rest->p[rest->len - 1]))
		rest->len--;
	return true;
}
