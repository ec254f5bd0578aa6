#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""peer.py - servers and clients behind and before a forwarded port

  tcp ADDRESS PORT echo|after|who|early
      echo    sends back what comes; after: all of it, once the client has
              ended; who: the client's address; early: answers, does not read
  udp ADDRESS PORT echo|who
  once HOST PORT BYTES       send, end, and compare the answer
  many HOST PORT COUNT BYTES that many connections open at the same time
  series HOST PORT COUNT     one after the other
  say HOST PORT              print the answer to nothing
  dead HOST PORT             how a connection ends that leads nowhere
  datagrams HOST PORT COUNT BYTES [SOURCE]
                             send each and wait for its answer
  clients HOST PORT COUNT    a datagram each from that many sockets
  burst HOST PORT COUNT BYTES
                             send all at once, count the answers
"""
import asyncio
import os
import socket
import sys

LIMIT = 60


async def serve_tcp(address, port, mode):
    async def talk(reader, writer):
        try:
            if mode == "echo":
                while data := await reader.read(65536):
                    writer.write(data)
                    await writer.drain()
            elif mode == "after":
                writer.write(await reader.read(-1))
                await writer.drain()
            elif mode == "who":
                writer.write(writer.get_extra_info("peername")[0].encode())
            elif mode == "early":
                writer.write(b"early")
                writer.write_eof()
                await reader.read(-1)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, address, port, backlog=4096)
    await server.serve_forever()


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def serve_udp(address, port, mode):
    with socket.socket(family(address), socket.SOCK_DGRAM) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        s.bind((address, port))
        while True:
            data, client = s.recvfrom(65536)
            s.sendto(client[0].encode() if mode == "who" else data, client)


async def exchange(host, port, size):
    reader, writer = await asyncio.open_connection(host, port)
    data = os.urandom(size)

    async def send():
        writer.write(data)
        await writer.drain()
        writer.write_eof()

    sending = asyncio.create_task(send())
    answer = await reader.read(-1)
    await sending
    writer.close()
    return answer == data


async def once(host, port, size):
    ok = await asyncio.wait_for(exchange(host, port, size), LIMIT)
    print("same" if ok else "differs")


async def many(host, port, count, size):
    """All are open before the first one ends."""
    pairs = await asyncio.gather(*(asyncio.open_connection(host, port)
                                   for _ in range(count)))

    async def talk(reader, writer):
        data = os.urandom(size)
        writer.write(data)
        writer.write_eof()
        return await reader.read(-1) == data

    got = await asyncio.wait_for(
        asyncio.gather(*(talk(*pair) for pair in pairs)), LIMIT)
    print(sum(got))


def series(host, port, count):
    good = 0
    for i in range(count):
        with socket.create_connection((host, port), timeout=LIMIT) as s:
            data = b"%d" % i
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
            got = b""
            while part := s.recv(4096):
                got += part
            good += got == data
    print(good)


def say(host, port):
    with socket.create_connection((host, port), timeout=LIMIT) as s:
        s.shutdown(socket.SHUT_WR)
        while part := s.recv(4096):
            sys.stdout.write(part.decode())


def dead(host, port):
    try:
        with socket.create_connection((host, port), timeout=LIMIT) as s:
            print("ended" if s.recv(1) == b"" else "data")
    except ConnectionResetError:
        print("reset")
    except ConnectionRefusedError:
        print("refused")


def udp_client(host, port, source=None):
    s = socket.socket(family(host), socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    if source:
        s.bind((source, 0))
    s.connect((host, port))
    s.settimeout(2)
    return s


def datagrams(host, port, count, size, source=None):
    good = 0
    with udp_client(host, port, source) as s:
        for _ in range(count):
            data = os.urandom(size)
            s.send(data)
            try:
                good += s.recv(65536) == data
            except (TimeoutError, ConnectionRefusedError):
                pass
    print(good)


def clients(host, port, count):
    good = 0
    sockets = [udp_client(host, port) for _ in range(count)]
    for i, s in enumerate(sockets):
        s.send(b"%d" % i)
        good += s.recv(65536) == b"%d" % i
    for i, s in enumerate(sockets[-100:]):
        s.send(b"again %d" % i)
        good += s.recv(65536) == b"again %d" % i
    print(good)


def burst(host, port, count, size):
    got = set()
    with udp_client(host, port) as s:
        s.settimeout(1)
        for i in range(count):
            s.send(b"%08d" % i + b"x" * (size - 8))
        try:
            while len(got) < count:
                data = s.recv(65536)
                if len(data) == size:
                    got.add(data[:8])
        except TimeoutError:
            pass
    print(len(got))


def main(argv):
    command, host, port = argv[1], argv[2], int(argv[3])
    if command == "tcp":
        asyncio.run(serve_tcp(host, port, argv[4]))
    elif command == "udp":
        serve_udp(host, port, argv[4])
    elif command in ("once", "many"):
        asyncio.run(globals()[command](host, port, *map(int, argv[4:])))
    elif command == "datagrams":
        datagrams(host, port, int(argv[4]), int(argv[5]), *argv[6:])
    elif command in ("series", "say", "dead", "clients", "burst"):
        globals()[command](host, port, *map(int, argv[4:]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv)
