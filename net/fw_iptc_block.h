/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_block.h - what the legacy tables would drop in spite of our rules
 */
#ifndef RUNNS_NET_FW_IPTC_BLOCK_H
#define RUNNS_NET_FW_IPTC_BLOCK_H

#include <stdbool.h>

#include "lib/base/base.h"

/** iptc_blocks() - see struct fw_backend */
int iptc_blocks(bool used, int (*fn)(void *ctx, const char *what, bool six),
		void *ctx) _must_check_;

#endif
