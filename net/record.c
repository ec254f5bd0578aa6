/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record.c - what was built, written before the first kernel object is made
 */
#include "net/record.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/num.h"
#include "lib/policy/profile_door.h"
#include "lib/policy/slice.h"
#include "lib/session/paths.h"
#include "lib/sys/file.h"
#include "net/dir.h"

enum { RECORD_SIZE = 8192 };

#define RECORD_FILE "state"

static const char *const record_states[] = {
	[RECORD_BUILDING] = "building",
	[RECORD_UP] = "up",
};

int record_dir(const struct host *h, const char *name, bool make)
{
	int err = make ? file_make_dir(h->net, name, 0700) : 0;
	int fd;

	if (err)
		return err;
	fd = openat(h->net, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int record_get_text(char *out, size_t size, struct slice value)
{
	if (value.len >= size)
		return -EINVAL;
	memcpy(out, value.p, value.len);
	out[value.len] = '\0';
	return 0;
}

static int record_get_u64(uint64_t *out, struct slice value, uint64_t max)
{
	return num_parse(value.p, value.len, max, out);
}

static int record_get_bool(bool *out, struct slice value)
{
	uint64_t n;
	int err = record_get_u64(&n, value, 1);

	if (err == 0)
		*out = n;
	return err;
}

static int record_get_state(enum record_state *out, struct slice value)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(record_states); i++) {
		if (slice_is(value, record_states[i])) {
			*out = (enum record_state)i;
			return 0;
		}
	}
	return -EINVAL;
}

static int record_get_index(uint32_t *out, struct slice value)
{
	uint64_t n;
	int err = record_get_u64(&n, value, UINT32_MAX);

	if (err == 0)
		*out = (uint32_t)n;
	return err;
}

static int record_get_allow(struct record *r, struct slice value)
{
	struct allow_fault fault;
	struct allow a;
	int err = allow_parse(value, &a, &fault);

	return err ? err : allow_add(&r->allows, &a);
}

static int record_get_forward(struct record *r, struct slice value)
{
	if (r->n_forwards == PROFILE_FORWARDS_MAX)
		return -EINVAL;
	return profile_forward_read(value, &r->forwards[r->n_forwards++]);
}

static int record_get_owner(struct record *r, struct slice value)
{
	uint64_t n;
	int err = record_get_u64(&n, value, UINT32_MAX);

	if (err)
		return err;
	r->owner = (uid_t)n;
	r->rootless = true;
	return 0;
}

static int record_get_since(long long *out, struct slice value)
{
	uint64_t n = 0;
	int err = record_get_u64(&n, value, INT64_MAX);

	*out = (long long)n;
	return err;
}

static int record_set(struct record *r, struct slice key, struct slice v)
{
	if (slice_is(key, "state"))
		return record_get_state(&r->state, v);
	if (slice_is(key, "index"))
		return record_get_index(&r->index, v);
	if (slice_is(key, "cookie"))
		return record_get_u64(&r->cookie, v, UINT64_MAX);
	if (slice_is(key, "section"))
		return record_get_text(r->section, sizeof(r->section), v);
	if (slice_is(key, "firewall"))
		return record_get_text(r->firewall, sizeof(r->firewall), v);
	if (slice_is(key, "link"))
		return profile_link_find(v, &r->link);
	if (slice_is(key, "device"))
		return record_get_text(r->device, sizeof(r->device), v);
	if (slice_is(key, "parent"))
		return record_get_text(r->parent, sizeof(r->parent), v);
	if (slice_is(key, "parent-cookie"))
		return record_get_u64(&r->parent_cookie, v, UINT64_MAX);
	if (slice_is(key, "outside"))
		return record_get_text(r->outside, sizeof(r->outside), v);
	if (slice_is(key, "inside"))
		return record_get_text(r->inside, sizeof(r->inside), v);
	if (slice_is(key, "net"))
		return addr_parse_net(v, &r->net);
	if (slice_is(key, "peer"))
		return addr_parse(v, &r->peer);
	if (slice_is(key, "net6"))
		return addr_parse_net(v, &r->net6);
	if (slice_is(key, "peer6"))
		return addr_parse(v, &r->peer6);
	if (slice_is(key, "allow"))
		return record_get_allow(r, v);
	if (slice_is(key, "forward"))
		return record_get_forward(r, v);
	if (slice_is(key, "since"))
		return record_get_since(&r->since, v);
	if (slice_is(key, "nat"))
		return record_get_bool(&r->nat, v);
	if (slice_is(key, "isolate"))
		return record_get_bool(&r->isolate, v);
	if (slice_is(key, "byway"))
		return record_get_bool(&r->byway, v);
	if (slice_is(key, "steered"))
		return record_get_bool(&r->steered, v);
	if (slice_is(key, "steers-dns"))
		return record_get_bool(&r->steers_dns, v);
	if (slice_is(key, "login"))
		return record_get_bool(&r->login, v);
	if (slice_is(key, "etc-netns"))
		return record_get_bool(&r->etc_netns, v);
	if (slice_is(key, "owner"))
		return record_get_owner(r, v);
	if (slice_is(key, "ns"))
		return record_get_u64(&r->ns, v, UINT64_MAX);
	return -EINVAL;
}

static int record_parse(struct record *r, const char *text)
{
	while (*text) {
		const char *end = strchr(text, '\n');
		const char *eq = strchr(text, '=');
		struct slice key, value;
		int err;

		if (!end || !eq || eq > end)
			return -EINVAL;
		key = (struct slice){ text, (size_t)(eq - text) };
		value = (struct slice){ eq + 1, (size_t)(end - eq) - 1 };
		err = record_set(r, key, value);
		if (err)
			return err;
		text = end + 1;
	}
	return 0;
}

int record_read(const struct host *h, const char *name, struct record *out)
{
	_cleanup_close_ int dir = record_dir(h, name, false);
	char text[RECORD_SIZE];
	ssize_t n;

	if (dir < 0)
		return dir;
	*out = (struct record){ 0 };
	n = file_read_small(dir, RECORD_FILE, text, sizeof(text) - 1);
	if (n < 0)
		return (int)n;
	/* The last newline was taken off. */
	text[n] = '\n';
	text[n + 1] = '\0';
	strncpy(out->name, name, sizeof(out->name) - 1);
	return record_parse(out, text);
}

static void record_add_addresses(struct buf *b, const char *suffix,
				 const struct addr_net *net,
				 const struct addr *peer)
{
	char text[ADDR_TEXT_SIZE];

	if (!net->addr.family)
		return;
	addr_format(&net->addr, text);
	buf_addf(b, "net%s=%s/%u\n", suffix, text, net->prefix);
	addr_format(peer, text);
	buf_addf(b, "peer%s=%s\n", suffix, text);
}

static void record_add_ways(struct buf *b, const struct record *r)
{
	char forward[PROFILE_FORWARD_TEXT_SIZE];
	char allow[ALLOW_TEXT_SIZE];
	size_t i;

	for (i = 0; i < r->allows.n; i++) {
		allow_format(&r->allows.list[i], allow);
		buf_addf(b, "allow=%s\n", allow);
	}
	for (i = 0; i < r->n_forwards; i++) {
		profile_forward_format(&r->forwards[i], forward);
		buf_addf(b, "forward=%s\n", forward);
	}
}

int record_write(const struct host *h, const struct record *r)
{
	_cleanup_close_ int dir = record_dir(h, r->name, true);
	BUF(b, RECORD_SIZE);
	int err;

	if (dir < 0)
		return dir;
	buf_addf(&b, "state=%s\nindex=%" PRIu32 "\ncookie=%" PRIu64 "\n",
		 record_states[r->state], r->index, r->cookie);
	buf_addf(&b, "section=%s\nfirewall=%s\nlink=%s\ndevice=%s\n",
		 r->section, r->firewall, profile_link_name(r->link),
		 r->device);
	if (r->parent[0])
		buf_addf(&b, "parent=%s\nparent-cookie=%" PRIu64 "\n",
			 r->parent, r->parent_cookie);
	buf_addf(&b, "outside=%s\ninside=%s\n", r->outside, r->inside);
	record_add_addresses(&b, "", &r->net, &r->peer);
	record_add_addresses(&b, "6", &r->net6, &r->peer6);
	record_add_ways(&b, r);
	buf_addf(&b, "since=%lld\n", r->since);
	buf_addf(&b, "nat=%d\nisolate=%d\nbyway=%d\nsteered=%d\n", r->nat,
		 r->isolate, r->byway, r->steered);
	buf_addf(&b, "steers-dns=%d\nlogin=%d\netc-netns=%d\n", r->steers_dns,
		 r->login, r->etc_netns);
	if (r->rootless)
		buf_addf(&b, "owner=%u\nns=%" PRIu64 "\n",
			 (unsigned int)r->owner, r->ns);
	err = buf_status(&b);
	if (err)
		return err;
	return file_replace(dir, RECORD_FILE, 0600, b.text, b.len);
}

struct record_clear {
	int dir;
	const char *keep;
};

static int record_clear_one(void *ctx, const char *name)
{
	const struct record_clear *clear = ctx;

	if (strcmp(name, clear->keep) == 0 ||
	    unlinkat(clear->dir, name, 0) == 0 || errno == ENOENT ||
	    errno == EISDIR)
		return 0;
	return -errno;
}

int record_clear(int dir, const char *keep)
{
	struct record_clear clear = { .dir = dir, .keep = keep };

	return dir_each(dir, record_clear_one, &clear);
}

/* Also takes what a writer that was killed has left. */
static int record_clear_etc(int dir)
{
	_cleanup_close_ int etc = openat(dir, NET_ETC,
					 O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err;

	if (etc < 0)
		return errno == ENOENT ? 0 : -errno;
	err = record_clear(etc, "");
	if (err == 0 && unlinkat(dir, NET_ETC, AT_REMOVEDIR) < 0)
		err = -errno;
	return err;
}

int record_clear_files(const struct host *h, const char *name)
{
	_cleanup_close_ int dir = record_dir(h, name, false);
	int err;

	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	err = record_clear_etc(dir);
	return err ? err : record_clear(dir, RECORD_FILE);
}

int record_remove(const struct host *h, const char *name)
{
	_cleanup_close_ int dir = record_dir(h, name, false);
	int err;

	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	err = record_clear_files(h, name);
	if (err)
		return err;
	if (unlinkat(dir, RECORD_FILE, 0) < 0 && errno != ENOENT)
		return -errno;
	if (unlinkat(h->net, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return -errno;
	return 0;
}

struct record_walk {
	int (*fn)(void *ctx, const char *name);
	void *ctx;
};

static int record_walk_one(void *ctx, const char *name)
{
	const struct record_walk *walk = ctx;

	if (!name_is_valid((struct slice){ name, strlen(name) }))
		return 0;
	return walk->fn(walk->ctx, name);
}

int record_each(const struct host *h,
		int (*fn)(void *ctx, const char *name), void *ctx)
{
	struct record_walk walk = { .fn = fn, .ctx = ctx };

	return dir_each(h->net, record_walk_one, &walk);
}

static int record_first(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
	return 1;
}

int record_any(const struct host *h)
{
	return record_each(h, record_first, NULL);
}

struct stale {
	const struct host *h;
	int dir;
};

static int stale_one(void *ctx, const char *name)
{
	const struct stale *stale = ctx;
	_cleanup_close_ int net = -1;

	if (name[0] == '.')
		return 0;
	net = record_dir(stale->h, name, false);
	if (net == -ENOENT && unlinkat(stale->dir, name, 0) < 0)
		return -errno;
	return 0;
}

int record_drop_stale(const struct host *h, int dir)
{
	struct stale stale = { .h = h, .dir = dir };

	return dir_each(dir, stale_one, &stale);
}
