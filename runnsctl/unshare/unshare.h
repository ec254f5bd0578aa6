/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unshare.h - a program in namespaces of the caller's own
 */
#ifndef UNSHARE_H
#define UNSHARE_H

#include "runnsctl/unshare/request.h"

/**
 * unshare_run() - make the namespaces, and become the program
 *
 * Return: exit status, EXIT_OWN, EXIT_NOT_EXECUTABLE or EXIT_NOT_FOUND after
 * a message.
 */
int unshare_run(struct unshare_request *request);

/**
 * unshare_open() - have an instance without entering it
 * @request:	name or state, and how it is made if it is not there
 *
 * Return: 0 with descriptors of all namespaces in @request->instance.ns: as
 * long as that of the mount namespace is open, here or elsewhere, the
 * instance stays; instance_close() in the end.  -errno after a message.
 */
int unshare_open(struct unshare_request *request) _must_check_;

#endif
