#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sends whatever a program inside a network can send, round after round.

usage: hostile.py ROUNDS-FILE [routed]

With "routed" the routes decide which device is used, else each is tried too.

Every packet carries the word LEAKLEAK, so that it is known wherever it is
seen; inside a tunnel it is encrypted.  What cannot be sent is no error.
"""
import os
import socket
import struct
import sys
import time

MARK = b"LEAKLEAK" * 4
SO_BINDTODEVICE = 25
V4 = ["198.51.100.1", "198.51.100.53", "203.0.113.1", "203.0.113.2",
      "203.0.113.77", "192.0.2.80", "172.24.0.1", "10.0.0.1", "169.254.1.1", "8.8.8.8",
      "224.0.0.1", "224.0.0.251", "239.1.1.1", "255.255.255.255"]
V6 = ["2001:db8:100::1", "2001:db8:1::1", "2001:db8:1::2", "2001:4860::8888",
      "fd00::1", "ff02::1", "ff02::fb", "ff05::2", "fe80::1"]
PORTS = [53, 67, 80, 1194, 5353]


def quietly(fn, *args):
    try:
        fn(*args)
    except OSError:
        pass


def datagram(family, address, port, device):
    with socket.socket(family, socket.SOCK_DGRAM) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        if device:
            s.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, device.encode())
        scope = socket.if_nametoindex(device) if device else 0
        to = (address, port) if family == socket.AF_INET else \
            (address, port, 0, scope)
        s.sendto(MARK, socket.MSG_DONTWAIT, to)


def stream(family, address, port, kept):
    s = socket.socket(family, socket.SOCK_STREAM)
    s.setblocking(False)
    s.connect_ex((address, port))
    kept.append(s)


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    total = (total >> 16) + (total & 0xffff)
    return ~(total + (total >> 16)) & 0xffff


def ip_packet(source, to, protocol):
    def head(check):
        return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(MARK), 1, 0, 64,
                           protocol, check, socket.inet_aton(source),
                           socket.inet_aton(to))
    return head(checksum(head(0))) + MARK


def raw(to, protocol, source, device):
    with socket.socket(socket.AF_INET, socket.SOCK_RAW,
                       socket.IPPROTO_RAW) as s:
        if device:
            s.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, device.encode())
        s.sendto(ip_packet(source, to, protocol), socket.MSG_DONTWAIT, (to, 0))


def raw6(to, protocol):
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, protocol) as s:
        s.sendto(MARK, socket.MSG_DONTWAIT, (to, 0))


def frame(device, ethertype, payload):
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM) as s:
        s.sendto(payload, socket.MSG_DONTWAIT,
                 (device, ethertype, 0, 0, b"\xff" * 6))


def arp(device):
    frame(device, 0x0806, struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) +
          b"\x02" + bytes(5) + socket.inet_aton("203.0.113.66") + bytes(6) +
          socket.inet_aton("203.0.113.1") + MARK)


def one_round(kept):
    devices = [name for _, name in socket.if_nameindex()] \
        if len(sys.argv) < 3 else []
    for device in [None] + devices:
        for port in PORTS:
            for address in V4:
                quietly(datagram, socket.AF_INET, address, port, device)
            for address in V6:
                quietly(datagram, socket.AF_INET6, address, port, device)
        for address in V4:
            for protocol in (1, 2, 4, 6, 17, 41, 47, 132, 253):
                for source in ("0.0.0.0", "203.0.113.2"):
                    quietly(raw, address, protocol, source, device)
    for address in V4:
        quietly(stream, socket.AF_INET, address, 80, kept)
    for address in V6:
        quietly(stream, socket.AF_INET6, address, 80, kept)
        for protocol in (58, 17, 41, 253):
            quietly(raw6, address, protocol)
    for device in devices:
        quietly(arp, device)
        for address in V4:
            quietly(frame, device, 0x0800,
                    ip_packet("203.0.113.2", address, 17))
    del kept[:-40]


def main():
    kept = []
    rounds = 0
    while True:
        one_round(kept)
        rounds += 1
        with open(sys.argv[1] + ".new", "w", encoding="ascii") as f:
            f.write("%d\n" % rounds)
        os.rename(sys.argv[1] + ".new", sys.argv[1])
        time.sleep(0.05)


main()
