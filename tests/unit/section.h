/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * section.h - one section of runns.conf(5), read by a test
 */
#ifndef RUNNS_TEST_SECTION_H
#define RUNNS_TEST_SECTION_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "lib/policy/profile.h"

enum { SECTIONS = 4, TEXT_SIZE = 800 };

static struct profile memory[SECTIONS];
static struct profile_conf conf;
static struct diag diag;

/* Reads and checks a section [a] with these lines, and what follows. */
static int read_section(const char *lines)
{
	static char text[TEXT_SIZE];
	int len = snprintf(text, sizeof(text), "[a]\n%s", lines);
	int r;

	assert_in_range(len, 1, sizeof(text) - 1);
	profile_conf_init(&conf, memory, SECTIONS);
	diag = (struct diag){ 0 };
	r = profile_parse(&conf, "t.conf", text, (size_t)len, &diag);
	return r ? r : profile_check(&conf, &diag);
}

#endif
