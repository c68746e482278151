"""The course folder: everything that knows nbgrader's files.

    ownership       which files of a source folder the students own, which stay at home
    markers         ### BEGIN SOLUTION … ### END SOLUTION in any text
    preprocessors   what nbgrader_config.py adds to nbgrader's own steps
    pairing         Markdown → notebook, byte for byte the same each time
    throwaway       a copy of the course where nbgrader may do what it likes
    build           source/ → release/ and notebooks/
    leaks           does a released folder show what the source hides?
    prove           the claims a course rests on, checked by running them

Nothing is imported here: nbgrader takes a second to load, and `autograder --help` should not.
"""
