/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile_program.c - OnUp, OnDown, Type, BIN and User of runns.conf(5)
 */
#include "lib/policy/profile_program.h"

#include <string.h>

#include "lib/policy/command_line.h"

static int program_set(const struct profile_input *in, struct slice *out)
{
	struct command_line line;
	const char *wrong = command_line_split(in->value, &line);

	if (wrong)
		return profile_bad(in, in->value.p, "%s: \"%.*s\"", wrong,
				   SLICE_ARG(in->value));
	*out = in->value;
	return 0;
}

int profile_on_up_set(const struct profile_input *in)
{
	return program_set(in, &in->profile->on_up);
}

int profile_on_down_set(const struct profile_input *in)
{
	return program_set(in, &in->profile->on_down);
}

int profile_bin_set(const struct profile_input *in)
{
	return program_set(in, &in->profile->bin);
}

int profile_type_set(const struct profile_input *in)
{
	if (!profile_same_text(in->value, SLICE("bin")))
		return profile_bad(in, in->value.p, "bin expected, not \"%.*s\"",
				   SLICE_ARG(in->value));
	in->profile->type_bin = true;
	return 0;
}

int profile_user_set(const struct profile_input *in)
{
	size_t i;

	if (in->value.len >= PROFILE_USER_SIZE || !in->value.len ||
	    in->value.p[0] == '-')
		return profile_bad(in, in->value.p,
				   "the name of a user expected");
	for (i = 0; i < in->value.len; i++) {
		char c = in->value.p[i];

		if (!profile_byte_is_plain(c) && !(i > 0 && strchr(".$", c)))
			return profile_bad(in, in->value.p + i,
					   "the name of a user expected, not "
					   "\"%.*s\"", SLICE_ARG(in->value));
	}
	in->profile->user = in->value;
	return 0;
}

static int check_one(const struct profile *p, struct diag *d)
{
	const char *text = NULL;

	if (p->bin.len && !p->type_bin)
		text = "BIN, but not Type=bin";
	else if (p->type_bin && !p->bin.len)
		text = "Type=bin, but no BIN";
	else if (p->user.len && !p->bin.len && !p->on_up.len &&
		 !p->on_down.len)
		text = "User, but no BIN, OnUp or OnDown";
	return text ? diag_set(d, p->file, p->line, 0, "[%.*s] has %s",
			       SLICE_ARG(p->section), text) : 0;
}

int profile_program_check(const struct profile_conf *conf, struct diag *d)
{
	int r = 0;
	size_t i;

	for (i = 0; i < conf->n && r == 0; i++)
		r = check_one(&conf->profiles[i], d);
	return r;
}
