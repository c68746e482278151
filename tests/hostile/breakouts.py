"""Attackers who reach for what is not theirs: processes, files, the network, the machine."""

from __future__ import annotations

from hostile.attack import ALL, RIGHT_DW, Attack, Desk

REFUSED = "PermissionError|Permission denied|Operation not permitted"

NOT_THERE = f"{REFUSED}|FileNotFoundError|No such file"
"""What cannot be seen may as well be missing."""


def tries(code: str) -> dict[str, str]:
    """An honest student but for `code`, which runs before dW is asked."""
    return {"dW": RIGHT_DW + code}


def steal(path: str) -> dict[str, str]:
    return tries(f"print('stolen:', open(f'{path}', errors='replace').read())\n")


def deface(path: str, text: str = "defaced «token»") -> dict[str, str]:
    return tries(f"import os, time\nwith open(f'{path}', 'a') as file:\n    file.write({text!r})\n")


LOOK_FOR_SECRETS = """
import glob, os
found = []
for path in glob.glob('/proc/[0-9]*'):
    for name in ('environ', 'cmdline', 'maps'):
        try:
            text = open(f'{path}/{name}', 'rb').read().decode(errors='replace')
        except OSError as error:
            continue
        if not os.path.samefile(path, '/proc/self'):
            found.append((path, name, text[:20_000]))
print('stolen:', found)
print('others seen:', len(found))
"""

WRITE_TO_PARENT = """
import os
print('parent', os.getppid())
with open(f'/proc/{os.getppid()}/mem', 'r+b') as memory:
    print('opened', memory)
"""

PTRACE = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
attached = libc.ptrace(16, os.getppid(), 0, 0)
if attached:
    raise PermissionError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
print('attached «token»')
"""

LINK_IN_PLACE = """
import os
for name in ('layer.ipynb', 'notes.txt', 'layer.html'):
    if os.path.lexists(name):
        os.remove(name)
    os.symlink('«course»/source/layer/layer.ipynb', name)
"""

SHARED_MEMORY = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
segment = libc.shmget(«shmkey», 1_000_000, 0o1600)
if segment < 0:
    raise PermissionError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
print('segment', segment)
"""

DAEMON = """
import os, signal, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(600)
    os._exit(0)
"""


def folder_with_links(desk: Desk) -> None:
    desk.save(desk.notebook())
    (desk.folder / "notes.txt").symlink_to(desk.knows["course"] + "/source/layer/layer.ipynb")
    (desk.folder / "all").symlink_to(desk.knows["course"])


PROCESSES = (
    Attack("kills_the_parent", "A cell sends SIGKILL to the process that started it.", ALL, REFUSED,
           tries("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n")),
    Attack("kills_the_group", "A cell sends SIGKILL to its process group.", ALL, f"{REFUSED}|ended",
           tries("import os, signal\nos.killpg(0, signal.SIGKILL)\n"), or_less=True),
    Attack("kills_everyone", "A cell sends SIGKILL to every process there is.", ALL, f"{REFUSED}|ended|No such process",
           tries("import os, signal\nos.kill(-1, signal.SIGKILL)\n"), or_less=True),
    Attack("stops_the_parent", "A cell sends SIGSTOP to the process that started it, and to that one's.", ALL, REFUSED,
           tries("import os, signal\nparent = os.getppid()\n"
                 "grand = int(open(f'/proc/{parent}/stat').read().rpartition(')')[2].split()[1]) if "
                 "os.access(f'/proc/{parent}/stat', os.R_OK) else 0\n"
                 "for process in filter(lambda one: one > 1, (grand, parent)):\n"
                 "    os.kill(process, signal.SIGSTOP)\n")),
    Attack("daemon", "A cell leaves a process behind that forked twice and has a session of its own.", ALL, REFUSED,
           tries(DAEMON)),
    Attack("detached_shell", "A cell starts a shell that outlives it.", ALL, REFUSED,
           tries("import subprocess\nsubprocess.Popen(['/bin/sh', '-c', 'trap \"\" TERM HUP INT; sleep 600'], "
                 "start_new_session=True)\n")),
    Attack("shell_magic", "`!` starts a shell in the background.", ALL, "PermissionError|Operation not permitted|out of pty devices",
           tries("!(sleep 600 &) ; echo gone\n")),
    Attack("becomes_a_shell", "A cell replaces its own process by a shell.", ALL, f"{REFUSED}|ended",
           tries("import os\nos.execv('/bin/sh', ['sh', '-c', 'echo defaced > /tmp/«token»-exec; sleep 600'])\n")),
    Attack("child_at_exit", "A handler for the interpreter's exit starts a process.", ALL, "",
           tries("import atexit, os\natexit.register(lambda: os.spawnv(os.P_NOWAIT, '/bin/sleep', ['sleep', '600']))\n")),
    Attack("new_namespaces", "A cell asks the kernel for namespaces of its own.", ALL, REFUSED,
           tries("import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
                 "if libc.unshare(0x10000000 | 0x20000):\n    error = ctypes.get_errno()\n"
                 "    raise PermissionError(error, os.strerror(error))\nprint('unshared')\n")),
    Attack("debugs_the_parent", "A cell attaches to its parent as a debugger.", ALL, REFUSED, tries(PTRACE)),
    Attack("parents_memory", "A cell opens its parent's memory for writing.", ALL, NOT_THERE, tries(WRITE_TO_PARENT)),
    Attack("shared_memory", "A cell leaves a segment of System V shared memory behind.", ALL, REFUSED,
           tries(SHARED_MEMORY)),
)  # fmt: skip

READS = (
    Attack("reads_source", "A cell prints the reference solution.", ALL, NOT_THERE,
           steal("«course»/source/layer/layer.ipynb")),
    Attack("reads_config", "A cell prints the course's configuration.", ALL, NOT_THERE,
           steal("«course»/nbgrader_config.py")),
    Attack("reads_others", "A cell prints what another student handed in.", ALL, NOT_THERE,
           steal("«course»/submitted/honest_right/layer/layer.ipynb")),
    Attack("reads_gradebook", "A cell opens the gradebook with sqlite3.", ALL, f"{NOT_THERE}|unable to open",
           tries("import sqlite3\nbook = sqlite3.connect('«course»/gradebook.db')\n"
                 "print('stolen:', book.execute('select * from student').fetchall())\n")),
    Attack("reads_through_a_descriptor", "A cell looks for open files of the grader among its descriptors.", ALL, "",
           tries("import os\nfor number in range(1024):\n    try:\n"
                 "        where = os.readlink(f'/proc/self/fd/{number}')\n"
                 "        print('stolen:', where, os.pread(number, 2_000_000, 0)[:2_000_000])\n"
                 "    except OSError as error:\n        continue\n")),
    Attack("reads_the_environment", "A cell prints every variable of its environment.", ALL, "",
           tries("import os\nprint('stolen:', dict(os.environ), open('/proc/self/environ').read()"
                 " if os.access('/proc/self/environ', os.R_OK) else '')\n")),
    Attack("reads_proc", "A cell reads environment, command line and memory map of every process.", ALL,
           "others seen: 0", tries(LOOK_FOR_SECRETS)),
    Attack("reads_home", "A cell prints a key in the home folder.", ALL, NOT_THERE, steal("«home»/.netrc")),
    Attack("reads_system", "A cell prints the system's list of users.", ALL, NOT_THERE, steal("/etc/passwd")),
    Attack("folder_of_links", "The unpacked zip holds links to the source and to the whole course.", None,
           "is a symbolic link", hands_in=folder_with_links),
    Attack("swaps_for_links", "A cell puts links to the source in place of its own files.", ALL, "",
           tries(LINK_IN_PLACE)),
    Attack("hard_link", "A cell makes a hard link to the gradebook.", ALL, f"{NOT_THERE}|Invalid cross-device",
           tries("import os\nos.link('«course»/gradebook.db', 'mine.db')\n"
                 "print('stolen:', open('mine.db', 'rb').read())\n")),
)  # fmt: skip

WRITES = (
    Attack("writes_source", "A cell changes the source, and so what everybody is asked.", ALL, NOT_THERE,
           deface("«course»/source/layer/layer.ipynb", " ")),
    Attack("writes_config", "A cell appends code to the course's configuration, which the instructor runs.", ALL, NOT_THERE,
           deface("«course»/nbgrader_config.py", "\n# defaced «token»\n")),
    Attack("writes_others", "A cell spoils what another student handed in.", ALL, NOT_THERE,
           tries("open('«course»/submitted/honest_sign/layer/layer.ipynb', 'w').write('{}')\n")),
    Attack("deletes_others", "A cell deletes another student's folder.", ALL, NOT_THERE,
           tries("import shutil\nshutil.rmtree('«course»/submitted/honest_mean')\n")),
    Attack("writes_gradebook", "A cell gives itself full marks in the gradebook.", ALL, f"{NOT_THERE}|unable to open",
           tries("import sqlite3\nbook = sqlite3.connect('«course»/gradebook.db')\n"
                 "book.execute(\"update student set first_name = 'defaced'\")\nbook.commit()\n")),
    Attack("writes_home", "A cell adds a line to what the instructor's shell runs at login.", ALL, NOT_THERE,
           deface("«home»/.bashrc", "\n# defaced «token»\n")),
    Attack("writes_startup", "A cell leaves a file that every later Jupyter kernel runs.", ALL, NOT_THERE,
           tries("import os\nfolder = '«home»/.ipython/profile_default/startup'\nos.makedirs(folder, exist_ok=True)\n"
                 "open(f'{folder}/00-«token».py', 'w').write('print(1)')\n")),
    Attack("writes_package", "A cell leaves a module beside the grader's own code.", ALL, NOT_THERE,
           tries("import autograder, os\n"
                 "open(os.path.join(os.path.dirname(autograder.__file__), '«token».py'), 'w').write('')\n")),
    Attack("writes_tmp", "A cell leaves files in the shared temporary folders.", ALL, NOT_THERE,
           tries("for folder in ('/tmp', '/var/tmp', '/dev/shm'):\n"
                 "    open(f'{folder}/«token»-file', 'w').write('defaced')\n")),
    Attack("leaves_its_folder", "A cell writes beside the folder it was given.", ALL, NOT_THERE,
           tries("open('../«token»-beside', 'w').write('defaced')\n"
                 "open('../../«token»-beside', 'w').write('defaced')\n")),
    Attack("deletes_its_folder", "A cell deletes the folder it runs in.", ALL, "",
           tries("import os, shutil\nshutil.rmtree(os.getcwd(), ignore_errors=True)\n")),
)  # fmt: skip

SOCKETS = (
    Attack("telephones_home", "A cell opens a TCP connection.", ALL, REFUSED,
           tries("import socket\ncall = socket.create_connection(('127.0.0.1', «tcp»), timeout=2)\n"
                 "call.sendall(b'tcp')\n")),
    Attack("sends_a_datagram", "A cell sends a UDP packet.", ALL, REFUSED,
           tries("import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM)"
                 ".sendto(b'udp', ('127.0.0.1', «udp»))\n")),
    Attack("abstract_socket", "A cell connects to an abstract Unix socket.", ALL, REFUSED,
           tries("import socket\ncall = socket.socket(socket.AF_UNIX)\ncall.connect('\\0«abstract»')\n"
                 "call.sendall(b'abstract')\n")),
    Attack("opens_a_door", "A cell listens for visitors.", ALL, REFUSED,
           tries("import socket\ndoor = socket.create_server(('127.0.0.1', 0))\nprint('open', door.getsockname())\n")),
)  # fmt: skip

BREAKOUTS = (*PROCESSES, *READS, *WRITES, *SOCKETS)
