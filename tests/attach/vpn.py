#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""vpn.py - the program of a VPN, as far as its script can tell

usage: vpn.py [--enter PID] [--fd KIND] ACTION... -- COMMAND [ARGUMENT...]

Starts COMMAND with one end of a pair of datagram sockets as VPNFD and does
the ACTIONs in order; the device inside is 10.0.0.2.  With --enter, {user},
{net} and {mnt} in COMMAND are descriptors of that process's namespaces.
KIND is what VPNFD is in place of that pair: none, closed, file, stream, text.
Variables of the environment are handed on.

ping      waits until the device answers
garbage   sends what is no packet, then as ping
flood     sends many packets, then as ping
memory    tells whether COMMAND takes less than 16 megabytes
close     closes the pair and waits for COMMAND's end
hup       sends SIGHUP to COMMAND's process group, and waits
kill      kills COMMAND
wait      waits for the end of COMMAND
hold FILE waits until FILE is there
"""
import os
import random
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

PATIENCE = 15


def checksum(data):
    total = sum(struct.unpack(f'!{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ip_packet(payload, protocol=1, version=4, length=None):
    head = struct.pack('!BBHHHBBH4s4s', version << 4 | 5, 0,
                       length or 20 + len(payload), 0, 0, 64, protocol, 0,
                       socket.inet_aton('10.0.0.1'),
                       socket.inet_aton('10.0.0.2'))
    return head[:10] + struct.pack('!H', checksum(head)) + head[12:] + payload


def echo_request(number):
    head = struct.pack('!BBHHH', 8, 0, 0, 7, number)
    head = head[:2] + struct.pack('!H', checksum(head)) + head[4:]
    return ip_packet(head)


def ping(sock):
    """Whatever else comes is not looked at."""
    end = time.monotonic() + PATIENCE
    number = random.randrange(65536)
    while time.monotonic() < end:
        try:
            sock.send(echo_request(number), socket.MSG_DONTWAIT)
        except BlockingIOError:
            pass
        for _ in range(64):
            if not select.select([sock], [], [], 0.2)[0]:
                break
            data = sock.recv(70000)
            if data[20:21] == b'\0' and data[24:28] == \
                    struct.pack('!HH', 7, number):
                return 'answers'
    return 'is silent'


def garbage(sock):
    whole = echo_request(1)
    rng = random.Random(6)
    frames = [b'', b'\x45', whole[:10], whole[:19], whole[:24],
              ip_packet(b'', version=0), ip_packet(b'', version=15),
              ip_packet(b'x' * 8, length=65535), ip_packet(b'x' * 8, length=1),
              b'\x60' + b'\0' * 39, b'\x65' * 40, whole + b'x' * 65000,
              b'\x45' * 65536, b'\x45' * 70000, b'\0' * 1400]
    frames += [rng.randbytes(rng.randrange(2000)) for _ in range(2000)]
    for frame in frames:
        sock.send(frame)
    return ping(sock)


def flood(sock):
    packet = ip_packet(b'x' * 1380, protocol=253)
    for _ in range(100000):
        sock.send(packet)
    return ping(sock)


def memory(child):
    with open(f'/proc/{child.pid}/status') as f:
        pages = [line.split()[1] for line in f if line.startswith('VmRSS')]
    return 'small' if int(pages[0]) < 16384 else f'{pages[0]} kB'


def ended(child):
    try:
        return f'ended {child.wait(PATIENCE)}'
    except subprocess.TimeoutExpired:
        return 'goes on'


def bad_fd(kind):
    if kind == 'none':
        return None
    if kind == 'closed':
        return '99'
    if kind == 'text':
        return '3x'
    if kind == 'file':
        return tempfile.TemporaryFile()
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)[0]


def act(words, sock, child):
    while words:
        word = words.pop(0)
        if word == 'hold':
            path = words.pop(0)
            while not os.path.exists(path):
                time.sleep(0.02)
        elif word in ('ping', 'garbage', 'flood'):
            print(globals()[word](sock), flush=True)
        elif word == 'memory':
            print(memory(child), flush=True)
        else:
            if word == 'close':
                sock.close()
            if word == 'hup':
                os.killpg(child.pid, signal.SIGHUP)
            if word == 'kill':
                child.kill()
            print(ended(child), flush=True)


def main():
    words = sys.argv[1:]
    command = words[words.index('--') + 1:]
    words = words[:words.index('--')]
    environment = dict(os.environ)
    sock, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    keep = [theirs.fileno()]
    environment['VPNFD'] = str(theirs.fileno())
    if words[:1] == ['--enter']:
        fds = {kind: os.open(f'/proc/{words[1]}/ns/{kind}', os.O_RDONLY)
               for kind in ('user', 'net', 'mnt')}
        command = [word.format(**fds) for word in command]
        keep += fds.values()
        words = words[2:]
    if words[:1] == ['--fd']:
        bad = bad_fd(words[1])
        words = words[2:]
        del environment['VPNFD']
        if isinstance(bad, str):
            environment['VPNFD'] = bad
        elif bad is not None:
            environment['VPNFD'] = str(bad.fileno())
            keep.append(bad.fileno())
    child = subprocess.Popen(command, env=environment, pass_fds=keep,
                             process_group=0)
    theirs.close()
    act(words, sock, child)
    if child.poll() is None:
        child.kill()
        child.wait()


main()
