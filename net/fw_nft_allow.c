/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_nft_allow.c - where networks may go in spite of Isolate, by nf_tables
 *
 * A destination is an element, so that there are as many rules with thousands
 * of networks as with one.  An element begins with the name of the device,
 * which tells whose it is.
 */
#include "net/fw_nft_allow.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include "net/fw_nft_base.h"
#include "net/fw_nft_batch.h"
#include "net/fw_nft_set.h"

enum {
	/* Types as nft(8) numbers them; parts of one have 6 bits each. */
	ALLOW_ADDR4 = 7,
	ALLOW_ADDR6 = 8,
	ALLOW_PROTOCOL = 12,
	ALLOW_SERVICE = 13,
	ALLOW_IFNAME = 41,
	ALLOW_TYPE_BITS = 6,

	ALLOW_PART = 4,		/* what is shorter is filled up to it */
	ALLOW_KEY_MAX = IFNAMSIZ + 16 + 2 * ALLOW_PART,
	ALLOW_TRIES = 10,	/* any change interrupts a listing */
	ALLOW_STALE_MAX = 2 * ALLOW_MAX,
};

_Static_assert(ALLOW_STALE_MAX + ALLOW_MAX <= NFT_BATCH_MAX, "all at once");

static const struct allow_set {
	const char *name;
	int fields;
	bool interval;
} allow_sets[NFT_ALLOW_SETS] = {
	{ NFT_ALLOW_PORTS, NFT_ALLOW_PORTS_FIELDS, false },
	{ NFT_ALLOW_PORTS6, NFT_ALLOW_PORTS6_FIELDS, false },
	{ NFT_ALLOW_NETS, NFT_ALLOW_NETS_FIELDS, true },
	{ NFT_ALLOW_NETS6, NFT_ALLOW_NETS6_FIELDS, true },
	{ NFT_ALLOW_HERE, NFT_ALLOW_HERE_FIELDS, false },
};

/* Parts of an element, as they lie in the kernel's registers. */
static const struct allow_part {
	enum nft_field field;
	uint32_t type;
	uint32_t len;
} allow_parts[] = {
	{ NFT_FIELD_FROM, ALLOW_IFNAME, IFNAMSIZ },
	{ NFT_FIELD_DADDR4, ALLOW_ADDR4, 4 },
	{ NFT_FIELD_DADDR6, ALLOW_ADDR6, 16 },
	{ NFT_FIELD_PORT, ALLOW_PROTOCOL, 1 },
	{ NFT_FIELD_PORT, ALLOW_SERVICE, 2 },
};

/**
 * struct allow_elem - one element
 * @set:	of allow_sets
 * @last:	as @key, where the set has intervals
 */
struct allow_elem {
	unsigned int set;
	uint8_t key[ALLOW_KEY_MAX];
	uint8_t last[ALLOW_KEY_MAX];
};

/* What is wanted, what the kernel has beside that, and which it has of it. */
struct allow_look {
	const char *link;
	unsigned int set;
	struct allow_elem want[ALLOW_MAX];
	bool have[ALLOW_MAX];
	size_t n;
	struct allow_elem stale[ALLOW_STALE_MAX];
	size_t n_stale;
};

static size_t allow_len(const struct allow_set *set)
{
	size_t len = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(allow_parts); i++) {
		if (set->fields & allow_parts[i].field)
			len += allow_parts[i].len < ALLOW_PART ?
				       ALLOW_PART : allow_parts[i].len;
	}
	return len;
}

static uint32_t allow_type(const struct allow_set *set)
{
	uint32_t type = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(allow_parts); i++) {
		if (set->fields & allow_parts[i].field)
			type = type << ALLOW_TYPE_BITS | allow_parts[i].type;
	}
	return type;
}

/* The kernel looks intervals up part by part. */
static bool allow_put_parts(struct nl_msg *msg, const struct allow_set *set)
{
	struct nlattr *desc, *list, *part;
	size_t i;

	desc = nla_nest_start(msg, NFTA_SET_DESC | NLA_F_NESTED);
	list = nla_nest_start(msg, NFTA_SET_DESC_CONCAT | NLA_F_NESTED);
	if (!desc || !list)
		return false;
	for (i = 0; i < ARRAY_SIZE(allow_parts); i++) {
		if (!(set->fields & allow_parts[i].field))
			continue;
		part = nla_nest_start(msg, NFTA_LIST_ELEM | NLA_F_NESTED);
		if (!part || !nft_put_u32(msg, NFTA_SET_FIELD_LEN,
					  allow_parts[i].len))
			return false;
		nla_nest_end(msg, part);
	}
	nla_nest_end(msg, list);
	nla_nest_end(msg, desc);
	return true;
}

static bool allow_fill_set(struct nl_msg *msg, const struct allow_set *set,
			   uint32_t id)
{
	uint32_t flags = set->interval ? NFT_SET_INTERVAL | NFT_SET_CONCAT : 0;

	return nla_put_string(msg, NFTA_SET_TABLE, NFT_TABLE) == 0 &&
	       nla_put_string(msg, NFTA_SET_NAME, set->name) == 0 &&
	       nft_put_u32(msg, NFTA_SET_ID, id) &&
	       nft_put_u32(msg, NFTA_SET_FLAGS, flags) &&
	       nft_put_u32(msg, NFTA_SET_KEY_TYPE, allow_type(set)) &&
	       nft_put_u32(msg, NFTA_SET_KEY_LEN, (uint32_t)allow_len(set)) &&
	       (!set->interval || allow_put_parts(msg, set));
}

struct nl_msg *nft_allow_new(unsigned int set, uint32_t id)
{
	struct nl_msg *msg = nft_new(NFPROTO_INET, NFT_MSG_NEWSET,
				     NLM_F_CREATE);

	if (msg && allow_fill_set(msg, &allow_sets[set], id))
		return msg;
	nlmsg_free(msg);
	return NULL;
}

static unsigned int allow_set_of(const struct allow *a)
{
	int fields = NFT_FIELD_FROM;
	unsigned int i;

	if (a->kind != ALLOW_HOST)
		fields |= a->net.addr.family == 4 ? NFT_FIELD_DADDR4 :
						    NFT_FIELD_DADDR6;
	if (a->kind != ALLOW_NET)
		fields |= NFT_FIELD_PORT;
	for (i = 0; i < NFT_ALLOW_SETS - 1; i++) {
		if (allow_sets[i].fields == fields)
			break;
	}
	return i;
}

static void allow_fill_elem(struct allow_elem *e, const char *link,
			    const struct allow *a)
{
	size_t at = IFNAMSIZ;
	size_t len = a->net.addr.family == 4 ? 4 : 16;
	const uint16_t port = htons(a->port);
	size_t bit;

	*e = (struct allow_elem){ .set = allow_set_of(a) };
	memcpy(e->key, link, strnlen(link, IFNAMSIZ - 1));
	if (a->kind != ALLOW_HOST) {
		memcpy(e->key + at, a->net.addr.bytes, len);
		at += len;
	}
	if (a->kind != ALLOW_NET) {
		e->key[at] = a->udp ? IPPROTO_UDP : IPPROTO_TCP;
		memcpy(e->key + at + ALLOW_PART, &port, sizeof(port));
	}
	memcpy(e->last, e->key, sizeof(e->last));
	for (bit = a->net.prefix; a->kind == ALLOW_NET && bit < len * 8; bit++)
		e->last[IFNAMSIZ + bit / 8] |= (uint8_t)(0x80 >> bit % 8);
}

static bool allow_put_elem(struct nft_batch *b, int type,
			   const struct allow_elem *e)
{
	const struct allow_set *set = &allow_sets[e->set];
	const struct nft_elem elem = {
		.key = e->key,
		.key_end = set->interval ? e->last : NULL,
		.key_len = allow_len(set),
	};

	return nft_batch_put(b, nft_set_message(type, set->name, &elem), true);
}

/* Is it one that is wanted?  Then it is noted as there. */
static bool allow_wanted(struct allow_look *look, const struct allow_elem *e)
{
	size_t i;

	for (i = 0; i < look->n; i++) {
		if (look->want[i].set != e->set ||
		    memcmp(look->want[i].key, e->key, sizeof(e->key)) != 0 ||
		    memcmp(look->want[i].last, e->last, sizeof(e->last)) != 0)
			continue;
		look->have[i] = true;
		return true;
	}
	return false;
}

static int allow_see(void *ctx, const struct nlattr *attr)
{
	struct allow_look *look = ctx;
	const struct allow_set *set = &allow_sets[look->set];
	struct allow_elem e = { .set = look->set };
	struct nlattr *tb[NFTA_SET_ELEM_MAX + 1];
	size_t len = allow_len(set);

	if (nla_parse(tb, NFTA_SET_ELEM_MAX, (struct nlattr *)nla_data(attr),
		      nla_len(attr), NULL) < 0 ||
	    !nft_set_value(tb[NFTA_SET_ELEM_KEY], e.key, len) ||
	    strncmp((const char *)e.key, look->link, IFNAMSIZ) != 0)
		return 0;
	memcpy(e.last, e.key, sizeof(e.last));
	if (set->interval && tb[NFTA_SET_ELEM_KEY_END] &&
	    !nft_set_value(tb[NFTA_SET_ELEM_KEY_END], e.last, len))
		return 0;
	if (!allow_wanted(look, &e) && look->n_stale < ALLOW_STALE_MAX)
		look->stale[look->n_stale++] = e;
	return 0;
}

static int allow_look_once(struct nl_sock *sk, struct allow_look *look)
{
	int err = 0;

	look->n_stale = 0;
	memset(look->have, 0, sizeof(look->have));
	for (look->set = 0; look->set < NFT_ALLOW_SETS && err == 0;
	     look->set++)
		err = nft_set_each(sk, allow_sets[look->set].name, allow_see,
				   look);
	return err;
}

static int allow_change(struct nl_sock *sk, const struct allow_look *look)
{
	_cleanup_batch_ struct nft_batch b = { .n = 0 };
	bool ok = true;
	size_t i;

	for (i = 0; i < look->n_stale && ok; i++)
		ok = allow_put_elem(&b, NFT_MSG_DELSETELEM, &look->stale[i]);
	for (i = 0; i < look->n && ok; i++) {
		if (!look->have[i])
			ok = allow_put_elem(&b, NFT_MSG_NEWSETELEM,
					    &look->want[i]);
	}
	return ok ? nft_batch_send(sk, &b) : -ENOMEM;
}

int nft_allow_set(struct nl_sock *sk, const struct fw_member *m)
{
	struct allow_look look = { .link = m->link };
	int tries = ALLOW_TRIES;
	int err;

	for (; m->allows && look.n < m->allows->n; look.n++)
		allow_fill_elem(&look.want[look.n], m->link,
				&m->allows->list[look.n]);
	do {
		err = allow_look_once(sk, &look);
	} while (err == -EINTR && --tries > 0);
	/* Without the sets nothing is allowed. */
	if (err == -ENOENT && look.n == 0)
		return 0;
	return err ? err : allow_change(sk, &look);
}
