"""Attackers who found the connection to the grader, and speak on it themselves.

They look for it as anyone would who has read nothing of the grader's code: a socket among the first 1,024 descriptors.
"""

from __future__ import annotations

from hostile.attack import ALL, NOT_FOR_DW, WRONG_DW, Attack

FIND = '''
import json, os, socket, stat, struct, sys, threading, time

def sockets():
    found = []
    for number in range(3, 1024):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode) or stat.S_ISFIFO(os.fstat(number).st_mode):
                found.append(number)
        except OSError:
            pass
    return found

def say(data):
    for number in sockets():
        try:
            os.write(number, data)
        except OSError:
            pass

def asked():
    """The number of the question, which stands in a frame above."""
    above = sys._getframe()
    while above is not None:
        request = above.f_locals.get("request")
        if isinstance(request, dict) and "number" in request:
            return request["number"]
        above = above.f_back
    return 0

def frame(message):
    if isinstance(message, dict):
        message.setdefault("to", asked())
    data = message if isinstance(message, bytes) else json.dumps(message).encode()
    return struct.pack(">I", len(data)) + data

def everything(data):
    for number in sockets():
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(number, view):]
            except OSError:
                break
'''

FULL = """{"dict": [["value", None], ["error", None], ["unfinished", False], ["timed_out", False],
    ["changed", {"tuple": []}], ["printed", ""], ["used_numeric_gradient", False]]}"""


def speaks(code: str, dW: str = WRONG_DW) -> dict[str, str]:
    return {"dW": dW + FIND + code}


def says_when_asked(code: str) -> dict[str, str]:
    """`code` runs while the grader waits for dW's answer."""
    return {"dW": FIND + "def dW(X, dY):\n" + "".join(f"    {line}\n" for line in code.strip().splitlines())}


ZEROS = "return np.zeros((X.shape[1], dY.shape[1]))"

CHANNEL = (
    Attack("writes_marks_to_sockets", "Writes marks and verdicts, as JSON, to every socket and pipe it holds.", NOT_FOR_DW, "",
           speaks("for said in ({'score': 3.0, 'outcome': 'passed'}, {'verdict': {'score': 3.0}}, {'answer': '3.0'},\n"
                  "             {'done': 1}, {'done': 1, 'score': 3.0}):\n    say(frame(said))\n"), or_less=True),
    Attack("noise", "Writes random bytes to every socket and pipe it holds.", NOT_FOR_DW, "sent something|ended",
           speaks("import random\nsay(random.Random(0).randbytes(4096))  # Read as a header, they announce 3.4 GB.\n"), or_less=True),
    Attack("announces_too_much", "Announces a message of 4 GB.", NOT_FOR_DW, "sent something|ended",
           speaks("say(struct.pack('>I', 2**32 - 1))\n"), or_less=True),
    Attack("trickle", "Announces a message and sends it a byte at a time.", NOT_FOR_DW, "did not stop|ended|CellTimeoutError",
           speaks("say(struct.pack('>I', 60_000_000))\nwhile True:\n    say(b' ')\n    time.sleep(0.2)\n"), or_less=True),
    Attack("nested_message", "Sends JSON nested a million deep.", NOT_FOR_DW, "sent something|ended",
           speaks("everything(frame(b'[' * 1_000_000 + b']' * 1_000_000))\n"), or_less=True),
    Attack("message_of_empty_lists", "Sends 60 MB that take gigabytes once they are parsed.", NOT_FOR_DW, "",
           speaks("everything(frame(b'{\"output\": \"stream\", \"content\": {\"x\": [' + b'[],' * 19_900_000 + b'[]]}}'))\n"),
           or_less=True),
    Attack("flood_of_metadata", "Sends outputs whose text is short and whose metadata is 20 MB each.", ALL, "",
           speaks("big = frame({'output': 'display_data', 'content': {'data': {'text/plain': 'x'}, 'metadata':\n"
                  "    {'x': 'y' * 20_000_000}}})\nfor _ in range(60):\n    everything(big)\n", "def dW(X, dY):\n    return X.T @ dY\n"),
           or_less=True),
    Attack("flood_of_empty_outputs", "Sends outputs with nothing in them, a million of them.", ALL, "",
           speaks("many = frame({'output': 'display_data', 'content': {'data': {}, 'metadata': {}}}) * 10_000\n"
                  "for _ in range(100):\n    everything(many)\n", "def dW(X, dY):\n    return X.T @ dY\n"), or_less=True),
    Attack("huge_error", "Ends its cell with an error of 60 MB.", NOT_FOR_DW, "",
           speaks("everything(frame({'done': 1, 'error': {'ename': 'E', 'evalue': 'x' * 1_000_000,\n"
                  "    'traceback': ['y' * 59_000_000]}}))\n"), or_less=True),
    Attack("invalid_outputs", "Sends outputs that no notebook may hold.", NOT_FOR_DW, "",
           speaks("for said in (\n"
                  "    {'output': 'execute_result', 'content': {'data': {'text/plain': '3.0'}, 'metadata': {}, "
                  "'execution_count': -7}},\n"
                  "    {'output': 'display_data', 'content': {'data': {'': 'x', 'a/json': {'b': float('nan')}}, 'metadata': {'c': []}}},\n"
                  "    {'output': 'update_display_data', 'content': {'data': {}, 'metadata': {}, 'transient': {}}},\n"
                  "    {'output': 'display_data', 'content': {}},\n"
                  "    {'output': 'error', 'content': {'ename': '\\ud800', 'evalue': '\\x00', 'traceback': []}},\n"
                  "    {'output': 'clear_output', 'content': {'wait': True}},\n"
                  "    {'output': 'comm_open', 'content': {'comm_id': 'x', 'target_name': 'jupyter.widget', 'data': {}}},\n"
                  "):\n    everything(frame(said))\n"), or_less=True),
    Attack("hangs_up", "Shuts the connection down in both directions and goes on.", NOT_FOR_DW, "ended|closed",
           speaks("for number in sockets():\n    socket.socket(fileno=number).shutdown(socket.SHUT_RDWR)\n"
                  "time.sleep(60)\n")),
    Attack("hangs_up_by_half", "Shuts down one direction of the connection and stays alive.", NOT_FOR_DW, "ended|closed",
           speaks("for number in sockets():\n    socket.socket(fileno=number).shutdown(socket.SHUT_WR)\n"
                  "while True:\n    try:\n        time.sleep(60)\n    except BaseException:\n        pass\n")),
    Attack("answers_twice", "Answers each question twice, so that every answer belongs to an earlier question.", ALL,
           "", says_when_asked("""
from autograder.answering import answer
from autograder.wire import encode
reply = {"value": X.T @ dY, "error": None, "unfinished": False, "timed_out": False, "changed": (), "printed": "",
         "used_numeric_gradient": False}
everything(frame({"answer": encode(reply)}))
return X.T @ dY
"""), or_less=True),
    Attack("answers_in_advance", "Sends a hundred answers before it is asked.", NOT_FOR_DW, "",
           speaks("from autograder.wire import encode\n"
                  "reply = {'value': np.ones((4, 3)), 'error': None, 'unfinished': False, 'timed_out': False, 'changed': (),\n"
                  "         'printed': '', 'used_numeric_gradient': False}\n"
                  "everything(frame({'answer': encode(reply)}) * 100)\n"), or_less=True),
    Attack("forged_reply", "Writes its own reply, with fields that no reply has.", NOT_FOR_DW, "", says_when_asked("""
from autograder.wire import encode
for reply in ({"score": 3.0}, {"value": 3.0, "outcome": "passed"}, [], 3.0):
    everything(frame({"answer": encode(reply)}))
everything(frame({"verdict": {"score": 3.0, "outcome": "passed"}}))
""" + ZEROS), or_less=True),
    Attack("reply_with_a_pickle", "Sends a pickle where an array should be.", NOT_FOR_DW, "", says_when_asked("""
import base64, pickle
class Bomb:
    def __reduce__(self): return (os.system, ("touch /tmp/«token»-pickle",))
bomb = np.lib.format.magic(1, 0) + b"\\x76\\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(120) + pickle.dumps(Bomb())
everything(frame({"answer": json.dumps({"array": base64.b64encode(bomb).decode()})}))
""" + ZEROS), or_less=True),
    Attack("lies_about_arrays", "Announces arrays of sizes that none has, and puts others in their place.", NOT_FOR_DW, "",
           says_when_asked("""
from autograder.wire import encode
beside = []
text = encode({"value": np.ones((300, 300)), "error": None, "unfinished": False, "timed_out": False, "changed": (),
               "printed": "", "used_numeric_gradient": False}, beside=beside)
for sizes, data in (([len(beside[0])], beside[0][:-8] + bytes(8)), ([5], b"short"), ([0], b"")):
    everything(frame({"answer": text, "beside": sizes}) + data)
for sizes in ([-1], [10**18], "all", [None]):
    everything(frame({"answer": text, "beside": sizes}))
""" + ZEROS), or_less=True),
    Attack("array_that_never_comes", "Announces an array and sends it a byte at a time.", NOT_FOR_DW, "",
           says_when_asked("""
everything(frame({"answer": json.dumps({"beside": 0}), "beside": [50_000_000]}))
while True:
    say(b" ")
    time.sleep(0.2)
"""), or_less=True),
    Attack("promises_terabytes", "Sends an array whose header promises terabytes.", NOT_FOR_DW, "", says_when_asked("""
import base64, io
file = io.BytesIO()
np.save(file, np.zeros(8))
lie = file.getvalue().replace(b"(8,), }           ", b"(100000000000,), }")
everything(frame({"answer": json.dumps({"dict": [["value", {"array": base64.b64encode(lie).decode()}]]})}))
""" + ZEROS), or_less=True),
    Attack("impossible_shape", "Sends an array of no bytes whose shape no computer can count.", NOT_FOR_DW, "", says_when_asked("""
import base64
text = repr({"descr": "<f8", "fortran_order": False, "shape": (0, 10**400)}).encode()
text = text + b" " * (-(len(text) + 11) % 64) + b"\\n"
file = np.lib.format.magic(1, 0) + struct.pack("<H", len(text)) + text
value = {"array": base64.b64encode(file).decode()}
everything(frame({"answer": json.dumps({"dict": [["value", value], ["error", None], ["unfinished", False],
    ["timed_out", False], ["changed", {"tuple": []}], ["printed", ""], ["used_numeric_gradient", False]]})}))
""" + ZEROS), or_less=True),
    Attack("huge_excuse", "Replies with an error message of 40 MB.", NOT_FOR_DW, "", says_when_asked("""
everything(frame({"answer": json.dumps({"dict": [["value", None], ["error", "x" * 40_000_000], ["unfinished", False],
    ["timed_out", False], ["changed", {"tuple": []}], ["printed", ""], ["used_numeric_gradient", False]]})}))
""" + ZEROS), or_less=True),
    Attack("reply_that_takes_gigabytes", "Sends an answer of 49 MB that takes gigabytes once it is unpacked.", NOT_FOR_DW, "",
           says_when_asked("""
many = '{"list":[' + ",".join(['{"list":[]}'] * 4_000_000) + ']}'
everything(frame({"answer": many}))
""" + ZEROS), or_less=True),
    Attack("endless_calls", "Calls back into the grader for ever.", NOT_FOR_DW, "", says_when_asked("""
while True:
    try:
        everything(frame({"call": 0, "arguments": json.dumps({"list": []})}))
    except BaseException:
        pass
"""), or_less=True),
)  # fmt: skip
