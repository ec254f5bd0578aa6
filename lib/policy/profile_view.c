/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile_view.c - Etc and Propagation of runns.conf(5): what members see of the file system
 */
#include "lib/policy/profile_view.h"

#include <string.h>

int profile_etc_set(const struct profile_input *in)
{
	if (profile_same_text(in->value, SLICE("bind")))
		in->profile->etc = ETC_BIND;
	else if (profile_same_text(in->value, SLICE("overlay")))
		in->profile->etc = ETC_OVERLAY;
	else
		return profile_bad(in, in->value.p,
				   "bind or overlay expected, not \"%.*s\"",
				   SLICE_ARG(in->value));
	return 0;
}

/* What the view itself is made of, at and below. */
static bool is_ours(struct slice dir)
{
	static const struct slice ours[] = {
		SLICE("/etc"), SLICE("/sys"), SLICE("/run"), SLICE("/proc"),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ours); i++) {
		if (dir.len >= ours[i].len &&
		    memcmp(dir.p, ours[i].p, ours[i].len) == 0 &&
		    (dir.len == ours[i].len || dir.p[ours[i].len] == '/'))
			return true;
	}
	return false;
}

static int share_dir(const struct profile_input *in, struct slice dir)
{
	if (!profile_path_is_plain(dir) || dir.len > PROFILE_SHARED_LEN)
		return profile_bad(in, dir.p,
				   "absolute path of a directory expected, "
				   "without \"//\", \".\" or \"..\", not \"%.*s\"",
				   SLICE_ARG(dir));
	if (is_ours(dir))
		return profile_bad(in, dir.p,
				   "%.*s cannot be shared: it differs inside",
				   SLICE_ARG(dir));
	return 0;
}

int profile_propagation_set(const struct profile_input *in)
{
	static const struct slice shared = SLICE("shared:");
	struct slice list = in->value, word;
	unsigned int n = 0;
	int r = 0;

	if (profile_same_text(list, SLICE("slave")))
		return 0;
	if (profile_same_text(list, SLICE("private"))) {
		in->profile->propagation = PROPAGATION_PRIVATE;
		return 0;
	}
	if (list.len < shared.len ||
	    !profile_same_text((struct slice){ list.p, shared.len }, shared))
		return profile_bad(in, list.p,
				   "slave, private or shared:DIR,... expected, "
				   "not \"%.*s\"", SLICE_ARG(list));
	list.p += shared.len;
	list.len -= shared.len;
	in->profile->shared = list;
	while (r == 0 && profile_word_next(&list, &word)) {
		if (n++ == PROFILE_SHARED_MAX)
			return profile_bad(in, word.p,
					   "more than %d directories",
					   PROFILE_SHARED_MAX);
		r = share_dir(in, word);
	}
	if (r == 0 && n == 0)
		return profile_bad(in, in->value.p + shared.len,
				   "a directory expected behind \"shared:\"");
	return r;
}
