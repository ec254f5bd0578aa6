/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cli.c - options, help and messages out of the table of commands
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"
#include "runnsctl/runnsctl.h"

enum { OPTIONS_MAX = 48 };

static void sink_write(void *ctx, int priority, const char *line)
{
	(void)ctx;
	(void)priority;
	fprintf(stderr, "runnsctl: %s\n", line);
}

void cli_use_stderr(void)
{
	static const struct log_sink sink = { .write = sink_write };

	log_set_sink(&sink);
}

void cli_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vmsg(LOG_ERR, fmt, ap);
	va_end(ap);
}

int cli_usage_error(const struct command *command, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vmsg(LOG_ERR, fmt, ap);
	va_end(ap);
	if (command)
		fprintf(stderr, "Try \"runnsctl help %s\".\n", command->name);
	else
		fputs("Try \"runnsctl help\".\n", stderr);
	return command && command->starts ? EXIT_OWN : EXIT_USAGE;
}

static bool has_letter(const struct cli_option *o)
{
	return o->code < 256;
}

static void help_option(const struct cli_option *o)
{
	char left[40];

	snprintf(left, sizeof(left), "%s--%s%s%s", has_letter(o) ? ", " : "",
		 o->name, o->arg ? " " : "", o->arg ? o->arg : "");
	if (has_letter(o))
		printf("  -%c%-21s %s\n", o->code, left, o->text);
	else
		printf("      %-19s %s\n", left, o->text);
}

static const struct cli_option help_option_row = { 'h', "help", NULL,
						   "show this help" };

void cli_help(const struct command *command)
{
	const struct cli_option *o;

	printf("usage: runnsctl %s%s%s%s\n\n%s.\n", command->name,
	       command->options ? " [OPTION...]" : "",
	       command->args[0] ? " " : "", command->args, command->synopsis);
	if (command->description[0])
		printf("%s\n", command->description);
	puts("\nOptions:");
	for (o = command->options; o && o->name; o++)
		help_option(o);
	help_option(&help_option_row);
}

/* The table in the two forms that getopt_long(3) wants. */
struct getopt_form {
	struct option longs[OPTIONS_MAX + 2];
	size_t n;
	char shorts[2 * OPTIONS_MAX + 5];
	char *end;
};

static void form_add(struct getopt_form *form, const struct cli_option *o)
{
	form->longs[form->n++] = (struct option){
		.name = o->name,
		.has_arg = o->arg ? required_argument : no_argument,
		.val = o->code,
	};
	if (!has_letter(o))
		return;
	*form->end++ = (char)o->code;
	if (o->arg)
		*form->end++ = ':';
}

static void form_fill(struct getopt_form *form, const struct command *command)
{
	const struct cli_option *o = command->options;

	memset(form, 0, sizeof(*form));
	form->end = form->shorts;
	if (command->starts)
		*form->end++ = '+';
	*form->end++ = ':';
	for (; o && o->name && form->n < OPTIONS_MAX; o++)
		form_add(form, o);
	/* The others are searched for it before. */
	if (command->starts)
		form_add(form, &help_option_row);
}

int cli_parse(const struct command *command, int argc, char **argv,
	      int (*take)(void *ctx, int code, char *arg), void *ctx)
{
	struct getopt_form form;
	int code;

	form_fill(&form, command);
	opterr = 0;
	/* Begin anew, whatever was read before (getopt(3)). */
	optind = 0;
	while ((code = getopt_long(argc, argv, form.shorts, form.longs,
				   NULL)) != -1) {
		if (code == ':') {
			cli_usage_error(command, "%s: %s needs an argument",
					command->name, argv[optind - 1]);
			return -1;
		}
		if (code == '?') {
			cli_usage_error(command, "%s: unknown option in \"%s\"",
					command->name, argv[optind - 1]);
			return -1;
		}
		if (take(ctx, code, optarg) != 0)
			return -1;
	}
	return optind;
}
