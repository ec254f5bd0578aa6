/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_doctor.c - runnsctl doctor: what keeps RUNNS from working here
 */
#include "runnsctl/audit.h"

const struct cli_option cmd_doctor_options[] = {
	{ 256, "json", NULL, "as JSON" },
	{ 0 },
};

static const struct audit_check checks[] = {
	{ audit_map },	      { audit_conf },	 { audit_pam },
	{ audit_sshd },	      { audit_helper },	 { audit_covers },
	{ doctor_installed }, { doctor_kernel }, { doctor_host },
	{ doctor_managers },  { NULL },
};

int cmd_doctor(const struct command *command, int argc, char **argv)
{
	int i;

	if (getuid() != 0) {
		cli_error("doctor: only root can do this; try it with sudo");
		return EXIT_FAILED;
	}
	for (i = 1; i < argc; i++)
		if (argv[i][0] != '-')
			return cli_usage_error(command,
					       "doctor: no operand expected");
	return audit_main(command, argc, argv, checks);
}
