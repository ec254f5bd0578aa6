/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view_etc.h - an /etc that the host cannot take covers away from
 *
 * All are for the calling thread's mount namespace, which is a view.
 */
#ifndef RUNNS_VIEW_ETC_H
#define RUNNS_VIEW_ETC_H

#include "lib/base/base.h"

/** view_etc_is_laid() - is our overlay on top of /etc?  1, 0 or -errno */
int view_etc_is_laid(void) _must_check_;

/**
 * view_etc_lay() - lay an overlay of /etc over it, to be read only
 *
 * Return: 0; -ENODEV if the kernel has no overlay file system; -errno.
 */
int view_etc_lay(void) _must_check_;

/** view_etc_unlay() - take ours away, with all that lies on it; 0 or -errno */
int view_etc_unlay(void) _must_check_;

/**
 * view_etc_renew() - have names of the host's that changed looked up again
 *
 * The overlay remembers what it has looked up once.
 *
 * Return: 0 or -errno.
 */
int view_etc_renew(void) _must_check_;

#endif
