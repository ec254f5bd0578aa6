/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_view.c - prepare a view for those who log in, and mend the views
 */
#include "net/cmd.h"
#include "net/views.h"

int cmd_view(const struct host *h, const struct options *o, char **names,
	     int n)
{
	int status = 0;

	(void)o;
	for (int i = 0; i < n; i++) {
		if (views_make(h, names[i]) < 0)
			status = EXIT_FAILED;
	}
	return status;
}

int cmd_refresh(const struct host *h, const struct options *o, char **names,
		int n)
{
	int status = 0;

	(void)o;
	if (n == 0)
		return views_refresh(h, NULL) < 0 ? EXIT_FAILED : 0;
	for (int i = 0; i < n; i++) {
		if (views_refresh(h, names[i]) < 0)
			status = EXIT_FAILED;
	}
	return status;
}
