/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steps.c - what runs inside, one after the other
 */
#include "runnsctl/unshare/steps.h"

#include "lib/sys/exec.h"
#include "runnsctl/runnsctl.h"
#include "runnsctl/start.h"
#include "runnsctl/unshare/attend.h"

/* Return: 0, or the status of the first that failed. */
static int run_commands(const struct commands *commands)
{
	struct attend before;
	int status = 0;

	attend_begin(&before);
	for (size_t i = 0; status == 0 && i < commands->n; i++)
		status = attend_run(commands->list[i], &before);
	attend_end(&before);
	if (status < 0)
		return EXIT_OWN;
	return start_end_as(status);
}

int steps_run(struct unshare_request *request)
{
	int status = request->exec.n ? run_commands(&request->exec) : 0;

	if (status != 0 || !request->program)
		return status;
	return exec_program(request->program, environ);
}
