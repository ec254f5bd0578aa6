/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_member.c - who uses the rules that members share
 *
 * Members are not listed anywhere, so their devices are.
 */
#include "net/fw_iptc_member.h"

#include <linux/netlink.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/session/paths.h"
#include "net/link.h"
#include "net/veth_user.h"

/* One without a name below /run/netns is on its way out, but for a user's. */
static int member_look(void *ctx, const struct link *l)
{
	BUF(path, 128);

	if (!l->ours || !l->alias[0] || strcmp(l->name, ctx) == 0)
		return 0;
	if (strncmp(l->name, VETH_DEVICE_PREFIX,
		    sizeof(VETH_DEVICE_PREFIX) - 1) == 0)
		return 1;
	buf_addf(&path, "/" PATH_HANDLES "/%s", l->alias);
	return access(path.text, F_OK) == 0;
}

int iptc_any_member(const char *leaving)
{
	_cleanup_nl_ struct nl_sock *sk = NULL;
	int r = nl_open(NETLINK_ROUTE, &sk);

	return r ? r : link_each(sk, member_look, (void *)leaving);
}
