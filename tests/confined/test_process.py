"""A student's process as the trusted side sees it: what it says is bounded, what it does is stopped."""

import time

import numpy as np
import pytest

from autograder.confined.policy import Limits
from autograder.confined.process import ProcessEnded, StudentProcess
from autograder.confined.warm import warm_server

LIMITS = Limits(file_bytes=5_000_000, folder_bytes=12_000_000, output_bytes=100_000, submission_seconds=30.0)


@pytest.fixture(scope="module")
def server():
    with warm_server(LIMITS) as server:
        yield server


@pytest.fixture
def process(server, tmp_path):
    process = StudentProcess(server, tmp_path, {})
    yield process
    process.close()


def shown(process, source, seconds=20.0):
    outputs = []
    run = process.run(source, None, seconds, lambda kind, content: outputs.append((kind, content)))
    return run, outputs


def test_a_cell_shows_what_it_prints_and_returns(process):
    run, outputs = shown(process, "print('hello')\n6 * 7")

    assert run.number == 1
    assert [kind for kind, _ in outputs] == ["stream", "execute_result"]
    assert outputs[1][1]["data"] == {"text/plain": "42"}


def test_the_template_of_feedback_is_compiled_before_the_fork(process):
    """It would take each student's process ten milliseconds."""
    _, outputs = shown(process, "from autograder import card\ncard._template.cache_info().currsize")

    assert outputs[0][1]["data"] == {"text/plain": "1"}


def test_a_question_may_hand_over_a_function_of_ours(process):
    """Each call of it is made on this side: the student's code sees what comes back and nothing else."""
    shown(process, "def slope(f, x): return (f(x + 1e-3) - f(x - 1e-3)) / 2e-3")
    asked = []

    def f(x):
        asked.append(x)
        return float(x**2)

    reply = process.ask("slope", {"f": f, "x": 3.0}, 5.0)

    assert reply.value == pytest.approx(6.0)
    assert asked == [3.001, 2.999]


def test_what_a_function_of_ours_cannot_take_is_an_error_on_their_side(process):
    shown(process, "def answer(f): return f('three')")

    reply = process.ask("answer", {"f": lambda x: np.sqrt(x)}, 5.0)

    assert reply.error.startswith("ValueError: ")


def test_a_call_that_was_given_up_does_not_answer_the_next_question(process):
    """The time limit strikes while the student waits for a function of ours."""
    shown(process, "def slow(f): return f(1)\ndef quick(x): return x")

    first = process.ask("slow", {"f": lambda x: time.sleep(1.5) or x}, 0.5)
    second = process.ask("quick", {"x": 7}, 5.0)

    assert first.timed_out
    assert second.value == 7


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("import os; os._exit(7)", "ended itself (exit code 7)"),
        ("import ctypes; ctypes.string_at(0)", "ended with a crash of native code (segmentation fault)"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "ended with SIGKILL"),
        ("for n in range(9): open(str(n), 'wb').write(bytes(4_000_000))", "wrote more files than a submission may"),
    ],
)
def test_a_process_that_ends_says_how(process, source, says):
    with pytest.raises(ProcessEnded, match=says.replace("(", r"\(").replace(")", r"\)")):
        shown(process, source)


def test_a_cell_that_ignores_the_interrupt_ends_its_process(process):
    source = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"

    with pytest.raises(ProcessEnded, match="did not stop when it was interrupted"):
        shown(process, source, seconds=0.5)


def test_an_endless_loop_is_interrupted_and_the_process_goes_on(process):
    run, outputs = shown(process, "x = 1\nwhile True: pass", seconds=0.5)

    assert run.timed_out
    assert outputs[-1][1]["ename"] == "KeyboardInterrupt"
    assert shown(process, "x")[1][0][1]["data"] == {"text/plain": "1"}


def test_endless_output_is_cut_and_the_frames_stay_whole(process):
    """The interrupt strikes while the process writes to us: half a frame would be the end of the conversation."""
    run, outputs = shown(process, "while True: print('x' * 1000)", seconds=1.0)

    assert run.timed_out
    assert sum(len(content.get("text", "")) for _, content in outputs) < 2 * LIMITS.output_bytes
    assert shown(process, "1 + 1")[1][0][1]["data"] == {"text/plain": "2"}


FORGED = """
import gc, json, struct, socket
from autograder.confined.messages import Channel
(channel,) = [thing for thing in gc.get_objects() if isinstance(thing, Channel)]
"""


@pytest.mark.parametrize(
    "bytes_sent",
    [
        "struct.pack('>I', 2**32 - 1)",
        "struct.pack('>I', 5) + b'hello'",
        "struct.pack('>I', 2) + b'[]'",
        "struct.pack('>I', 3_000_000) + b'[],' * 1_000_000",
        "struct.pack('>I', 22) + json.dumps({'done': 'no number'}).encode()",
    ],
)
def test_a_forged_frame_ends_the_process(process, bytes_sent):
    """Whatever its length says, no more than one bounded frame is read."""
    with pytest.raises(ProcessEnded, match="sent something that no notebook sends"):
        shown(process, f"{FORGED}channel.socket.sendall({bytes_sent})\nimport time; time.sleep(5)")


def test_a_connection_closed_by_the_student_does_not_hold_up_the_grader(process):
    with pytest.raises(ProcessEnded, match="closed the connection"):
        shown(process, f"{FORGED}channel.socket.shutdown(socket.SHUT_WR)\nimport time; time.sleep(60)")


def test_the_time_of_a_submission_is_counted_over_its_processes(server, tmp_path):
    process = StudentProcess(server, tmp_path, {}, ends_at=time.monotonic() + 0.5)
    with pytest.raises(ProcessEnded, match="longer than 30 seconds in all"):
        shown(process, "while True: pass", seconds=20)
    process.close()


def test_when_the_grader_is_gone_so_are_its_processes(tmp_path):
    """The server ends with whoever started it, and its forks with it."""
    with warm_server(LIMITS) as server:
        process = StudentProcess(server, tmp_path, {})
        pidfd = process._pidfd

    from autograder.confined.process import _ended_within

    assert _ended_within(pidfd, 5.0)
    process.close()
