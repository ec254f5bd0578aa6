/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * link_kind_below.c - macvlan and ipvlan: a device of its own on an uplink
 *
 * It has no end outside.  It goes with the uplink, and with its namespace.
 */
#include <errno.h>
#include <linux/netlink.h>

#include "lib/base/log.h"
#include "net/build.h"
#include "net/link_kind.h"

int link_below_look(struct build *b)
{
	const char *name = b->record.device;
	int err = link_find(b->out, name, 0, &b->device);

	if (err)
		return log_errno(err, "%s: InterfaceOut=%s: there is no such "
				 "device", b->record.name, name);
	if (b->device.loopback || b->device.master || b->device.ours)
		return log_errno(-EINVAL, "%s: InterfaceOut=%s: nothing can be "
				 "put on that device: it is lo, part of "
				 "another, or another network's",
				 b->record.name, name);
	return 0;
}

int link_below_make(struct build *b)
{
	const char *kind = profile_link_name(b->record.link);
	struct link_below below = {
		.kind = kind,
		.name = b->record.inside,
		.ns = b->ns,
		.lower = b->device.index,
		.mtu = b->plan.mtu,
	};
	int err = link_make_below(b->out, &below);

	if (err == -EOPNOTSUPP)
		return log_errno(err, "%s: the kernel has no %s devices "
				 "(CONFIG_%s)", b->record.name, kind,
				 b->record.link == LINK_MACVLAN ? "MACVLAN" :
								  "IPVLAN");
	if (err == -EBUSY)
		return log_errno(err, "%s: %s already carries devices of "
				 "another kind", b->record.name,
				 b->device.name);
	if (err)
		return log_errno(err, "%s: cannot make a %s device on %s",
				 b->record.name, kind, b->device.name);
	return 0;
}
