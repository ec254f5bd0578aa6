/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pam_runns.c - a session begins in its user's network, or not at all
 *
 * The module is a guest in sshd, login, su, cron and others: it changes
 * nothing of theirs but the namespaces, keeps nothing but the way back, and
 * writes nowhere but to pam_syslog(3).
 */
#include <errno.h>
#include <fcntl.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/policy/decide.h"
#include "lib/session/build.h"
#include "lib/session/mapfile.h"
#include "lib/session/place.h"
#include "lib/sys/file.h"
#include "lib/sys/nss.h"
#include "lib/sys/proc.h"
#include "pam_runns/lease.h"
#include "pam_runns/options.h"

/**
 * struct visit - one call of an entry point
 * @has_bad_line: an argument is wrong
 * @guard:	descriptors that keep 0 to 2 taken while we are here
 */
struct visit {
	pam_handle_t *pamh;
	int flags;
	struct options options;
	bool has_bad_line;
	struct log_sink sink;
	const struct log_sink *sink_before;
	int guard[3];
	int host;
	struct nss_user user;
};

static void visit_log(void *ctx, int priority, const char *line)
{
	pam_syslog(ctx, priority, "%s", line);
}

/*
 * Where the program has closed its standard descriptors, ours would get
 * their numbers, and a message of the program's would land in them.
 */
static void guard_stdio(struct visit *v)
{
	for (int fd = 0; fd < 3; fd++) {
		v->guard[fd] = -1;
		if (fcntl(fd, F_GETFD) < 0)
			v->guard[fd] = open("/", O_PATH | O_CLOEXEC);
	}
}

static int visit_begin(struct visit *v, pam_handle_t *pamh, int flags,
		       int argc, const char **argv)
{
	memset(v, 0, sizeof(*v));
	v->pamh = pamh;
	v->flags = flags;
	v->host = -1;
	v->sink = (struct log_sink){ .write = visit_log, .ctx = pamh };
	v->sink_before = log_set_sink(&v->sink);
	guard_stdio(v);
	if (options_parse(argc, argv, &v->options) < 0)
		return PAM_PERM_DENIED;
	v->sink.debug = v->options.debug;
	return PAM_SUCCESS;
}

static int visit_end(struct visit *v, int code)
{
	if (v->host >= 0)
		close(v->host);
	for (int fd = 0; fd < 3; fd++) {
		if (v->guard[fd] >= 0)
			close(v->guard[fd]);
	}
	log_set_sink(v->sink_before);
	return code;
}

/*
 * The one place where an error of ours becomes one of PAM's.  A session is
 * never refused with PAM_SESSION_ERR, which sudo takes for harmless: it would
 * run the program where it stands.
 */
static int pam_code(int err)
{
	switch (err) {
	case 0:
		return PAM_SUCCESS;
	case -ENOMEM:
		return PAM_BUF_ERR;
	case -ENOTRECOVERABLE:
		return PAM_ABORT;
	case -EMFILE:
	case -ENFILE:
	case -ENOSYS:
		return PAM_SERVICE_ERR;
	default:
		return PAM_PERM_DENIED;
	}
}

static int refuse(struct visit *v, int err, const char *why)
{
	if (!(v->flags & PAM_SILENT))
		pam_error(v->pamh, "%s Please tell your administrator.", why);
	return pam_code(err);
}

static int user_identify(struct visit *v)
{
	const char *name = NULL;
	int r;

	if (pam_get_user(v->pamh, &name, NULL) != PAM_SUCCESS || !name ||
	    !*name) {
		log_msg(LOG_ERR, "the program does not say whose session "
			"this is");
		return PAM_PERM_DENIED;
	}
	r = nss_user_by_name(name, &v->user);
	if (r == 0)
		return PAM_SUCCESS;
	log_msg(LOG_ERR, "user \"%s\": %s", name,
		r == -ENOENT ? "not known" : strerror(-r));
	return r == -ENOENT ? PAM_USER_UNKNOWN : PAM_PERM_DENIED;
}

static const char *item(struct visit *v, int type)
{
	const void *value = NULL;

	if (pam_get_item(v->pamh, type, &value) != PAM_SUCCESS || !value)
		return "";
	return value;
}

static const char *tty(struct visit *v)
{
	const char *name = item(v, PAM_TTY);

	return strncmp(name, "/dev/", 5) == 0 ? name + 5 : name;
}

/**
 * decide() - ask the map
 * @usable:	set to whether there is a map to be asked
 *
 * The rules are gone afterwards: @out->rule is not to be used.
 *
 * Return: 0 or a negative errno (logged).
 */
static int decide(struct visit *v, struct decision *out, bool *usable)
{
	struct nss_groups groups;
	struct mapfile file;
	struct diag d = { 0 };
	char text[sizeof(d.text) + 128];
	struct subject subject = {
		.user = v->user.name, .uid = v->user.uid,
		.groups = &groups.source, .service = item(v, PAM_SERVICE),
		.tty = tty(v), .rhost = item(v, PAM_RHOST),
	};
	int r;

	*usable = false;
	v->host = file_host_root();
	if (v->host < 0)
		return log_errno(v->host, "cannot see the host's root "
				 "directory by /proc/1/root");
	r = mapfile_load(v->host, v->options.map, &file, &d);
	if (r == 0) {
		*usable = true;
		nss_groups_init(&groups, &v->user);
		r = decide_session(&file.map, &subject, out, &d);
		nss_groups_free(&groups);
	}
	if (r < 0) {
		diag_format(&d, text, sizeof(text));
		log_msg(*usable ? LOG_ERR : LOG_CRIT, "%s", text);
	} else if (out->rule) {
		log_msg(LOG_DEBUG, "%s:%u decides for %s", out->rule->file,
			out->rule->line, v->user.name);
	}
	if (*usable)
		mapfile_free(&file);
	out->rule = NULL;
	return r;
}

/*
 * Want of memory or descriptors is no fault of the map's: a user can bring it
 * about for a program that he starts, and would leave his network by it.
 */
static bool is_rescued(struct visit *v, int err)
{
	if (v->user.uid == 0)
		return true;
	return err != -EMFILE && err != -ENFILE && err != -ENOMEM &&
	       options_rescues(&v->options, v->user.name);
}

/* Nobody's network is known: only those pass who can mend it. */
static int map_unusable(struct visit *v, int err)
{
	if (is_rescued(v, err)) {
		log_msg(LOG_CRIT, "the map, or the PAM line, is unusable: %s gets a session "
			"where this process is, to mend it", v->user.name);
		return PAM_SUCCESS;
	}
	log_msg(LOG_ERR, "session of %s refused: the map, or the PAM line, is "
		"unusable", v->user.name);
	return refuse(v, err, "The networks of this machine's users are "
		      "not known, so no session can start.");
}

/*
 * systemd's executor goes on to become the session, and its helper keeps
 * every descriptor while it runs as the user: no way back is kept there.
 * Services are systemd's children too, and do go on.
 */
static bool never_returns(struct visit *v)
{
	return strcmp(item(v, PAM_SERVICE), "systemd-user") == 0 ||
	       proc_is_executor();
}

static int session_entered(struct visit *v, struct origin *origin,
			   const struct decision *decision)
{
	const char *name = decision->name;
	char text[sizeof("RUNNS_NETNS=") + NAME_SIZE];
	int r = 0;

	if (never_returns(v))
		origin_forget(origin);
	else
		r = lease_keep(v->pamh, origin, place_name(decision));
	if (r < 0)
		return log_errno(r, "session of %s refused", v->user.name);
	if (*name) {
		snprintf(text, sizeof(text), "RUNNS_NETNS=%s", name);
		if (pam_putenv(v->pamh, text) != PAM_SUCCESS)
			log_msg(LOG_WARNING, "RUNNS_NETNS is not set");
	}
	log_msg(LOG_DEBUG, "%s is in namespace %s", v->user.name,
		place_name(decision));
	return 0;
}

static int session_enter(struct visit *v, const struct decision *decision)
{
	struct place_request request = {
		.host = v->host, .decision = decision, .uid = v->user.uid,
		.conf = v->options.conf,
	};
	struct origin origin;
	int r;

	if (geteuid() != 0) {
		log_msg(LOG_ERR, "session of %s refused: this program does "
			"not run as root, and cannot enter namespaces",
			v->user.name);
		return refuse(v, -EPERM, "Your network cannot be entered.");
	}
	r = place_enter(&request, &origin);
	if (r == -ENOENT && decision->optional) {
		log_msg(LOG_WARNING, "namespace %s does not exist: %s stays "
			"outside, as the map allows", decision->name,
			v->user.name);
		return PAM_SUCCESS;
	}
	if (r == -ENOENT)
		log_msg(LOG_ERR, "namespace %s does not exist: 'runnsctl up "
			"%s' builds it", decision->name, decision->name);
	if (r == 0)
		r = session_entered(v, &origin, decision);
	if (r == 0)
		return PAM_SUCCESS;
	log_msg(LOG_ERR, "session of %s refused: %s", v->user.name,
		strerror(-r));
	return refuse(v, r, "Your network is not available, so no session "
		      "can start.");
}

static int session_open(struct visit *v)
{
	struct decision decision;
	const char *open_name;
	bool usable, is_inside;
	int code = user_identify(v);
	int r;

	if (code != PAM_SUCCESS)
		return code;
	r = lease_settle();
	if (r < 0) {
		log_msg(LOG_CRIT, "session of %s refused: an earlier one "
			"could not be left", v->user.name);
		return refuse(v, r, "This program cannot start sessions.");
	}
	/* As an unusable map: root must be able to mend a word in a stack. */
	if (v->has_bad_line)
		return map_unusable(v, -EINVAL);
	r = decide(v, &decision, &usable);
	if (r < 0 && !usable)
		return map_unusable(v, r);
	if (r < 0)
		return refuse(v, r, "It cannot be told which network you "
			      "live in.");
	if (decision.session == MAP_STAY)
		return PAM_SUCCESS;
	if (decision.session == MAP_DENY) {
		log_msg(LOG_NOTICE, "session of %s denied by the map",
			v->user.name);
		return refuse(v, -EACCES, "You may not start a session here.");
	}
	/* The module may stand twice in a stack. */
	open_name = lease_find(v->pamh, &is_inside);
	if (is_inside && strcmp(open_name, place_name(&decision)) == 0)
		return PAM_SUCCESS;
	if (open_name) {
		log_msg(LOG_ERR, "a session in another namespace, or of "
			"another thread, is open on this handle");
		return refuse(v, -EBUSY, "A session is open already.");
	}
	return session_enter(v, &decision);
}

int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc,
			const char **argv)
{
	struct visit v;

	v.has_bad_line = visit_begin(&v, pamh, flags, argc, argv) !=
			 PAM_SUCCESS;
	return visit_end(&v, session_open(&v));
}

/* Refuses here nothing that only concerns sessions: sudo asks this phase of
 * the user who calls it, who may be on the way to mend the map. */
static int account_check(struct visit *v)
{
	struct decision decision;
	bool usable;

	if (user_identify(v) != PAM_SUCCESS ||
	    decide(v, &decision, &usable) < 0)
		return PAM_IGNORE;
	if (decision.session != MAP_DENY)
		return PAM_IGNORE;
	log_msg(LOG_NOTICE, "account of %s denied by the map", v->user.name);
	if (!(v->flags & PAM_SILENT))
		pam_error(v->pamh, "You may not start a session here.");
	return PAM_PERM_DENIED;
}

int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc,
		     const char **argv)
{
	struct visit v;
	int code = visit_begin(&v, pamh, flags, argc, argv);

	code = code == PAM_SUCCESS ? account_check(&v) : PAM_IGNORE;
	return visit_end(&v, code);
}

int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc,
			 const char **argv)
{
	char name[NAME_SIZE] = "";
	struct visit v;
	const char *open_name;
	bool is_inside;
	int r;

	/* Even with a bad line in the stack the way back is taken. */
	if (visit_begin(&v, pamh, flags, argc, argv) != PAM_SUCCESS)
		log_msg(LOG_DEBUG, "closing in spite of bad arguments");
	open_name = lease_find(pamh, &is_inside);
	if (open_name)
		memcpy(name, open_name, strlen(open_name) + 1);
	r = lease_close(pamh);
	if (r == 0 && *name) {
		v.host = file_host_root();
		if (v.host >= 0)
			build_idle_check(v.host, name);
	}
	return visit_end(&v, r < 0 ? PAM_SESSION_ERR : PAM_SUCCESS);
}

/* Nobody is let in, and nothing is changed, on our word. */

int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc,
			const char **argv)
{
	(void)pamh, (void)flags, (void)argc, (void)argv;
	return PAM_IGNORE;
}

int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh, (void)flags, (void)argc, (void)argv;
	return PAM_IGNORE;
}

int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc,
		     const char **argv)
{
	(void)pamh, (void)flags, (void)argc, (void)argv;
	return PAM_IGNORE;
}
