/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_special.h - rules that networks have beside those for all
 */
#ifndef RUNNS_NET_FW_IPTC_SPECIAL_H
#define RUNNS_NET_FW_IPTC_SPECIAL_H

#include "net/fw.h"
#include "net/fw_iptc_lib.h"

/**
 * iptc_specials_add() - add those that one network needs to a table
 * @t:		a table without rules of @m's
 *
 * Return: 1 if there was any, 0, or -errno.
 */
int iptc_specials_add(const struct iptc *t, const struct fw_member *m)
	_must_check_;

#endif
