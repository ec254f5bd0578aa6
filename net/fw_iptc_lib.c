/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_lib.c - libiptc, which is there twice: for IPv4 and for IPv6
 */
#include "net/fw_iptc_lib.h"

#include <fcntl.h>
#include <string.h>

#include "lib/sys/file.h"

static const void *first_rule4(const char *chain, struct xtc_handle *h)
{
	return iptc_first_rule(chain, h);
}

static const void *next_rule4(const void *entry, struct xtc_handle *h)
{
	return iptc_next_rule(entry, h);
}

static const char *target4(const void *entry, struct xtc_handle *h)
{
	return iptc_get_target(entry, h);
}

static int append4(const char *chain, const void *entry, struct xtc_handle *h)
{
	return iptc_append_entry(chain, entry, h);
}

static int insert4(const char *chain, const void *entry, unsigned int at,
		   struct xtc_handle *h)
{
	return iptc_insert_entry(chain, entry, at, h);
}

static const void *first_rule6(const char *chain, struct xtc_handle *h)
{
	return ip6tc_first_rule(chain, h);
}

static const void *next_rule6(const void *entry, struct xtc_handle *h)
{
	return ip6tc_next_rule(entry, h);
}

static const char *target6(const void *entry, struct xtc_handle *h)
{
	return ip6tc_get_target(entry, h);
}

static int append6(const char *chain, const void *entry, struct xtc_handle *h)
{
	return ip6tc_append_entry(chain, entry, h);
}

static int insert6(const char *chain, const void *entry, unsigned int at,
		   struct xtc_handle *h)
{
	return ip6tc_insert_entry(chain, entry, at, h);
}

const struct iptc_lib iptc_lib4 = {
	.family = 4,
	.program = "iptables",
	.names = "/proc/thread-self/net/ip_tables_names",
	.init = iptc_init,
	.free = iptc_free,
	.commit = iptc_commit,
	.strerror = iptc_strerror,
	.is_chain = iptc_is_chain,
	.first_chain = iptc_first_chain,
	.next_chain = iptc_next_chain,
	.create = iptc_create_chain,
	.flush = iptc_flush_entries,
	.delete = iptc_delete_chain,
	.delete_at = iptc_delete_num_entry,
	.policy = iptc_get_policy,
	.first_rule = first_rule4,
	.next_rule = next_rule4,
	.target = target4,
	.append = append4,
	.insert = insert4,
};

const struct iptc_lib iptc_lib6 = {
	.family = 6,
	.program = "ip6tables",
	.names = "/proc/thread-self/net/ip6_tables_names",
	.init = ip6tc_init,
	.free = ip6tc_free,
	.commit = ip6tc_commit,
	.strerror = ip6tc_strerror,
	.is_chain = ip6tc_is_chain,
	.first_chain = ip6tc_first_chain,
	.next_chain = ip6tc_next_chain,
	.create = ip6tc_create_chain,
	.flush = ip6tc_flush_entries,
	.delete = ip6tc_delete_chain,
	.delete_at = ip6tc_delete_num_entry,
	.policy = ip6tc_get_policy,
	.first_rule = first_rule6,
	.next_rule = next_rule6,
	.target = target6,
	.append = append6,
	.insert = insert6,
};

bool iptc_has_table(const struct iptc_lib *lib, const char *table)
{
	char names[256];
	char *rest = names;
	const char *name;

	if (file_read_small(AT_FDCWD, lib->names, names, sizeof(names)) < 0)
		return false;
	while ((name = strsep(&rest, "\n"))) {
		if (strcmp(name, table) == 0)
			return true;
	}
	return false;
}

static void look4(const struct ipt_entry *e, struct iptc_head *out)
{
	static const struct ipt_ip any = { .proto = 0 };

	*out = (struct iptc_head){
		.entry = (const char *)e,
		.in = e->ip.iniface,
		.out = e->ip.outiface,
		.in_mask = e->ip.iniface_mask,
		.out_mask = e->ip.outiface_mask,
		.dst = &e->ip.dst,
		.dst_len = sizeof(e->ip.dst),
		.protocol = e->ip.proto,
		.any = memcmp(&e->ip, &any, sizeof(any)) == 0,
		.matches = sizeof(*e),
		.target = e->target_offset,
	};
}

/* Its last bytes are nobody's. */
static bool any6(const struct ip6t_ip6 *ip)
{
	return !ip->iniface_mask[0] && !ip->outiface_mask[0] &&
	       IN6_IS_ADDR_UNSPECIFIED(&ip->smsk) &&
	       IN6_IS_ADDR_UNSPECIFIED(&ip->dmsk) && !ip->proto &&
	       !(ip->flags & (IP6T_F_PROTO | IP6T_F_TOS)) && !ip->invflags;
}

static void look6(const struct ip6t_entry *e, struct iptc_head *out)
{
	*out = (struct iptc_head){
		.entry = (const char *)e,
		.in = e->ipv6.iniface,
		.out = e->ipv6.outiface,
		.in_mask = e->ipv6.iniface_mask,
		.out_mask = e->ipv6.outiface_mask,
		.dst = &e->ipv6.dst,
		.dst_len = sizeof(e->ipv6.dst),
		.protocol = e->ipv6.proto,
		.any = any6(&e->ipv6),
		.matches = sizeof(*e),
		.target = e->target_offset,
	};
}

void iptc_look(const struct iptc_lib *lib, const void *entry,
	       struct iptc_head *out)
{
	if (lib->family == 4)
		look4(entry, out);
	else
		look6(entry, out);
}
