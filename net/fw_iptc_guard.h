/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_guard.h - networks that are in the hands of strangers, by iptables
 */
#ifndef RUNNS_NET_FW_IPTC_GUARD_H
#define RUNNS_NET_FW_IPTC_GUARD_H

#include "net/fw.h"
#include "net/fw_iptc_lib.h"

/**
 * iptc_guard_add() - the rules of @m's in one table, without any of them
 *
 * Return: 1 if there are some; 0; -errno.
 */
int iptc_guard_add(const struct iptc *t, const struct fw_member *m)
	_must_check_;

#endif
