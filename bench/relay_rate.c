/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relay_rate.c - packets a second between a VPN's socket and a device
 *
 * usage: relay_rate ROUNDS MILLISECONDS
 *
 * In a network namespace of its own, with packets of 1,400 bytes.  Prints for
 * each loop, in thousands a second: to the device, from it, and there and back
 * with 64 under way.  Loops: RUNNS; one packet for each time that it is woken;
 * all that there are, one by one; all that there are, in batches, into a socket
 * that blocks; and the program vpnns, where it is installed.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "bench/sample.h"
#include "rootless/relay.h"

enum {
	PACKET = 1400,
	BATCH = 64,
	UNDER_WAY = 64,
	ROUNDS_MAX = 101,
	SLOT = 4096 + 192,
};

static int vpn, tun;
static pid_t relay;
static unsigned char slots[BATCH][SLOT];
static struct iovec iovs[BATCH];
static struct mmsghdr msgs[BATCH];

static void batch_init(void)
{
	for (int i = 0; i < BATCH; i++) {
		iovs[i] = (struct iovec){ slots[i], 2048 };
		msgs[i].msg_hdr.msg_iov = &iovs[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
}

static void set_blocking(int fd, int on)
{
	int flags = fcntl(fd, F_GETFL);

	if (fcntl(fd, F_SETFL, on ? flags & ~O_NONBLOCK :
				    flags | O_NONBLOCK) < 0)
		err(1, "fcntl");
}

/* --- the loops ------------------------------------------------------------ */

static void loop_runns(void)
{
	struct relay_ends ends = { .vpn = vpn, .tun = tun, .stop = -1 };
	struct relay_count count = { 0 };

	set_blocking(tun, 0);
	errx(1, "relay_run: %s", strerror(-relay_run(&ends, &count)));
}

static void one(int from, int to)
{
	ssize_t n = read(from, slots[0], 2048);

	if (n > 0 && write(to, slots[0], (size_t)n) < 0 && errno != EINVAL)
		err(1, "write");
}

static void loop_one(void)
{
	int ep = epoll_create1(0), fds[2] = { vpn, tun };
	struct epoll_event got[2];

	for (int i = 0; i < 2; i++) {
		struct epoll_event e = { .events = EPOLLIN, .data.fd = fds[i] };

		if (epoll_ctl(ep, EPOLL_CTL_ADD, fds[i], &e) < 0)
			err(1, "epoll_ctl");
	}
	for (;;) {
		int n = epoll_wait(ep, got, 2, -1);

		for (int i = 0; i < n; i++)
			one(got[i].data.fd, got[i].data.fd == vpn ? tun : vpn);
	}
}

static void wait_both(void)
{
	struct pollfd fds[] = { { vpn, POLLIN, 0 }, { tun, POLLIN, 0 } };

	poll(fds, 2, -1);
}

static void loop_drain(void)
{
	set_blocking(tun, 0);
	for (;;) {
		ssize_t n;

		wait_both();
		for (int i = 0; i < BATCH && (n = recv(vpn, slots[0], 2048,
						       MSG_DONTWAIT)) > 0; i++)
			if (write(tun, slots[0], (size_t)n) < 0)
				err(1, "write");
		for (int i = 0; i < BATCH &&
				(n = read(tun, slots[0], 2048)) > 0; i++)
			if (write(vpn, slots[0], (size_t)n) < 0)
				err(1, "write");
	}
}

static void batch_in(void)
{
	int n;

	for (int i = 0; i < BATCH; i++)
		iovs[i].iov_len = 2048;
	n = recvmmsg(vpn, msgs, BATCH, MSG_DONTWAIT, NULL);
	for (int i = 0; i < n; i++)
		if (write(tun, slots[i], msgs[i].msg_len) < 0)
			err(1, "write");
}

static void batch_out(void)
{
	unsigned int got = 0, sent = 0;
	ssize_t n;

	while (got < BATCH && (n = read(tun, slots[got], 2048)) > 0)
		iovs[got++].iov_len = (size_t)n;
	while (sent < got) {
		int done = sendmmsg(vpn, msgs + sent, got - sent, 0);

		if (done < 0)
			err(1, "sendmmsg");
		sent += (unsigned int)done;
	}
}

static void loop_batch(void)
{
	set_blocking(tun, 0);
	for (;;) {
		wait_both();
		batch_in();
		batch_out();
	}
}

/* Makes a network and a device of its own. */
static void loop_vpnns(void)
{
	char text[12];

	snprintf(text, sizeof(text), "%d", vpn);
	close(tun);
	setenv("VPNFD", text, 1);
	setenv("INTERNAL_IP4_ADDRESS", "10.0.0.2", 1);
	setenv("INTERNAL_IP4_MTU", "1500", 1);
	setenv("INTERNAL_IP4_DNS", "10.0.0.1", 1);
	/* It tells of each packet that it drops. */
	if (freopen("/dev/null", "w", stderr))
		execlp("vpnns", "vpnns", "--attach", (char *)NULL);
}

static const struct {
	const char *name;
	void (*run)(void);
} loops[] = {
	{ "runns", loop_runns },
	{ "one", loop_one },
	{ "drain", loop_drain },
	{ "batch", loop_batch },
	{ "vpnns", loop_vpnns },
};

enum { LOOPS = sizeof(loops) / sizeof(loops[0]) };

/* --- the network ------------------------------------------------------------ */

static void set_address(int fd, struct ifreq *r, unsigned long what,
			const char *text)
{
	struct sockaddr_in *a = (struct sockaddr_in *)&r->ifr_addr;

	memset(a, 0, sizeof(*a));
	a->sin_family = AF_INET;
	inet_pton(AF_INET, text, &a->sin_addr);
	if (ioctl(fd, what, r) < 0)
		err(1, "%s", text);
}

static void make_tun(void)
{
	struct ifreq r = { .ifr_name = "tun0",
			   .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	tun = open("/dev/net/tun", O_RDWR);
	if (tun < 0 || ioctl(tun, TUNSETIFF, &r) < 0)
		err(1, "tun");
	set_address(fd, &r, SIOCSIFADDR, "10.0.0.2");
	set_address(fd, &r, SIOCSIFNETMASK, "255.255.255.0");
	r.ifr_flags = IFF_UP | IFF_RUNNING | IFF_POINTOPOINT;
	if (ioctl(fd, SIOCSIFFLAGS, &r) < 0)
		err(1, "up");
	close(fd);
}

static uint16_t checksum(const void *data, size_t len)
{
	const uint16_t *w = data;
	uint32_t sum = 0;

	for (size_t i = 0; i < len / 2; i++)
		sum += w[i];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* An echo request of 10.0.0.1's to @to. */
static void make_packet(unsigned char *p, const char *to)
{
	struct iphdr *ip = (struct iphdr *)p;
	struct icmphdr *icmp = (struct icmphdr *)(p + sizeof(*ip));

	memset(p, 0, PACKET);
	ip->version = 4;
	ip->ihl = 5;
	ip->tot_len = htons(PACKET);
	ip->ttl = 64;
	ip->protocol = IPPROTO_ICMP;
	inet_pton(AF_INET, "10.0.0.1", &ip->saddr);
	inet_pton(AF_INET, to, &ip->daddr);
	ip->check = checksum(ip, sizeof(*ip));
	icmp->type = ICMP_ECHO;
	icmp->checksum = checksum(icmp, PACKET - sizeof(*ip));
}

/* --- what is measured -------------------------------------------------------- */

/* To an address that the device does not have: the kernel drops them. */
static long count_in(int fd, long end)
{
	long n = 0;

	for (int i = 0; i < BATCH; i++) {
		make_packet(slots[i], "10.9.9.9");
		iovs[i].iov_len = PACKET;
	}
	while (sample_now_ns() < end) {
		int done = sendmmsg(fd, msgs, BATCH, 0);

		if (done < 0)
			err(1, "send");
		n += done;
	}
	return n;
}

/* Where the relay's device is. */
static void join_relay(void)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", relay);
	fd = open(path, O_RDONLY);
	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		err(1, "%s", path);
}

static void flood(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	int fd;

	join_relay();
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	inet_pton(AF_INET, "10.0.0.9", &to.sin_addr);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		err(1, "connect");
	for (int i = 0; i < BATCH; i++)
		iovs[i].iov_len = PACKET - 28;
	for (;;)
		sendmmsg(fd, msgs, BATCH, 0);
}

static long receive(int fd, int flags)
{
	int done;

	for (int i = 0; i < BATCH; i++)
		iovs[i].iov_len = 2048;
	done = recvmmsg(fd, msgs, BATCH, flags, NULL);
	if (done < 0 && errno != EAGAIN)
		err(1, "receive");
	return done < 0 ? 0 : done;
}

static long count_out(int fd, long end)
{
	pid_t pid = fork();
	long n = 0;

	if (pid == 0)
		flood();
	while (sample_now_ns() < end)
		n += receive(fd, MSG_WAITFORONE);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return n;
}

static long count_echo(int fd, long end)
{
	unsigned char packet[PACKET];
	struct pollfd p = { .fd = fd };
	long n = 0, under_way = 0, got;

	make_packet(packet, "10.0.0.2");
	while (sample_now_ns() < end) {
		while (under_way < UNDER_WAY &&
		       send(fd, packet, PACKET, MSG_DONTWAIT) > 0)
			under_way++;
		p.events = under_way < UNDER_WAY ? POLLIN | POLLOUT : POLLIN;
		/* One that is lost must not end it. */
		if (poll(&p, 1, 100) == 0)
			under_way = 0;
		got = receive(fd, MSG_DONTWAIT);
		n += got;
		under_way -= got < under_way ? got : under_way;
	}
	return n;
}

static long (*const counts[])(int fd, long end) = { count_in, count_out,
						    count_echo };

/* Return: whether the relay works. */
static int is_ready(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	unsigned char packet[PACKET];
	long end = sample_now_ns() + 3000000000L;

	make_packet(packet, "10.0.0.2");
	while (sample_now_ns() < end) {
		send(fd, packet, PACKET, MSG_DONTWAIT);
		while (poll(&p, 1, 20) > 0)
			if (recv(fd, slots[0], 2048, 0) == PACKET)
				return 1;
	}
	return 0;
}

static double measure(int loop, int what, long ns)
{
	int ends[2];
	long n = 0;

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) < 0)
		err(1, "socketpair");
	relay = fork();
	if (relay == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setpgid(0, 0);
		vpn = ends[1];
		close(ends[0]);
		loops[loop].run();
		_exit(1);
	}
	setpgid(relay, relay);
	close(ends[1]);
	if (is_ready(ends[0]))
		n = counts[what](ends[0], sample_now_ns() + ns);
	/* vpnns has a child. */
	kill(-relay, SIGKILL);
	waitpid(relay, NULL, 0);
	close(ends[0]);
	return (double)n * 1e6 / (double)ns;
}

int main(int argc, char **argv)
{
	static long rates[LOOPS][3][ROUNDS_MAX];
	int rounds = argc == 3 ? atoi(argv[1]) : 0;
	long ms = argc == 3 ? atol(argv[2]) : 0;
	int order[LOOPS] = { 0, 1, 2, 3, 4 };

	if (rounds < 1 || rounds > ROUNDS_MAX || ms < 1)
		errx(2, "usage: relay_rate ROUNDS MILLISECONDS");
	if (unshare(CLONE_NEWNET) < 0)
		err(1, "unshare");
	batch_init();
	make_tun();
	for (int r = 0; r < rounds; r++) {
		sample_shuffle(order, LOOPS);
		for (int i = 0; i < 3 * LOOPS; i++) {
			int loop = order[i % LOOPS];

			rates[loop][i / LOOPS][r] =
				(long)(1e3 * measure(loop, i / LOOPS,
						     ms * 1000000L));
		}
	}
	for (int i = 0; i < LOOPS; i++) {
		if (!rates[i][0][rounds / 2])
			continue;
		printf("%s %.1f %.1f %.1f\n", loops[i].name,
		       sample_median_us(rates[i][0], rounds),
		       sample_median_us(rates[i][1], rounds),
		       sample_median_us(rates[i][2], rounds));
	}
	return 0;
}
