/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steer_dns_iptc.h - look-ups go to the network's own name servers: libiptc
 */
#ifndef RUNNS_NET_STEER_DNS_IPTC_H
#define RUNNS_NET_STEER_DNS_IPTC_H

#include "net/steer_dns.h"

/** iptc_steer() - as struct fw_backend has it */
int iptc_steer(const struct steer_dns *dns) _must_check_;

/** iptc_steers() - as struct fw_backend has it */
int iptc_steers(const struct steer_dns *dns) _must_check_;

#endif
