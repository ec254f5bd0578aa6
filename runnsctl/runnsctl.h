/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * runnsctl.h - the table of commands, and what they have in common
 */
#ifndef RUNNSCTL_H
#define RUNNSCTL_H

#include <stdbool.h>

#include "lib/base/base.h"

/* Every command ends with one of these ... */
enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/*
 * ... but for one that starts a program, which ends as that program does, or,
 * if it never came to that, with one of these.
 */
enum { EXIT_OWN = 125, EXIT_NOT_EXECUTABLE = 126, EXIT_NOT_FOUND = 127 };

/**
 * struct cli_option - an option of a command
 * @code:	its letter, or a number above 255 if it has none
 * @name:	long name; NULL ends a list
 * @arg:	what its argument is called, NULL if it takes none
 * @text:	what it does, a few words
 */
struct cli_option {
	int code;
	const char *name;
	const char *arg;
	const char *text;
};

/**
 * struct command - one row is parser, help and completion
 * @name:	the word; those that begin with "__" are not shown
 * @args:	operands for the usage line
 * @synopsis:	one line, for the list of commands
 * @description: the rest of its help
 * @options:	list, or NULL
 * @starts:	its operands are a program and the program's own words: options
 *		end at the first operand, and own errors are EXIT_OWN
 * @run:	gets the words from the command's own name on
 */
struct command {
	const char *name;
	const char *args;
	const char *synopsis;
	const char *description;
	const struct cli_option *options;
	bool starts;
	int (*run)(const struct command *command, int argc, char **argv);
};

/** command_find() - the row of that name, or NULL */
const struct command *command_find(const char *name);

/** command_each() - call @fn for every command that is shown, in order */
void command_each(void (*fn)(const struct command *command));

/**
 * cli_parse() - read a command's options
 * @take:	told of each option, of a command that @starts also of 'h'; a
 *		value other than 0 is a usage error that it has reported
 *
 * Return: index of the first operand; -1 after a usage error was reported.
 */
int cli_parse(const struct command *command, int argc, char **argv,
	      int (*take)(void *ctx, int code, char *arg), void *ctx);

/** cli_error() - "runnsctl: what: why" to stderr, made safe for a terminal */
void cli_error(const char *fmt, ...) _printf_(1, 2);

/** cli_usage_error() - the same, and where help is; the command's exit status */
int cli_usage_error(const struct command *command, const char *fmt, ...)
	_printf_(2, 3);

/** cli_help() - a command's help to stdout */
void cli_help(const struct command *command);

/** cli_use_stderr() - from now on the library's messages go to stderr */
void cli_use_stderr(void);

extern const struct cli_option cmd_attach_options[];
extern const struct cli_option cmd_audit_options[];
extern const struct cli_option cmd_check_options[];
extern const struct cli_option cmd_doctor_options[];
extern const struct cli_option cmd_explain_options[];
extern const struct cli_option cmd_forward_options[];
extern const struct cli_option cmd_list_options[];
extern const struct cli_option cmd_publish_options[];
extern const struct cli_option cmd_run_options[];
extern const struct cli_option cmd_shell_options[];
extern const struct cli_option cmd_unshare_options[];

int cmd_check(const struct command *command, int argc, char **argv);
int cmd_explain(const struct command *command, int argc, char **argv);

/** cmd_forward() - join the network that we are in with another */
int cmd_forward(const struct command *command, int argc, char **argv);

/** cmd_forward_far() - the end of it in the other one; started by it only */
int cmd_forward_far(const struct command *command, int argc, char **argv);

/** cmd_attach() - be the script program of a VPN */
int cmd_attach(const struct command *command, int argc, char **argv);

/** cmd_audit() - processes outside of the networks of their users */
int cmd_audit(const struct command *command, int argc, char **argv);

/** cmd_doctor() - what keeps RUNNS from working here */
int cmd_doctor(const struct command *command, int argc, char **argv);

/** cmd_list() - processes in namespaces */
int cmd_list(const struct command *command, int argc, char **argv);

/** cmd_net() - hand the words to the program that builds networks */
int cmd_net(const struct command *command, int argc, char **argv);

/** cmd_run() - become a program in a namespace */
int cmd_run(const struct command *command, int argc, char **argv);

/** cmd_shell() - become a shell in a namespace */
int cmd_shell(const struct command *command, int argc, char **argv);

/** cmd_unshare() - become a program in namespaces of the caller's own */
int cmd_unshare(const struct command *command, int argc, char **argv);

/** cmd_kinds() - networks of unshare, for completion */
int cmd_kinds(const struct command *command, int argc, char **argv);

/** cmd_publish() - ports that lead into an instance of unshare */
int cmd_publish(const struct command *command, int argc, char **argv);

/** cmd_start() - the last steps of start_child(), see start.h */
int cmd_start(const struct command *command, int argc, char **argv);

/** cmd_names() - namespaces that the caller may use, for completion */
int cmd_names(const struct command *command, int argc, char **argv);

#endif
