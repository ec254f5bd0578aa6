/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pty.h - a new terminal for a program, and the caller's own
 */
#ifndef RUNNSCTL_PTY_H
#define RUNNSCTL_PTY_H

#include <stdbool.h>
#include <termios.h>

#include "lib/base/base.h"

/**
 * struct pty - both ends of a new terminal
 * @master:	non-blocking
 * @slave:	the end that the program gets
 * @outer:	how the caller's terminal on descriptor 0 was set up ...
 * @has_outer:	... if there is one
 */
struct pty {
	int master;
	int slave;
	struct termios outer;
	bool has_outer;
};

/**
 * pty_open() - make a terminal that is set up as the caller's is
 *
 * Return: 0 and pty_close() must be called; or -errno.
 */
int pty_open(struct pty *pty) _must_check_;

/** pty_close() - close what is open; the program is then hung up on */
void pty_close(struct pty *pty);

/** pty_resize() - give it the size of the caller's terminal, if he has one */
void pty_resize(const struct pty *pty);

/** pty_outer_raw() - from now on keys go to the program, not to the caller */
void pty_outer_raw(const struct pty *pty);

/** pty_outer_restore() - as it was when pty_open() was called */
void pty_outer_restore(const struct pty *pty);

/**
 * pty_keep() - leave a process behind that reads and drops what is written
 *
 * It ends when nobody has the terminal open any more.
 *
 * Return: 0 or -errno.
 */
int pty_keep(struct pty *pty) _must_check_;

#endif
