/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_relay.c - packets between a VPN's socket and a device, which here is a
 * socket too
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "rootless/relay.h"

enum { LARGEST = 65535, PATIENCE_MS = 20000 };

/* The relay runs in a child; @count is shared with it. */
struct rig {
	int vpn, tun, stop;
	pid_t pid;
	struct relay_count *count;
};

static unsigned char packet[LARGEST + 100], got[LARGEST + 100];

static bool gone(void *ctx)
{
	(void)ctx;
	return true;
}

static void rig_start(struct rig *r, bool (*is_gone)(void *ctx))
{
	struct relay_ends ends = { .is_gone = is_gone };
	int vpn[2], tun[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, vpn), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, tun), 0);
	assert_int_equal(fcntl(tun[1], F_SETFL, O_NONBLOCK), 0);
	r->stop = eventfd(0, 0);
	r->count = mmap(NULL, sizeof(*r->count), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ends.vpn = vpn[1];
	ends.tun = tun[1];
	ends.stop = r->stop;
	r->pid = fork();
	if (r->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(vpn[0]);
		close(tun[0]);
		_exit(-relay_run(&ends, r->count));
	}
	close(vpn[1]);
	close(tun[1]);
	r->vpn = vpn[0];
	r->tun = tun[0];
}

/* Return: what relay_run() returned. */
static int rig_wait(struct rig *r)
{
	int status;

	assert_int_equal(waitpid(r->pid, &status, 0), r->pid);
	assert_true(WIFEXITED(status));
	return -WEXITSTATUS(status);
}

/* The counts are complete only then: @r->count becomes a copy of them. */
static int rig_end(struct rig *r)
{
	static struct relay_count count;
	int result;

	assert_int_equal(eventfd_write(r->stop, 1), 0);
	result = rig_wait(r);
	close(r->vpn);
	close(r->tun);
	close(r->stop);
	count = *r->count;
	munmap(r->count, sizeof(*r->count));
	r->count = &count;
	return result;
}

static ssize_t take(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
	return recv(fd, got, sizeof(got), 0);
}

static void fill(size_t len, unsigned int seed)
{
	size_t i;

	for (i = 0; i < len; i++)
		packet[i] = (unsigned char)(seed + i * 7 + (i >> 8));
}

static void test_both_ways(void **state)
{
	static const size_t sizes[] = { 1, 20, 1400, 9000, LARGEST };
	struct rig r;
	size_t i, way;

	(void)state;
	rig_start(&r, NULL);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (way = 0; way < 2; way++) {
			fill(sizes[i], (unsigned int)(i + way));
			assert_int_equal(send(way ? r.vpn : r.tun, packet,
					      sizes[i], 0), sizes[i]);
			assert_int_equal(take(way ? r.tun : r.vpn), sizes[i]);
			assert_memory_equal(got, packet, sizes[i]);
		}
	}
	assert_int_equal(rig_end(&r), 0);
	assert_int_equal(r.count->in, ARRAY_SIZE(sizes));
	assert_int_equal(r.count->out, ARRAY_SIZE(sizes));
}

/* What is larger than any packet is dropped; the next one arrives. */
static void test_oversize(void **state)
{
	struct rig r;

	(void)state;
	rig_start(&r, NULL);
	fill(sizeof(packet), 1);
	assert_int_equal(send(r.vpn, packet, LARGEST + 2, 0), LARGEST + 2);
	assert_int_equal(send(r.vpn, packet, 40, 0), 40);
	assert_int_equal(take(r.tun), 40);
	assert_int_equal(rig_end(&r), 0);
	assert_int_equal(r.count->dropped, 1);
}

/* None is lost, and none overtakes another, while nobody takes them. */
static void test_slow_reader(void **state)
{
	enum { PACKETS = 5000 };
	struct rig r;
	pid_t sender;
	uint32_t i, n;

	(void)state;
	rig_start(&r, NULL);
	sender = fork();
	if (sender == 0) {
		for (i = 0; i < PACKETS; i++)
			if (send(r.tun, &i, sizeof(i), 0) < 0)
				_exit(1);
		_exit(0);
	}
	for (i = 0; i < PACKETS; i++) {
		if (i % 1000 == 0)
			usleep(20000);
		assert_int_equal(take(r.vpn), sizeof(n));
		memcpy(&n, got, sizeof(n));
		assert_int_equal(n, i);
	}
	assert_int_equal(waitpid(sender, NULL, 0), sender);
	assert_int_equal(rig_end(&r), 0);
	assert_int_equal(r.count->out, PACKETS);
	assert_int_equal(r.count->dropped, 0);
}

/* A program that takes nothing does not keep the other direction waiting. */
static void test_deaf(void **state)
{
	struct rig r;
	int i;

	(void)state;
	rig_start(&r, NULL);
	for (i = 0; i < 1000; i++)
		send(r.tun, packet, 40, MSG_DONTWAIT);
	for (i = 0; i < 1000; i++) {
		assert_int_equal(send(r.vpn, packet, 60, 0), 60);
		assert_int_equal(take(r.tun), 60);
	}
	assert_int_equal(rig_end(&r), 0);
}

/* Packets without end, and a socket that takes them all. */
static void test_stop_when_busy(void **state)
{
	struct relay_ends ends = { 0 };
	struct relay_count count = { 0 };
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };

	(void)state;
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ends.vpn = socket(AF_INET, SOCK_DGRAM, 0);
	ends.tun = open("/dev/zero", O_RDWR | O_NONBLOCK);
	ends.stop = eventfd(1, 0);
	assert_int_equal(connect(ends.vpn, (struct sockaddr *)&to,
				 sizeof(to)), 0);
	alarm(PATIENCE_MS / 1000);
	assert_int_equal(relay_run(&ends, &count), 0);
	alarm(0);
	assert_true(count.dropped > 0);
	close(ends.vpn);
	close(ends.tun);
	close(ends.stop);
}

static void test_vpn_gone(void **state)
{
	struct rig r;

	(void)state;
	rig_start(&r, NULL);
	close(r.vpn);
	assert_int_equal(send(r.tun, packet, 40, 0), 40);
	assert_int_equal(rig_wait(&r), -ECONNRESET);
	close(r.tun);
	rig_start(&r, gone);
	assert_int_equal(rig_wait(&r), -ECONNRESET);
	close(r.vpn);
	close(r.tun);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_ways),
		cmocka_unit_test(test_oversize),
		cmocka_unit_test(test_slow_reader),
		cmocka_unit_test(test_deaf),
		cmocka_unit_test(test_stop_when_busy),
		cmocka_unit_test(test_vpn_gone),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
