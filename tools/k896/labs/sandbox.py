"""
Where one submission is built and run: it may be anybody's.

        bubblewrap   the system and the tree read-only, its own /tmp, no network, no other processes;
                     writable are the worker's folders under build/ alone
        else         the same user, with the limits below

In both: bounds on memory, file size, processes and time. `ulimit -u` counts all of a user's
processes, so it is generous; QEMU's threads are the most of them.
"""

import functools
import os
import resource
import shutil
import signal
import subprocess

from ..kernels import BUILD, ROOT

GIGABYTE = 1 << 30
LIMITS = [
    (resource.RLIMIT_AS, 12 * GIGABYTE),      # a guest of 6 GB that touches little of it
    (resource.RLIMIT_FSIZE, GIGABYTE // 4),
    (resource.RLIMIT_CPU, 600),
    (resource.RLIMIT_NPROC, 2048),
    (resource.RLIMIT_CORE, 0),
]
SYSTEM = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc/alternatives", "/etc/ld.so.cache"]


def _limit():
    for what, most in LIMITS:
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))
    os.setsid()


@functools.cache
def has_bubblewrap():
    """Is it there, and does this kernel let it work?"""
    if not shutil.which("bwrap"):
        return False
    probe = _bubblewrap([], []) + ["true"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def _bubblewrap(readable, writable, hidden=()):
    argv = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--proc", "/proc", "--dev", "/dev",
            "--tmpfs", "/tmp"]
    for path in SYSTEM:
        argv += ["--ro-bind-try", path, path]
    argv += ["--ro-bind", str(ROOT), str(ROOT), "--tmpfs", str(BUILD)]
    for path in hidden:
        argv += ["--tmpfs", str(path)]
    for path in readable:
        argv += ["--ro-bind", str(path), str(path)]
    for path in writable:
        argv += ["--bind", str(path), str(path)]
    return argv + ["--chdir", str(ROOT), "--setenv", "HOME", "/tmp"]


def describe():
    return ("in bubblewrap: no network, own /tmp, read-only tree" if has_bubblewrap() else
            "with the limits of the shell alone: bubblewrap is missing, or does not work here")


def run(argv, readable, writable, hidden, seconds, env):
    """
    Run @argv; returns (status, output), status None if it took more than @seconds.
    @hidden: folders of the tree that are empty there, but for what is in @readable
    """
    for path in writable:
        path.mkdir(parents=True, exist_ok=True)
    whole = (_bubblewrap(readable, writable, hidden) if has_bubblewrap() else []) + [str(word) for word in argv]
    process = subprocess.Popen(whole, cwd=ROOT, env=env, text=True, errors="replace", stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=_limit)
    try:
        output, _ = process.communicate(timeout=seconds)
        return process.returncode, output
    except subprocess.TimeoutExpired:
        return None, f"not done after {seconds} s"
    finally:
        end_session(process)


def end_session(process):
    """The process and all that it started: it leads a session of its own."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
