#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ask.py - ask one name server for one name, and nobody else

  ask udp|tcp SERVER NAME    print the first address of the answer, or
                             "refused", "unreachable", "silent" (after 3 s)
"""
import socket
import struct
import sys

PORT = 53


def question(name):
    labels = b"".join(bytes([len(p)]) + p.encode() for p in name.split("."))
    return struct.pack(">6H", 7, 0x100, 1, 0, 0, 0) + labels + b"\0\0\1\0\1"


def exchange(kind, server, text):
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    if kind == "udp":
        with socket.socket(family, socket.SOCK_DGRAM) as s:
            s.settimeout(3)
            s.connect((server, PORT))
            s.send(text)
            return s.recv(4096)
    with socket.socket(family, socket.SOCK_STREAM) as s:
        s.settimeout(3)
        s.connect((server, PORT))
        s.sendall(struct.pack(">H", len(text)) + text)
        size = struct.unpack(">H", s.recv(2, socket.MSG_WAITALL))[0]
        return s.recv(size, socket.MSG_WAITALL)


def ask(kind, server, name):
    text = question(name)
    try:
        answer = exchange(kind, server, text)
    # Rules that refuse a packet of one's own say EPERM.
    except (ConnectionRefusedError, PermissionError):
        return "refused"
    except TimeoutError:
        return "silent"
    except OSError as e:
        return "unreachable: %s" % e
    if struct.unpack(">H", answer[6:8])[0] == 0:
        return "nothing"
    # The name of the answer is a pointer: type, class, lifetime, length.
    return socket.inet_ntoa(answer[len(text) + 12:len(text) + 16])


print(ask(*sys.argv[1:4]))
