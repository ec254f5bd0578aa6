/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vpnns.h - vpnns(1), a name of this program
 */
#ifndef RUNNSCTL_VPNNS_H
#define RUNNSCTL_VPNNS_H

/**
 * vpnns() - what vpnns does: a program, or a VPN, in an instance whose
 * directory is ~/.vpnns-NAME
 *
 * Return: exit status, if there was nothing to do or it could not be started.
 */
int vpnns(int argc, char **argv);

#endif
