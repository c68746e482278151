"""An assignment as an autograder that Gradescope runs: `pack` makes the zip here, `run` grades there.

    autograder.zip                     what Gradescope makes of it
      setup.sh                         called once, as root, when the image is built: Python, the package, the versions
      run_autograder                   called for each submission in /autograder/submission; leaves results/results.json
      not_finished.json                the results until there are others
      settings.json, seconds           what the instructor chose when packing
      course/                          nbgrader_config.py and source/ of the assignment, solutions and hidden tests too
      *.whl, requirements*.txt, *.lock this package, and what it grades with

Source: https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""
