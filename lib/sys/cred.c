/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cred.c - a program of root's becomes a user's
 */
#include "lib/sys/cred.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* PROC_USER_INIT_INO of the kernel: the initial user namespace's number. */
#define USER_NS_INIT_INO 0xEFFFFFFDU

int cred_in_host_users(void)
{
	struct stat st;

	if (stat("/proc/self/ns/user", &st) < 0)
		return -errno;
	return st.st_ino == USER_NS_INIT_INO;
}

struct caps {
	struct __user_cap_header_struct head;
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
};

static int caps_get(struct caps *caps)
{
	caps->head = (struct __user_cap_header_struct){
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	return syscall(SYS_capget, &caps->head, caps->data) < 0 ? -errno : 0;
}

/* SECBIT_NO_SETUID_FIXUP of the caller's would leave them (capabilities(7)). */
static int caps_drop(void)
{
	struct caps caps;
	int r = caps_get(&caps);

	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(caps.data); i++)
		caps.data[i].effective = caps.data[i].permitted = 0;
	return syscall(SYS_capset, &caps.head, caps.data) < 0 ? -errno : 0;
}

/* What is not permitted cannot be ambient either (capabilities(7)). */
static bool caps_are_gone(void)
{
	struct caps caps;

	if (caps_get(&caps) < 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(caps.data); i++) {
		if (caps.data[i].effective || caps.data[i].permitted)
			return false;
	}
	return true;
}

/* The ids of the file system are told by a change to what cannot be. */
static bool ids_are(uid_t uid, gid_t gid)
{
	uid_t ru, eu, su;
	gid_t rg, eg, sg;

	return getresuid(&ru, &eu, &su) == 0 &&
	       getresgid(&rg, &eg, &sg) == 0 && ru == uid && eu == uid &&
	       su == uid && rg == gid && eg == gid && sg == gid &&
	       (uid_t)setfsuid((uid_t)-1) == uid &&
	       (gid_t)setfsgid((gid_t)-1) == gid;
}

static bool root_is_out_of_reach(void)
{
	return setresuid((uid_t)-1, 0, (uid_t)-1) < 0;
}

int cred_drop(uid_t uid, gid_t gid)
{
	int r = 0;

	if (uid == (uid_t)-1 || gid == (gid_t)-1)
		return -EINVAL;
	if (setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
		return -errno;
	/* Until execve(2) the memory is still ours, whatever sysctls say. */
	if (uid != 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return -errno;
	if (uid != 0)
		r = caps_drop();
	if (r < 0)
		return r;
	if (!ids_are(uid, gid))
		return -EPERM;
	if (uid != 0 && (!caps_are_gone() || !root_is_out_of_reach()))
		return -EPERM;
	return 0;
}
