/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * human.c - numbers and tables as people like to read them
 */
#include "lib/base/human.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "lib/base/log.h"

enum { TABLE_GAP = 2 };

void human_bytes(char out[HUMAN_SIZE], uint64_t bytes)
{
	static const char units[] = "KMGTPE";
	size_t unit = 0;
	uint64_t tenths;

	if (bytes < 1000) {
		snprintf(out, HUMAN_SIZE, "%" PRIu64, bytes);
		return;
	}
	/* Tenths of a unit; so that no number has four digits. */
	tenths = bytes / 1024 * 10 + bytes % 1024 * 10 / 1024;
	for (; tenths >= 10000; unit++)
		tenths /= 1024;
	if (tenths < 100)
		snprintf(out, HUMAN_SIZE, "%" PRIu64 ".%" PRIu64 "%c",
			 tenths / 10, tenths % 10, units[unit]);
	else
		snprintf(out, HUMAN_SIZE, "%" PRIu64 "%c", tenths / 10,
			 units[unit]);
}

void human_age(char out[HUMAN_SIZE], long long seconds)
{
	if (seconds < 0)
		snprintf(out, HUMAN_SIZE, "-");
	else if (seconds < 60)
		snprintf(out, HUMAN_SIZE, "%llds", seconds);
	else if (seconds < 3600)
		snprintf(out, HUMAN_SIZE, "%lldm", seconds / 60);
	else if (seconds < 86400)
		snprintf(out, HUMAN_SIZE, "%lldh", seconds / 3600);
	else
		snprintf(out, HUMAN_SIZE, "%lldd", seconds / 86400);
}

int table_add(struct table *t, const char *text)
{
	size_t len = strlen(text);
	char **cells = t->cells;

	/* One more at each power of two. */
	if ((t->n_cells & (t->n_cells - 1)) == 0) {
		cells = realloc(cells, (t->n_cells ? t->n_cells * 2 : 1) *
				sizeof(*cells));
		if (!cells)
			return -ENOMEM;
		t->cells = cells;
	}
	cells[t->n_cells] = malloc(len * 4 + 1);
	if (!cells[t->n_cells])
		return -ENOMEM;
	log_escape(cells[t->n_cells++], len * 4 + 1, text, len);
	return 0;
}

/* Bytes that continue a character of UTF-8 take no column. */
static size_t table_width_of(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

/* Widths of the columns; 0 for one that is left out. */
static size_t table_measure(const struct table *t, size_t *widths)
{
	size_t total = 0;
	size_t i, width;

	for (i = 0; i < t->n_columns; i++)
		widths[i] = table_width_of(t->columns[i].head);
	for (i = 0; i < t->n_cells; i++) {
		width = table_width_of(t->cells[i]);
		if (width > widths[i % t->n_columns])
			widths[i % t->n_columns] = width;
	}
	for (i = 0; i < t->n_columns; i++)
		total += widths[i] + TABLE_GAP;
	return total - TABLE_GAP;
}

static void table_fit(const struct table *t, size_t *widths, size_t total,
		      size_t width)
{
	while (width && total > width) {
		size_t worst = 0;
		size_t i;

		for (i = 1; i < t->n_columns; i++) {
			if (widths[i] && (!widths[worst] ||
					  t->columns[i].rank >
					  t->columns[worst].rank))
				worst = i;
		}
		if (!t->columns[worst].rank)
			return;
		total -= widths[worst] + TABLE_GAP;
		widths[worst] = 0;
	}
}

static void table_cell(const struct table *t, FILE *to, size_t column,
		       const char *text)
{
	const char *colour = t->colour ? t->colour(column, text) : NULL;

	if (colour)
		fprintf(to, "%s%s\033[0m", colour, text);
	else
		fputs(text, to);
}

static void table_pad(FILE *to, size_t n)
{
	fprintf(to, "%*s", (int)n, "");
}

static void table_row(const struct table *t, FILE *to, const size_t *widths,
		      char *const *cells)
{
	size_t owed = 0;
	size_t i;

	for (i = 0; i < t->n_columns; i++) {
		const char *text = cells ? cells[i] : t->columns[i].head;
		size_t room;

		if (!widths[i])
			continue;
		room = widths[i] - table_width_of(text);
		if (t->columns[i].right) {
			owed += room;
			room = 0;
		}
		table_pad(to, owed);
		if (cells)
			table_cell(t, to, i, text);
		else
			fputs(text, to);
		owed = room + TABLE_GAP;
	}
	putc('\n', to);
}

void table_print(const struct table *t, FILE *to, size_t width)
{
	size_t widths[TABLE_COLUMNS_MAX];
	size_t i;

	table_fit(t, widths, table_measure(t, widths), width);
	table_row(t, to, widths, NULL);
	for (i = 0; i + t->n_columns <= t->n_cells; i += t->n_columns)
		table_row(t, to, widths, t->cells + i);
}

void table_free(struct table *t)
{
	while (t->n_cells > 0)
		free(t->cells[--t->n_cells]);
	free(t->cells);
	t->cells = NULL;
}
