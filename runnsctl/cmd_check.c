/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_check.c - runnsctl check: every finding of every file
 *
 * The parsers stop at the first error.  Here the line that it is in is
 * blanked and the text read again, so that one run tells all.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/jsonw.h"
#include "lib/policy/map_check.h"
#include "lib/session/mapfile.h"
#include "lib/sys/file.h"
#include "runnsctl/mend.h"
#include "runnsctl/out.h"
#include "runnsctl/runnsctl.h"
#include "runnsctl/sources.h"

enum { FINDINGS_PER_FILE = 20 };

enum { OPT_MAP = 256, OPT_CONF, OPT_JSON };

const struct cli_option cmd_check_options[] = {
	{ OPT_MAP, "map", "FILE", "check FILE as a runns.map" },
	{ OPT_CONF, "conf", "FILE", "check FILE as a runns.conf" },
	{ 'q', "quiet", NULL, "say nothing if all is well" },
	{ OPT_JSON, "json", NULL, "as JSON" },
	{ 0 },
};

enum severity { WARNING, ERROR };

/* What has been found, and how it is told. */
struct report {
	bool as_json;
	bool quiet;
	struct jsonw json;
	unsigned int errors;
	unsigned int warnings;
};

/* @host is -1 unless the installed files are checked. */
struct check {
	struct report report;
	int host;
	struct sources sources;
	struct map map;
	struct profile_conf conf;
	bool map_usable;
	bool conf_usable;
	const struct command *command;
};

static void report_json(struct report *r, enum severity severity,
			const struct diag *d)
{
	struct jsonw *j = &r->json;

	jsonw_object(j, NULL);
	jsonw_string(j, "file", d->file);
	if (d->line)
		jsonw_number(j, "line", d->line);
	if (d->column)
		jsonw_number(j, "column", d->column);
	jsonw_string(j, "severity", severity == ERROR ? "error" : "warning");
	jsonw_string(j, "text", d->text);
	jsonw_object_end(j);
}

static void report_diag(struct report *r, enum severity severity,
			const struct diag *d)
{
	char line[4096 + sizeof(d->text) + 32];

	if (severity == ERROR)
		r->errors++;
	else
		r->warnings++;
	if (r->as_json) {
		report_json(r, severity, d);
		return;
	}
	diag_format(d, line, sizeof(line));
	out_text(severity == ERROR ? OUT_BAD : OUT_WARN, line, strlen(line));
	puts(severity == ERROR ? "" : " (warning)");
}

static void report_file(struct report *r, enum severity severity,
			const char *file, const char *fmt, ...) _printf_(4, 5);

static void report_file(struct report *r, enum severity severity,
			const char *file, const char *fmt, ...)
{
	char text[sizeof(((struct diag *)0)->text)];
	struct diag d;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	diag_set(&d, file, 0, 0, "%s", text);
	report_diag(r, severity, &d);
}

/* What the file itself, not its text, is to blame for. */
static void check_file(struct report *r, const struct source *s)
{
	if (s->unread < 0)
		report_file(r, ERROR, s->label, "cannot be read: %s",
			    file_explain(s->unread));
	if (s->judged < 0 && s->installed)
		report_file(r, ERROR, s->label,
			    "will be refused: the file, or a directory above it, %s",
			    file_explain(s->judged));
	else if (s->judged < 0)
		report_file(r, WARNING, s->label,
			    "would be refused if it were installed so: %s",
			    file_explain(s->judged));
}

static int parse_once(struct check *c, const struct source *s, struct diag *d)
{
	size_t rules = c->map.n, profiles = c->conf.n;
	unsigned int seen = c->conf.seen_general;
	int r;

	if (s->kind == SOURCE_MAP)
		r = map_parse(&c->map, s->label, s->text, s->len, d);
	else
		r = profile_parse(&c->conf, s->label, s->text, s->len, d);
	if (r < 0) {
		c->map.n = rules;
		c->conf.n = profiles;
		c->conf.seen_general = seen;
	}
	return r;
}

static bool same_finding(const struct diag *a, const struct diag *b)
{
	return a->line == b->line && a->column == b->column &&
	       strcmp(a->text, b->text) == 0;
}

/* Return: whether the text was right as it is. */
static bool parse_all_of(struct check *c, struct source *s)
{
	struct diag d, before = { .line = 0 };
	unsigned int found = 0;

	while (parse_once(c, s, &d) < 0) {
		/* What cannot be mended does not change. */
		if (found && same_finding(&d, &before))
			return false;
		before = d;
		if (found++ == FINDINGS_PER_FILE) {
			report_file(&c->report, ERROR, s->label,
				    "more errors, not shown");
			return false;
		}
		report_diag(&c->report, ERROR, &d);
		if (!mend_text(s, &d))
			return false;
	}
	return found == 0;
}

static int make_room(struct check *c)
{
	size_t i, rules = 0, profiles = 0;
	struct profile *memory;

	for (i = 0; i < c->sources.n; i++) {
		const struct source *s = &c->sources.list[i];

		if (s->text && s->kind == SOURCE_MAP)
			rules += map_count(s->text, s->len) + 1;
		else if (s->text)
			profiles += profile_count(s->text, s->len);
	}
	c->map.rules = calloc(rules + 1, sizeof(*c->map.rules));
	c->map.cap = rules;
	memory = calloc(profiles + 1, sizeof(*memory));
	profile_conf_init(&c->conf, memory, profiles);
	return c->map.rules && memory ? 0 : -ENOMEM;
}

static bool has_kind(const struct check *c, enum source_kind kind)
{
	size_t i;

	for (i = 0; i < c->sources.n; i++)
		if (c->sources.list[i].kind == kind)
			return true;
	return false;
}

static void check_texts(struct check *c)
{
	size_t i;

	c->map_usable = has_kind(c, SOURCE_MAP);
	c->conf_usable = has_kind(c, SOURCE_CONF);
	for (i = 0; i < c->sources.n; i++) {
		struct source *s = &c->sources.list[i];

		check_file(&c->report, s);
		if (s->text && parse_all_of(c, s))
			continue;
		if (s->kind == SOURCE_MAP)
			c->map_usable = false;
		else
			c->conf_usable = false;
	}
}

static void take_warning(void *ctx, const struct diag *d)
{
	report_diag(ctx, WARNING, d);
}

static void check_together(struct check *c)
{
	struct diag d;

	if (c->map_usable && map_check(&c->map, &d) < 0) {
		report_diag(&c->report, ERROR, &d);
		c->map_usable = false;
	}
	if (c->map_usable)
		map_warn(&c->map, take_warning, &c->report);
	if (c->conf_usable && profile_check(&c->conf, &d) < 0) {
		report_diag(&c->report, ERROR, &d);
		c->conf_usable = false;
	}
}

/* A pattern serves many namespaces: what is fixed can be had once only. */
static const char *pattern_wrong(const struct profile *p)
{
	if (p->netns.len)
		return "NetworkNamespace";
	if (p->has_address)
		return "Address";
	if (p->interface_in.len)
		return "InterfaceIn";
	return NULL;
}

static void report_no_section(struct check *c, const struct map_rule *rule,
			      struct slice name)
{
	const struct profile *other = profile_find(&c->conf, name);
	struct diag d;

	if (other && !rule->section.len)
		diag_set(&d, rule->file, rule->line, 0,
			 "create: the map says \"%.*s\", but [%.*s] at %s:%u is for \"%.*s\"",
			 SLICE_ARG(name), SLICE_ARG(other->section),
			 other->file, other->line,
			 SLICE_ARG(other->netns.len ? other->netns :
						      other->section));
	else
		diag_set(&d, rule->file, rule->line, 0,
			 "create: runns.conf has no section for \"%.*s\": sessions will be refused",
			 SLICE_ARG(name));
	report_diag(&c->report, ERROR, &d);
}

/* The section that a rule with create builds from must be there. */
static void check_create(struct check *c, const struct map_rule *rule)
{
	struct slice name = rule->section.len ? rule->section : rule->name;
	const struct profile *p = profile_find(&c->conf, name);
	const char *wrong = p && rule->section.len ? pattern_wrong(p) : NULL;
	struct diag d;

	if (!rule->section.len && (rule->session != MAP_NAME ||
				   name_is_template(name)))
		return;
	if (!rule->section.len)
		p = profile_find_netns(&c->conf, name);
	if (!p) {
		report_no_section(c, rule, name);
	} else if (wrong) {
		diag_set(&d, rule->file, rule->line, 0,
			 "create: section \"%.*s\" has %s: it cannot be used "
			 "for several namespaces",
			 SLICE_ARG(name), wrong);
		report_diag(&c->report, ERROR, &d);
	}
}

static void check_creates(struct check *c)
{
	size_t i;

	for (i = 0; i < c->map.n; i++)
		if (c->map.rules[i].create)
			check_create(c, &c->map.rules[i]);
}

static bool ends_with(const char *text, const char *ending)
{
	size_t len = strlen(text), tail = strlen(ending);

	return len >= tail && strcmp(text + len - tail, ending) == 0;
}

static int add_operand(struct check *c, const char *path)
{
	int r;

	if (ends_with(path, ".map"))
		r = sources_add(&c->sources, SOURCE_MAP, path);
	else if (ends_with(path, ".conf"))
		r = sources_add(&c->sources, SOURCE_CONF, path);
	else
		return cli_usage_error(c->command,
				       "check: is %s a map or a conf? Give it "
				       "behind --map or --conf",
				       path);
	if (r < 0)
		cli_error("check: %s", strerror(-r));
	return r < 0 ? EXIT_FAILED : EXIT_OK;
}

static int take_option(void *ctx, int code, char *arg)
{
	struct check *c = ctx;
	int r = 0;

	if (code == 'q')
		c->report.quiet = true;
	else if (code == OPT_JSON)
		c->report.as_json = true;
	else
		r = sources_add(&c->sources,
				code == OPT_MAP ? SOURCE_MAP : SOURCE_CONF, arg);
	if (r < 0)
		cli_error("check: %s", strerror(-r));
	return r;
}

/*
 * The module has the last word on the map that logins use: it also judges
 * what holds no rule, such as the directory of drop-ins.
 */
static void check_as_module(struct check *c)
{
	struct mapfile file;
	struct diag d = { 0 };

	if (c->host < 0 || c->report.errors)
		return;
	if (mapfile_load(c->host, NULL, &file, &d) == 0)
		mapfile_free(&file);
	else
		report_file(&c->report, ERROR, "runns.map", "%s", d.text);
}

static int add_installed(struct check *c)
{
	int r = sources_host_root();

	c->host = r;
	if (r >= 0)
		r = sources_add_installed(&c->sources, SOURCE_MAP, c->host);
	if (r >= 0)
		r = sources_add_installed(&c->sources, SOURCE_CONF, c->host);
	if (r >= 0)
		return EXIT_OK;
	cli_error("check: cannot look for the installed files: %s",
		  strerror(-r));
	return EXIT_FAILED;
}

static int gather(struct check *c, int argc, char **argv)
{
	int first = cli_parse(c->command, argc, argv, take_option, c);
	int i, status = EXIT_OK;

	if (first < 0)
		return EXIT_USAGE;
	for (i = first; status == EXIT_OK && i < argc; i++)
		status = add_operand(c, argv[i]);
	if (status == EXIT_OK && !c->sources.n)
		status = add_installed(c);
	return status;
}

static void finish_text(const struct check *c)
{
	size_t i;

	if (c->report.quiet || c->report.errors)
		return;
	for (i = 0; i < c->sources.n; i++) {
		const char *label = c->sources.list[i].label;

		out_text(OUT_PLAIN, label, strlen(label));
		fputs(": ", stdout);
		out_text(OUT_GOOD, "OK", 2);
		putchar('\n');
	}
	if (!c->sources.n)
		puts("OK: there is no runns.map and no runns.conf: nobody is mapped");
}

static void finish_json(struct check *c)
{
	struct jsonw *j = &c->report.json;
	size_t i;

	jsonw_array_end(j);
	jsonw_array(j, "files");
	for (i = 0; i < c->sources.n; i++)
		jsonw_string(j, NULL, c->sources.list[i].label);
	jsonw_array_end(j);
	jsonw_bool(j, "ok", c->report.errors == 0);
	jsonw_object_end(j);
	jsonw_finish(j);
}

static int run_check(struct check *c)
{
	if (make_room(c) < 0) {
		cli_error("check: out of memory");
		return EXIT_FAILED;
	}
	if (c->report.as_json) {
		jsonw_object(&c->report.json, NULL);
		jsonw_array(&c->report.json, "findings");
	}
	check_texts(c);
	check_together(c);
	if (c->map_usable && c->conf_usable)
		check_creates(c);
	check_as_module(c);
	if (c->report.as_json)
		finish_json(c);
	else
		finish_text(c);
	return c->report.errors ? EXIT_FAILED : EXIT_OK;
}

int cmd_check(const struct command *command, int argc, char **argv)
{
	struct check c = {
		.command = command,
		.host = -1,
		.report.json.file = stdout,
	};
	int status = gather(&c, argc, argv);

	if (status == EXIT_OK)
		status = run_check(&c);
	sources_free(&c.sources);
	free(c.map.rules);
	free(c.conf.profiles);
	base_close(&c.host);
	return status;
}
