/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log.h - one place through which every message goes
 *
 * The program says once where messages go; the library never opens a log of
 * its own, because it also lives inside sshd and login.  Every message is
 * one line: control characters, bidirectional marks and invalid UTF-8 are
 * escaped here, so that no caller has to think of them.
 */
#ifndef RUNNS_LOG_H
#define RUNNS_LOG_H

#include <stdarg.h>
#include <syslog.h>

#include "lib/base/base.h"

enum { LOG_LINE_MAX = 1024 };	/* bytes of a message, escapes included */

/**
 * struct log_sink - where the messages of this thread go
 * @write:	gets one escaped line without newline
 * @ctx:	handed to @write
 * @debug:	whether LOG_DEBUG messages are wanted
 */
struct log_sink {
	void (*write)(void *ctx, int priority, const char *line);
	void *ctx;
	int debug;
};

/**
 * log_set_sink() - direct this thread's messages to @sink
 * @sink:	stays the caller's; NULL drops messages
 *
 * Return: the sink until now, to be set again by a guest in another process.
 */
const struct log_sink *log_set_sink(const struct log_sink *sink);

/** log_msg() - one message of syslog(3) priority @priority */
void log_msg(int priority, const char *fmt, ...) _printf_(2, 3);
void log_vmsg(int priority, const char *fmt, va_list ap) _printf_(2, 0);

/**
 * log_errno() - report a failure as LOG_ERR and hand its code on
 * @err:	a negative errno; its text is appended to the message
 *
 * Return: @err.
 */
int log_errno(int err, const char *fmt, ...) _printf_(2, 3);

/**
 * log_escape() - make text safe for a terminal, a log or a table
 * @out:	memory for the result, always terminated
 * @size:	its size; what does not fit is cut, never in mid-escape
 * @text:	any bytes
 * @len:	how many
 *
 * C0, C1, DEL, the backslash's own escapes, bidirectional controls, line
 * separators and bytes that are not UTF-8 become \xNN of each byte.
 */
void log_escape(char *out, size_t size, const char *text, size_t len);

/** log_vescape() - the same for a message of at most LOG_LINE_MAX bytes */
void log_vescape(char *out, size_t size, const char *fmt, va_list ap)
	_printf_(3, 0);

#endif
