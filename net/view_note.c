/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view_note.c - note what those who enter must know of the view
 */
#include "net/view_note.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/policy/profile_keys.h"
#include "lib/session/paths.h"
#include "lib/session/view.h"
#include "lib/sys/file.h"
#include "lib/sys/mnt.h"
#include "net/record.h"
#include "net/views.h"

/* A file with @text, none if that is empty; 1 if it was otherwise, -errno. */
static int note_put(int dir, const char *name, const char *text)
{
	char old[VIEW_NOTE_SIZE];
	ssize_t n = file_read_small(dir, name, old, sizeof(old));
	int err;

	if (n < 0 && n != -ENOENT)
		return (int)n;
	if (n == -ENOENT ? !*text : *text && strcmp(old, text) == 0)
		return 0;
	if (*text)
		err = file_replace(dir, name, 0600, text, strlen(text));
	else
		err = unlinkat(dir, name, 0) < 0 ? -errno : 0;
	return err < 0 ? err : 1;
}

static void note_propagation(struct buf *b, const struct profile *p)
{
	struct slice list = { 0 }, word;

	if (p && p->propagation == PROPAGATION_PRIVATE)
		buf_adds(b, VIEW_NOTE_PRIVATE);
	if (p)
		list = p->shared;
	while (profile_word_next(&list, &word))
		buf_addf(b, "%s%.*s", b->len ? " " : "", SLICE_ARG(word));
}

int view_note(const struct host *h, const struct plan *plan)
{
	_cleanup_close_ int dir = record_dir(h, plan->name, true);
	BUF(propagation, VIEW_NOTE_SIZE);
	int etc, mounts;

	if (plan->etc_overlay && !mnt_has_overlay())
		return log_errno(-ENODEV, "%s: Etc=overlay: the kernel has no "
				 "overlay file system (CONFIG_OVERLAY_FS): "
				 "take Etc=bind", plan->name);
	note_propagation(&propagation, plan->profile);
	mounts = dir < 0 ? dir : buf_status(&propagation);
	if (mounts == 0)
		mounts = note_put(dir, NET_NOTE_PROPAGATION, propagation.text);
	etc = mounts < 0 ? mounts :
			   note_put(dir, NET_MARK_OVERLAY,
				    plan->etc_overlay ? "yes" : "");
	if (etc < 0)
		return log_errno(etc, "cannot write the files of %s",
				 plan->name);
	return etc || mounts ? views_drop(h, 0, plan->name) : 0;
}
