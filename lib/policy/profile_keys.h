/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile_keys.h - the keys of runns.conf(5), between profile.c and its table
 */
#ifndef RUNNS_PROFILE_KEYS_H
#define RUNNS_PROFILE_KEYS_H

#include "lib/policy/profile.h"

/**
 * struct profile_input - the line that is being read
 * @conf:	what is being filled
 * @profile:	the section that the line belongs to; NULL in [runns]
 * @file:	label of the text
 * @line:	number of the line, from 1
 * @start:	its first byte, from which columns are counted
 * @key:	the key, as written
 * @value:	its value, without blanks around it and without comment
 * @seen:	which keys this section has had, a bit each
 * @d:		filled on failure
 */
struct profile_input {
	struct profile_conf *conf;
	struct profile *profile;
	const char *file;
	unsigned int line;
	const char *start;
	struct slice key;
	struct slice value;
	uint64_t *seen;
	struct diag *d;
};

/* Reports what is wrong at @at, a byte of the line; the value is -EINVAL. */
#define profile_bad(in, at, ...)                         \
	diag_set((in)->d, (in)->file, (in)->line,        \
		 (unsigned int)((at) - (in)->start) + 1, __VA_ARGS__)

#define PROFILE_NAME_RULE                                     \
	"a name has 1 to 63 of A-Z a-z 0-9 _ . -, begins with " \
	"a letter or digit, and is not host or deny"

/**
 * profile_key_set() - take over the value of one key
 *
 * Return: 0, or -EINVAL with the diagnosis filled.
 */
int profile_key_set(const struct profile_input *in) _must_check_;

/**
 * profile_interface_set() - take over the name of a network interface
 * @name:	a part of @in->value
 *
 * Return: 0, or -EINVAL with the diagnosis filled.
 */
int profile_interface_set(const struct profile_input *in, struct slice name,
			  struct slice *out) _must_check_;

/**
 * profile_net_check() - is @net a network, and no address in one?
 * @net:	as @in->value has it
 *
 * Return: 0, or -EINVAL with the diagnosis filled.
 */
int profile_net_check(const struct profile_input *in,
		      const struct addr_net *net) _must_check_;

/** profile_switch_set() - take over yes or no; as profile_key_set() */
int profile_switch_set(const struct profile_input *in, enum profile_switch *out)
	_must_check_;

/**
 * profile_word_next() - take the next word of a list off @list
 *
 * Words are divided by blanks, commas or both.
 *
 * Return: was there one?
 */
bool profile_word_next(struct slice *list, struct slice *word);

/** profile_byte_is_plain() - may a host's or an interface's name hold @c? */
bool profile_byte_is_plain(char c);

/** profile_path_is_plain() - absolute, and no component leads elsewhere? */
bool profile_path_is_plain(struct slice path);

/** profile_same_text() - are both the same but for the case of A to Z? */
bool profile_same_text(struct slice a, struct slice b);

#endif
