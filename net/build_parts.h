/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * build_parts.h - steps that make a part of a network, or mend it
 */
#ifndef RUNNS_NET_BUILD_PARTS_H
#define RUNNS_NET_BUILD_PARTS_H

#include "net/build.h"

/* Which of the steps a network needs. */
bool build_has_link(const void *ctx);
bool build_makes_link(const void *ctx);
bool build_borrows_link(const void *ctx);
bool build_has_end(const void *ctx);
bool build_is_routed(const void *ctx);
bool build_has_parent(const void *ctx);
bool build_needs_mark(const void *ctx);
bool build_has_byway(const void *ctx);

/*
 * All take a struct build, as steps do (step.h), and log their failures; but
 * build_link() leaves it to its caller to say that a name is taken.
 */
int build_allows(void *ctx);
int build_files(void *ctx);
int build_unfiles(void *ctx);
int build_mark(void *ctx);
int build_hang(void *ctx);
int build_unhang(void *ctx);
int build_firewall(void *ctx);
int build_unfirewall(void *ctx);
int build_link(void *ctx);
int build_inner(void *ctx);
int build_names(void *ctx);
int build_bar(void *ctx);
int build_outside(void *ctx);
int build_way_out(void *ctx);
int build_unway_out(void *ctx);
int build_start(void *ctx);
int build_byway_inside(void *ctx);
int build_byway_outside(void *ctx);
int build_unbyway_outside(void *ctx);

#endif
