#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""peer.py - the small servers and clients that system tests need

  log SOCKET FILE      write what is sent to syslog to FILE, a line each
  http PORT            answer "/" with the client's address, "/N" with N bytes
  get HOST [PATH]      fetch from such a server
  pty [-t S] [PROMPT=ANSWER ...] -- COMMAND...
                       run COMMAND on a terminal of its own; when PROMPT shows
                       up, type ANSWER (each once, in this order; \\n, \\x03)
"""
import http.client
import http.server
import os
import pty
import select
import signal
import socket
import sys
import time


def log(path, out):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.bind(path)
        os.chmod(path, 0o666)
        with open(out, "ab", buffering=0) as f:
            while True:
                f.write(s.recv(65536).rstrip(b"\0\n") + b"\n")


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        size = self.path.lstrip("/")
        body = b"x" * int(size) if size.isdigit() else \
            self.client_address[0].removeprefix("::ffff:").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
    request_queue_size = 200


def get(host, path="/"):
    c = http.client.HTTPConnection(host, 80, timeout=5)
    c.request("GET", path)
    body = c.getresponse().read()
    sys.stdout.buffer.write(body if path == "/" else b"%d" % len(body))


def terminal(args):
    timeout = 30.0
    if args[0] == "-t":
        timeout = float(args[1])
        args = args[2:]
    split = args.index("--")
    steps = [a.split("=", 1) for a in args[:split]]
    pid, fd = pty.fork()
    if pid == 0:
        os.execvp(args[split + 1], args[split + 1:])
    seen = b""
    end = time.monotonic() + timeout
    while True:
        left = end - time.monotonic()
        if left <= 0 or not select.select([fd], [], [], left)[0]:
            os.kill(pid, signal.SIGKILL)
            sys.exit("pty: timed out, seen: %r" % seen)
        try:
            data = os.read(fd, 65536)
        except OSError:
            data = b""
        if not data:
            break
        sys.stdout.buffer.write(data.replace(b"\r", b""))
        sys.stdout.buffer.flush()
        seen += data
        if steps and steps[0][0].encode() in seen:
            seen = b""
            answer = steps.pop(0)[1]
            # What the program throws away when it turns echo off is lost.
            time.sleep(0.2)
            os.write(fd, answer.encode().decode("unicode_escape").encode())
    os.close(fd)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main(argv):
    if argv[1] == "log":
        log(argv[2], argv[3])
    elif argv[1] == "http":
        Server(("::", int(argv[2])), Handler).serve_forever()
    elif argv[1] == "get":
        get(*argv[2:])
    elif argv[1] == "pty":
        return terminal(argv[2:])
    else:
        sys.exit(__doc__)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
