/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shell.h - the caller's shell
 */
#ifndef RUNNSCTL_SHELL_H
#define RUNNSCTL_SHELL_H

/**
 * shell_find() - $SHELL, or the shell of the caller's account
 *
 * Return: text that stays until the next call; NULL if he has no account.
 */
const char *shell_find(void);

#endif
