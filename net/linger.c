/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linger.c - descriptors whose closing takes longer than a caller should wait
 *
 * With the last descriptor of a namespace the kernel begins to take it apart,
 * often on the processor that closed it: a millisecond or two.
 *
 * What else may be done later, under a lock that the child holds on to, is given
 * as a function.
 *
 * Closing a socket of nfnetlink waits until what was deleted through it is out
 * of use on every processor, 10 ms or more, and keeps everybody from changing
 * rules meanwhile.  Later the kernel has come so far by itself.
 */
#include "net/linger.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

enum {
	LINGER_PARENT_MS = 1000,	/* it ends at once */
	LINGER_NFT_US = 50000,
	LINGER_NFT_MAX = 4,
	LINGER_FNS_MAX = 4,
};

static int linger_ns = -1;
static int linger_nft[LINGER_NFT_MAX];
static size_t linger_nft_n;
static void (*linger_fns[LINGER_FNS_MAX])(void);
static size_t linger_fns_n;

static void linger_close(int *fd)
{
	base_close(fd);
	*fd = -1;
}

void linger_keep_ns(int fd)
{
	linger_close(&linger_ns);
	linger_ns = fd;
}

void linger_keep_nft(int fd)
{
	if (linger_nft_n < LINGER_NFT_MAX)
		linger_nft[linger_nft_n++] = fd;
	else
		close(fd);
}

void linger_call(void (*fn)(void))
{
	if (linger_fns_n < LINGER_FNS_MAX)
		linger_fns[linger_fns_n++] = fn;
}

static void linger_run(void)
{
	for (size_t i = 0; i < linger_fns_n; i++)
		linger_fns[i]();
}

/*
 * @gate hangs up when the parent has ended: it holds the other end.  Nothing
 * is waited for without a limit.
 */
static void linger_child(int gate)
{
	struct pollfd parent = { .fd = gate };

	/* Who waits for our output shall not wait for this. */
	close_range(0, 2, 0);
	if (poll(&parent, 1, LINGER_PARENT_MS) > 0) {
		linger_close(&linger_ns);
		linger_run();
		if (linger_nft_n > 0)
			usleep(LINGER_NFT_US);
	}
	_exit(0);
}

void linger_end(void)
{
	int gate[2];
	pid_t child = -1;

	if (linger_ns < 0 && linger_nft_n == 0 && linger_fns_n == 0)
		return;
	/* systemd ends what is left when `down`, or a session, has ended. */
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	if (pipe2(gate, O_CLOEXEC) == 0) {
		child = fork();
		if (child == 0) {
			close(gate[1]);
			linger_child(gate[0]);
		}
		/* The other end stays open until we are gone. */
		close(gate[0]);
	}
	if (child < 0)
		linger_run();
	linger_close(&linger_ns);
	while (linger_nft_n > 0)
		close(linger_nft[--linger_nft_n]);
}
