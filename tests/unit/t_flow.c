/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_flow.c - the table of those who have sent datagrams
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runnsctl/forward/flow.h"

static struct flow_key key_of(uint32_t n)
{
	struct flow_key key = { .len = 16 };

	memcpy(key.client, &n, sizeof(n));
	return key;
}

static void test_find(void **state)
{
	struct flow_table table = { .n = 0 };
	struct flow a = { .key = key_of(1) }, b = { .key = key_of(2) };
	struct flow_key other = key_of(1);

	(void)state;
	assert_null(flow_find(&table, &a.key));
	flow_add(&table, &a, 5);
	flow_add(&table, &b, 6);
	assert_ptr_equal(flow_find(&table, &a.key), &a);
	assert_ptr_equal(flow_find(&table, &b.key), &b);
	assert_int_equal(a.used_ms, 5);
	/* Another address of ours, another length: another client. */
	other.local[15] = 1;
	assert_null(flow_find(&table, &other));
	other = key_of(1);
	other.len = 28;
	assert_null(flow_find(&table, &other));
	flow_remove(&table, &a);
	assert_null(flow_find(&table, &a.key));
	assert_ptr_equal(flow_find(&table, &b.key), &b);
	assert_int_equal(table.n, 1);
}

static void test_age(void **state)
{
	struct flow_table table = { .n = 0 };
	struct flow f[3];

	(void)state;
	for (uint32_t i = 0; i < 3; i++) {
		f[i].key = key_of(i);
		flow_add(&table, &f[i], i);
	}
	assert_ptr_equal(table.oldest, &f[0]);
	flow_touch(&table, &f[0], 10);
	assert_int_equal(f[0].used_ms, 10);
	assert_ptr_equal(table.oldest, &f[1]);
	flow_touch(&table, &f[0], 11);
	assert_int_equal(f[0].used_ms, 11);
	flow_remove(&table, &f[1]);
	assert_ptr_equal(table.oldest, &f[2]);
	flow_touch(&table, &f[2], 12);
	assert_ptr_equal(table.oldest, &f[0]);
	flow_remove(&table, &f[2]);
	assert_ptr_equal(table.oldest, &f[0]);
	assert_ptr_equal(table.newest, &f[0]);
	flow_remove(&table, &f[0]);
	assert_null(table.oldest);
	assert_null(table.newest);
	assert_int_equal(table.n, 0);
}

/* The order of @table by age, as slow and plain as can be. */
static void check_order(const struct flow_table *table, const uint32_t *order,
			size_t n)
{
	const struct flow *flow = table->oldest;

	assert_int_equal(table->n, n);
	for (size_t i = 0; i < n; i++, flow = flow->newer) {
		struct flow_key key = key_of(order[i]);

		assert_memory_equal(&flow->key, &key, sizeof(key));
		assert_ptr_equal(flow_find(table, &key), flow);
	}
	assert_null(flow);
}

static void order_drop(uint32_t *order, size_t *n, uint32_t what)
{
	size_t at = 0;

	while (order[at] != what)
		at++;
	--*n;
	memmove(order + at, order + at + 1, (*n - at) * sizeof(*order));
}

static void test_random(void **state)
{
	enum { FLOWS = 600, STEPS = 20000 };
	static struct flow flows[FLOWS];
	static bool there[FLOWS];
	static uint32_t order[FLOWS];
	struct flow_table table = { .n = 0 };
	uint32_t seed = 1;
	size_t n = 0;

	(void)state;
	for (uint32_t step = 0; step < STEPS; step++) {
		uint32_t i;

		seed = seed * 1664525U + 1013904223U;
		i = (seed >> 8) % FLOWS;
		if (there[i])
			order_drop(order, &n, i);
		if (there[i] && seed >> 31) {
			flow_remove(&table, &flows[i]);
			there[i] = false;
			continue;
		}
		flows[i].key = key_of(i);
		if (there[i])
			flow_touch(&table, &flows[i], step);
		else
			flow_add(&table, &flows[i], step);
		there[i] = true;
		order[n++] = i;
		if (step % 500 == 0)
			check_order(&table, order, n);
	}
	check_order(&table, order, n);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_age),
		cmocka_unit_test(test_random),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
