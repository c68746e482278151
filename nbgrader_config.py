"""How nbgrader runs this course. Read by every `nbgrader` command started here, by JupyterLab, and by `autograder`.

Stock nbgrader with this file releases and grades the course as safely as it can; `autograder` does the same, faster and
in a sandbox. What students own is not listed here: `autograder.course.ownership` sees it from the markers in source/.
"""

from pathlib import Path

from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback, GenerateSolution
from nbgrader.preprocessors import Execute

from autograder.course import ownership
from autograder.course.preprocessors import (
    ForgetPairing,
    RefuseLeftovers,
    StripSolutionFiles,
    steps,
)

COURSE = Path(__file__).resolve().parent

c = get_config()  # noqa: F821 (given by nbgrader)

c.CourseDirectory.course_id = "backpropagation"
c.CourseDirectory.solution_directory = "notebooks"
# The lessons' Markdown holds every solution: neither released nor copied beside a submission that is about to run.
c.CourseDirectory.ignore = [*ownership.IGNORED, *ownership.kept_home(COURSE)]
# 60 seconds instead of 5: formgrader may be writing while a class is graded, and nbgrader gives up the whole run.
# `nbgrader db upgrade` takes the URL for a file name; give it `--db sqlite:///gradebook.db`.
c.CourseDirectory.db_url = f"sqlite:///{COURSE / 'gradebook.db'}?timeout=60"

c.ClearSolutions.code_stub = {
    "python": "# Write your lines here, then delete the next line.\nraise NotImplementedError"
}
c.ClearSolutions.text_stub = "*Write your answer here.*"
c.GenerateAssignment.preprocessors = steps(
    GenerateAssignment, first=(StripSolutionFiles, ForgetPairing), last=(RefuseLeftovers,)
)
c.GenerateSolution.preprocessors = steps(GenerateSolution, first=(ForgetPairing,))

# More than any check takes: its own limits stop a question after 17 seconds at most.
c.Execute.timeout = 30
# When each cell ran would be a new diff in notebooks/ at every build.
c.Execute.record_timing = False

c.Autograde.exclude_overwriting = ownership.owned_by_students(COURSE)
# Formgrader's button and `nbgrader autograde` run students' code confined, too, and ask the questions from outside.
c.Autograde.sanitize_preprocessors = steps(
    Autograde, "sanitize_preprocessors", first=("autograder.grading.plugin.PutBack",)
)
c.Autograde.autograde_preprocessors = steps(
    Autograde, "autograde_preprocessors", instead={Execute: "autograder.grading.plugin.ExecuteConfined"}
)
# Feedback pages without hidden tests and tracebacks into them, with the student's own files, and readable on a phone.
c.GenerateFeedback.preprocessors = steps(
    GenerateFeedback,
    first=("autograder.grading.handed_back.HandBack",),
    last=("autograder.grading.handed_back.FitOnAPhone",),
)
# How much the cards in autograded/ and feedback/ tell: "marks", "observation" (what was seen, too) or "hint".
c.CheckCard.level = "hint"
c.OverwriteCells.add_missing_cells = True
