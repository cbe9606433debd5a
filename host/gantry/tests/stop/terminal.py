"""Runs a program on a terminal of its own, in one way: `python3 terminal.py WAY RECORDING PROGRAM…`.

RECORDING is the file in which it stands that the robot drives. Prints how the program has ended.
"""
import os
import pty
import select
import sys
import time

way, recording, program = sys.argv[1], sys.argv[2], sys.argv[3:]


def wait_for(pid, terminal):
    """Reads what the terminal shows until the program ends or stops."""
    while True:
        found, status = os.waitpid(pid, os.WNOHANG | os.WUNTRACED)
        if found:
            return status
        if terminal is not None and select.select([terminal], [], [], 0.02)[0]:
            try:
                os.read(terminal, 65536)
            except OSError:
                terminal = None
        elif terminal is None:
            time.sleep(0.02)


pid, terminal = pty.fork()
if pid == 0:
    if way != "background":
        os.execvp(program[0], program)
    # A shell that starts it with `&`.
    background = os.fork()
    if background == 0:
        os.setpgid(0, 0)
        os.execvp(program[0], program)
    status = wait_for(background, None)
    if os.WIFSTOPPED(status):
        os.kill(background, 9)
    os._exit(99 if os.WIFSTOPPED(status) else os.waitstatus_to_exitcode(status))


def drives():
    try:
        with open(recording, "rb") as events:
            return b'"value":6.0' in events.read()
    except FileNotFoundError:
        return False


deadline = time.monotonic() + 60
while not drives():
    assert time.monotonic() < deadline, "it never drives"
    if select.select([terminal], [], [], 0.02)[0]:
        os.read(terminal, 65536)

if way == "held":
    os.write(terminal, b"\x13")  # Ctrl-S
    time.sleep(0.2)
    os.write(terminal, b"enable gret\nmark\nestop\n")
    # Nothing is read: the terminal takes no more either.
    while b'"emergency-stopped"' not in open(recording, "rb").read():
        assert time.monotonic() < deadline, "it never stops"
        time.sleep(0.02)
    os.kill(pid, 15)
    status = wait_for(pid, None)
elif way == "closed":
    os.close(terminal)
    status = wait_for(pid, None)
else:
    status = wait_for(pid, terminal)
print(os.waitstatus_to_exitcode(status))
