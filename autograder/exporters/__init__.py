"""Marks on their way out: the files that Canvas and Moodle import, a table per question, JSON.

Each is an `ExportPlugin` of nbgrader's, so `nbgrader export --exporter=autograder.exporters.CanvasExporter` works in
any course; `autograder export` is the same with a report that can be read. Nothing here changes a mark.

    gradebook → marks.ClassMarks ─┬→ CanvasExporter, MoodleExporter: LmsFile, matching, filling
                                  ├→ TableExporter
                                  └→ JsonExporter
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "canvas": ["CanvasExporter"],
        "moodle": ["MoodleExporter"],
        "table": ["TableExporter"],
        "as_json": ["JsonExporter"],
    },
)
