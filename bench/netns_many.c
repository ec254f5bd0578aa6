/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netns_many.c - many network namespaces with handles, quickly
 *
 *	netns_many FIRST LAST		names bench-FIRST to bench-LAST
 *	netns_many NAME			one
 *
 * Prints the median of what giving a name cost: each mount namespace that
 * the mount reaches adds to it.
 */
#include <err.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "bench/sample.h"
#include "lib/session/handle.h"

static long netns_make(const char *name)
{
	long start;
	int r;

	if (unshare(CLONE_NEWNET) < 0)
		err(1, "unshare");
	start = sample_now_ns();
	r = handle_publish(name);
	if (r < 0)
		errx(1, "%s: %s", name, strerror(-r));
	return sample_now_ns() - start;
}

int main(int argc, char **argv)
{
	int first = argc == 3 ? atoi(argv[1]) : 0;
	int last = argc == 3 ? atoi(argv[2]) : 0;
	char name[32];
	long *ns;
	int r;

	if (argc < 2 || argc > 3 || last < first)
		errx(2, "usage: netns_many FIRST LAST | NAME");
	ns = calloc((size_t)(last - first) + 1, sizeof(*ns));
	r = ns ? handle_prepare() : -ENOMEM;
	if (r < 0)
		errx(1, "cannot prepare /run/netns: %s", strerror(-r));
	for (int i = first; i <= last; i++) {
		snprintf(name, sizeof(name), "bench-%d", i);
		ns[i - first] = netns_make(argc == 3 ? name : argv[1]);
	}
	printf("%.1f\n", sample_median_us(ns, last - first + 1));
	return 0;
}
