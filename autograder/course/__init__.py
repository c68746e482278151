"""Everything that knows nbgrader's files: build, strip `.py` solutions, prove."""
