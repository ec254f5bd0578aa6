/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flow.h - who has sent datagrams lately
 *
 * A table of bounded size, by client; the one that was silent longest is
 * found at once.  Pure: memory and clock are the caller's.
 */
#ifndef FORWARD_FLOW_H
#define FORWARD_FLOW_H

#include <stddef.h>
#include <stdint.h>

enum { FLOW_BUCKETS = 256, FLOWS_MAX = 1024 };

/**
 * struct flow_key - a client, and which address of ours it has written to
 * @len:	of @client
 * @client:	as the kernel gave it, zeroed behind
 * @local:	zero where it does not matter
 */
struct flow_key {
	uint32_t len;
	uint8_t client[28];
	uint8_t local[16];
};

/** struct flow - part of what is kept of a client */
struct flow {
	struct flow_key key;
	uint64_t used_ms;
	struct flow *chain;
	struct flow *older;
	struct flow *newer;
};

struct flow_table {
	struct flow *buckets[FLOW_BUCKETS];
	struct flow *oldest;
	struct flow *newest;
	size_t n;
};

/** flow_find() - the one with that key, or NULL */
struct flow *flow_find(const struct flow_table *table,
		       const struct flow_key *key);

/**
 * flow_add() - @flow, whose key is set and in the table no other's
 *
 * The table may hold FLOWS_MAX; to make room is the caller's.
 */
void flow_add(struct flow_table *table, struct flow *flow, uint64_t now_ms);

/** flow_touch() - it is the newest now */
void flow_touch(struct flow_table *table, struct flow *flow, uint64_t now_ms);

/** flow_remove() - no longer in the table */
void flow_remove(struct flow_table *table, struct flow *flow);

#endif
