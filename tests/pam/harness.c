/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * harness.c - a program that uses PAM as told, step by step
 *
 *	harness [-c CONFDIR] SERVICE USER STEP...
 *
 * Every step is done in this one process, as a login program would do it,
 * and prints a line.  Steps of PAM: open close end acct auth setcred=...
 * start=SERVICE:USER slot=N item=KIND:VALUE env=NAME; of the flow: "fork ... ."
 * "thread ... ." "repeat=N ... ." sh=COMMAND sleep=MS quiet loud; the others
 * are in place.c (what the process does to itself) and state.c (what is to be
 * seen of it).  Exit status 0, 1 if a judgement failed, 2 for a wrong script,
 * 3 if a step could not be done.
 */
#include "tests/pam/harness.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>

int say_fd = STDOUT_FILENO;

void say(const char *fmt, ...)
{
	char text[HARNESS_TEXT + 256];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text) - 1, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n > sizeof(text) - 2)
		n = sizeof(text) - 2;
	text[n++] = '\n';
	if (write(say_fd, text, (size_t)n) != n)
		_exit(3);
}

void die(const char *what)
{
	say("cannot %s: %s", what, strerror(errno));
	_exit(3);
}

static const char *code_name(int code)
{
	static const char *const names[] = {
		[PAM_SUCCESS] = "SUCCESS", [PAM_OPEN_ERR] = "OPEN_ERR",
		[PAM_SERVICE_ERR] = "SERVICE_ERR",
		[PAM_SYSTEM_ERR] = "SYSTEM_ERR", [PAM_BUF_ERR] = "BUF_ERR",
		[PAM_PERM_DENIED] = "PERM_DENIED", [PAM_AUTH_ERR] = "AUTH_ERR",
		[PAM_USER_UNKNOWN] = "USER_UNKNOWN",
		[PAM_SESSION_ERR] = "SESSION_ERR", [PAM_IGNORE] = "IGNORE",
		[PAM_ABORT] = "ABORT", [PAM_MODULE_UNKNOWN] = "MODULE_UNKNOWN",
		[PAM_CRED_ERR] = "CRED_ERR",
		[PAM_AUTHTOK_ERR] = "AUTHTOK_ERR",
	};
	static char number[16];

	if (code >= 0 && (size_t)code < ARRAY_SIZE(names) && names[code])
		return names[code];
	snprintf(number, sizeof(number), "%d", code);
	return number;
}

static int converse(int n, const struct pam_message **messages,
		    struct pam_response **responses, void *ctx)
{
	const struct harness *h = ctx;

	*responses = calloc((size_t)n, sizeof(**responses));
	if (!*responses)
		return PAM_BUF_ERR;
	for (int i = 0; i < n; i++) {
		if (!h->quiet)
			say("said=%s", messages[i]->msg);
	}
	return PAM_SUCCESS;
}

/* --- calls of PAM --- */

static long now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000L + ts.tv_nsec / 1000;
}

static int flags_of(const char *value)
{
	return strstr(value, "silent") ? PAM_SILENT : 0;
}

static int called(struct harness *h, const char *what, int code, long since)
{
	h->last_us = now_us() - since;
	h->last = h->codes[h->slot] = code;
	if (!h->quiet)
		say("%s=%s", what, code_name(code));
	return 0;
}

static int do_open(struct harness *h, const char *value)
{
	long t = now_us();

	return called(h, "open", pam_open_session(h->slots[h->slot],
						  flags_of(value)), t);
}

static int do_close(struct harness *h, const char *value)
{
	long t = now_us();

	return called(h, "close", pam_close_session(h->slots[h->slot],
						    flags_of(value)), t);
}

static int do_acct(struct harness *h, const char *value)
{
	long t = now_us();

	return called(h, "acct", pam_acct_mgmt(h->slots[h->slot],
					       flags_of(value)), t);
}

static int do_auth(struct harness *h, const char *value)
{
	long t = now_us();

	return called(h, "auth", pam_authenticate(h->slots[h->slot],
						  flags_of(value)), t);
}

static int do_chauth(struct harness *h, const char *value)
{
	long t = now_us();

	return called(h, "chauth", pam_chauthtok(h->slots[h->slot],
						 flags_of(value)), t);
}

static int do_setcred(struct harness *h, const char *value)
{
	static const struct {
		const char *name;
		int flag;
	} kinds[] = {
		{ "establish", PAM_ESTABLISH_CRED },
		{ "delete", PAM_DELETE_CRED },
		{ "reinit", PAM_REINITIALIZE_CRED },
		{ "refresh", PAM_REFRESH_CRED },
	};
	long t = now_us();

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(kinds[i].name, value) == 0)
			return called(h, "setcred",
				      pam_setcred(h->slots[h->slot],
						  kinds[i].flag), t);
	}
	return -EINVAL;
}

static int do_end(struct harness *h, const char *value)
{
	int status = h->codes[h->slot];
	long t = now_us();
	int code;

	if (!h->slots[h->slot])
		return 0;
	if (flags_of(value))
		status |= (int)PAM_DATA_SILENT;
	code = pam_end(h->slots[h->slot], status);
	h->slots[h->slot] = NULL;
	return called(h, "end", code, t);
}

/* A user "NULL" is none. */
static void start(struct harness *h, const char *service, const char *user)
{
	static struct pam_conv conv = { .conv = converse };
	int code;

	conv.appdata_ptr = h;
	code = pam_start_confdir(service, strcmp(user, "NULL") ? user : NULL,
				 &conv, h->confdir, &h->slots[h->slot]);
	h->codes[h->slot] = code;
	if (code != PAM_SUCCESS)
		say("start=%s", code_name(code));
}

/* @value: SERVICE:USER */
static int do_start(struct harness *h, const char *value)
{
	const char *user = strchr(value, ':');
	char service[128];

	if (!user || (size_t)(user - value) >= sizeof(service))
		return -EINVAL;
	memcpy(service, value, (size_t)(user - value));
	service[user - value] = '\0';
	start(h, service, user + 1);
	return 0;
}

static int do_slot(struct harness *h, const char *value)
{
	h->slot = atoi(value) % HARNESS_SLOTS;
	return 0;
}

static int do_item(struct harness *h, const char *value)
{
	static const struct {
		const char *name;
		int item;
	} kinds[] = {
		{ "user:", PAM_USER }, { "tty:", PAM_TTY },
		{ "rhost:", PAM_RHOST }, { "ruser:", PAM_RUSER },
		{ "service:", PAM_SERVICE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		size_t len = strlen(kinds[i].name);

		if (strncmp(kinds[i].name, value, len) == 0)
			return pam_set_item(h->slots[h->slot], kinds[i].item,
					    value + len) == PAM_SUCCESS ?
				       0 : -ENOMEM;
	}
	return -EINVAL;
}

static int do_env(struct harness *h, const char *value)
{
	const char *found = pam_getenv(h->slots[h->slot], value);

	say("%s=%s", value, found ? found : "(unset)");
	return 0;
}

/* --- the flow --- */

static bool begins_block(const char *word)
{
	return strcmp(word, "fork") == 0 || strcmp(word, "thread") == 0 ||
	       strncmp(word, "repeat=", 7) == 0;
}

static void skip_block(struct harness *h)
{
	int depth = 1;

	while (depth > 0 && h->steps[h->at]) {
		const char *word = h->steps[h->at++];

		if (begins_block(word))
			depth++;
		else if (strcmp(word, ".") == 0)
			depth--;
	}
}

static int do_fork(struct harness *h, const char *value)
{
	int status = 0;
	pid_t pid = fork();

	(void)value;
	if (pid < 0)
		die("fork");
	if (pid == 0)
		_exit(harness_run(h) < 0 ? 2 : h->bad);
	/* The caller may ignore SIGCHLD: then there is nothing to reap. */
	if (waitpid(pid, &status, 0) == pid && status != 0) {
		say("child=%d", status);
		h->bad = true;
	}
	skip_block(h);
	return 0;
}

static void *thread_main(void *arg)
{
	return harness_run(arg) < 0 ? arg : NULL;
}

static int do_thread(struct harness *h, const char *value)
{
	void *failed = NULL;
	pthread_t thread;

	(void)value;
	if (pthread_create(&thread, NULL, thread_main, h) != 0)
		die("make a thread");
	pthread_join(thread, &failed);
	return failed ? -EINVAL : 0;
}

static int do_repeat(struct harness *h, const char *value)
{
	size_t start = h->at;
	int r = 0;

	for (long n = atol(value); r == 0 && n > 0; n--) {
		h->at = start;
		r = harness_run(h);
	}
	if (atol(value) <= 0)
		skip_block(h);
	return r;
}

/* Neither SIGCHLD's handling nor signals of the program's are touched. */
static int do_sh(struct harness *h, const char *value)
{
	pid_t pid = fork();

	(void)h;
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", value, (char *)NULL);
		_exit(127);
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return 0;
}

static int do_sleep(struct harness *h, const char *value)
{
	long ms = atol(value);
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };

	(void)h;
	nanosleep(&ts, NULL);
	return 0;
}

static int do_exit(struct harness *h, const char *value)
{
	(void)h;
	_exit(atoi(value));
}

static int do_quiet(struct harness *h, const char *value)
{
	(void)value;
	h->quiet = true;
	return 0;
}

static int do_loud(struct harness *h, const char *value)
{
	(void)value;
	h->quiet = false;
	return 0;
}

static const struct step steps_pam[] = {
	{ "open", do_open }, { "close", do_close }, { "end", do_end },
	{ "acct", do_acct }, { "auth", do_auth }, { "chauth", do_chauth },
	{ "setcred", do_setcred }, { "start", do_start },
	{ "slot", do_slot }, { "item", do_item }, { "env", do_env },
	{ "fork", do_fork }, { "thread", do_thread },
	{ "repeat", do_repeat }, { "sh", do_sh }, { "sleep", do_sleep },
	{ "exit", do_exit }, { "quiet", do_quiet }, { "loud", do_loud },
	{ NULL, NULL },
};

static const struct step *step_find(const char *word, size_t len)
{
	static const struct step *const tables[] = {
		steps_pam, steps_place, steps_state,
	};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		for (const struct step *s = tables[i]; s->name; s++) {
			if (strlen(s->name) == len &&
			    memcmp(s->name, word, len) == 0)
				return s;
		}
	}
	return NULL;
}

int harness_run(struct harness *h)
{
	while (h->steps[h->at]) {
		const char *word = h->steps[h->at++];
		size_t len = strcspn(word, "=");
		const struct step *step;
		int r;

		if (strcmp(word, ".") == 0)
			return 0;
		step = step_find(word, len);
		r = step ? step->run(h, word[len] ? word + len + 1 : "") :
			   -EINVAL;
		if (r < 0) {
			say("cannot do \"%s\"", word);
			return r;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	static struct harness h;

	if (argc > 2 && strcmp(argv[1], "-c") == 0) {
		h.confdir = argv[2];
		argc -= 2;
		argv += 2;
	}
	if (argc < 3) {
		fprintf(stderr, "usage: harness [-c CONFDIR] SERVICE USER "
			"STEP...\n");
		return 2;
	}
	/* A mark for inject, and nothing where nobody traces. */
	signal(SIGUSR2, SIG_IGN);
	/* So that messages open no socket later. */
	openlog("harness", LOG_NDELAY | LOG_PID, LOG_AUTHPRIV);
	start(&h, argv[1], argv[2]);
	h.steps = argv + 3;
	if (harness_run(&h) < 0)
		return 2;
	for (h.slot = 0; h.slot < HARNESS_SLOTS; h.slot++) {
		h.quiet = true;
		do_end(&h, "");
	}
	return h.bad;
}
