/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * human.h - numbers and tables as people like to read them
 */
#ifndef RUNNS_HUMAN_H
#define RUNNS_HUMAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/base/base.h"

enum { HUMAN_SIZE = 24, TABLE_COLUMNS_MAX = 16 };

/** human_bytes() - "0", "999", "1.5K", "23M": at most four characters and K-E */
void human_bytes(char out[HUMAN_SIZE], uint64_t bytes);

/** human_age() - "5s", "3m", "2h", "9d"; "-" if it is negative */
void human_age(char out[HUMAN_SIZE], long long seconds);

/**
 * struct table_column - one column
 * @head:	its heading
 * @right:	aligned to the right
 * @rank:	the highest goes first when there is too little room; 0 never goes
 */
struct table_column {
	const char *head;
	bool right;
	unsigned int rank;
};

/**
 * struct table - rows that are printed together, as wide as they need
 * @cells:	texts of the table's own, row by row
 * @colour:	of a cell, an escape sequence; or NULL
 */
struct table {
	const struct table_column *columns;
	size_t n_columns;
	char **cells;
	size_t n_cells;
	const char *(*colour)(size_t column, const char *text);
};

/**
 * table_add() - add the next cell
 * @text:	any bytes; made safe for a terminal
 *
 * Return: 0 or -ENOMEM.
 */
int table_add(struct table *t, const char *text) _must_check_;

/**
 * table_print() - print all of it, without blanks at the ends of lines
 * @width:	columns of the terminal, 0: whatever it takes
 *
 * What does not fit is left out by whole columns.
 */
void table_print(const struct table *t, FILE *to, size_t width);

/** table_free() - the cells; harmless on a zeroed struct */
void table_free(struct table *t);

#endif
