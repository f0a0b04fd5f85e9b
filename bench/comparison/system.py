"""Running programs, and putting away what an interrupted run has left."""

import os
import signal
import subprocess
import sys
import tempfile
import time


class ProgramFailed(Exception):
    """A program ended with an error; the text has the end of what it printed."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def shell(script, environment=None, timeout=7200):
    """Runs a bash script that stops at its first error, and returns what it printed."""
    with tempfile.TemporaryFile() as output:
        code = run(["bash", "-c", "set -euo pipefail\n" + script], output, environment, timeout)
        output.seek(0)
        printed = output.read().decode(errors="replace")
    if code != 0:
        raise ProgramFailed(f"exit code {code}: {script}\n{printed[-2000:]}")
    return printed


def run(command, output, environment=None, timeout=7200):
    """Runs a program with its output to a file, and returns its exit code: 124 if out of time.

    However this ends, what the program started ends too.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=environment,
        start_new_session=True,
    )
    try:
        return process.wait(timeout)
    except subprocess.TimeoutExpired:
        return 124
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def first_line(*command):
    """The first line that a program prints, for lists of versions; empty if it can't be run."""
    try:
        printed = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        ).stdout.decode(errors="replace")
    except OSError:
        return ""
    return printed.splitlines()[0].strip() if printed.strip() else ""


def end_by_exception():
    """Lets SIGTERM and SIGHUP unwind the stack, as SIGINT does, so that all is put away."""

    def leave(number, _frame):
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, leave)


def mounts_below(directory):
    """Mount points at or below a directory, the latest first."""
    top = os.path.realpath(directory)
    found = []
    with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            point = line.split()[4].replace("\\040", " ")
            if point == top or point.startswith(top + "/"):
                found.append(point)
    return found[::-1]


def unmount(point):
    """Unmounts, and waits a while for the last user to go."""
    for attempt in range(20):
        done = subprocess.run(["umount", point], stderr=subprocess.PIPE, check=False)
        if done.returncode == 0:
            return
        time.sleep(0.2 + attempt / 10)
    raise ProgramFailed(f"{point} can't be unmounted: {done.stderr.decode(errors='replace')}")


def put_away_leftovers(directory):
    """Undoes the mounts and loop devices below a directory that a killed run couldn't."""
    for point in mounts_below(directory):
        say(f"unmounting {point}, left by an earlier run")
        unmount(point)
    listed = shell("losetup --list --noheadings --output NAME,BACK-FILE")
    for line in listed.splitlines():
        device, _, file = line.partition(" ")
        if file.strip().startswith(os.path.realpath(directory) + "/"):
            say(f"detaching {device}, left by an earlier run")
            shell(f"losetup --detach {device}")
