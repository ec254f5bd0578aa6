/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_run_words.c - what runnsctl run, shell and the options of former versions
 * ask to be started, and what they refuse
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "runnsctl/historic.h"
#include "runnsctl/launch.h"
#include "runnsctl/runnsctl.h"
#include "runnsctl/service.h"
#include "runnsctl/start.h"

enum { LAUNCHED = 99, WORDS_MAX = 16 };

/* What was asked for, as one text. */
static char asked[512];

int launch_run(const struct launch *l)
{
	size_t n;

	snprintf(asked, sizeof(asked), "%s|%s|%s|%s%s%s|",
		 l->name ? l->name : "-", l->resolv ? l->resolv : "-",
		 l->socket ? l->socket : "-", l->pty ? "p" : "",
		 l->detach ? "d" : "", l->verbose ? "v" : "");
	for (char **word = l->program; *word; word++) {
		n = strlen(asked);
		snprintf(asked + n, sizeof(asked) - n, "%s%s",
			 word == l->program ? "" : ",", *word);
	}
	return LAUNCHED;
}

int service_list(const char *path)
{
	snprintf(asked, sizeof(asked), "list|%s", path ? path : "-");
	return LAUNCHED;
}

int service_stop(const char *path)
{
	snprintf(asked, sizeof(asked), "stop|%s", path ? path : "-");
	return LAUNCHED;
}

static int fake_forward(const struct command *command, int argc, char **argv)
{
	size_t n;

	(void)command;
	asked[0] = '\0';
	for (int i = 0; i < argc; i++) {
		n = strlen(asked);
		snprintf(asked + n, sizeof(asked) - n, "%s,", argv[i]);
	}
	return LAUNCHED;
}

const struct command *command_find(const char *name)
{
	static const struct command forward = { .name = "forward",
						.run = fake_forward };

	return strcmp(name, "forward") == 0 ? &forward : NULL;
}

static int (*const runs[])(const struct command *, int, char **) = {
	cmd_run, cmd_shell,
};
static const struct command commands[] = {
	{ .name = "run", .args = "", .options = cmd_run_options,
	  .starts = true },
	{ .name = "shell", .args = "", .options = cmd_shell_options,
	  .starts = true },
};

/* Starts with words separated by ',': an empty one is possible. */
static int start(const char *text)
{
	static char copy[512];
	char *words[WORDS_MAX + 1] = { 0 };
	char *rest = copy;
	int n = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	asked[0] = '\0';
	while (n < WORDS_MAX && rest)
		words[n++] = strsep(&rest, ",");
	if (strcmp(words[0], "runnsctl") == 0)
		return historic(n, words);
	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		if (strcmp(words[0], commands[i].name) == 0)
			return runs[i](&commands[i], n, words);
	}
	fail();
	return -1;
}

static const struct {
	const char *words, *asked;
} good[] = {
	{ "run,true", "-|-|-||true" },
	{ "run,-n,work,--,true", "work|-|-||true" },
	{ "run,-nwork,true,-n,lab", "work|-|-||true,-n,lab" },
	{ "run,--name=work,true,--pty", "work|-|-||true,--pty" },
	{ "run,--,-n,work", "-|-|-||-n,work" },
	{ "run,--,--,x", "-|-|-||--,x" },
	{ "run,-v,--resolv,/f,--pty,--detach,p,", "-|/f|-|pdv|p," },
	{ "run,-", "-|-|-||-" },
	{ "shell", "-|-|-||/bin/sh" },
	{ "shell,-n,work,-l", "work|-|-||/bin/sh,-l" },
	{ "runnsctl,--program,p,--set-netns,/run/netns/n", "n|-|-|d|p" },
	{ "runnsctl,-p,p,--set-netns,/var/run/netns/n,--,-x,--list",
	  "n|-|-|d|p,-x,--list" },
	{ "runnsctl,--set-netns,/run/netns/n,-tvp,p,a,--resolv,/f,b",
	  "n|/f|-|pdv|p,a,b" },
	{ "runnsctl,--create-ptms,--program,p,--set-netns,/run/netns/n,"
	  "--socket,/s", "n|-|/s|pd|p" },
	{ "runnsctl,--list", "list|-" },
	{ "runnsctl,-l,--socket,/s", "list|/s" },
	{ "runnsctl,-s", "stop|-" },
	{ "runnsctl,--socket=/s,--stop", "stop|/s" },
	{ "runnsctl,--forward-port,0.0.0.0:80:/run/netns/n:tcp4",
	  "forward,-R,-n,n,0.0.0.0:80:127.0.0.1:80," },
	{ "runnsctl,-v,-f,::1:53:/var/run/netns/n:udp6",
	  "forward,-R,-n,n,[::1]:53:[::1]:53/udp,-v," },
};

static void test_good(void **state)
{
	(void)state;
	setenv("SHELL", "/bin/sh", 1);
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_int_equal(start(good[i].words), LAUNCHED);
		assert_string_equal(asked, good[i].asked);
	}
}

static const struct {
	const char *words;
	int status;
} bad[] = {
	{ "run", EXIT_OWN },
	{ "run,-n", EXIT_OWN },
	{ "run,-n,work", EXIT_OWN },
	{ "run,-n,work,--", EXIT_OWN },
	{ "run,-n,work,-n,work,true", EXIT_OWN },
	{ "run,-n,work,--name,lab,true", EXIT_OWN },
	{ "run,--resolv,a,--resolv,b,true", EXIT_OWN },
	{ "run,--frob,true", EXIT_OWN },
	{ "run,-l,true", EXIT_OWN },
	{ "run,--pty=1,true", EXIT_OWN },
	{ "shell,true", EXIT_OWN },
	{ "shell,--pty", EXIT_OWN },
	{ "runnsctl,--frob", EXIT_USAGE },
	{ "runnsctl,--program,p", EXIT_USAGE },
	{ "runnsctl,--set-netns,/run/netns/n", EXIT_USAGE },
	{ "runnsctl,--program,p,--set-netns,n", EXIT_USAGE },
	{ "runnsctl,--program,p,--set-netns,/run/netns/n,--list", EXIT_USAGE },
	{ "runnsctl,--program,p,-p,p,--set-netns,/run/netns/n", EXIT_USAGE },
	{ "runnsctl,--list,--stop", EXIT_USAGE },
	{ "runnsctl,--list,x", EXIT_USAGE },
	{ "runnsctl,--forward-port,80:/run/netns/n:tcp4", EXIT_USAGE },
	{ "runnsctl,--forward-port,0.0.0.0:80:/run/netns/n", EXIT_USAGE },
	{ "runnsctl,--forward-port,0.0.0.0:80:/run/netns/n:tcp5", EXIT_USAGE },
	{ "runnsctl,--forward-port,0.0.0.0:80:/tmp/n:tcp4", EXIT_USAGE },
	{ "runnsctl,--verbose", EXIT_USAGE },
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(start(bad[i].words), bad[i].status);
		assert_string_equal(asked, "");
	}
}

static void test_paths(void **state)
{
	static const char *const none[] = {
		"", "n", "/run/netns", "/run/netns/", "/run/netns/a/b",
		"/run/netns/../n", "/run/netns/.", "/run//netns/n",
		"/proc/1/ns/net", "/tmp/run/netns/n", "/run/netns/host",
		"/var/run/netns/n\n", "/run/netns/n ",
	};

	(void)state;
	assert_string_equal(historic_netns("/run/netns/n"), "n");
	assert_string_equal(historic_netns("/var/run/netns/vpn-1.x"), "vpn-1.x");
	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		assert_null(historic_netns(none[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_paths),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
