/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_audit.c - runnsctl audit: who is outside of his network
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/sys/file.h"
#include "runnsctl/audit.h"
#include "runnsctl/out.h"
#include "runnsctl/runnsctl.h"

enum { OPT_JSON = 256, OPT_SOCKETS, CGROUP_SIZE = 4096, TEXT_SIZE = 1024 };

const struct cli_option cmd_audit_options[] = {
	{ OPT_JSON, "json", NULL, "as JSON" },
	{ OPT_SOCKETS, "sockets", NULL, "sockets that reach outside too" },
	{ 0 },
};

/* In this order: the second needs the map. */
static const struct audit_check checks[] = {
	{ audit_map },	  { audit_conf },
	{ audit_processes }, { audit_covers },
	{ audit_pam },	  { audit_sshd },
	{ audit_helper }, { audit_sockets },
	{ NULL },
};

bool audit_asked(const struct audit *a, const char *user)
{
	int i;

	for (i = 0; i < a->n_names; i++)
		if (strcmp(a->names[i], user) == 0)
			return true;
	return a->n_names == 0;
}

void audit_unseen(struct audit *a, const char *fmt, ...)
{
	char **list = realloc(a->unseen, (a->n_unseen + 1) * sizeof(*list));
	char *text = NULL;
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (list)
		a->unseen = list;
	if (list && r >= 0)
		list[a->n_unseen++] = text;
	else
		cli_error("%s: out of memory: not all is told",
			  a->command->name);
}

/* The last component of its cgroup, which systemd names after the unit. */
static void process_unit(pid_t pid, char *out, size_t size)
{
	char path[32], text[CGROUP_SIZE];
	const char *p;

	out[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)pid);
	if (file_read_small(AT_FDCWD, path, text, sizeof(text)) < 0)
		return;
	p = strstr(text, "0::/");
	if (!p)
		return;
	p += strcspn(p, "\n");
	while (p > text && p[-1] != '/')
		p--;
	snprintf(out, size, "%.*s", (int)strcspn(p, "\n"), p);
}

static void json_process(struct audit *a, const struct finding *f)
{
	const struct proc_row *row = f->process;
	struct jsonw *j = &a->json;
	char unit[256], parent[PROC_NAME_SIZE];

	process_unit(row->pid, unit, sizeof(unit));
	procs_name(row->parent, parent);
	jsonw_object(j, "process");
	jsonw_string(j, "user", users_name(&a->users, row->uid));
	jsonw_number(j, "uid", row->uid);
	jsonw_number(j, "pid", (uint64_t)row->pid);
	jsonw_string(j, "command", row->name);
	jsonw_string(j, "in", places_text(&a->places, row));
	jsonw_string(j, "expected", f->expected);
	jsonw_string(j, "unit", unit);
	jsonw_number(j, "parent", (uint64_t)row->parent);
	jsonw_string(j, "parent_command", parent);
	jsonw_object_end(j);
}

static void report_json(struct audit *a, const struct finding *f,
			const char *what)
{
	struct jsonw *j = &a->json;

	jsonw_object(j, NULL);
	jsonw_string(j, "check", f->check);
	jsonw_string(j, "what", what);
	jsonw_string(j, "why", f->why);
	jsonw_string(j, "mend", f->mend);
	if (f->process)
		json_process(a, f);
	jsonw_object_end(j);
}

static void report_text(const struct finding *f, const char *what)
{
	char unit[256], parent[PROC_NAME_SIZE];

	out_text(OUT_BAD, f->check, strlen(f->check));
	fputs(": ", stdout);
	out_text(OUT_PLAIN, what, strlen(what));
	putchar('\n');
	if (f->process) {
		process_unit(f->process->pid, unit, sizeof(unit));
		procs_name(f->process->parent, parent);
		out_field("came by", "%s%sparent %d (%s)", unit,
			  unit[0] ? ", " : "", (int)f->process->parent, parent);
	}
	out_field("why", "%s", f->why);
	out_field("mend", "%s", f->mend);
}

void audit_report(struct audit *a, const struct finding *finding,
		  const char *fmt, ...)
{
	char what[TEXT_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	a->findings++;
	if (a->as_json)
		report_json(a, finding, what);
	else
		report_text(finding, what);
}

static void report_optional(struct audit *a, const struct map_rule *rule)
{
	const struct finding finding = {
		.check = "map",
		.why = "while the namespace is absent, sessions stay where they "
		       "are opened",
		.mend = "take \"optional\" away: such a session is then refused",
	};

	audit_report(a, &finding, "%s:%u: the rule is optional", rule->file,
		     rule->line);
}

void audit_map(struct audit *a)
{
	static const struct finding unusable = {
		.check = "map",
		.why = "only root, and who is named by rescue=, gets a session",
		.mend = "runnsctl check tells what is wrong",
	};
	struct diag d = { 0 };
	size_t i;
	int r = a->places.root < 0
			? a->places.root
			: mapfile_load(a->places.root, NULL, &a->map, &d);

	if (r == -EACCES || a->places.root < 0) {
		audit_unseen(a, "the map: you may not read it");
		return;
	}
	if (r < 0) {
		audit_report(a, &unusable, "the map cannot be used: %s",
			     d.text);
		return;
	}
	a->map_usable = true;
	for (i = 0; i < a->map.map.n; i++)
		if (a->map.map.rules[i].optional)
			report_optional(a, &a->map.map.rules[i]);
}

static int take_option(void *ctx, int code, char *arg)
{
	struct audit *a = ctx;

	(void)arg;
	if (code == OPT_SOCKETS)
		a->with_sockets = true;
	else
		a->as_json = true;
	return 0;
}

/* Whoever is not root may ask about himself, and learns nothing of others. */
static int verify_names(const struct audit *a, const struct command *command)
{
	struct nss_user user;
	bool own;
	int i;

	for (i = 0; i < a->n_names; i++) {
		own = !a->places.all && nss_user_by_uid(getuid(), &user) == 0 &&
		      strcmp(user.name, a->names[i]) == 0;
		if (own)
			continue;
		if (!a->places.all)
			return cli_usage_error(command, "audit: only root may "
							"ask about others");
		if (nss_user_by_name(a->names[i], &user) == 0 &&
		    strcmp(user.name, a->names[i]) == 0)
			continue;
		cli_error("audit: %s: there is no such user", a->names[i]);
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

static void finish(struct audit *a)
{
	struct jsonw *j = &a->json;
	size_t i;

	if (a->as_json) {
		jsonw_array_end(j);
		jsonw_array(j, "not_seen");
	}
	for (i = 0; i < a->n_unseen; i++) {
		if (a->as_json)
			jsonw_string(j, NULL, a->unseen[i]);
		else
			cli_error("%s: not looked at: %s", a->command->name,
				  a->unseen[i]);
	}
	if (!a->as_json)
		return;
	jsonw_array_end(j);
	jsonw_bool(j, "ok", a->findings == 0);
	jsonw_object_end(j);
	jsonw_finish(j);
}

static int run_checks(struct audit *a, const struct audit_check *check)
{
	int r = a->places.all ? procs_read(&a->procs)
			      : procs_read_own(&a->procs, getuid());

	if (r == 0)
		r = users_read(&a->users, &a->procs);
	if (r < 0) {
		cli_error("%s: %s", a->command->name, strerror(-r));
		return EXIT_FAILED;
	}
	if (a->as_json) {
		jsonw_object(&a->json, NULL);
		jsonw_array(&a->json, "findings");
	}
	for (; check->look; check++)
		check->look(a);
	finish(a);
	return a->findings ? EXIT_FAILED : EXIT_OK;
}

static void audit_free(struct audit *a)
{
	while (a->n_unseen > 0)
		free(a->unseen[--a->n_unseen]);
	free(a->unseen);
	mapfile_free(&a->map);
	users_free(&a->users);
	procs_free(&a->procs);
	places_free(&a->places);
}

int audit_main(const struct command *command, int argc, char **argv,
	       const struct audit_check *list)
{
	struct audit a = { .command = command, .json.file = stdout,
			   .places.root = -1 };
	int first = cli_parse(command, argc, argv, take_option, &a);
	int status;

	if (first < 0)
		return EXIT_USAGE;
	a.names = argv + first;
	a.n_names = argc - first;
	if (places_read(&a.places) < 0)
		return EXIT_FAILED;
	status = verify_names(&a, command);
	if (status == EXIT_OK)
		status = run_checks(&a, list);
	audit_free(&a);
	return status;
}

int cmd_audit(const struct command *command, int argc, char **argv)
{
	return audit_main(command, argc, argv, checks);
}
