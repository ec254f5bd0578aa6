/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_list.c - runnsctl list: processes in namespaces
 *
 * Whoever is not root is told about his own processes only, and NAME only
 * picks among these: whether there is such a namespace does not show.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/jsonw.h"
#include "lib/session/handle.h"
#include "runnsctl/out.h"
#include "runnsctl/places.h"
#include "runnsctl/procs.h"
#include "runnsctl/runnsctl.h"
#include "runnsctl/users.h"

enum { OPT_JSON = 256, PID_WIDTH = 7 };

const struct cli_option cmd_list_options[] = {
	{ OPT_JSON, "json", NULL, "as JSON" },
	{ 0 },
};

/**
 * struct list - the question, and what was found
 * @name:	the only namespace that is asked for, or NULL
 */
struct list {
	const char *name;
	bool as_json;
	struct places places;
	struct procs procs;
	struct users users;
};

static int take_option(void *ctx, int code, char *arg)
{
	struct list *l = ctx;

	(void)code;
	(void)arg;
	l->as_json = true;
	return 0;
}

/* Takes the words; returns an exit status. */
static int read_words(struct list *l, const struct command *command, int argc,
		      char **argv)
{
	int first = cli_parse(command, argc, argv, take_option, l);

	if (first < 0)
		return EXIT_USAGE;
	if (argc - first > 1)
		return cli_usage_error(command, "list: one NAME expected");
	l->name = argv[first];
	if (l->name &&
	    !name_is_valid((struct slice){ l->name, strlen(l->name) }))
		return cli_usage_error(
			command, "list: %s: a namespace cannot have this name",
			l->name);
	return EXIT_OK;
}

/* A namespace that has several names is shown under the one asked for. */
static const char *shown_name(const struct list *l, const struct proc_row *row)
{
	return l->name ? l->name : places_text(&l->places, row);
}

/* Which of the rows are asked for: they move to the front. */
static void pick(struct list *l)
{
	const struct place *only = l->name ? places_named(&l->places, l->name)
					   : NULL;
	size_t i, n = 0;

	for (i = 0; i < l->procs.n; i++) {
		const struct proc_row *row = &l->procs.list[i];

		if (l->name ? only && row->net == only->net
			    : places_kind(&l->places, row) != PLACE_HOST)
			l->procs.list[n++] = *row;
	}
	l->procs.n = n;
}

static int by_place(const void *a, const void *b, void *ctx)
{
	const struct proc_row *x = a, *y = b;
	const struct places *places = ctx;
	bool x_named = places_kind(places, x) == PLACE_NAMED;
	bool y_named = places_kind(places, y) == PLACE_NAMED;
	int r = y_named - x_named;

	if (r == 0)
		r = strcmp(places_text(places, x), places_text(places, y));
	if (r == 0)
		r = (x->net > y->net) - (x->net < y->net);
	return r ? r : x->pid - y->pid;
}

static void json_row(struct jsonw *j, const struct list *l,
		     const struct proc_row *row)
{
	static const char *const kinds[] = {
		[PLACE_NAMED] = "named",     [PLACE_PRIVATE] = "private",
		[PLACE_CURRENT] = "current", [PLACE_OTHER] = "other",
		[PLACE_UNKNOWN] = "unknown",
	};
	enum place_kind kind = places_kind(&l->places, row);

	jsonw_object(j, NULL);
	if (kind == PLACE_NAMED)
		jsonw_string(j, "namespace", shown_name(l, row));
	else
		jsonw_null(j, "namespace");
	jsonw_string(j, "kind", kinds[kind]);
	if (row->net)
		jsonw_number(j, "inode", row->net);
	else
		jsonw_null(j, "inode");
	jsonw_number(j, "pid", (uint64_t)row->pid);
	jsonw_number(j, "uid", row->uid);
	jsonw_string(j, "user", users_name(&l->users, row->uid));
	jsonw_string(j, "command", row->name);
	jsonw_object_end(j);
}

static int print_json(const struct list *l)
{
	struct jsonw j = { .file = stdout };
	size_t i;

	jsonw_array(&j, NULL);
	for (i = 0; i < l->procs.n; i++)
		json_row(&j, l, &l->procs.list[i]);
	jsonw_array_end(&j);
	return jsonw_finish(&j) < 0 ? EXIT_FAILED : EXIT_OK;
}

static void widen(size_t *width, const char *text)
{
	size_t w = out_width(text);

	if (w > *width)
		*width = w;
}

static void print_text(const struct list *l)
{
	size_t name_width = strlen("NAMESPACE"), user_width = strlen("USER");
	size_t i;

	for (i = 0; i < l->procs.n; i++) {
		const struct proc_row *row = &l->procs.list[i];

		widen(&name_width, shown_name(l, row));
		widen(&user_width, users_name(&l->users, row->uid));
	}
	if (l->procs.n)
		printf("%-*s %*s %-*s %s\n", (int)name_width, "NAMESPACE",
		       PID_WIDTH, "PID", (int)user_width, "USER", "COMMAND");
	for (i = 0; i < l->procs.n; i++) {
		const struct proc_row *row = &l->procs.list[i];

		out_cell(shown_name(l, row), name_width);
		printf("%*d ", PID_WIDTH, (int)row->pid);
		out_cell(users_name(&l->users, row->uid), user_width);
		out_text(OUT_PLAIN, row->name, strlen(row->name));
		putchar('\n');
	}
}

/* Says it whatever NAME is, and whether or not there are processes. */
static void tell_hidden(const struct list *l)
{
	if (!l->places.all && getuid() == 0)
		cli_error(
			"list: only your own processes: the host cannot be seen");
	if (!l->places.all && !l->places.n)
		cli_error("list: no name of a namespace can be seen from here");
}

/* Fills @l; returns an exit status. */
static int look(struct list *l)
{
	int r = places_read(&l->places);

	if (r < 0)
		return EXIT_FAILED;
	if (l->places.all && l->name && !places_named(&l->places, l->name)) {
		cli_error("list: %s: %s", l->name, handle_explain(-ENOENT));
		return EXIT_FAILED;
	}
	r = l->places.all ? procs_read(&l->procs)
			  : procs_read_own(&l->procs, getuid());
	if (r == 0) {
		pick(l);
		r = users_read(&l->users, &l->procs);
	}
	if (r < 0) {
		cli_error("list: %s", strerror(-r));
		return EXIT_FAILED;
	}
	if (l->procs.n)
		qsort_r(l->procs.list, l->procs.n, sizeof(*l->procs.list),
			by_place, &l->places);
	return EXIT_OK;
}

int cmd_list(const struct command *command, int argc, char **argv)
{
	struct list l = { .places.root = -1 };
	int status = read_words(&l, command, argc, argv);

	if (status == EXIT_OK)
		status = look(&l);
	if (status == EXIT_OK) {
		tell_hidden(&l);
		if (l.as_json)
			status = print_json(&l);
		else
			print_text(&l);
	}
	users_free(&l.users);
	procs_free(&l.procs);
	places_free(&l.places);
	return status;
}
