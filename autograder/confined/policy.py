"""What a student's process may do, and the shutting of the door behind it. Runs in the fork, before any student code.

Three locks, each for what the others leave open:
  Landlock (through sandlock)    files: read the system's libraries, write the scratch folder; signals stay inside
  seccomp (through pyseccomp)    no processes, no sockets, no changes of owner, mode or limits, nothing for root alone
  rlimits                        memory, size of a file, CPU time

Source: landlock(7), seccomp(2), setrlimit(2). None needs root or a container; together they take about 3 ms.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from errno import ENOSYS, ENOTSUP, EPERM
from functools import cache
from pathlib import Path
from typing import Any

from autograder.errors import CannotConfine

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Limits:
    """How much one submission may use. Times are wall-clock and kept from outside."""

    memory_bytes: int = 2_000 * MEGABYTE
    """Address space beyond what the warm process already has."""
    file_bytes: int = 50 * MEGABYTE
    """Of one file."""
    folder_bytes: int = 200 * MEGABYTE
    """Of all files it writes."""
    folder_entries: int = 10_000
    output_bytes: int = 10 * MEGABYTE
    """Of one cell, pictures included; the rest is cut."""
    submission_seconds: float = 600.0
    """All cells and questions together."""
    open_files: int = 256


CLONE_THREAD = 0x00010000

NOBODY_NEEDS = """
    execve execveat fork vfork
    socket connect bind listen accept accept4 recvmmsg sendmmsg
    ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_open pidfd_getfd pidfd_send_signal
    tkill rt_sigqueueinfo rt_tgsigqueueinfo
    setrlimit setpriority ioprio_set sched_setscheduler sched_setparam sched_setattr sched_setaffinity
    setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capset
    chown fchown lchown fchownat mknod mknodat
    memfd_create memfd_secret shmget shmat shmctl shmdt semget semctl semop semtimedop msgget msgctl msgsnd msgrcv
    mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr
    mount umount2 pivot_root chroot unshare setns move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr
    io_uring_setup io_uring_enter io_uring_register userfaultfd bpf perf_event_open
    fanotify_init fanotify_mark name_to_handle_at open_by_handle_at
    add_key request_key keyctl personality
    init_module finit_module delete_module kexec_load kexec_file_load
    swapon swapoff reboot acct quotactl quotactl_fd iopl ioperm vhangup syslog
    settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname nfsservctl lookup_dcookie uselib
"""
"""System calls that a notebook does without. They fail with "Operation not permitted"."""

PRETENDED = "chmod fchmod fchmodat utime utimes utimensat futimesat"
"""Landlock does not know of these, and they reach any file: they do nothing and say they did. `shutil.copy` goes on."""

WITHOUT_XATTR = "setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr"

NEWER = range(451, 512)
"""System calls that came after Linux 5.16, the same numbers on every architecture. The C library does without them."""


def prepare() -> Any:
    """What every process of a server is denied; made once, in the server.

    Raises `CannotConfine` without the libraries.
    """
    try:
        import pyseccomp
        import sandlock  # noqa: F401
    except (ImportError, OSError, RuntimeError) as error:
        raise CannotConfine(
            f"A library that confines students' code cannot be loaded: {error}.",
            "Install sandlock and pyseccomp with pip, and libseccomp2 with the system's package manager.",
        ) from error
    return _filter(pyseccomp)


def confine(scratch: Path, limits: Limits, readable: Iterable[str], prepared: Any) -> None:
    """Shut this process in, for good. Raises `CannotConfine` when the machine cannot."""
    import pyseccomp
    import sandlock

    _limit(limits)
    try:
        sandlock.confine(sandlock.Sandbox(fs_readable=list(readable), fs_writable=[str(scratch), *DEVICES]))
    except sandlock.SandlockError as error:
        raise CannotConfine(
            f"This machine cannot confine students' code: Landlock says “{error}”.",
            "Grade on Linux 6.12 or newer with Landlock enabled.",
        ) from error
    try:
        # Only to itself. These two rules know who it is.
        for name in ("kill", "tgkill"):
            prepared.add_rule(pyseccomp.ERRNO(EPERM), name, pyseccomp.Arg(0, pyseccomp.NE, os.getpid()))
        prepared.load()
    except OSError as error:
        raise CannotConfine(
            f"This machine cannot confine students' code: seccomp says “{error}”.",
            "Allow seccomp filters; a container may need another security profile.",
        ) from error


def _limit(limits: Limits) -> None:
    with open("/proc/self/statm") as file:
        already = int(file.read().split()[0]) * resource.getpagesize()
    cpu = int(limits.submission_seconds) + 1
    for what, amount in (
        (resource.RLIMIT_AS, already + limits.memory_bytes),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CPU, cpu),
    ):
        _, hard = resource.getrlimit(what)
        amount = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(what, (amount, amount))
    # Python then raises OSError where the kernel would end the process.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def _filter(seccomp):
    """Everything is allowed that no rule denies; Landlock has the files."""
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    rules.set_attr(seccomp.Attr.CTL_TSYNC, 1)  # the threads of a library, too

    def deny(names: Iterable[str | int], error: int, *conditions) -> None:
        for name in names:
            rules.add_rule(seccomp.ERRNO(error), name, *conditions)

    deny(NEWER, ENOSYS)
    deny(NOBODY_NEEDS.split(), EPERM)
    deny(PRETENDED.split(), 0)
    deny(WITHOUT_XATTR.split(), ENOTSUP)
    # Threads are clones, too. clone3 hides its flags behind a pointer; without it the C library uses clone.
    deny(["clone3"], ENOSYS)
    deny(["clone"], EPERM, seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, 0))
    # asyncio wants a connected pair. One of datagrams could be sent to any address.
    deny(["socketpair"], EPERM, seccomp.Arg(0, seccomp.NE, socket.AF_UNIX))
    deny(["socketpair"], EPERM, seccomp.Arg(1, seccomp.MASKED_EQ, 0xF, socket.SOCK_DGRAM))
    deny(["socketpair"], EPERM, seccomp.Arg(1, seccomp.MASKED_EQ, 0xF, socket.SOCK_SEQPACKET))
    # Reading one's limits is fine; root could raise them.
    deny(["prlimit64"], EPERM, seccomp.Arg(2, seccomp.NE, 0))
    return rules


DEVICES = [path for path in ("/dev/null", "/dev/zero", "/dev/full") if os.path.exists(path)]


@cache
def readable_folders() -> list[str]:
    """What Python and its libraries are made of: all that a notebook may read beside its own folder."""
    import autograder

    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    places = [os.path.join(prefix, name) for prefix in sorted(prefixes) for name in ("lib", "lib64", "share")]
    places += [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")] + _installed(
        sys.path
    )
    places += [*autograder.__path__, "/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share", "/usr/local/lib"]
    places += ["/etc/ld.so.cache", "/etc/localtime", "/etc/timezone", "/dev/urandom", "/dev/random"]
    return sorted({os.path.realpath(place) for place in places if os.path.exists(place)})


def _installed(path: Iterable[str]) -> list[str]:
    """Where packages are installed. Other entries of the search path may be the course itself."""
    return [entry for entry in path if Path(entry).name in ("site-packages", "dist-packages")]
