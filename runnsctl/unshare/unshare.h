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

#endif
