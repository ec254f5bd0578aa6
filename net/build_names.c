/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * build_names.c - the step that has look-ups go to the network's own servers
 */
#include <errno.h>

#include "lib/base/log.h"
#include "net/build_parts.h"
#include "net/steer_dns.h"

/* Noted before there is anything to be taken away again. */
static int names_note(struct build *b, bool steers)
{
	int err = 0;

	if (b->record.steers_dns == steers)
		return 0;
	b->record.steers_dns = steers;
	/* One that is being built goes whole, and is noted whole. */
	if (b->record.state == RECORD_UP)
		err = record_write(b->h, &b->record);
	if (err)
		return log_errno(err, "cannot write the record of %s",
				 b->record.name);
	return 0;
}

int build_names(void *ctx)
{
	struct build *b = ctx;
	struct steer_dns dns;
	int err = 0;

	if (!b->plan.strict_dns) {
		if (b->record.steers_dns)
			err = steer_dns_clear(b->h, b->fw, b->ns);
		return err ? err : names_note(b, false);
	}
	err = steer_dns_read(b->h, b->record.name, &dns);
	if (err == 0)
		err = names_note(b, true);
	dns.anew = b->record.state == RECORD_BUILDING;
	/* To take rules away and make them again takes long. */
	if (err == 0 && !dns.anew &&
	    steer_dns_holds(b->h, b->fw, b->ns, &dns) == 1)
		return 0;
	if (err == 0)
		err = steer_dns_set(b->h, b->fw, b->ns, &dns);
	if (err)
		return log_errno(err,
				 "%s: StrictDNS= cannot be kept: look-ups "
				 "would go where they want",
				 b->record.name);
	return 0;
}
