"""From what a learning platform exports to nbgrader's `submitted/`."""
