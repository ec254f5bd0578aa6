/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * audit_conf.c - runns.conf: may it be believed, and does it make sense?
 */
#include <errno.h>
#include <string.h>

#include "lib/sys/file.h"
#include "runnsctl/audit.h"
#include "runnsctl/sources.h"

static void judge(struct audit *a, const struct source *source)
{
	static const struct finding finding = {
		.check = "conf",
		.why = "no network is built from it, neither by up nor by a "
		       "login",
		.mend = "let root own it and every directory above, and nobody "
			"else write there",
	};

	if (source->judged < 0)
		audit_report(a, &finding, "%s: %s", source->label,
			     file_explain(source->judged));
}

static void parse(struct audit *a, const struct sources *sources)
{
	static const struct finding finding = {
		.check = "conf",
		.why = "no network is built while there is an error",
		.mend = "runnsctl check tells all errors",
	};
	struct profile_conf conf = { 0 };
	struct diag d = { 0 };
	int r = sources_conf(sources, &conf, &d);

	if (r == -EINVAL)
		audit_report(a, &finding, "%s:%u: %s", d.file, d.line, d.text);
	else if (r < 0 && r != -ENOENT)
		audit_unseen(a, "runns.conf: %s", strerror(-r));
	free(conf.profiles);
}

void audit_conf(struct audit *a)
{
	struct sources sources = { 0 };
	size_t i;
	int r;

	if (a->n_names || !a->places.all)
		return;
	r = sources_add_installed(&sources, SOURCE_CONF, a->places.root);
	if (r < 0)
		audit_unseen(a, "runns.conf: %s", strerror(-r));
	for (i = 0; i < sources.n; i++)
		judge(a, &sources.list[i]);
	if (r == 0)
		parse(a, &sources);
	sources_free(&sources);
}
