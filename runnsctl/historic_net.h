/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * historic_net.h - build-net and clean-net, names of this program
 */
#ifndef RUNNSCTL_HISTORIC_NET_H
#define RUNNSCTL_HISTORIC_NET_H

/**
 * historic_build_net() - what build-net does
 * historic_clean_net() - what clean-net does
 *
 * Both become runns-net.
 *
 * Return: exit status, if there was nothing to do or it could not be started.
 */
int historic_build_net(int argc, char **argv);
int historic_clean_net(int argc, char **argv);

#endif
