/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * openconnect.c - tunnels by openconnect(8)
 *
 * Without any privilege, as openvpn.c does it: the tun device is made for its
 * user, and its script only writes the variables that it is given into a pipe.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "lib/policy/oc_env.h"
#include "lib/sys/file.h"
#include "net/link.h"
#include "net/tun.h"
#include "net/vpn.h"

enum {
	FD_SCRIPT,
	VARIABLE_MAX = 8192,
	SECRET_MAX = 256,
	ARGS_MAX = 40,
};

#define SCRIPT_END "RUNNS_END=1"

/**
 * struct openconnect - one openconnect
 * @device:	index of its tun, while that is outside; 0: inside
 * @text:	variable that is being read; @too_long: it is to be dropped
 */
struct openconnect {
	struct oc_words words;
	struct oc_env env;
	char name[IFNAMSIZ];
	int device;
	int password;
	int pipe;
	char text[VARIABLE_MAX];
	size_t len;
	bool too_long;
};

/* A memfd with the one line that it reads. */
static int read_password(struct vpn_tunnel *t, const char *path)
{
	_cleanup_free_ char *dir = strdup(path);
	_cleanup_close_ int at = -1;
	_cleanup_close_ int fd = -1;
	_cleanup_close_ int out = memfd_create("password", MFD_CLOEXEC);
	char *slash = dir ? strrchr(dir, '/') : NULL;
	char *text = NULL;
	size_t len = 0;
	int err = out < 0 ? -errno : 0;

	if (!slash || slash == dir || path[0] != '/')
		return -EINVAL;
	*slash = '\0';
	at = file_open_dir(t->vpn->h->root, dir + 1);
	fd = at < 0 ? at : file_open_trusted(at, slash + 1);
	if (err == 0)
		err = fd < 0 ? fd : file_read_all(fd, SECRET_MAX, &text, &len);
	if (err == 0 && write(out, text, len) != (ssize_t)len)
		err = -EIO;
	if (text)
		explicit_bzero(text, len);
	free(text);
	if (err)
		vpn_set_error(t, "%s: %s", path, file_explain(err));
	else if (lseek(out, 0, SEEK_SET) < 0)
		err = -errno;
	return err ? err : TAKE_FD(out);
}

static int script_pipe(struct vpn_tunnel *t, struct openconnect *o)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	t->fds[FD_SCRIPT].fd = ends[0];
	o->pipe = ends[1];
	/* The script opens it anew, by its number. */
	if (fcntl(o->pipe, F_SETFL, 0) < 0 ||
	    fchown(o->pipe, t->vpn->uid, t->vpn->gid) < 0)
		return -errno;
	return 0;
}

static int spawn(struct vpn_tunnel *t, struct openconnect *o)
{
	char program[64], script[160];
	const int keep[] = { o->pipe, -1 };
	const char *argv[ARGS_MAX] = {
		program, "--non-inter", "--interface", o->name, "--script",
		script,
	};
	struct vpn_program p = {
		.argv = argv, .keep = keep, .stdin_fd = o->password,
	};
	size_t n = 6;
	unsigned int i;

	if (vpn_find_program("openconnect", "openconnect", program) < 0)
		return -ENOENT;
	snprintf(script, sizeof(script), "env -0 >/proc/self/fd/%d; "
		 "printf '" SCRIPT_END "\\0' >/proc/self/fd/%d", o->pipe,
		 o->pipe);
	if (o->password >= 0)
		argv[n++] = "--passwd-on-stdin";
	for (i = 1; i < o->words.n; i += 2) {
		if (strcmp(o->words.words[i], "--passwd-file") == 0)
			continue;
		argv[n++] = o->words.words[i];
		argv[n++] = o->words.words[i + 1];
	}
	argv[n++] = "--";
	argv[n++] = o->words.words[0];
	argv[n] = NULL;
	return vpn_spawn(t, &p);
}

static int openconnect_start(struct vpn_tunnel *t)
{
	struct openconnect *o = calloc(1, sizeof(*o));
	const char *passwd, *wrong;
	int err;

	if (!o)
		return -ENOMEM;
	o->password = o->pipe = -1;
	t->data = o;
	wrong = oc_words(t->config, &o->words, &passwd);
	if (!wrong && t->vpn->plan.vpn_uplink[0])
		wrong = "InterfaceOut is not supported with OpenConnect";
	if (wrong) {
		vpn_set_error(t, "%s", wrong);
		return -EINVAL;
	}
	if (passwd)
		o->password = read_password(t, passwd);
	if (passwd && o->password < 0)
		return o->password;
	err = script_pipe(t, o);
	if (err)
		return log_errno(err, "cannot make a pipe");
	o->device = tun_make(t->vpn->out, t->vpn->plan.name, t->vpn->uid,
			     o->name);
	return o->device < 0 ? o->device : spawn(t, o);
}

static int on_up(struct vpn_tunnel *t, struct openconnect *o)
{
	int err = oc_env_tunnel(&o->env);

	if (err) {
		vpn_set_error(t, "the server gave no address");
		return err;
	}
	if (o->env.left_out)
		vpn_log(t, LOG_WARNING, "%u of the pushed addresses, routes "
			"and names were ignored", o->env.left_out);
	err = vpn_apply(t, o->device, &o->env.tunnel);
	if (err)
		return err;
	o->device = 0;
	vpn_set_state(t, VPN_UP);
	return 0;
}

static int on_end(struct vpn_tunnel *t, struct openconnect *o)
{
	int err = 0;

	if (o->env.reason == OC_CONNECT || o->env.reason == OC_RECONNECT)
		err = on_up(t, o);
	else if (o->env.reason == OC_TRYING || o->env.reason == OC_DISCONNECT)
		vpn_set_state(t, VPN_RECONNECTING);
	memset(&o->env, 0, sizeof(o->env));
	return err;
}

static int on_variable(struct vpn_tunnel *t, struct openconnect *o)
{
	struct slice name = { o->text, 0 }, value;

	if (o->len == sizeof(SCRIPT_END) - 1 &&
	    memcmp(o->text, SCRIPT_END, o->len) == 0)
		return on_end(t, o);
	while (name.len < o->len && o->text[name.len] != '=')
		name.len++;
	if (name.len == o->len)
		return 0;
	value.p = o->text + name.len + 1;
	value.len = o->len - name.len - 1;
	oc_env_add(&o->env, name, value);
	return 0;
}

static int openconnect_event(struct vpn_tunnel *t, const struct pollfd *fd)
{
	struct openconnect *o = t->data;
	char text[4096];
	ssize_t i, n = read(fd->fd, text, sizeof(text));
	int err = 0;

	if (n <= 0)
		return n < 0 && errno == EAGAIN ? 0 : -EPIPE;
	for (i = 0; i < n && err == 0; i++) {
		if (text[i] == '\0') {
			err = o->too_long ? 0 : on_variable(t, o);
			o->len = 0;
			o->too_long = false;
		} else if (o->len == sizeof(o->text)) {
			o->too_long = true;
		} else {
			o->text[o->len++] = text[i];
		}
	}
	return err;
}

static void openconnect_stop(struct vpn_tunnel *t)
{
	struct openconnect *o = t->data;

	if (!o)
		return;
	base_close(&o->password);
	base_close(&o->pipe);
	if (o->device > 0)
		(void)!link_delete(t->vpn->out, o->device);
	free(o);
	t->data = NULL;
}

const struct vpn_kind vpn_openconnect = {
	.name = "openconnect",
	.start = openconnect_start,
	.event = openconnect_event,
	.stop = openconnect_stop,
};
