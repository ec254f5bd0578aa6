/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ovpn_event.c - a line of openvpn's management interface
 */
#include "lib/policy/ovpn_event.h"

#include <string.h>

/* Takes what stands before the next @end, and that too, off @s. */
static struct slice part(struct slice *s, char end)
{
	const char *at = memchr(s->p, end, s->len);
	struct slice got = *s;

	if (at)
		got.len = (size_t)(at - s->p);
	s->p += got.len + (at ? 1 : 0);
	s->len -= got.len + (at ? 1 : 0);
	return got;
}

/* TIME,STATE,DETAIL,ADDRESS INSIDE,ADDRESS OF THE SERVER,... */
static void event_state(struct slice s, struct ovpn_event *out)
{
	struct slice state, detail;

	part(&s, ',');
	state = part(&s, ',');
	detail = part(&s, ',');
	out->kind = OVPN_BUSY;
	if (slice_is(state, "CONNECTED")) {
		/* Otherwise: routes that openvpn did not even try to set. */
		out->kind = OVPN_CONNECTED;
		part(&s, ',');
		out->name = part(&s, ',');
	} else if (slice_is(state, "RECONNECTING") ||
		   slice_is(state, "EXITING")) {
		out->kind = OVPN_LOST;
		out->name = detail;
	}
}

/* Need 'REALM' username/password; Need 'REALM' password */
static void event_password(struct slice s, struct ovpn_event *out)
{
	struct slice all = s;

	out->kind = OVPN_NEED_OTHER;
	out->name = all;
	if (slice_take(&s, "Verification Failed: '")) {
		out->kind = OVPN_REJECTED;
		out->name = part(&s, '\'');
	} else if (slice_take(&s, "Need '")) {
		struct slice realm = part(&s, '\'');

		if (slice_is(s, " username/password"))
			out->kind = OVPN_NEED_LOGIN;
		else if (slice_is(s, " password"))
			out->kind = OVPN_NEED_SECRET;
		else
			return;
		out->name = realm;
	} else if (slice_take(&s, "Auth-Token:")) {
		out->kind = OVPN_NOTHING;
	}
}

static void event_updown(struct slice s, struct ovpn_event *out)
{
	if (slice_is(s, "UP"))
		out->kind = OVPN_UP;
	else if (slice_is(s, "DOWN"))
		out->kind = OVPN_DOWN;
	else if (slice_is(s, "ENV,END"))
		out->kind = OVPN_ENV_END;
	else if (slice_take(&s, "ENV,")) {
		out->kind = OVPN_ENV;
		out->name = part(&s, '=');
		out->value = s;
	}
}

void ovpn_event(struct slice line, struct ovpn_event *out)
{
	*out = (struct ovpn_event){ .kind = OVPN_NOTHING };
	out->name = out->value = (struct slice){ line.p, 0 };
	if (slice_take(&line, ">STATE:")) {
		event_state(line, out);
	} else if (slice_take(&line, ">PASSWORD:")) {
		event_password(line, out);
	} else if (slice_take(&line, ">UPDOWN:")) {
		event_updown(line, out);
	} else if (slice_take(&line, ">HOLD:")) {
		out->kind = OVPN_HOLD;
	} else if (slice_take(&line, ">FATAL:")) {
		out->kind = OVPN_FATAL;
		out->name = line;
	} else if (slice_take(&line, ">NEED-OK:") ||
		   slice_take(&line, ">NEED-STR:")) {
		out->kind = OVPN_NEED_OTHER;
		out->name = line;
	}
}
