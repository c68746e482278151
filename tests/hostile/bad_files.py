"""Attackers who hand in files that a grader stumbles over, and notebooks that claim to be what they are not."""

from __future__ import annotations

import copy
import json
import zipfile

from hostile.attack import ALL, NOT_FOR_DW, NOTEBOOK, WRONG_DW, Attack, Desk, cell_of, code_cell


def hundred_megabytes(desk: Desk) -> None:
    notebook = desk.notebook()
    notebook["cells"].append(code_cell("1", "big", outputs=[{"output_type": "stream", "name": "stdout", "text": "@"}]))
    desk.save(json.dumps(notebook).replace("@", "x" * 100_000_000))


def megabytes_of_empty_lists(desk: Desk) -> None:
    notebook = {**desk.notebook(), "metadata": {"kernelspec": {"name": "python3", "display_name": "p"}, "x": ["@"]}}
    desk.save(json.dumps(notebook).replace('"@"', "[]," * 9_000_000 + "[]"))


def format_three(desk: Desk) -> None:
    cells = []
    for cell in desk.notebook()["cells"]:
        old = {"cell_type": cell["cell_type"], "metadata": cell["metadata"]}
        if cell["cell_type"] == "code":
            old |= {"input": cell["source"], "language": "python", "outputs": [], "collapsed": False}
        else:
            old |= {"source": cell["source"]}
        cells.append(old)
    worksheets = [{"cells": cells, "metadata": {}}]
    desk.save({"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": worksheets})


def byte_order_mark(desk: Desk) -> None:
    desk.save(b"\xef\xbb\xbf" + json.dumps(desk.notebook()).encode())


def invalid_json(desk: Desk) -> None:
    desk.save(json.dumps(desk.notebook())[:-20])


def nested_json(desk: Desk) -> None:
    desk.save('{"nbformat": 4, "cells": ' + "[" * 2_000_000 + "]" * 2_000_000 + "}")


def huge_number(desk: Desk) -> None:
    desk.save(json.dumps(desk.notebook()).replace('"nbformat": 4', '"nbformat": 4' + "0" * 100_000))


def duplicate_ids(desk: Desk) -> None:
    """A second test cell with the same grade_id, above the instructor's, that gives full marks."""
    notebook = desk.notebook(dW=WRONG_DW)
    test = cell_of(notebook, "check_dW")
    twin = copy.deepcopy(test) | {"id": "twin", "source": "3.0"}
    notebook["cells"].append(twin)
    notebook["cells"].append(copy.deepcopy(cell_of(notebook, "check_db")))
    desk.save(notebook)


def deleted_metadata(desk: Desk) -> None:
    notebook = desk.notebook(dW=WRONG_DW)
    for cell in notebook["cells"]:
        cell["metadata"].pop("nbgrader", None)
    cell_of(desk.notebook(), "db")  # there was something to delete
    notebook["metadata"] = {}
    desk.save(notebook)


def forged_points(desk: Desk) -> None:
    """Another checksum, 300 points, unlocked, and a solution cell at once."""
    notebook = desk.notebook(dW=WRONG_DW)
    test = cell_of(notebook, "check_dW")
    test["source"] = "300.0"
    test["metadata"]["nbgrader"].update(points=300, checksum="0" * 32, locked=False, solution=True)
    desk.save(notebook)


def swapped_grade_ids(desk: Desk) -> None:
    """The tests of dW and db carry each other's names: a right db would be asked twice."""
    notebook = desk.notebook(dW=WRONG_DW)
    one, other = cell_of(notebook, "check_dW"), cell_of(notebook, "check_db")
    one["metadata"], other["metadata"] = other["metadata"], one["metadata"]
    desk.save(notebook)


def test_before_answer(desk: Desk) -> None:
    """The test of dW stands after a cell that makes dW another function."""
    notebook = desk.notebook(dW=WRONG_DW)
    place = notebook["cells"].index(cell_of(notebook, "check_dW"))
    notebook["cells"].insert(place, code_cell("check = print\ndW = db", "between"))
    desk.save(notebook)


def skipped_tests(desk: Desk) -> None:
    notebook = desk.notebook(dW=WRONG_DW)
    for cell in notebook["cells"]:
        cell["metadata"]["tags"] = ["skip-execution", "raises-exception", "nbval-skip"]
    desk.save(notebook)


def other_kernel(desk: Desk) -> None:
    notebook = desk.notebook()
    notebook["metadata"]["kernelspec"] = {"name": "bash", "language": "bash", "display_name": "Bash"}
    notebook["metadata"]["language_info"] = {"name": "bash"}
    desk.save(notebook)


def symlinked_notebook(desk: Desk) -> None:
    (desk.folder / NOTEBOOK).symlink_to(desk.knows["course"] + f"/source/layer/{NOTEBOOK}")


def notebook_is_a_folder(desk: Desk) -> None:
    (desk.folder / NOTEBOOK).mkdir()
    (desk.folder / NOTEBOOK / "layer.txt").write_text("inside")


def zip_of_links(desk: Desk) -> None:
    """Handed in without unpacking."""
    with zipfile.ZipFile(desk.folder / "submission.zip", "w") as archive:
        link = zipfile.ZipInfo(NOTEBOOK)
        link.external_attr = 0o120777 << 16
        archive.writestr(link, desk.knows["course"] + f"/source/layer/{NOTEBOOK}")
        archive.writestr("../../../outside.txt", "defaced")


def shadowed_modules(desk: Desk) -> None:
    desk.save(desk.notebook(dW=WRONG_DW))
    shadow = "print('shadowed')\ndef __getattr__(name): return lambda *a, **k: 3.0\n"
    for name in (
        "numpy.py",
        "autograder.py",
        "json.py",
        "sitecustomize.py",
        "nbgrader.py",
        "matplotlib.py",
        "struct.py",
    ):
        desk.save(shadow, name)


def configurations(desk: Desk) -> None:
    desk.save(desk.notebook())
    for name in (
        "nbgrader_config.py",
        "ipython_config.py",
        "jupyter_config.py",
        "jupyter_nbconvert_config.py",
        "conftest.py",
    ):
        desk.save("open('«course»/«token»-config', 'w').write('ran')\n".replace("«course»", desk.knows["course"])
                  .replace("«token»", desk.knows["token"]), name)  # fmt: skip
    desk.save("{", "jupyter_config.json")


def strange_names(desk: Desk) -> None:
    desk.save(desk.notebook())
    for name in ("new\nline.txt", "-rf", "*", "a" * 250, "\u202etxt.exe", "..."):
        (desk.folder / name).write_text("x")
    (desk.folder / "deep").mkdir()
    inside = desk.folder / "deep"
    for _ in range(60):
        inside = inside / "deeper"
        inside.mkdir()


FILES = (
    Attack("hundred_megabytes", "A notebook of 100 MB.", None, "too large", hands_in=hundred_megabytes),
    Attack("empty_lists", "A notebook of 27 MB that takes a gigabyte once it is parsed.", ALL, "",
           hands_in=megabytes_of_empty_lists, or_less=True),
    Attack("format_three", "A notebook in the format of 2014.", ALL, "", hands_in=format_three),
    Attack("byte_order_mark", "A notebook that begins with a byte order mark.", ALL, "", hands_in=byte_order_mark),
    Attack("invalid_json", "A notebook that is cut off.", None, "not valid JSON", hands_in=invalid_json),
    Attack("nested_json", "A notebook of brackets, nested two million deep.", None, "lists and dictionaries",
           hands_in=nested_json),
    Attack("huge_number", "A notebook with a number of 100,000 digits.", None, "no notebook program writes",
           hands_in=huge_number),
    Attack("duplicate_ids", "Test cells are there twice, one of them with full marks for a source.", NOT_FOR_DW,
           "all zeros", hands_in=duplicate_ids),
    Attack("deleted_metadata", "Every cell has lost its metadata.", None, "no graded cells", hands_in=deleted_metadata),
    Attack("forged_points", "A test cell claims 300 points, another checksum and to be unlocked.", NOT_FOR_DW, "all zeros",
           hands_in=forged_points),
    Attack("swapped_grade_ids", "Two test cells have changed names.", ALL, "", hands_in=swapped_grade_ids, or_less=True),
    Attack("another_function", "A cell before the test makes dW another function, and `check` another.", NOT_FOR_DW, "",
           hands_in=test_before_answer),
    Attack("skipped_tests", "Every cell carries the tags skip-execution and raises-exception.", NOT_FOR_DW, "all zeros",
           hands_in=skipped_tests),
    Attack("other_kernel", "The notebook says that it is written in another language.", ALL, "", hands_in=other_kernel),
    Attack("symlinked_notebook", "The notebook is a link to the reference.", None, "is a symbolic link",
           hands_in=symlinked_notebook),
    Attack("notebook_is_a_folder", "The notebook is a folder.", None, "has no layer.ipynb", hands_in=notebook_is_a_folder),
    Attack("zip_of_links", "A zip of links and of paths that lead outside.", None, "has no layer.ipynb",
           hands_in=zip_of_links),
    Attack("shadowed_modules", "Modules called numpy, autograder, json … lie beside the notebook.", NOT_FOR_DW, "all zeros",
           hands_in=shadowed_modules),
    Attack("configurations", "Configuration files for every program that may look into the folder.", ALL, "",
           hands_in=configurations),
    Attack("strange_names", "Files with names that programs trip over.", ALL, "", hands_in=strange_names),
)  # fmt: skip
