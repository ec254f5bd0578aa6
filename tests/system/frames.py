#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""frames.py - what no honest kernel sends, straight onto a network's device

  listen PORT FILE     accept on the host's loopback, IPv4 and IPv6, and take
                       datagrams; a line in FILE for each
  aim DEVICE PORT      begin connections to every name of the host's loopback
  junk DEVICE COUNT    malformed frames, the same ones each time
"""
import random
import select
import socket
import struct
import sys

US4, GATEWAY4, SERVER4 = "10.0.2.100", "10.0.2.2", "10.0.2.3"
US6, GATEWAY6, SERVER6 = "fd00::100", "fd00::2", "fd00::3"
LOOPBACK4 = [GATEWAY4, SERVER4, "127.0.0.1", "127.1.2.3", "0.0.0.0",
             "10.0.2.255", "255.255.255.255", "224.0.0.1"]
LOOPBACK6 = [GATEWAY6, SERVER6, "::1", "::", "::127.0.0.1",
             "::ffff:127.0.0.1", "::ffff:0.0.0.0", "fe80::2", "ff02::1",
             "fd00::1234"]
TCP, UDP, ICMP, ICMP6 = 6, 17, 1, 58


def total(data):
    if len(data) % 2:
        data += b"\0"
    n = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while n >> 16:
        n = (n & 0xffff) + (n >> 16)
    return n


def transport(proto, pseudo, port, source):
    if proto == TCP:
        t = struct.pack("!HHIIBBHHH", source, port, 1000, 0, 0x50, 2,
                        65535, 0, 0)
        at = 16
    else:
        t = struct.pack("!HHHH", source, port, 12, 0) + b"junk"
        at = 6
    check = ~total(pseudo + struct.pack("!HH", proto, len(t)) + t) & 0xffff
    return t[:at] + struct.pack("!H", check) + t[at + 2:]


def ether(kind, rest):
    return (b"\x52\x55\x0a\x00\x02\x02" + b"\x02\x00\x00\x00\x00\x01" +
            struct.pack("!H", kind) + rest)


def ip4(to, proto, payload, ident=1, fragment=0, source=US4):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), ident,
                       fragment, 64, proto, 0, socket.inet_aton(source),
                       socket.inet_aton(to))
    check = ~total(head) & 0xffff
    return ether(0x0800, head[:10] + struct.pack("!H", check) + head[12:] +
                 payload)


def ip6(to, proto, payload, source=US6):
    return ether(0x86dd, struct.pack("!IHBB", 6 << 28, len(payload), proto,
                                     64) +
                 socket.inet_pton(socket.AF_INET6, source) +
                 socket.inet_pton(socket.AF_INET6, to) + payload)


def aimed4(to, port, proto, source):
    pseudo = socket.inet_aton(US4) + socket.inet_aton(to)
    return transport(proto, pseudo, port, source)


def aimed6(to, port, proto, source):
    pseudo = (socket.inet_pton(socket.AF_INET6, US6) +
              socket.inet_pton(socket.AF_INET6, to))
    return transport(proto, pseudo, port, source)


def raw(device):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    s.bind((device, 0))
    return s


def aim(device, port):
    s = raw(device)
    source = 20000
    for proto in TCP, UDP:
        for to in LOOPBACK4:
            source += 1
            whole = aimed4(to, port, proto, source)
            s.send(ip4(to, proto, whole))
            # In pieces, the last one first.
            for at, more in (8, 0), (0, 0x2000):
                part = whole[at:] if at else whole[:8]
                s.send(ip4(to, proto, part, source, more | at // 8))
        for to in LOOPBACK6:
            source += 1
            s.send(ip6(to, proto, aimed6(to, port, proto, source)))
    # A question for the name server whose port is written over later.
    good = aimed4(SERVER4, 53, UDP, 30000)
    bad = aimed4(SERVER4, port, UDP, 30000)
    s.send(ip4(SERVER4, UDP, good[:8], 77, 0x2000))
    s.send(ip4(SERVER4, UDP, bad[:8], 77, 0x2000))
    s.send(ip4(SERVER4, UDP, bad[8:], 77, 1))


def junk(device, count):
    s = raw(device)
    r = random.Random(6)
    models = [ip4("198.51.100.1", TCP, aimed4("198.51.100.1", 80, TCP, 1)),
              ip4("198.51.100.1", UDP, aimed4("198.51.100.1", 80, UDP, 1)),
              ip4(GATEWAY4, ICMP, b"\x08\0" + bytes(40)),
              ip6("2001:db8:100::1", TCP,
                  aimed6("2001:db8:100::1", 80, TCP, 1)),
              ip6(GATEWAY6, ICMP6, b"\x80\0" + bytes(40)),
              ip6("ff02::2", ICMP6, b"\x85\0" + bytes(40)),
              ether(0x0806, bytes.fromhex("0001080006040001") + bytes(20))]
    for _ in range(count):
        frame = bytearray(r.choice(models))
        for _ in range(r.randrange(6)):
            frame[r.randrange(12, len(frame))] = r.randrange(256)
        if r.random() < 0.3:
            frame = frame[:r.randrange(14, len(frame))]
        if r.random() < 0.2:
            frame += r.randbytes(r.randrange(1400))
        try:
            s.send(frame)
        except OSError:
            pass


def listen(port, path):
    ends = []
    for family, address in ((socket.AF_INET, "127.0.0.1"),
                            (socket.AF_INET6, "::1")):
        for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM:
            s = socket.socket(family, kind)
            s.bind((address, port))
            if kind == socket.SOCK_STREAM:
                s.listen(50)
            ends.append(s)
    with open(path, "a", buffering=1) as f:
        f.write("ready\n")
        while True:
            for s in select.select(ends, [], [])[0]:
                if s.type == socket.SOCK_STREAM:
                    c, peer = s.accept()
                    c.close()
                else:
                    peer = s.recvfrom(2000)[1]
                f.write("%s %s\n" % (s.type.name, peer[0]))


def main(argv):
    if argv[1] == "listen":
        listen(int(argv[2]), argv[3])
    elif argv[1] == "aim":
        aim(argv[2], int(argv[3]))
    elif argv[1] == "junk":
        junk(argv[2], int(argv[3]))
    else:
        sys.exit(__doc__)


main(sys.argv)
