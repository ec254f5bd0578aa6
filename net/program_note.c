/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * program_note.c - what is kept of a program, and what it is told
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/sys/file.h"
#include "net/program.h"

void program_note_set(struct program_note *note, struct slice user,
		      const char *fallback, struct slice command)
{
	*note = (struct program_note){ 0 };
	if (user.len)
		snprintf(note->user, sizeof(note->user), "%.*s",
			 SLICE_ARG(user));
	else
		snprintf(note->user, sizeof(note->user), "%s", fallback);
	snprintf(note->command, sizeof(note->command), "%.*s",
		 SLICE_ARG(command));
}

static int note_remove(int dir, const char *file)
{
	if (unlinkat(dir, file, 0) == 0)
		return 1;
	return errno == ENOENT ? 0 : -errno;
}

int program_note_write(const struct host *h, const char *name,
		       const char *file, const struct program_note *note)
{
	_cleanup_close_ int dir = record_dir(h, name, false);
	struct program_note was;
	BUF(b, sizeof(*note) + 2);
	int err;

	if (dir < 0)
		return dir;
	if (!note->command[0])
		return note_remove(dir, file);
	if (program_note_read(h, name, file, &was) == 0 &&
	    strcmp(was.user, note->user) == 0 &&
	    strcmp(was.command, note->command) == 0)
		return 0;
	buf_addf(&b, "%s\n%s\n", note->user, note->command);
	err = buf_status(&b);
	if (err == 0)
		err = file_replace(dir, file, 0600, b.text, b.len);
	return err ? err : 1;
}

int program_note_read(const struct host *h, const char *name, const char *file,
		      struct program_note *out)
{
	_cleanup_close_ int dir = record_dir(h, name, false);
	char text[sizeof(*out) + 2];
	char *command;
	ssize_t n;

	if (dir < 0)
		return dir;
	n = file_read_small(dir, file, text, sizeof(text));
	if (n < 0)
		return (int)n;
	command = strchr(text, '\n');
	if (!command || (size_t)(command - text) >= sizeof(out->user) ||
	    strlen(command + 1) >= sizeof(out->command))
		return -EINVAL;
	*command++ = '\0';
	memcpy(out->user, text, strlen(text) + 1);
	memcpy(out->command, command, strlen(command) + 1);
	return 0;
}

void program_env_add(struct program_env *e, const char *key,
		     const char *value)
{
	size_t room = sizeof(e->text) - e->used;
	int n;

	if (!value[0] || e->n == PROGRAM_ENV_MAX)
		return;
	n = snprintf(e->text + e->used, room, "%s=%s", key, value);
	if (n < 0 || (size_t)n >= room)
		return;
	e->list[e->n++] = e->text + e->used;
	e->list[e->n] = NULL;
	e->used += (size_t)n + 1;
}

static void env_address(struct program_env *e, const char *key,
			const struct addr *a)
{
	char text[ADDR_TEXT_SIZE];

	if (!a->family)
		return;
	addr_format(a, text);
	program_env_add(e, key, text);
}

static void env_prefix(struct program_env *e, const char *key,
		       const struct addr_net *net)
{
	char text[8];

	if (!net->addr.family)
		return;
	snprintf(text, sizeof(text), "%u", net->prefix);
	program_env_add(e, key, text);
}

void program_env_network(struct program_env *e, const struct record *r)
{
	bool routed = r->outside[0];

	program_env_add(e, "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:"
				   "/usr/bin:/sbin:/bin");
	program_env_add(e, "RUNNS_NAME", r->name);
	program_env_add(e, "RUNNS_SECTION", r->section);
	program_env_add(e, "RUNNS_PARENT", r->parent);
	program_env_add(e, "RUNNS_LINK", profile_link_name(r->link));
	program_env_add(e, "RUNNS_INTERFACE", r->inside);
	program_env_add(e, "RUNNS_INTERFACE_IN", r->outside);
	env_address(e, "RUNNS_ADDRESS", &r->peer);
	env_prefix(e, "RUNNS_PREFIX", &r->net);
	env_address(e, "RUNNS_ADDRESS6", &r->peer6);
	env_prefix(e, "RUNNS_PREFIX6", &r->net6);
	if (!routed)
		return;
	env_address(e, "RUNNS_GATEWAY", &r->net.addr);
	env_address(e, "RUNNS_GATEWAY6", &r->net6.addr);
}
