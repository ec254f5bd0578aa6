/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_door.h - ports of the host's that lead into networks, by iptables
 */
#ifndef RUNNS_NET_FW_IPTC_DOOR_H
#define RUNNS_NET_FW_IPTC_DOOR_H

#include "net/fw.h"
#include "net/fw_iptc_lib.h"

/**
 * iptc_doors_add() - add a rule for each forward of @m
 * @t:		the table nat, without rules of @m's
 *
 * Return: 1; -EEXIST, logged, if a port is another network's; -errno.
 */
int iptc_doors_add(const struct iptc *t, const struct fw_member *m)
	_must_check_;

#endif
