"""Runs a student's notebook in a process that can do nothing else.

trusted side    warm.py starts a warm server; process.py asks it for a process and talks to that
warm server     server.py, a program of its own: imports what notebooks import, forks, never runs a student's line
student's side  policy.py shuts the fork in; shell.py and student.py run cells and answer questions in it

Between the sides go length-prefixed JSON messages (messages.py), and nothing else.
"""
