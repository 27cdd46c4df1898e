"""Hands the lines of a judgement on to the process that has the function: standard input to a socket, and back.

Started by ``nbverify judge`` as a worker (docs/worker.md); uses the standard library only.

    python3 -I -S _bridge.py SOCKET
"""

import socket
import sys
import threading


def main() -> None:
    """Copies lines until either side closes."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.connect(sys.argv[1])
    reader = connection.makefile("rb")

    def back() -> None:
        for line in reader:
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()

    thread = threading.Thread(target=back, daemon=True)
    thread.start()
    for line in sys.stdin.buffer:
        connection.sendall(line)
    connection.shutdown(socket.SHUT_WR)
    thread.join(5)


if __name__ == "__main__":
    main()
