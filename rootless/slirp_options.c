/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slirp_options.c - how `runns-rootless slirp' is called
 */
#include "rootless/slirp_options.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <net/if.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/num.h"

enum {
	OPT_USERNS = 256,
	OPT_NETNS,
	OPT_READY,
	OPT_EXIT,
	OPT_MTU,
	OPT_IFNAME,
	OPT_CIDR,
	OPT_NO_IPV6,
	OPT_NO_DNS,
	OPT_HOST_LOOPBACK,
	OPT_OUTBOUND,
	PREFIX_MIN = 8,
	PREFIX_MAX = 25,	/* .100 must be in it */
};

static const struct option long_options[] = {
	{ "userns", required_argument, NULL, OPT_USERNS },
	{ "netns", required_argument, NULL, OPT_NETNS },
	{ "ready", required_argument, NULL, OPT_READY },
	{ "exit", required_argument, NULL, OPT_EXIT },
	{ "mtu", required_argument, NULL, OPT_MTU },
	{ "ifname", required_argument, NULL, OPT_IFNAME },
	{ "cidr", required_argument, NULL, OPT_CIDR },
	{ "no-ipv6", no_argument, NULL, OPT_NO_IPV6 },
	{ "no-dns", no_argument, NULL, OPT_NO_DNS },
	{ "host-loopback", no_argument, NULL, OPT_HOST_LOOPBACK },
	{ "outbound", required_argument, NULL, OPT_OUTBOUND },
	{ NULL, 0, NULL, 0 },
};

static int refuse(const char *option, const char *why)
{
	return log_errno(-EINVAL, "slirp: --%s %s: %s", option, optarg, why);
}

/* Handed down open; nobody else shall get it. */
static int take_fd(const char *option, int *out)
{
	uint64_t fd;

	if (num_parse(optarg, strlen(optarg), INT_MAX, &fd) < 0 ||
	    fd <= STDERR_FILENO || fcntl((int)fd, F_SETFD, FD_CLOEXEC) < 0)
		return refuse(option, "not an open descriptor above 2");
	*out = (int)fd;
	return 0;
}

static int take_mtu(struct slirp_options *o)
{
	uint64_t mtu;

	if (num_parse(optarg, strlen(optarg), SLIRP_MTU_MAX, &mtu) < 0 ||
	    mtu < SLIRP_MTU_MIN)
		return refuse("mtu", "1280 to 65521 expected");
	o->mtu = (uint32_t)mtu;
	return 0;
}

static int take_ifname(struct slirp_options *o)
{
	if (strlen(optarg) >= IFNAMSIZ || strchr(optarg, '%') ||
	    strchr(optarg, '/') || !*optarg)
		return refuse("ifname", "not a device's name");
	o->ifname = optarg;
	return 0;
}

static int take_net(struct slirp_options *o)
{
	struct slice text = { optarg, strlen(optarg) };
	struct addr_net net;

	if (addr_parse_net(text, &net) < 0 || net.addr.family != 4 ||
	    addr_has_host_bits(&net))
		return refuse("cidr", "not an IPv4 network");
	if (net.prefix < PREFIX_MIN || net.prefix > PREFIX_MAX ||
	    net.addr.bytes[0] == 0 || net.addr.bytes[0] == 127 ||
	    net.addr.bytes[0] >= 224)
		return refuse("cidr", "not a network of /8 to /25 that "
				      "addresses can be given from");
	o->net = net;
	return 0;
}

static int take_outbound(struct slirp_options *o)
{
	struct slice text = { optarg, strlen(optarg) };

	if (addr_parse(text, &o->outbound) < 0)
		return refuse("outbound", "not an address");
	return 0;
}

static int take(struct slirp_options *o, int option)
{
	switch (option) {
	case OPT_USERNS:
		return take_fd("userns", &o->userns);
	case OPT_NETNS:
		return take_fd("netns", &o->netns);
	case OPT_READY:
		return take_fd("ready", &o->ready);
	case OPT_EXIT:
		return take_fd("exit", &o->exit);
	case OPT_MTU:
		return take_mtu(o);
	case OPT_IFNAME:
		return take_ifname(o);
	case OPT_CIDR:
		return take_net(o);
	case OPT_NO_IPV6:
		o->no_ipv6 = true;
		return 0;
	case OPT_NO_DNS:
		o->no_dns = true;
		return 0;
	case OPT_HOST_LOOPBACK:
		o->host_loopback = true;
		return 0;
	case OPT_OUTBOUND:
		return take_outbound(o);
	default:
		return -EINVAL;
	}
}

int slirp_options_parse(int argc, char **argv, struct slirp_options *out)
{
	int option;

	*out = (struct slirp_options){
		.userns = -1,
		.netns = -1,
		.ready = -1,
		.exit = -1,
		.mtu = SLIRP_MTU,
		.ifname = "tap0",
		.net = { { 4, { 10, 0, 2, 0 } }, 24 },
	};
	while ((option = getopt_long(argc, argv, "", long_options,
				     NULL)) != -1) {
		if (take(out, option) < 0)
			return -EINVAL;
	}
	if (optind != argc || out->netns < 0 || out->ready < 0 ||
	    out->exit < 0)
		return log_errno(-EINVAL, "slirp: --netns, --ready and --exit "
				 "expected, and nothing else");
	return 0;
}
