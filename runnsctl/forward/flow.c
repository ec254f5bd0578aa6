/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flow.c - who has sent datagrams lately
 */
#include "runnsctl/forward/flow.h"

#include <string.h>

/* FNV-1a: a table of this size needs no better one. */
static size_t key_bucket(const struct flow_key *key)
{
	const unsigned char *p = (const unsigned char *)key;
	uint32_t hash = 2166136261U;

	for (size_t i = 0; i < sizeof(*key); i++)
		hash = (hash ^ p[i]) * 16777619U;
	return hash % FLOW_BUCKETS;
}

struct flow *flow_find(const struct flow_table *table,
		       const struct flow_key *key)
{
	struct flow *flow = table->buckets[key_bucket(key)];

	while (flow && memcmp(&flow->key, key, sizeof(*key)) != 0)
		flow = flow->chain;
	return flow;
}

static void age_append(struct flow_table *table, struct flow *flow)
{
	flow->newer = NULL;
	flow->older = table->newest;
	if (flow->older)
		flow->older->newer = flow;
	else
		table->oldest = flow;
	table->newest = flow;
}

static void age_remove(struct flow_table *table, struct flow *flow)
{
	if (flow->older)
		flow->older->newer = flow->newer;
	else
		table->oldest = flow->newer;
	if (flow->newer)
		flow->newer->older = flow->older;
	else
		table->newest = flow->older;
}

void flow_add(struct flow_table *table, struct flow *flow, uint64_t now_ms)
{
	struct flow **bucket = &table->buckets[key_bucket(&flow->key)];

	flow->chain = *bucket;
	*bucket = flow;
	flow->used_ms = now_ms;
	age_append(table, flow);
	table->n++;
}

void flow_touch(struct flow_table *table, struct flow *flow, uint64_t now_ms)
{
	flow->used_ms = now_ms;
	if (table->newest == flow)
		return;
	age_remove(table, flow);
	age_append(table, flow);
}

void flow_remove(struct flow_table *table, struct flow *flow)
{
	struct flow **at = &table->buckets[key_bucket(&flow->key)];

	while (*at != flow)
		at = &(*at)->chain;
	*at = flow->chain;
	age_remove(table, flow);
	table->n--;
}
