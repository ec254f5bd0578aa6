/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * command_line.h - a program and its arguments, in one line of runns.conf(5)
 *
 * No shell: words are divided by blanks, and what stands between two quotes
 * of a kind, " or ', is taken as it is.  Nothing else has a meaning.
 */
#ifndef RUNNS_COMMAND_LINE_H
#define RUNNS_COMMAND_LINE_H

#include "lib/policy/profile.h"

enum { COMMAND_WORDS_MAX = 64 };

/**
 * struct command_line - the words
 * @argv:	@n words in @text, and NULL behind them
 */
struct command_line {
	char text[PROFILE_LINE_MAX + 1];
	char *argv[COMMAND_WORDS_MAX + 1];
	size_t n;
};

/**
 * command_line_split() - take a line apart
 *
 * The first word has to be the absolute path of a file, without "//", "." and
 * "..".
 *
 * Return: NULL, or what is wrong, a constant text.
 */
const char *command_line_split(struct slice line, struct command_line *out)
	_must_check_;

#endif
