/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sample.h - the clock, medians and an order that favours nobody
 */
#ifndef RUNNS_BENCH_SAMPLE_H
#define RUNNS_BENCH_SAMPLE_H

#include <stdlib.h>
#include <time.h>

static inline long sample_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

static inline int sample_order(const void *a, const void *b)
{
	long x = *(const long *)a;
	long y = *(const long *)b;

	return (x > y) - (x < y);
}

/**
 * sample_median_us() - the middle of @n nanosecond values, in microseconds
 *
 * Sorts @ns.
 */
static inline double sample_median_us(long *ns, int n)
{
	if (n == 0)
		return 0;
	qsort(ns, (size_t)n, sizeof(*ns), sample_order);
	return (double)(ns[(n - 1) / 2] + ns[n / 2]) / 2000;
}

/**
 * sample_shuffle() - a new order for the next round
 * @order:	a permutation of 0 to @n - 1
 *
 * Not a rotation: that would let each case always follow the same other one,
 * and pay for what it leaves behind.
 */
static inline void sample_shuffle(int *order, int n)
{
	for (int i = n - 1; i > 0; i--) {
		int j = (int)(random() % (i + 1));
		int other = order[j];

		order[j] = order[i];
		order[i] = other;
	}
}

#endif
