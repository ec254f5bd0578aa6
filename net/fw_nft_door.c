/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_nft_door.c - ports of the host's that lead into networks, by nf_tables
 *
 * Two maps for all networks, of IPv4 and of IPv6: address, protocol and port of
 * the host's give address and port inside.  They have no intervals, so that a
 * look-up takes as long with thousands of ports as with one.
 */
#include "net/fw_nft_door.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include "lib/base/log.h"
#include "net/fw_nft_base.h"
#include "net/fw_nft_batch.h"
#include "net/fw_nft_rule.h"
#include "net/fw_nft_set.h"

enum {
	/* Types as nft(8) numbers them; parts of one have 6 bits each. */
	DOOR_ADDRESS = 7,
	DOOR_ADDRESS6 = 8,
	DOOR_PROTOCOL = 12,
	DOOR_SERVICE = 13,
	DOOR_COMMENT = 0,	/* type of an element's comment, likewise */
	DOOR_TRIES = 10,	/* any change interrupts a listing */
	DOOR_STALE_MAX = 64,
};

_Static_assert(DOOR_STALE_MAX + PROFILE_FORWARDS_MAX <= NFT_BATCH_MAX,
	       "all at once");

/*
 * As it lies in the kernel's registers: an address, and four bytes for a
 * protocol and a port each.  What is behind the lengths of its kind is zero.
 */
struct door {
	uint8_t key[24];
	uint8_t data[20];
};

/**
 * struct door_kind - one of the maps
 * @address:	type of addresses
 */
struct door_kind {
	uint8_t family;
	const char *map;
	uint32_t address;
	size_t key_len;
	size_t data_len;
};

static const struct door_kind door_kinds[] = {
	{ 4, NFT_DOORS, DOOR_ADDRESS, 12, 8 },
	{ 6, NFT_DOORS6, DOOR_ADDRESS6, 24, 20 },
};

/* What the kernel has: @stale is not wanted, @have has a bit for what is. */
struct door_list {
	const struct door_kind *kind;
	const struct fw_member *m;
	struct door stale[DOOR_STALE_MAX];
	size_t n_stale;
	uint32_t have;
};

_Static_assert(PROFILE_FORWARDS_MAX <= 32, "a bit for each");

/* False if that forward is not for this family. */
static bool door_of(const struct door_kind *kind, const struct fw_member *m,
		    size_t i, struct door *out)
{
	const struct profile_forward *f = &m->forwards[i];
	const struct addr *inside = kind->family == 4 ? &m->inside :
							&m->inside6;
	const uint16_t port = htons(f->port);
	const uint16_t inside_port = htons(f->inside_port);
	size_t len = kind->key_len - 8;

	if (inside->family != kind->family ||
	    (f->addr.family && f->addr.family != kind->family))
		return false;
	*out = (struct door){ 0 };
	memcpy(out->key, f->addr.bytes, len);
	out->key[len] = f->udp ? IPPROTO_UDP : IPPROTO_TCP;
	memcpy(out->key + len + 4, &port, sizeof(port));
	memcpy(out->data, inside->bytes, len);
	memcpy(out->data + len, &inside_port, sizeof(inside_port));
	return true;
}

static bool door_fill_map(struct nl_msg *msg, const struct door_kind *kind,
			  uint32_t id)
{
	uint32_t key = kind->address << 12 | DOOR_PROTOCOL << 6 | DOOR_SERVICE;
	uint32_t data = kind->address << 6 | DOOR_SERVICE;

	return nla_put_string(msg, NFTA_SET_TABLE, NFT_TABLE) == 0 &&
	       nla_put_string(msg, NFTA_SET_NAME, kind->map) == 0 &&
	       nft_put_u32(msg, NFTA_SET_ID, id) &&
	       nft_put_u32(msg, NFTA_SET_FLAGS, NFT_SET_MAP) &&
	       nft_put_u32(msg, NFTA_SET_KEY_TYPE, key) &&
	       nft_put_u32(msg, NFTA_SET_KEY_LEN, (uint32_t)kind->key_len) &&
	       nft_put_u32(msg, NFTA_SET_DATA_TYPE, data) &&
	       nft_put_u32(msg, NFTA_SET_DATA_LEN, (uint32_t)kind->data_len);
}

struct nl_msg *nft_doors_new(uint8_t family, uint32_t id)
{
	struct nl_msg *msg = nft_new(NFPROTO_INET, NFT_MSG_NEWSET,
				     NLM_F_CREATE);

	if (msg && door_fill_map(msg, &door_kinds[family == 6], id))
		return msg;
	nlmsg_free(msg);
	return NULL;
}

/* One byte of type, one of length, text with its end. */
static size_t door_comment(uint8_t note[2 + IFNAMSIZ], const char *link)
{
	size_t len = strnlen(link, IFNAMSIZ - 1) + 1;

	memset(note, 0, 2 + IFNAMSIZ);
	note[0] = DOOR_COMMENT;
	note[1] = (uint8_t)len;
	memcpy(note + 2, link, len - 1);
	return 2 + len;
}

/* @link: NULL to delete it */
static bool door_put(struct nft_batch *b, const struct door_kind *kind,
		     const struct door *door, const char *link)
{
	uint8_t note[2 + IFNAMSIZ];
	struct nft_elem elem = { .key = door->key, .key_len = kind->key_len };
	struct nl_msg *msg;

	if (link) {
		elem.data = door->data;
		elem.data_len = kind->data_len;
		elem.note = note;
		elem.note_len = door_comment(note, link);
	}
	msg = nft_set_message(link ? NFT_MSG_NEWSETELEM : NFT_MSG_DELSETELEM,
			      kind->map, &elem);
	return nft_batch_put(b, msg, true);
}

static bool door_is_of(const struct nlattr *notes, const char *link)
{
	const char *at = notes ? nla_data(notes) : NULL;
	size_t len = strlen(link) + 1;

	return at && (size_t)nla_len(notes) >= 2 + len &&
	       at[0] == DOOR_COMMENT && (size_t)(uint8_t)at[1] == len &&
	       memcmp(at + 2, link, len) == 0;
}

/* Is it one that is wanted?  Then it is noted as there. */
static bool door_wanted(struct door_list *list, const struct door *door)
{
	size_t i;

	for (i = 0; i < list->m->n_forwards; i++) {
		struct door want;

		if (!door_of(list->kind, list->m, i, &want) ||
		    memcmp(&want, door, sizeof(want)) != 0)
			continue;
		list->have |= 1u << i;
		return true;
	}
	return false;
}

static int door_look(void *ctx, const struct nlattr *elem)
{
	struct door_list *list = ctx;
	struct nlattr *tb[NFTA_SET_ELEM_MAX + 1];
	struct door door = { 0 };

	if (nla_parse(tb, NFTA_SET_ELEM_MAX, nla_data(elem), nla_len(elem),
		      NULL) < 0 ||
	    !door_is_of(tb[NFTA_SET_ELEM_USERDATA], list->m->link) ||
	    !nft_set_value(tb[NFTA_SET_ELEM_KEY], door.key,
			   list->kind->key_len) ||
	    !nft_set_value(tb[NFTA_SET_ELEM_DATA], door.data,
			   list->kind->data_len))
		return 0;
	if (!door_wanted(list, &door) && list->n_stale < DOOR_STALE_MAX)
		list->stale[list->n_stale++] = door;
	return 0;
}

static int door_list_once(struct nl_sock *sk, struct door_list *list)
{
	list->n_stale = 0;
	list->have = 0;
	return nft_set_each(sk, list->kind->map, door_look, list);
}

static int door_change(struct nl_sock *sk, const struct door_list *list)
{
	_cleanup_batch_ struct nft_batch b = { .n = 0 };
	bool ok = true;
	size_t i;

	for (i = 0; i < list->n_stale && ok; i++)
		ok = door_put(&b, list->kind, &list->stale[i], NULL);
	for (i = 0; i < list->m->n_forwards && ok; i++) {
		struct door door;

		if (!(list->have & 1u << i) &&
		    door_of(list->kind, list->m, i, &door))
			ok = door_put(&b, list->kind, &door, list->m->link);
	}
	return ok ? nft_batch_send(sk, &b) : -ENOMEM;
}

static int door_set(struct nl_sock *sk, const struct door_kind *kind,
		    const struct fw_member *m)
{
	struct door_list list = { .kind = kind, .m = m };
	int tries = DOOR_TRIES;
	int err;

	do {
		err = door_list_once(sk, &list);
	} while (err == -EINTR && --tries > 0);
	/* Without the map nothing leads anywhere. */
	if (err == -ENOENT && m->n_forwards == 0)
		return 0;
	if (err == 0)
		err = door_change(sk, &list);
	/* The kernel's word for a key that leads elsewhere. */
	if (err == -EBUSY || err == -EEXIST)
		return log_errno(-EEXIST, "%s: Forward: another network that "
				 "is up has one of these ports of the host",
				 m->name);
	return err;
}

int nft_doors_set(struct nl_sock *sk, const struct fw_member *m)
{
	int err = door_set(sk, &door_kinds[0], m);

	return err ? err : door_set(sk, &door_kinds[1], m);
}
