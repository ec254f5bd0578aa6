/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steps.h - what runs inside, one after the other
 */
#ifndef UNSHARE_STEPS_H
#define UNSHARE_STEPS_H

#include "runnsctl/unshare/request.h"

/**
 * steps_run() - run the commands of --exec in order, then become the program
 *
 * The first that fails is the last.
 *
 * Return: exit status.
 */
int steps_run(struct unshare_request *request);

#endif
