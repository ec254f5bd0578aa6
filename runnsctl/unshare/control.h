/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * control.h - what is said to the keeper of an instance
 *
 * By packets of a socket that only its owner can reach.
 */
#ifndef UNSHARE_CONTROL_H
#define UNSHARE_CONTROL_H

#include <stdint.h>

enum control_what { CONTROL_JOIN };

/** struct control_ask - the namespaces are wanted */
struct control_ask {
	int32_t what;
};

/**
 * struct control_answer - and namespaces_pack()'s descriptors
 * @error:	0; -ESRCH if nobody is inside any more; another -errno
 * @flags:	which they are
 */
struct control_answer {
	int32_t error;
	int32_t flags;
};

#endif
