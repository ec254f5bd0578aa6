/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_explain.c - runnsctl explain: which rule decides, and what will happen
 *
 * Decides with the same code as the module.  What cannot be seen from here
 * is said to be unknown, never guessed.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/jsonw.h"
#include "lib/policy/decide.h"
#include "lib/policy/match.h"
#include "lib/session/handle.h"
#include "lib/session/mapfile.h"
#include "lib/sys/file.h"
#include "lib/sys/nss.h"
#include "runnsctl/level.h"
#include "runnsctl/out.h"
#include "runnsctl/runnsctl.h"
#include "runnsctl/sources.h"

enum { OPT_TTY = 256, OPT_RHOST, OPT_MAP, OPT_JSON };

const struct cli_option cmd_explain_options[] = {
	{ OPT_TTY, "tty", "TTY", "terminal of the session" },
	{ OPT_RHOST, "rhost", "HOST", "host that the user comes from" },
	{ OPT_MAP, "map", "FILE", "ask FILE in place of the installed map" },
	{ 'v', "verbose", NULL, "also tell why earlier rules do not apply" },
	{ OPT_JSON, "json", NULL, "as JSON" },
	{ 0 },
};

/**
 * struct explain - the question, what is known, and the answer
 * @host_known:	@host is the host's root for sure
 * @exists:	1, 0, or -1: does the namespace exist?
 * @outcome:	a word for programs
 * @why:	a sentence for people
 * @found:	what holds inside; its level is NULL where there is none
 */
struct explain {
	const char *map_path;
	bool verbose;
	bool as_json;
	struct nss_user user;
	struct nss_groups groups;
	struct subject subject;
	struct mapfile file;
	int host;
	bool host_known;
	struct decision decision;
	int exists;
	const char *outcome;
	char why[512];
	struct level_found found;
};

/* Reports why there is no answer; returns EXIT_FAILED. */
static int no_answer(const struct explain *e, const char *code,
		     const char *text)
{
	struct jsonw j = { .file = stdout };

	cli_error("explain: %s", text);
	if (!e->as_json)
		return EXIT_FAILED;
	jsonw_object(&j, NULL);
	jsonw_object(&j, "error");
	jsonw_string(&j, "code", code);
	jsonw_string(&j, "message", text);
	jsonw_object_end(&j);
	jsonw_object_end(&j);
	jsonw_finish(&j);
	return EXIT_FAILED;
}

static void answer(struct explain *e, const char *outcome, const char *fmt, ...)
	_printf_(3, 4);

static void answer(struct explain *e, const char *outcome, const char *fmt, ...)
{
	va_list ap;

	e->outcome = outcome;
	va_start(ap, fmt);
	vsnprintf(e->why, sizeof(e->why), fmt, ap);
	va_end(ap);
}

/* Sentence for a namespace that is absent and would be built. */
static void answer_build(struct explain *e, const struct profile_conf *conf,
			 int loaded, const struct diag *d)
{
	const struct decision *dec = &e->decision;
	const char *section = dec->section[0] ? dec->section : dec->name;
	struct slice name = { section, strlen(section) };
	const struct profile *p = NULL;

	if (loaded == 0)
		p = dec->section[0] ? profile_find(conf, name) :
				      profile_find_netns(conf, name);
	if (p)
		answer(e, "build", "it is built first, from section [%.*s] at "
				   "%s:%u; if that fails the session is refused",
		       SLICE_ARG(p->section), p->file, p->line);
	else if (loaded == 0 || loaded == -ENOENT)
		answer(e, "refuse", "the session is refused: runns.conf has no "
				    "section [%s] to build it from",
		       section);
	else if (loaded == -EINVAL)
		answer(e, "refuse", "the session is refused: runns.conf has an error: %s",
		       d->text);
	else
		answer(e, "build", "it is built first, from section [%s] of "
				   "runns.conf, if that is right: you may not read it",
		       section);
}

static void explain_create(struct explain *e)
{
	struct sources sources = { 0 };
	struct profile_conf conf;
	struct diag d = { 0 };
	int r = sources_add_installed(&sources, SOURCE_CONF, e->host);

	if (r == 0)
		r = sources_conf(&sources, &conf, &d);
	else
		profile_conf_init(&conf, NULL, 0);
	answer_build(e, &conf, r, &d);
	free(conf.profiles);
	sources_free(&sources);
}

static void explain_absent(struct explain *e)
{
	if (e->decision.create)
		explain_create(e);
	else if (e->decision.optional)
		answer(e, "stay", "it does not exist, and the rule is "
				  "optional: the session stays where it is opened");
	else
		answer(e, "refuse", "it does not exist: the session is refused");
}

static void explain_name(struct explain *e)
{
	_cleanup_close_ int ns = handle_open(e->host, e->decision.name);

	if (ns >= 0) {
		e->exists = 1;
		answer(e, "enter", "the session enters it");
	} else if (e->host_known &&
		   (ns == -ENOENT || (ns == -EBADF && e->decision.create))) {
		e->exists = 0;
		explain_absent(e);
	} else if (ns == -ENOENT || ns == -EACCES ||
		   (ns == -EBADF && !e->host_known)) {
		/* In a session's view the handles are plain files. */
		answer(e, "unknown", "it cannot be seen from here whether it exists: ask as root");
	} else {
		answer(e, "refuse", "the session is refused: %s",
		       handle_explain(ns));
	}
}

static void explain_decision(struct explain *e)
{
	switch (e->decision.session) {
	case MAP_STAY:
		answer(e, "stay", e->decision.rule ?
		       "the session stays where it is opened" :
		       "no rule matches: the session stays where it is opened");
		break;
	case MAP_HOST:
		answer(e, "host", "the session moves to the host's network");
		break;
	case MAP_PRIVATE:
		answer(e, "private", "the session gets a network of its own, "
				     "with nothing but a loopback");
		break;
	case MAP_DENY:
		answer(e, "deny", "the login is refused");
		break;
	case MAP_NAME:
		explain_name(e);
		break;
	}
}

static void explain_level(struct explain *e)
{
	const struct level_session session = {
		.name = e->decision.name,
		.section = e->decision.section,
		.exists = e->exists == 1,
		.uid = e->user.uid,
	};

	if (strcmp(e->outcome, "enter") == 0 ||
	    strcmp(e->outcome, "build") == 0 ||
	    strcmp(e->outcome, "private") == 0)
		level_find(e->host, &session, &e->found);
}

/* The rule as it is written, its continuation lines joined. */
static void print_rule(FILE *to, const struct map_rule *rule)
{
	const char *p = rule->who.p;
	bool blank = false;

	for (; *p && (*p != '\n' || p[-1] == '\\'); p++) {
		bool gap = *p == ' ' || *p == '\t' || *p == '\n' ||
			   (*p == '\\' && p[1] == '\n');

		if (!gap && blank)
			fputc(' ', to);
		if (!gap)
			fputc(*p, to);
		blank = gap;
	}
}

/* Return: memory that the caller frees, or NULL. */
static char *rule_text(const struct map_rule *rule)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	print_rule(f, rule);
	fclose(f);
	return text;
}

/* Why a rule does not apply; NULL if it does, or if that cannot be told. */
static const char *why_passed(const struct map_rule *rule,
			      const struct subject *subject)
{
	struct map_rule only = *rule;
	struct slice unknown;

	only.tty.len = 0;
	only.rhost.len = 0;
	if (match_narrowing(&only, subject) == 0)
		return "is for other services";
	only.tty = rule->tty;
	if (match_narrowing(&only, subject) == 0)
		return "is for other terminals";
	if (match_narrowing(rule, subject) == 0)
		return "is for other remote hosts";
	if (match_who(rule, subject, &unknown) == 0)
		return "is for other users";
	return NULL;
}

static void print_passed(const struct explain *e)
{
	const struct map_rule *rule = e->file.map.rules;
	const struct map_rule *end = rule + e->file.map.n;
	const char *why;

	for (; rule < end && (why = why_passed(rule, &e->subject)); rule++)
		out_field("passed", "%s:%u %s", rule->file, rule->line, why);
}

static void print_text(const struct explain *e)
{
	const struct decision *d = &e->decision;
	enum out_style style = strcmp(e->outcome, "refuse") == 0 ||
			       strcmp(e->outcome, "deny") == 0 ? OUT_BAD :
			       OUT_BOLD;

	out_text(OUT_BOLD, e->user.name, strlen(e->user.name));
	printf(" (uid %u), service ", (unsigned int)e->user.uid);
	out_text(OUT_PLAIN, e->subject.service, strlen(e->subject.service));
	putchar('\n');
	if (e->verbose)
		print_passed(e);
	if (d->rule) {
		_cleanup_free_ char *text = rule_text(d->rule);

		out_field("rule", "%s:%u: %s", d->rule->file, d->rule->line,
			  text ? text : "");
	}
	if (d->name[0])
		out_field("namespace", "%s%s", d->name,
			  e->exists == 1 ? " (exists)" :
			  e->exists == 0 ? " (does not exist)" : "");
	printf("  %-10s ", "outcome");
	out_text(style, e->why, strlen(e->why));
	putchar('\n');
	if (e->found.level)
		out_field("level", "%s%s%s", e->found.level,
			  e->found.why[0] ? ": " : "", e->found.why);
	if (e->found.allow[0])
		out_field("allowed", "%s", e->found.allow);
}

static void json_rule(struct jsonw *j, const struct map_rule *rule)
{
	_cleanup_free_ char *text = rule_text(rule);

	jsonw_object(j, "rule");
	jsonw_string(j, "file", rule->file);
	jsonw_number(j, "line", rule->line);
	jsonw_string(j, "text", text ? text : "");
	jsonw_object_end(j);
}

static void json_passed(struct jsonw *j, const struct explain *e)
{
	const struct map_rule *rule = e->file.map.rules;
	const struct map_rule *end = rule + e->file.map.n;
	const char *why;

	jsonw_array(j, "passed");
	for (; rule < end && (why = why_passed(rule, &e->subject)); rule++) {
		jsonw_object(j, NULL);
		jsonw_string(j, "file", rule->file);
		jsonw_number(j, "line", rule->line);
		jsonw_string(j, "why", why);
		jsonw_object_end(j);
	}
	jsonw_array_end(j);
}

static void print_json(const struct explain *e)
{
	const struct decision *d = &e->decision;
	struct jsonw j = { .file = stdout };

	jsonw_object(&j, NULL);
	jsonw_string(&j, "user", e->user.name);
	jsonw_number(&j, "uid", e->user.uid);
	jsonw_string(&j, "service", e->subject.service);
	jsonw_string(&j, "tty", e->subject.tty);
	jsonw_string(&j, "rhost", e->subject.rhost);
	if (d->rule)
		json_rule(&j, d->rule);
	else
		jsonw_null(&j, "rule");
	if (d->name[0])
		jsonw_string(&j, "namespace", d->name);
	else
		jsonw_null(&j, "namespace");
	if (e->exists < 0)
		jsonw_null(&j, "exists");
	else
		jsonw_bool(&j, "exists", e->exists);
	jsonw_bool(&j, "create", d->create);
	jsonw_bool(&j, "optional", d->optional);
	jsonw_string(&j, "outcome", e->outcome);
	jsonw_string(&j, "why", e->why);
	if (e->found.level)
		jsonw_string(&j, "level", e->found.level);
	else
		jsonw_null(&j, "level");
	jsonw_string(&j, "level_why", e->found.why);
	jsonw_string(&j, "allow", e->found.allow);
	if (e->verbose)
		json_passed(&j, e);
	jsonw_object_end(&j);
	jsonw_finish(&j);
}

static int take_option(void *ctx, int code, char *arg)
{
	struct explain *e = ctx;

	if (code == 'v')
		e->verbose = true;
	else if (code == OPT_JSON)
		e->as_json = true;
	else if (code == OPT_MAP)
		e->map_path = arg;
	else if (code == OPT_RHOST)
		e->subject.rhost = arg;
	else
		e->subject.tty = strncmp(arg, "/dev/", 5) == 0 ? arg + 5 : arg;
	return 0;
}

/* Takes the words; returns an exit status. */
static int read_words(struct explain *e, const struct command *command,
		      int argc, char **argv)
{
	int first = cli_parse(command, argc, argv, take_option, e);
	char text[512];
	int r;

	if (first < 0)
		return EXIT_USAGE;
	if (argc - first < 1 || argc - first > 2)
		return cli_usage_error(command,
				       "explain: USER and perhaps SERVICE expected");
	if (argc - first == 2)
		e->subject.service = argv[first + 1];
	r = nss_user_by_name(argv[first], &e->user);
	if (r == 0)
		return EXIT_OK;
	snprintf(text, sizeof(text), "%s: %s%s", argv[first],
		 r == -ENOENT ? "there is no such user" :
				"cannot be looked up: ",
		 r == -ENOENT ? "" : strerror(-r));
	return no_answer(e, r == -ENOENT ? "no-user" : "lookup", text);
}

/* Takes the map and decides; returns an exit status. */
static int decide(struct explain *e)
{
	struct diag d = { 0 };
	char text[512];
	int r = mapfile_load(e->host, e->map_path, &e->file, &d);

	if (r < 0) {
		snprintf(text, sizeof(text),
			 "the map cannot be used, so that only root, and who "
			 "is named by rescue=, get a session: %s",
			 d.text);
		return no_answer(e, "map", text);
	}
	nss_groups_init(&e->groups, &e->user);
	e->subject.user = e->user.name;
	e->subject.uid = e->user.uid;
	e->subject.groups = &e->groups.source;
	r = decide_session(&e->file.map, &e->subject, &e->decision, &d);
	if (r == 0) {
		explain_decision(e);
		explain_level(e);
		return EXIT_OK;
	}
	diag_format(&d, text, sizeof(text));
	answer(e, "refuse", "the session is refused: %s", text);
	return EXIT_OK;
}

static int explain(struct explain *e)
{
	int status;

	e->host = file_host_root();
	e->host_known = e->host >= 0;
	if (!e->host_known)
		e->host = sources_host_root();
	if (e->host < 0)
		return no_answer(e, "root", strerror(-e->host));
	status = decide(e);
	if (status == EXIT_OK && e->as_json)
		print_json(e);
	else if (status == EXIT_OK)
		print_text(e);
	return status;
}

int cmd_explain(const struct command *command, int argc, char **argv)
{
	struct explain e = {
		.subject = { .service = "login", .tty = "", .rhost = "" },
		.host = -1,
		.exists = -1,
	};
	int status = read_words(&e, command, argc, argv);

	if (status == EXIT_OK)
		status = explain(&e);
	mapfile_free(&e.file);
	nss_groups_free(&e.groups);
	base_close(&e.host);
	return status;
}
