/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * control.h - what is said to the keeper of an instance
 *
 * By packets of a socket that only its owner can reach.
 */
#ifndef UNSHARE_CONTROL_H
#define UNSHARE_CONTROL_H

#include <stdint.h>

#include "runnsctl/unshare/publish.h"

enum control_what {
	CONTROL_JOIN,
	CONTROL_PUBLISH,
	CONTROL_UNPUBLISH,
	CONTROL_PORTS,
};

/**
 * struct control_ask - what is wanted
 * @text:	of a port, terminated; see publish_parse()
 */
struct control_ask {
	int32_t what;
	char text[PUBLISH_TEXT_SIZE];
};

/** struct control_port - one of those that CONTROL_PORTS is answered with */
struct control_port {
	char text[PUBLISH_TEXT_SIZE];
};

/**
 * struct control_answer - and namespaces_pack()'s descriptors
 * @error:	0; -ESRCH if nobody is inside any more; another -errno
 * @flags:	which they are; for CONTROL_PORTS, how many follow
 */
struct control_answer {
	int32_t error;
	int32_t flags;
};

#endif
