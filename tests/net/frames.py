#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""frames.py - raw frames that a user's own namespace could send, and who
sees what is in them

  send DEVICE MAC GATEWAY-MAC ADDRESS GATEWAY
        every frame carries LABEL=..., "right" with the true source; each to
        the gateway (ICMP) and to 198.51.100.1 (UDP)
  seen icmp FILE        labels of ICMP that the host was given
  seen frames DEVICE FILE
                        labels in whatever is on a device
  ask DEVICE MAC ADDRESS WHOSE
        ask by ARP; prints "answered" or "silent"
  flood ADDRESS N       a datagram from each of N ports of ours to ADDRESS
  echoes ADDRESS N      an echo request with each of N numbers
"""
import re
import socket
import struct
import sys
import time

ETH_P_ALL = 3
OTHER_MAC = "02:00:00:00:00:99"


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    total = (total >> 16) + (total & 0xffff)
    return ~(total + (total >> 16)) & 0xffff


def ip4(source, to, protocol, body):
    def head(check):
        return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 1, 0, 64,
                           protocol, check, socket.inet_aton(source),
                           socket.inet_aton(to))
    return head(checksum(head(0))) + body


def udp(port, to_port, body):
    return struct.pack("!HHHH", port, to_port, 8 + len(body), 0) + body


def echo(number, body):
    def head(check):
        return struct.pack("!BBHHH", 8, 0, check, number, 1) + body
    return head(checksum(head(0)))


def ip6(source, to, following, body):
    return struct.pack("!IHBB16s16s", 6 << 28, len(body), following, 255,
                       socket.inet_pton(socket.AF_INET6, source),
                       socket.inet_pton(socket.AF_INET6, to)) + body


def icmp6(source, to, kind, body):
    def whole(check):
        return struct.pack("!BBH", kind, 0, check) + body
    pseudo = struct.pack("!16s16sII", socket.inet_pton(socket.AF_INET6, source),
                         socket.inet_pton(socket.AF_INET6, to),
                         4 + len(body), 58)
    return ip6(source, to, 58, whole(checksum(pseudo + whole(0))))


def advertisement(label):
    """A router that announces 2001:db8:bad::/64 and itself."""
    prefix = struct.pack("!BBBBIII16s", 3, 4, 64, 0xc0, 3600, 3600, 0,
                         socket.inet_pton(socket.AF_INET6, "2001:db8:bad::"))
    return struct.pack("!BBHII", 64, 0, 1800, 0, 0) + prefix + \
        b"\x19\x01" + label[:6].ljust(6, b"\0") + label


def send(device, own, router, address, gateway):
    net = address.rsplit(".", 1)[0]
    sources = {"right": address, "same-net": net + ".77", "first": net + ".0",
               "last": net + ".255", "gateway": gateway,
               "host": "203.0.113.2", "outside": "198.51.100.77",
               "loopback": "127.0.0.1", "zero": "0.0.0.0",
               "other-net": "172.24.200.2", "multicast": "224.0.0.1"}
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    s.bind((device, 0))

    def put(kind, body, source=own, to=router):
        s.send(mac(to) + mac(source) + kind + body)

    def both(label, source, **words):
        text = b"LABEL=" + label.encode() + b";"
        for body in (ip4(source, gateway, 1, echo(7, text)),
                     ip4(source, "198.51.100.1", 17, udp(4000, 9, text)),
                     ip4(source, "203.0.113.2", 1, echo(8, text))):
            put(words.get("kind", b"\x08\x00"), body,
                source=words.get("mac", own))

    for label, source in sources.items():
        both(label, source)
    both("mac", address, mac=OTHER_MAC)
    both("mac-zero", address, mac="00:00:00:00:00:00")
    both("mac-router", address, mac=router)
    both("vlan", address, kind=b"\x81\x00\x00\x05\x08\x00")
    for label, source in (("global6", "2001:db8:5::5"),
                          ("link-local6", "fe80::1"),
                          ("host6", "2001:db8:1::2")):
        text = b"LABEL=" + label.encode() + b";"
        for to in ("2001:db8:100::1", "2001:db8:1::2", "ff02::1"):
            put(b"\x86\xdd", ip6(source, to, 17, udp(4000, 9, text)))
            put(b"\x86\xdd", icmp6(source, to, 128, b"\0\1\0\1" + text))
    put(b"\x86\xdd", icmp6("fe80::1", "ff02::1", 134,
                           advertisement(b"LABEL=ra;")), to="33:33:00:00:00:01")
    for to, there in (("255.255.255.255", "ff:ff:ff:ff:ff:ff"),
                      ("203.0.113.2", router)):
        put(b"\x08\x00", ip4(gateway, to, 17,
                             udp(67, 68, b"LABEL=dhcp;")), to=there)
        put(b"\x08\x00", ip4("0.0.0.0", to, 17,
                             udp(68, 67, b"LABEL=discover;")), to=there)
    # The neighbour of the host's is here, it says.
    put(b"\x08\x06", struct.pack("!HHBBH6s4s6s4s", 1, 0x800, 6, 4, 2, mac(own),
                                 socket.inet_aton("203.0.113.1"), mac(router),
                                 socket.inet_aton("203.0.113.2")))
    both("right-again", address)


def seen(kind, *rest):
    if kind == "icmp":
        s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    else:
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                          socket.htons(ETH_P_ALL))
        s.bind((rest[0], ETH_P_ALL))
    with open(rest[-1], "w", encoding="ascii", buffering=1) as out:
        print("started", file=out)
        while True:
            packet = s.recv(65536)
            # An answer of ours to what was accepted carries it as well.
            if kind == "icmp" and packet[20] != 8:
                continue
            for label in re.findall(rb"LABEL=([a-z0-9-]+);", packet):
                print(label.decode(), file=out)


def ask(device, own, address, whose):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x806))
    s.bind((device, 0x806))
    s.send(b"\xff" * 6 + mac(own) + b"\x08\x06" +
           struct.pack("!HHBBH6s4s6s4s", 1, 0x800, 6, 4, 1, mac(own),
                       socket.inet_aton(address), b"\0" * 6,
                       socket.inet_aton(whose)))
    end = time.monotonic() + 1
    while time.monotonic() < end:
        s.settimeout(max(0.01, end - time.monotonic()))
        try:
            frame = s.recv(2048)
        except TimeoutError:
            break
        if frame[20:22] == b"\0\2" and frame[28:32] == socket.inet_aton(whose):
            print("answered")
            return
    print("silent")


def flood(address, n):
    for port in range(10000, 10000 + int(n)):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("", port))
            try:
                s.sendto(b"x", (address, 9))
            except OSError:
                pass


def echoes(address, n):
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    for number in range(1, int(n) + 1):
        try:
            s.sendto(echo(number, b"x"), (address, 0))
        except OSError:
            pass


{"send": send, "seen": seen, "ask": ask, "flood": flood,
 "echoes": echoes}[sys.argv[1]](*sys.argv[2:])
