/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status_table.c - networks for people
 */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "lib/base/human.h"
#include "lib/base/log.h"
#include "net/status.h"

enum { COLUMN_STATE = 1, COLUMN_VPN = 7 };

/* What a program tells apart by --json goes first when there is no room. */
static const struct table_column columns[] = {
	{ "NAME", false, 0 },	  { "STATE", false, 0 },
	{ "ADDRESS", false, 2 },  { "DEVICE", false, 9 },
	{ "UPLINK", false, 5 },	  { "NAT", false, 10 },
	{ "AGE", true, 6 },	  { "VPN", false, 3 },
	{ "FIREWALL", false, 12 }, { "PROCS", true, 8 },
	{ "SESS", true, 7 },	  { "RX", true, 4 },
	{ "TX", true, 4 },	  { "DNS", false, 11 },
};

static const char *table_colour(size_t column, const char *text)
{
	if (column != COLUMN_STATE && column != COLUMN_VPN)
		return NULL;
	if (strcmp(text, "up") == 0)
		return "\033[32m";
	if (strcmp(text, "broken") == 0 || strcmp(text, "dead") == 0)
		return "\033[31m";
	return strcmp(text, "-") == 0 ? NULL : "\033[33m";
}

static bool table_has_colour(void)
{
	const char *no = secure_getenv("NO_COLOR");
	const char *term = secure_getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no && no[0]) && term && term[0] &&
	       strcmp(term, "dumb") != 0;
}

static size_t table_room(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) ||
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		return 0;
	return size.ws_col;
}

/* Bytes; or bytes a second since @before, if it was there. */
static void row_traffic(const struct status *s,
			const struct status_before *before, char rx[HUMAN_SIZE],
			char tx[HUMAN_SIZE])
{
	const struct status_rate *was = NULL;
	size_t i;

	for (i = 0; before && !was && i < before->n; i++) {
		if (strcmp(before->list[i].name, s->name) == 0)
			was = &before->list[i];
	}
	snprintf(rx, HUMAN_SIZE, "-");
	snprintf(tx, HUMAN_SIZE, "-");
	if (!s->linked || (before && (!was || before->ms <= 0 ||
				      was->rx_bytes > s->link.rx_bytes ||
				      was->tx_bytes > s->link.tx_bytes)))
		return;
	if (!before) {
		human_bytes(rx, s->link.rx_bytes);
		human_bytes(tx, s->link.tx_bytes);
		return;
	}
	human_bytes(rx, (s->link.rx_bytes - was->rx_bytes) * 1000 /
				(uint64_t)before->ms);
	human_bytes(tx, (s->link.tx_bytes - was->tx_bytes) * 1000 /
				(uint64_t)before->ms);
}

/* The texts of a row that are made for it. */
struct row {
	char address[ADDR_TEXT_SIZE + 8];
	char age[HUMAN_SIZE];
	char processes[HUMAN_SIZE];
	char sessions[HUMAN_SIZE];
	char rx[HUMAN_SIZE];
	char tx[HUMAN_SIZE];
};

static void row_fill(struct row *row, const struct status *s,
		     const struct status_before *before)
{
	status_address(s, row->address, sizeof(row->address));
	snprintf(row->processes, HUMAN_SIZE, "%u", s->processes);
	snprintf(row->sessions, HUMAN_SIZE, "%u", s->sessions);
	human_age(row->age, s->vpn.state[0] ?
		  (long long)time(NULL) - s->vpn.since : -1);
	row_traffic(s, before, row->rx, row->tx);
}

static int row_add(struct table *t, const struct status *s,
		   const struct status_before *before)
{
	struct row row;
	const char *const cells[ARRAY_SIZE(columns)] = {
		s->name, s->state, row.address,
		s->linked ? s->link.name : "", s->uplink,
		!s->known ? "" : s->record.nat ? "masquerade" : "none",
		row.age, s->vpn.state, s->known ? s->record.firewall : "",
		row.processes, row.sessions, row.rx, row.tx, s->dns,
	};
	size_t i;
	int err = 0;

	row_fill(&row, s, before);
	for (i = 0; i < ARRAY_SIZE(cells) && err == 0; i++)
		err = table_add(t, *cells[i] ? cells[i] : "-");
	return err;
}

void status_table_rates(const struct status_run *run,
			const struct status_before *before)
{
	struct table t = {
		.columns = columns,
		.n_columns = ARRAY_SIZE(columns),
		.colour = table_has_colour() ? table_colour : NULL,
	};
	int err = 0;
	size_t i;

	for (i = 0; i < run->n && err == 0; i++)
		err = row_add(&t, &run->list[i], before);
	if (err)
		log_errno(err, "cannot show all networks");
	table_print(&t, stdout, table_room());
	table_free(&t);
}

void status_table(const struct status_run *run)
{
	status_table_rates(run, NULL);
}
