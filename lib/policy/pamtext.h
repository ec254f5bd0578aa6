/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pamtext.h - the text of a PAM service, pam.d(5)
 *
 * Only as much as it takes to tell whether sessions reach our module.
 */
#ifndef RUNNS_PAMTEXT_H
#define RUNNS_PAMTEXT_H

#include "lib/base/base.h"
#include "lib/policy/slice.h"

enum pamtext_kind {
	PAMTEXT_RULE,	  /* a module */
	PAMTEXT_INCLUDE,  /* "include": another file, of this type */
	PAMTEXT_SUBSTACK, /* "substack" */
	PAMTEXT_ALL,	  /* "@include": another file, all types */
};

/**
 * struct pamtext_line - one rule
 * @session:	it is of the session phase; @include is of every phase
 * @control:	the second word, with its brackets; empty for @include
 * @target:	module, or the file that is included
 * @args:	what follows; may hold continued lines
 */
struct pamtext_line {
	enum pamtext_kind kind;
	bool session;
	struct slice control;
	struct slice target;
	struct slice args;
};

/**
 * pamtext_next() - take the next rule
 * @text:	moved behind it; need not be terminated
 *
 * What is no rule is passed over.
 *
 * Return: false at the end of the text.
 */
bool pamtext_next(struct slice *text, struct pamtext_line *out);

/** pamtext_word() - take the next word, a bracketed one whole; false: none */
bool pamtext_word(struct slice *text, struct slice *word);

/** pamtext_is_ours() - is the module pam_runns.so, wherever it lies? */
bool pamtext_is_ours(struct slice module);

/** pamtext_refuses() - does a module's failure refuse under that control? */
bool pamtext_refuses(struct slice control);

#endif
