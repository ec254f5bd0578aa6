/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * word.h - what one word of runns.map(5) may be
 *
 * Each function returns NULL for a good word, else what is wrong with it
 * (a constant text).  Words hold no control characters.
 */
#ifndef RUNNS_WORD_H
#define RUNNS_WORD_H

#include "lib/base/base.h"
#include "lib/policy/slice.h"

/** word_check_name() - a name or template: SESSION without its keywords */
const char *word_check_name(struct slice word) _must_check_;

/** word_check_also() - ALSO: as word_check_name(), "host", or a glob */
const char *word_check_also(struct slice word) _must_check_;

/** word_check_service() - service= */
const char *word_check_service(struct slice word) _must_check_;

/** word_check_tty() - tty=, a glob */
const char *word_check_tty(struct slice word) _must_check_;

/** word_check_rhost() - rhost=: "local", "remote" or a network */
const char *word_check_rhost(struct slice word) _must_check_;

/** word_check_uplink() - what stands behind veth=N@ */
const char *word_check_uplink(struct slice word) _must_check_;

#endif
