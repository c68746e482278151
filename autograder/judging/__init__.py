"""Judges solution files without a course: a student's own check before handing in.

solution    a file → Solution: what is run, and what is asked of it
judge       Solution → GradedSubmission, by the questions and in the confined process that graders use
"""
