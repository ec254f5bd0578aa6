/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_lib.h - libiptc, which is there twice: for IPv4 and for IPv6
 *
 * Both do the same under other names, with entries that begin differently.
 */
#ifndef RUNNS_NET_FW_IPTC_LIB_H
#define RUNNS_NET_FW_IPTC_LIB_H

#include <libiptc/libip6tc.h>
#include <libiptc/libiptc.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/base/base.h"

/**
 * struct iptc_lib - one of the two
 * @family:	4 or 6
 * @program:	what the administrator calls it
 * @names:	file that lists the tables in use
 *
 * The rest is as libiptc.h has it; an entry is what its family says.
 */
struct iptc_lib {
	uint8_t family;
	const char *program;
	const char *names;
	struct xtc_handle *(*init)(const char *table);
	void (*free)(struct xtc_handle *h);
	int (*commit)(struct xtc_handle *h);
	const char *(*strerror)(int err);
	int (*is_chain)(const char *chain, struct xtc_handle *h);
	const char *(*first_chain)(struct xtc_handle *h);
	const char *(*next_chain)(struct xtc_handle *h);
	int (*create)(const xt_chainlabel chain, struct xtc_handle *h);
	int (*flush)(const xt_chainlabel chain, struct xtc_handle *h);
	int (*delete)(const xt_chainlabel chain, struct xtc_handle *h);
	int (*delete_at)(const xt_chainlabel chain, unsigned int at,
			 struct xtc_handle *h);
	const char *(*policy)(const char *chain, struct xt_counters *counters,
			      struct xtc_handle *h);
	const void *(*first_rule)(const char *chain, struct xtc_handle *h);
	const void *(*next_rule)(const void *entry, struct xtc_handle *h);
	const char *(*target)(const void *entry, struct xtc_handle *h);
	int (*append)(const char *chain, const void *entry,
		      struct xtc_handle *h);
	int (*insert)(const char *chain, const void *entry, unsigned int at,
		      struct xtc_handle *h);
};

/* For IPv4, for IPv6. */
extern const struct iptc_lib iptc_lib4, iptc_lib6;

/**
 * struct iptc - a table in work
 * @lib:	whose it is
 * @h:		as libiptc has read it
 * @name:	"raw", "filter" or "nat"
 */
struct iptc {
	const struct iptc_lib *lib;
	struct xtc_handle *h;
	const char *name;
};

/** iptc_has_table() - is the table in use?  To ask libiptc would make it */
bool iptc_has_table(const struct iptc_lib *lib, const char *table);

/**
 * struct iptc_head - what all entries have
 * @in, @out:	names of devices, with masks; IFNAMSIZ bytes each
 * @dst, @dst_len: address that packets are for
 * @any:	no condition stands in the head
 * @matches, @target: where they begin, from @entry
 */
struct iptc_head {
	const char *entry;
	const char *in, *out;
	const unsigned char *in_mask, *out_mask;
	const void *dst;
	size_t dst_len;
	uint16_t protocol;
	bool any;
	size_t matches;
	size_t target;
};

/** iptc_look() - read the head of an entry, into which @out points then */
void iptc_look(const struct iptc_lib *lib, const void *entry,
	       struct iptc_head *out);

#endif
