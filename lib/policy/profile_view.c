/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile_view.c - Etc of runns.conf(5): what members see of the file system
 */
#include "lib/policy/profile_view.h"

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
