/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_allow.h - where networks may go in spite of Isolate, by iptables
 */
#ifndef RUNNS_NET_FW_IPTC_ALLOW_H
#define RUNNS_NET_FW_IPTC_ALLOW_H

#include "net/fw.h"
#include "net/fw_iptc_lib.h"

/**
 * iptc_allows_add() - add a rule for each destination of @m's
 * @t:		the table filter, without rules of @m's
 *
 * Return: 1 if there was any, 0, or -errno.
 */
int iptc_allows_add(const struct iptc *t, const struct fw_member *m)
	_must_check_;

#endif
