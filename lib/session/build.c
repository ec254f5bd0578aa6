/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * build.c - somebody enters a network that is not there yet
 *
 * No exit status is believed: what counts is whether the namespace exists
 * afterwards.
 */
#include "lib/session/build.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/base/num.h"
#include "lib/policy/name.h"
#include "lib/session/handle.h"
#include "lib/session/paths.h"
#include "lib/session/rundir.h"
#include "lib/sys/file.h"
#include "lib/sys/proc.h"

enum {
	BUILD_TIMEOUT_MS = 30000,
	IDLE_TIMEOUT_MS = 5000,
	RETRY_AFTER_MS = 30000,	/* after a failed build */
	REQUEST_SIZE = 4096 + 256,
};

static const char runns_net[] = RUNNS_LIBEXECDIR "/runns-net";

static bool exists(const struct build_request *request)
{
	_cleanup_close_ int fd = handle_open(request->host, request->name);

	return fd >= 0;
}

static bool failed_just_now(const struct build_request *request)
{
	_cleanup_close_ int dir = file_open_dir(request->host, PATH_RUN_FAILED);
	char text[32];
	uint64_t when;
	ssize_t n;

	if (dir < 0)
		return false;
	n = file_read_small(dir, request->name, text, sizeof(text));
	if (n < 0 || num_parse(text, (size_t)n, INT64_MAX, &when) < 0)
		return false;
	return (long long)when <= file_now_ms() &&
	       file_now_ms() - (long long)when < RETRY_AFTER_MS;
}

static void note_failure(const struct build_request *request)
{
	_cleanup_close_ int dir = rundir_open(request->host, "failed", 0700);
	BUF(text, 32);

	buf_addf(&text, "%lld\n", file_now_ms());
	if (dir < 0 || file_replace(dir, request->name, 0600, text.text,
				    text.len) < 0)
		log_msg(LOG_WARNING, "cannot note that the build failed");
}

/* For the unit, whose name can carry no more than the namespace's. */
static int leave_request(const struct build_request *request)
{
	_cleanup_close_ int dir = rundir_open(request->host, "request", 0700);
	BUF(text, REQUEST_SIZE);

	if (dir < 0)
		return dir;
	buf_adds(&text, "login=1\n");
	if (request->section[0])
		buf_addf(&text, "section=%s\n", request->section);
	if (request->conf)
		buf_addf(&text, "conf=%s\n", request->conf);
	return buf_status(&text) < 0 ? -ENAMETOOLONG :
	       file_replace(dir, request->name, 0600, text.text, text.len);
}

static int run(const char *const *argv, int timeout_ms)
{
	struct proc_child child = {
		.argv = argv, .host = true, .detach = true,
		.timeout_ms = timeout_ms, .out_fd = -1,
	};

	return proc_run(&child);
}

static int build_by_systemd(const struct build_request *request)
{
	char unit[NAME_SIZE + sizeof("runns@.service")];
	const char *const argv[] = {
		"/usr/bin/systemctl", "--quiet", "--no-ask-password", "start",
		unit, NULL,
	};

	snprintf(unit, sizeof(unit), "runns@%s.service", request->name);
	return run(argv, BUILD_TIMEOUT_MS);
}

static int build_by_child(const struct build_request *request, int timeout_ms)
{
	const char *const argv[] = {
		runns_net, "up", "--login", "--quiet", request->name, NULL,
	};

	return timeout_ms > 0 ? run(argv, timeout_ms) : -ETIMEDOUT;
}

static int build_run(const struct build_request *request)
{
	long long deadline = file_now_ms() + BUILD_TIMEOUT_MS;
	int r = leave_request(request);

	if (r < 0)
		return log_errno(r, "cannot leave the request for namespace "
				 "%s", request->name);
	if (proc_systemd_is_init()) {
		r = build_by_systemd(request);
		if (exists(request))
			return 0;
		log_msg(LOG_NOTICE, "unit runns@%s.service did not build it "
			"(%d): starting the builder", request->name, r);
		r = leave_request(request);
		if (r < 0)
			return r;
	}
	r = build_by_child(request, (int)(deadline - file_now_ms()));
	if (exists(request))
		return 0;
	log_msg(LOG_ERR, "namespace %s was not built: the builder %s (%d); "
		"'runnsctl up %s' tells why", request->name,
		r == -ETIMEDOUT ? "was too slow" : "failed", r, request->name);
	return r < 0 ? r : -ENETDOWN;
}

int build_network(const struct build_request *request)
{
	int r;

	if (failed_just_now(request)) {
		log_msg(LOG_ERR, "namespace %s: its last build failed less "
			"than %d s ago", request->name, RETRY_AFTER_MS / 1000);
		return -EAGAIN;
	}
	r = build_run(request);
	if (r < 0)
		note_failure(request);
	return r;
}

void build_idle_check(int host, const char *name)
{
	const char *const argv[] = {
		runns_net, "gc", "--idle", "--quiet", name, NULL,
	};
	char path[sizeof(PATH_RUN_NET) + NAME_SIZE];
	int r;

	snprintf(path, sizeof(path), PATH_RUN_NET "/%s", name);
	_cleanup_close_ int dir = file_open_dir(host, path);
	if (dir < 0 || faccessat(dir, NET_MARK_IDLE, F_OK,
				 AT_SYMLINK_NOFOLLOW) < 0)
		return;
	r = run(argv, IDLE_TIMEOUT_MS);
	if (r != 0)
		log_msg(LOG_NOTICE, "namespace %s was not looked after (%d): "
			"'runnsctl gc' will", name, r);
}
