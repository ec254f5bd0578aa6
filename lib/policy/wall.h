/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wall.h - a chain of somebody else's firewall that drops, and who can mend it
 */
#ifndef RUNNS_WALL_H
#define RUNNS_WALL_H

enum { WALL_TEXT_SIZE = 512 };

/**
 * wall_mend() - the commands that let a device pass, both ways
 * @chain:	as the builder names it, such as "chain inet filter forward
 *		(nft, policy drop)"
 * @device:	the device
 */
void wall_mend(const char *chain, const char *device,
	       char out[WALL_TEXT_SIZE]);

#endif
