"""collect → run → judge → record → feedback; `pipeline` wires them."""

import sys

# jsonschema, which nbformat imports, compiles a grammar of IRIs when it finds one: a second before anything begins.
# No schema of a notebook speaks of IRIs, so it does not find it; whoever imports the grammar later does.
if "jsonschema" not in sys.modules and "rfc3987_syntax" not in sys.modules:
    sys.modules["rfc3987_syntax"] = None  # an import of it raises ImportError, as if it were not installed
    import jsonschema  # noqa: F401

    del sys.modules["rfc3987_syntax"]
