/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_member.h - who uses the rules that members share
 */
#ifndef RUNNS_NET_FW_IPTC_MEMBER_H
#define RUNNS_NET_FW_IPTC_MEMBER_H

#include "lib/base/base.h"

/**
 * iptc_any_member() - is there a member but @leaving?
 * @leaving:	device of one that goes, or ""
 *
 * Return: 1, 0 or -errno.
 */
int iptc_any_member(const char *leaving) _must_check_;

#endif
