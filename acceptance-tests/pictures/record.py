"""Runs a command in a terminal of its own and writes what appears there as an asciicast (version 2), at a pace to read it at.

``record.py CAST COMMAND...``. What is printed at once scrolls by; waiting is cut short; what is told between commands, and
the end of each command, stays for a while.
"""

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
import time

COLUMNS, LINES = 108, 32
# Seconds: how long a pause lasts at most, how long a screen of scrolling stays, and how long what is told stays.
LONGEST_PAUSE, SCROLLED, TOLD = 0.7, 0.35, 2.5
# Lines that appear together while a long output scrolls by.
AT_ONCE = 6
_PROMPT, _TOLD = "\x1b[1;32m$", "\x1b[2m# "
_ENDS = ("Apply complete!", "╵")


def lines_of(command):
    """Each line (or what there is of one) that the command prints, and when it came, in seconds from the start."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    running = subprocess.Popen(command, stdin=follower, stdout=follower, stderr=follower, start_new_session=True)
    os.close(follower)
    started, kept = time.monotonic(), b""
    while True:
        try:
            read = os.read(leader, 65536)
        except OSError:  # what a terminal says when nobody is left to write to it
            read = b""
        now = time.monotonic() - started
        *whole, kept = (kept + read).split(b"\n")
        for line in whole:
            yield now, line.decode() + "\n"
        if not read:
            break
    yield time.monotonic() - started, kept.decode()
    running.wait()


def paced(lines):
    """The same as events of an asciicast: when, in seconds from the start, and what."""
    shown, last, waiting = 0.0, 0.0, []

    def flush():
        nonlocal waiting
        if waiting:
            yield shown, "".join(waiting)
        waiting = []

    for now, line in lines:
        pause, last = min(now - last, LONGEST_PAUSE), now
        told = line.startswith((_PROMPT, _TOLD))
        if len(waiting) >= AT_ONCE or told or pause > SCROLLED:
            yield from flush()
            shown += max(pause, TOLD if told else SCROLLED)
        waiting.append(line)
        if any(end in line for end in _ENDS):
            yield from flush()
            shown += TOLD
    yield from flush()
    yield shown + TOLD, "\r\n"


def main():
    cast, *command = sys.argv[1:]
    with open(cast, "w", encoding="utf-8") as file:
        json.dump({"version": 2, "width": COLUMNS, "height": LINES}, file)
        file.write("\n")
        for when, what in paced(lines_of(command)):
            json.dump([round(when, 3), "o", what], file, ensure_ascii=False)
            file.write("\n")


main()
