/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linger.h - descriptors whose closing takes longer than a caller should wait
 */
#ifndef RUNNS_NET_LINGER_H
#define RUNNS_NET_LINGER_H

#include "lib/base/base.h"

/**
 * linger_keep_ns() - close a namespace that goes with it when we have ended
 * @fd:		taken over; the one that was kept before is closed
 */
void linger_keep_ns(int fd);

/** linger_keep_nft() - close a socket of nfnetlink still later; a few of them */
void linger_keep_nft(int fd);

/** linger_call() - have @fn called after we have ended; a few functions */
void linger_call(void (*fn)(void));

/**
 * linger_end() - leave what is kept to a child; before the program ends
 *
 * The child waits until we are gone, and ends after a twentieth of a second.
 * If there can be none, all of it is done here and now.
 */
void linger_end(void);

#endif
