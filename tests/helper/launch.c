/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * launch.c - start a program as a strange or hostile caller would
 *
 *	launch STEP... -- PROGRAM [ARG...]
 *
 * The steps are done in the order in which they are written; the tables at
 * the ends of the files name them.  PROGRAM is a path.  Exit status 99 if a
 * step failed: nothing was tried then.
 */
#include "tests/helper/launch.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	STEP_FAILED = 99,
	PIECE_MAX = 100000,	/* the kernel takes 128 KiB a string */
};

extern char **environ;

static struct start start;

void must(long r, const char *what)
{
	if (r >= 0)
		return;
	fprintf(stderr, "launch: %s: %s\n", what, strerror(errno));
	_exit(STEP_FAILED);
}

void numbers(const char *value, long long *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strncmp(value, "max", 3) == 0)
			out[i] = -1;
		else
			out[i] = *value || i == 0 ? atoll(value) : out[i - 1];
		value += strcspn(value, ":");
		value += *value == ':';
	}
}

static void list_add(char ***list, size_t *n, char *item)
{
	char **grown = realloc(*list, (*n + 2) * sizeof(**list));

	must(grown ? 0 : -1, "memory");
	grown[(*n)++] = item;
	grown[*n] = NULL;
	*list = grown;
}

/* @size bytes, each string's NUL included. */
static void list_fill(char ***list, size_t *n, long size)
{
	while (size > 0) {
		long piece = size > PIECE_MAX ? PIECE_MAX : size;
		char *item = malloc((size_t)piece);

		must(item ? 0 : -1, "memory");
		memset(item, 'x', (size_t)piece - 1);
		item[piece - 1] = '\0';
		list_add(list, n, item);
		size -= piece;
	}
}

static void step_env_clear(const char *value)
{
	(void)value;
	start.envc = 0;
	list_add(&start.envp, &start.envc, NULL);
	start.envc = 0;
}

static void step_env(const char *value)
{
	list_add(&start.envp, &start.envc, strdup(value));
}

static void step_env_size(const char *value)
{
	list_fill(&start.envp, &start.envc, atol(value));
}

static void step_arg_size(const char *value)
{
	list_fill(&start.argv, &start.argc, atol(value));
}

static void step_argc0(const char *value)
{
	(void)value;
	start.argc = 0;
	start.argv[0] = NULL;
}

static void step_arg0(const char *value)
{
	start.argv[0] = strdup(value);
}

static void step_arg0_size(const char *value)
{
	size_t n = (size_t)atol(value);

	start.argv[0] = malloc(n);
	memset(start.argv[0], 'x', n - 1);
	start.argv[0][n - 1] = '\0';
}

static const struct step exec_steps[] = {
	{ "env-clear", step_env_clear }, { "env", step_env },
	{ "env-size", step_env_size }, { "arg-size", step_arg_size },
	{ "argc0", step_argc0 }, { "arg0", step_arg0 },
	{ "arg0-size", step_arg0_size },
	{ NULL, NULL },
};

static bool step_do(const struct step *steps, const char *word)
{
	size_t len = strcspn(word, "=");

	for (; steps->name; steps++) {
		if (strlen(steps->name) == len &&
		    memcmp(steps->name, word, len) == 0) {
			steps->fn(word + len + (word[len] == '='));
			return true;
		}
	}
	return false;
}

int main(int argc, char **argv)
{
	const char *program;
	int at = 1;

	while (at < argc && strcmp(argv[at], "--") != 0)
		at++;
	if (at + 1 >= argc) {
		fprintf(stderr, "usage: launch STEP... -- PROGRAM [ARG...]\n");
		return STEP_FAILED;
	}
	program = argv[at + 1];
	for (int i = at + 1; i < argc; i++)
		list_add(&start.argv, &start.argc, argv[i]);
	step_env_clear("");
	for (char **e = environ; *e; e++)
		list_add(&start.envp, &start.envc, *e);
	for (int i = 1; i < at; i++) {
		if (step_do(exec_steps, argv[i]) ||
		    step_do(process_steps, argv[i]) ||
		    step_do(place_steps, argv[i]))
			continue;
		errno = EINVAL;
		must(-1, argv[i]);
	}
	execve(program, start.argv, start.envp);
	fprintf(stderr, "launch: execve: %s\n", strerror(errno));
	return errno == ENOENT ? 127 : 126;
}
