/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * audit_processes.c - processes outside of the namespaces of their users
 *
 * The rows are sorted by user and place: each user is decided about once, and
 * once about each place that he is in.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/policy/allowed.h"
#include "lib/session/handle.h"
#include "runnsctl/audit.h"

enum { ALLOWED_MAX = 64, EXPECTED_SIZE = 512 };

/**
 * struct allowed - where processes of one user may be
 * @anywhere:	no rule, or "-": a session stays where it is opened
 * @text:	the same in words
 */
struct allowed {
	const struct audit *audit;
	struct subject subject;
	bool anywhere;
	bool host;
	bool private;
	char names[ALLOWED_MAX][NAME_SIZE];
	size_t n;
	char text[EXPECTED_SIZE];
};

static void allowed_say(struct allowed *w, const char *word)
{
	size_t len = strlen(w->text);

	snprintf(w->text + len, sizeof(w->text) - len, "%s%s", len ? "," : "",
		 word);
}

static void allowed_name(struct allowed *w, const struct decision *d)
{
	/* More than that are not told apart: nothing false is reported. */
	if (w->n == ALLOWED_MAX ||
	    (d->optional && !places_named(&w->audit->places, d->name))) {
		w->anywhere = true;
		return;
	}
	memcpy(w->names[w->n++], d->name, sizeof(d->name));
	allowed_say(w, d->name);
}

static void allowed_take(void *ctx, const struct decision *d)
{
	struct allowed *w = ctx;

	switch (d->session) {
	case MAP_STAY:
		w->anywhere = true;
		break;
	case MAP_HOST:
		w->host = true;
		allowed_say(w, "host");
		break;
	case MAP_PRIVATE:
		w->private = true;
		allowed_say(w, "(private)");
		break;
	case MAP_DENY:
		break;
	case MAP_NAME:
		allowed_name(w, d);
		break;
	}
}

static bool may_launch(const struct allowed *w, const char *name)
{
	struct decision decision;
	struct diag d = { 0 };

	return decide_launch(&w->audit->map.map, &w->subject, name, &decision,
			     &d) == 0;
}

static bool may_be_named(const struct allowed *w, const char *name)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		if (strcmp(w->names[i], name) == 0)
			return true;
	return may_launch(w, name);
}

static bool may_be(const struct allowed *w, const struct proc_row *row)
{
	const struct places *places = &w->audit->places;
	const struct place *place = places_find(places, row->net);
	enum place_kind kind = places_kind(places, row);

	if (kind == PLACE_HOST)
		return w->host || may_launch(w, "host");
	if (kind == PLACE_PRIVATE)
		return w->private;
	if (kind != PLACE_NAMED)
		return true;
	for (; place < places->list + places->n && place->net == row->net;
	     place++)
		if (may_be_named(w, place->name))
			return true;
	return false;
}

static void report(struct audit *a, const struct proc_row *row,
		   const struct allowed *w)
{
	const struct finding finding = {
		.check = "processes",
		.why = "what it sends does not go through the network that the "
		       "map gives its user",
		.mend = "end it, and have it started in a session or by "
			"runnsctl run",
		.process = row,
		.expected = w->text,
	};

	audit_report(a, &finding,
		     "process %d (%s) of %s is in %s, expected: %s",
		     (int)row->pid, row->name, w->subject.user,
		     places_text(&a->places, row), w->text);
}

static bool names_hidden(const struct audit *a)
{
	return !a->places.all && !a->places.n;
}

/* The rows of one user, who is confined. */
static void judge(struct audit *a, const struct allowed *w, size_t from,
		  size_t to)
{
	bool right = true;
	size_t i, hidden = 0;

	for (i = from; i < to; i++) {
		const struct proc_row *row = &a->procs.list[i];
		enum place_kind kind = places_kind(&a->places, row);

		if (i == from || row->net != row[-1].net || !row->net)
			right = may_be(w, row);
		if (kind > PLACE_PRIVATE)
			hidden++;
		else if (!right)
			report(a, row, w);
	}
	if (hidden)
		audit_unseen(a,
			     "%zu processes of %s are not on the host, but "
			     "the names of their networks cannot be seen",
			     hidden, w->subject.user);
}

static void audit_user(struct audit *a, const struct nss_user *user,
		       size_t from, size_t to)
{
	struct allowed w = { .audit = a };
	struct nss_groups groups;
	struct diag d = { 0 };
	int r;

	nss_groups_init(&groups, user);
	w.subject = (struct subject){ .user = user->name,
				      .uid = user->uid,
				      .groups = &groups.source,
				      .service = "runns",
				      .tty = "",
				      .rhost = "" };
	r = allowed_each(&a->map.map, &w.subject, allowed_take, &w, &d);
	if (r < 0)
		audit_unseen(a, "processes of %s: %s", user->name, d.text);
	else if (!w.anywhere && w.text[0])
		judge(a, &w, from, to);
	nss_groups_free(&groups);
}

static int by_user(const void *a, const void *b)
{
	const struct proc_row *x = a, *y = b;

	if (x->uid != y->uid)
		return x->uid < y->uid ? -1 : 1;
	if (x->net != y->net)
		return x->net < y->net ? -1 : 1;
	return x->pid - y->pid;
}

/* Services of the system are root's too: only asked for by name. */
static bool is_asked(const struct audit *a, const struct nss_user *user)
{
	if (user->uid == 0 && !a->n_names)
		return false;
	return audit_asked(a, user->name);
}

/* The command itself is where its caller is, who is found too. */
static void leave_out_self(struct procs *procs)
{
	size_t i, n = 0;

	for (i = 0; i < procs->n; i++)
		if (procs->list[i].pid != getpid())
			procs->list[n++] = procs->list[i];
	procs->n = n;
}

void audit_processes(struct audit *a)
{
	size_t from = 0, to, user;

	if (!a->map_usable) {
		audit_unseen(a, "processes: the map cannot be used");
		return;
	}
	if (names_hidden(a))
		audit_unseen(a, "names of networks cannot be seen from here");
	leave_out_self(&a->procs);
	if (a->procs.n)
		qsort(a->procs.list, a->procs.n, sizeof(*a->procs.list),
		      by_user);
	/* Both are sorted by uid. */
	for (user = 0; user < a->users.n; user++, from = to) {
		for (to = from;
		     to < a->procs.n &&
		     a->procs.list[to].uid == a->users.list[user].uid;)
			to++;
		if (is_asked(a, &a->users.list[user]))
			audit_user(a, &a->users.list[user], from, to);
	}
}
