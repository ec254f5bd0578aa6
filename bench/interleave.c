/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * interleave.c - how long commands take, side by side
 *
 *	interleave [-r ROUNDS] [-j COPIES] [-s MS] LABEL BEFORE COMMAND AFTER...
 *
 * In each round each command is timed once, in a new order: from the start of
 * all its copies to the end of the last.  BEFORE and AFTER go to the shell and
 * are not timed; COMMAND is words separated by blanks, started without one;
 * with a first word @UID it is started as that user and the group of the same
 * number.
 * After each sample MS milliseconds pass, for what the kernel does afterwards.
 *
 * Prints: LABEL, median in microseconds.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "bench/sample.h"
#include "lib/base/base.h"

enum { CASES_MAX = 32, WORDS_MAX = 64, COPIES_MAX = 1000 };

struct command {
	const char *label;
	const char *before;
	uid_t uid;
	char *words[WORDS_MAX + 1];
	const char *after;
	long *ns;
};

struct plan {
	int rounds;
	int copies;
	int settle_ms;
	struct command commands[CASES_MAX];
	int n;
};

static void shell(const struct command *c, const char *line)
{
	if (*line && system(line) != 0)
		errx(1, "%s: failed: %s", c->label, line);
}

/*
 * What is started takes over the effective ids alone.  So the user is put on
 * and taken off before and after, and costs nothing between.
 */
static void user_become(uid_t uid)
{
	if (setresuid(0, 0, 0) < 0 || setgroups(1, &uid) < 0 ||
	    setresgid(uid, uid, 0) < 0 || setresuid(uid, uid, 0) < 0)
		err(1, "uid %u", (unsigned int)uid);
}

static void copies_start(const struct command *c, pid_t *pids, int n)
{
	posix_spawn_file_actions_t quiet;

	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, STDIN_FILENO, "/dev/null",
					 O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null",
					 O_WRONLY, 0);
	for (int i = 0; i < n; i++) {
		int r = posix_spawnp(&pids[i], c->words[0], &quiet, NULL,
				     c->words, environ);

		if (r != 0)
			errx(1, "%s: %s", c->words[0], strerror(r));
	}
	posix_spawn_file_actions_destroy(&quiet);
}

static void copies_await(const struct command *c, const pid_t *pids, int n)
{
	for (int i = 0; i < n; i++) {
		int status;

		if (waitpid(pids[i], &status, 0) < 0 || status != 0)
			errx(1, "%s: %s failed", c->label, c->words[0]);
	}
}

static long command_time(const struct command *c, int copies)
{
	pid_t pids[COPIES_MAX];
	long start, end;

	shell(c, c->before);
	if (c->uid)
		user_become(c->uid);
	start = sample_now_ns();
	copies_start(c, pids, copies);
	copies_await(c, pids, copies);
	end = sample_now_ns();
	if (c->uid)
		user_become(0);
	shell(c, c->after);
	return end - start;
}

static void command_init(struct command *c, char **args, int rounds)
{
	int n = 0;

	c->label = args[0];
	c->before = args[1];
	c->after = args[3];
	for (char *word = strtok(args[2], " "); word && n < WORDS_MAX;
	     word = strtok(NULL, " ")) {
		if (n == 0 && *word == '@')
			c->uid = (uid_t)atoi(word + 1);
		else
			c->words[n++] = word;
	}
	c->ns = calloc((size_t)rounds, sizeof(*c->ns));
	if (!n || !c->ns)
		errx(2, "%s: no command", c->label);
}

static void plan_run(struct plan *p)
{
	int order[CASES_MAX];

	for (int i = 0; i < p->n; i++)
		order[i] = i;
	for (int round = 0; round < p->rounds; round++) {
		sample_shuffle(order, p->n);
		for (int i = 0; i < p->n; i++) {
			struct command *c = &p->commands[order[i]];

			c->ns[round] = command_time(c, p->copies);
			usleep((useconds_t)p->settle_ms * 1000);
		}
	}
}

int main(int argc, char **argv)
{
	struct plan p = { .rounds = 20, .copies = 1 };
	int opt;

	while ((opt = getopt(argc, argv, "r:j:s:")) != -1) {
		if (opt == 'r')
			p.rounds = atoi(optarg);
		else if (opt == 'j')
			p.copies = atoi(optarg);
		else if (opt == 's')
			p.settle_ms = atoi(optarg);
		else
			return 2;
	}
	if (optind == argc || (argc - optind) % 4 ||
	    (argc - optind) / 4 > CASES_MAX || p.rounds < 1 ||
	    p.copies < 1 || p.copies > COPIES_MAX || p.settle_ms < 0)
		errx(2, "usage: interleave [-r ROUNDS] [-j COPIES] [-s MS] "
			"LABEL BEFORE COMMAND AFTER...");
	for (; optind < argc; optind += 4)
		command_init(&p.commands[p.n++], argv + optind, p.rounds);
	plan_run(&p);
	for (int i = 0; i < p.n; i++)
		printf("%-16s %11.1f\n", p.commands[i].label,
		       sample_median_us(p.commands[i].ns, p.rounds));
	return 0;
}
