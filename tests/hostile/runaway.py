"""Attackers and accidents that take too much: time, memory, processes, output, disk. And those that simply end."""

from __future__ import annotations

from hostile.attack import ALL, NOT_FOR_DW, RIGHT_DW, Attack, Desk

INTERRUPTED = "CellTimeoutError"
DIED = "ended|did not stop"
"""In the sentence about a process that is no more."""


def thousands_of_cells(desk: Desk) -> None:
    notebook = desk.notebook()
    plain = {"cell_type": "code", "metadata": {}, "source": "1 + 1", "outputs": [], "execution_count": None}
    notebook["cells"] += [{**plain, "id": f"more-{number}"} for number in range(10_000)]
    desk.save(notebook)


ENDLESS = (
    Attack("endless_loop", "A cell loops for ever in Python.", NOT_FOR_DW, INTERRUPTED,
           {"dW": "while True:\n    pass\n"}),
    Attack("endless_in_c", "A cell loops in C, inside one NumPy call, where no interrupt arrives.", NOT_FOR_DW, DIED,
           {"dW": "A = np.ones((900, 900))\nnp.einsum('ij,jk,kl->', A, A, A)\n"}),
    Attack("deaf_to_interrupts", "A cell ignores SIGINT and loops for ever.", NOT_FOR_DW, DIED,
           {"dW": "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass\n"}),
    Attack("endless_answer", "The graded function itself never returns, and catches what would stop it.", NOT_FOR_DW,
           "still running",
           {"dW": "def dW(X, dY):\n    while True:\n        try:\n            while True:\n                pass\n"
                  "        except BaseException:\n            continue\n"}),
    Attack("waits_for_input", "A cell asks the person at the keyboard for a line.", ALL, "StdinNotImplementedError|input",
           {"dW": RIGHT_DW + "input('your name? ')\n"}),
    Attack("thread_that_lives_on", "A thread that is no daemon spins on after the last cell.", ALL, "",
           {"dW": RIGHT_DW + "import threading, time\n"
                  "threading.Thread(target=lambda: [time.sleep(0.01) for _ in range(10**9)], daemon=False).start()\n"}),
    Attack("stuck_at_exit", "A handler for the interpreter's exit never returns.", ALL, "",
           {"dW": RIGHT_DW + "import atexit, time\natexit.register(time.sleep, 3600)\n"}),
    Attack("ten_thousand_cells", "The notebook has 10,000 cells.", ALL, "", hands_in=thousands_of_cells),
)  # fmt: skip

GREEDY = (
    Attack("memory_bomb", "A cell takes memory in steps until there is none.", NOT_FOR_DW, f"MemoryError|{INTERRUPTED}",
           {"dW": "hoard = []\nwhile True:\n    hoard.append(bytearray(2**28))\n"}),
    Attack("one_huge_array", "A cell asks for half a terabyte at once, filled.", ALL, "MemoryError",
           {"dW": RIGHT_DW + "np.ones(2**36)\n"}),
    Attack("memory_in_c", "A cell maps and touches memory behind Python's back.", ALL, f"OSError|MemoryError|{INTERRUPTED}",
           {"dW": RIGHT_DW + "import mmap\nkept = []\nfor _ in range(64):\n"
                  "    kept.append(mmap.mmap(-1, 2**28))\n"
                  "    np.frombuffer(kept[-1], np.uint8)[::4096] = 1\n"}, or_less=True),
    Attack("fork_bomb", "Processes that double, and double again.", ALL, "PermissionError|BlockingIOError|ended",
           {"dW": RIGHT_DW + "import os, time\nfor _ in range(6):\n    os.fork()\ntime.sleep(600)\n"}),
    Attack("thread_bomb", "Threads without end.", ALL, "can't start new thread|MemoryError|CellTimeoutError",
           {"dW": RIGHT_DW + "import threading, time\nfor _ in range(20_000):\n"
                  "    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"}, or_less=True),
    Attack("endless_output", "A cell prints for ever.", NOT_FOR_DW, INTERRUPTED,
           {"dW": "while True:\n    print('flood ' * 100)\n"}),
    Attack("huge_line", "A cell prints one line of 300 million letters.", ALL, "cut",
           {"dW": RIGHT_DW + "print('x' * 300_000_000)\n"}),
    Attack("output_by_descriptor", "A cell floods file descriptors 1 and 2 themselves.", NOT_FOR_DW, f"File too large|more files than|{INTERRUPTED}",
           {"dW": "import os\nwhile True:\n    os.write(1, b'flood ' * 10_000)\n    os.write(2, b'flood ' * 10_000)\n"}),
    Attack("thousands_of_outputs", "A cell displays 50,000 objects.", ALL, "cut|CellTimeoutError",
           {"dW": RIGHT_DW + "from IPython.display import HTML, display\n"
                  "for number in range(50_000):\n    display(HTML('<b>flood</b>' * 100))\n"}),
    Attack("printing_answer", "The graded function prints 300 MB and returns the right array.", ALL, "",
           {"dW": "def dW(X, dY):\n    print('x' * 100_000_000)\n    return X.T @ dY\n"}, or_less=True),
    Attack("huge_answer", "The graded function returns 800 MB.", NOT_FOR_DW, "",
           {"dW": "def dW(X, dY):\n    return np.ones(10**8)\n"}),
    Attack("fills_the_disk", "A cell writes a file of 5 GB.", ALL, "OSError|File too large",
           {"dW": RIGHT_DW + "with open('big.bin', 'wb') as file:\n    for _ in range(80):\n"
                  "        file.write(bytes(2**26))\n"}),
    Attack("many_big_files", "A cell writes a hundred files of 50 MB each.", ALL, "more files than|OSError",
           {"dW": RIGHT_DW + "for number in range(100):\n    with open(f'{number}.bin', 'wb') as file:\n"
                  "        file.write(bytes(50_000_000))\n"}, or_less=True),
    Attack("reserves_the_disk", "A cell reserves 5 GB with `posix_fallocate`.", ALL, "OSError|File too large",
           {"dW": RIGHT_DW + "import os\nwith open('big.bin', 'wb') as file:\n"
                  "    os.posix_fallocate(file.fileno(), 0, 5 * 10**9)\n"}),
    Attack("sparse_file", "A cell makes a file with a hole of 5 TB.", ALL, "OSError|File too large",
           {"dW": RIGHT_DW + "with open('big.bin', 'wb') as file:\n    file.truncate(5 * 10**12)\n"}),
    Attack("deep_folders", "A cell leaves folders nested 3,000 deep, which most programs cannot delete.", ALL, "",
           {"dW": RIGHT_DW + "import os\nhere = os.getcwd()\nfor _ in range(3000):\n    os.mkdir('deeper')\n"
                  "    os.chdir('deeper')\nopen('bottom', 'w').close()\nos.chdir(here)\n"}, or_less=True),
    Attack("locked_folder", "A cell leaves a folder that nobody may enter, and files nobody may write.", ALL, "",
           {"dW": RIGHT_DW + "import os\nos.mkdir('locked')\nopen('locked/file', 'w').close()\n"
                  "os.chmod('locked/file', 0)\nos.chmod('locked', 0)\nos.chmod('.', 0o555)\n"}),
)  # fmt: skip

ENDS = (
    Attack("leaves_at_once", "A cell calls `os._exit`.", NOT_FOR_DW, DIED, {"dW": "import os\nos._exit(0)\n"}),
    Attack("sys_exit", "A cell calls `sys.exit`.", ALL, "SystemExit", {"dW": RIGHT_DW + "import sys\nsys.exit(0)\n"}),
    Attack("quits", "A cell calls `quit()`.", ALL, "",
           {"dW": RIGHT_DW + "quit()\n"}, or_less=True),
    Attack("segfault", "A cell reads address 0.", NOT_FOR_DW, DIED, {"dW": "import ctypes\nctypes.string_at(0)\n"}),
    Attack("aborts", "A cell calls `os.abort`.", NOT_FOR_DW, DIED, {"dW": "import os\nos.abort()\n"}),
    Attack("stack_overflow", "A recursion without end, and without Python's limit.", NOT_FOR_DW, DIED,
           {"dW": "import sys\nsys.setrecursionlimit(10**9)\ndef down(n):\n    return sorted([n], key=down)\ndown(0)\n"}),
    Attack("kills_itself", "A cell sends SIGKILL to its own process.", NOT_FOR_DW, DIED,
           {"dW": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"}),
    Attack("stops_itself", "A cell sends SIGSTOP to its own process.", NOT_FOR_DW, DIED,
           {"dW": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\n"}),
    Attack("exits_when_asked", "The graded function ends its process.", NOT_FOR_DW, DIED,
           {"dW": "import os\ndef dW(X, dY):\n    os._exit(0)\n"}),
    Attack("closes_everything", "A cell closes every file descriptor.", NOT_FOR_DW, DIED,
           {"dW": "import os\nos.closerange(0, 4096)\n"}),
)  # fmt: skip

RUNAWAYS = (*ENDLESS, *GREEDY, *ENDS)
