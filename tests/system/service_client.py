#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A client of the socket service that does not behave.

  run                 one proper request for `true`, whoever asks
  garbage             whatever must be refused; prints "ok N"
  idle N COMMAND...   N connections that say nothing; COMMAND must be quick
  resolv              has its own resolv.conf: 0 if that takes privileges away
  full N              N connections at once; prints how many are turned away
  resize COMMAND...   on a terminal that gets another size after "ready"
"""
import array
import fcntl
import os
import pty
import random
import select
import socket
import struct
import subprocess
import sys
import termios
import time

PATH = "/run/runns/runns.socket"
SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK


def connect():
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    s.settimeout(20)
    s.connect(PATH)
    return s


def message(kind, body=b"", version=1):
    return b"RNNS" + struct.pack("<HH", version, kind) + body


def run(flags=1, args=1, env=0):
    return message(1, struct.pack("<IIIQQ", flags, args, env, 0, 0))


def words(text, seals=SEALS):
    fd = os.memfd_create("w", os.MFD_ALLOW_SEALING | os.MFD_CLOEXEC)
    os.write(fd, text)
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, seals)
    return fd


def send(data, fds=()):
    """The status with which the service answers, -1 if it only closes."""
    s = connect()
    control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                array.array("i", fds))] if fds else []
    try:
        s.sendmsg([data], control)
    except OSError:
        pass
    while True:
        try:
            got = s.recv(8192)
        except ConnectionError:
            got = b""
        if not got:
            return -1
        kind = struct.unpack("<H", got[6:8])[0]
        if kind == 5:
            print(got[8:].decode(), file=sys.stderr)
        if kind == 9:
            return struct.unpack("<I", got[8:12])[0]


def garbage():
    null = os.open("/dev/null", os.O_RDWR)
    good = words(b"work\0true\0")
    std = [null, null, null]
    assert send(run(), std + [good]) == 0
    file = os.open("/tmp/words", os.O_RDWR | os.O_CREAT, 0o600)
    os.write(file, b"work\0true\0")
    bad = [
        (b"", ()), (b"x", ()), (os.urandom(100), ()), (b"R" * 4096, ()),
        (b"R" * 10000, ()), (message(1), ()), (message(99), ()),
        (message(2, b"x"), ()), (message(2, version=2), ()),
        (message(4, struct.pack("<I", 9)), ()),
        (run(), ()), (run(), std), (run(), std + [null]),
        (run(), std + [file]), (run(), std + [good, null]),
        (run(), std + [good] * 5), (run(), std + [good] * 60),
        (run(), std + [words(b"work\0true\0", 0)]),
        (run(), std + [words(b"work\0true\0", fcntl.F_SEAL_GROW)]),
        (run(), std + [words(b"work\0true")]),
        (run(), std + [words(b"work\0true\0x\0")]),
        (run(args=2), std + [good]), (run(args=0), std + [good]),
        (run(args=0xffffffff, env=0xffffffff), std + [good]),
        (run(flags=128), std + [good]),
        (run(flags=5), std + [good]), (run(flags=5), std + [good, null]),
        (run(args=1), std + [words(b"work\0" + b"x" * (7 << 20) + b"\0")]),
        (run(), std + [words(b"../work\0true\0")]),
        (run(), std + [words(b"forbidden\0true\0")]),
        (run(), std + [words(b"\0true\0")]),
    ]
    refused = 0
    for data, fds in bad:
        status = send(data, list(fds))
        if status in (-1, 125 << 8):
            refused += 1
        else:
            sys.exit("not refused: %r %r: %d" % (data[:40], fds, status))
    rng = random.Random(1)
    for _ in range(100):
        data = bytearray(run())
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        send(bytes(data), std + [good] if rng.random() < 0.5 else [])
    assert send(run(), std + [good]) == 0
    print("ok", refused)


def idle(n, command):
    kept = [connect() for _ in range(n)]
    start = time.monotonic()
    status = subprocess.call(command)
    took = time.monotonic() - start
    del kept
    if status != 0 or took > 2:
        sys.exit("status %d after %.1f s" % (status, took))


def resolv():
    null = os.open("/dev/null", os.O_RDWR)
    text = (b"work\0nameserver 192.0.2.9\n\0grep\0-q\0NoNewPrivs:.1\0"
            b"/proc/self/status\0PATH=/usr/bin:/bin\0")
    return send(run(flags=3, args=4, env=1), [null, null, null, words(text)])


def full(n):
    kept = [connect() for _ in range(n)]
    turned_away = 0
    while True:
        ready = select.select(kept, [], [], 2)[0]
        if not ready:
            break
        for s in ready:
            turned_away += s.recv(8192)[6:8] == struct.pack("<H", 10)
            kept.remove(s)
            s.close()
    print(turned_away)


def resize(command):
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(command[0], command)
    seen = b""
    while select.select([fd], [], [], 20)[0]:
        try:
            data = os.read(fd, 4096)
        except OSError:
            break
        if not data:
            break
        before, seen = seen, seen + data
        if b"ready" in seen and b"ready" not in before:
            time.sleep(0.3)
            fcntl.ioctl(fd, termios.TIOCSWINSZ,
                        struct.pack("HHHH", 33, 99, 0, 0))
    sys.stdout.buffer.write(seen)


def main(argv):
    if argv[1] == "garbage":
        garbage()
    elif argv[1] == "idle":
        idle(int(argv[2]), argv[3:])
    elif argv[1] == "resolv":
        return resolv() >> 8
    elif argv[1] == "full":
        full(int(argv[2]))
    elif argv[1] == "resize":
        resize(argv[2:])
    else:
        null = os.open("/dev/null", os.O_RDWR)
        status = send(run(), [null, null, null, words(b"work\0true\0")])
        return status >> 8
    return 0


sys.exit(main(sys.argv))
