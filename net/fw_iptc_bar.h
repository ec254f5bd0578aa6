/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_bar.h - rules inside that let a device lead only where it may
 */
#ifndef RUNNS_NET_FW_IPTC_BAR_H
#define RUNNS_NET_FW_IPTC_BAR_H

#include "net/fw.h"

/** iptc_bar() - as struct fw_backend has it */
int iptc_bar(const struct fw_bar *bar) _must_check_;

#endif
