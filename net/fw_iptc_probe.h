/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_probe.h - can the legacy tables be used, and does anybody?
 */
#ifndef RUNNS_NET_FW_IPTC_PROBE_H
#define RUNNS_NET_FW_IPTC_PROBE_H

#include <stdbool.h>

#include "lib/base/base.h"

/** iptc_probe() - see struct fw_backend */
int iptc_probe(bool load) _must_check_;

#endif
