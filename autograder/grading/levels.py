"""How much the cards in `autograded/` and in feedback tell, as the instructor sets it in `nbgrader_config.py`."""

from __future__ import annotations

from traitlets import Enum, TraitError
from traitlets.config import Configurable

from autograder.card import LEVELS
from autograder.errors import CourseError


class CheckCard(Configurable):
    """`c.CheckCard.level`. nbgrader has no class of this name; `Feedback` is one of its old ones."""

    level = Enum(LEVELS, default_value=LEVELS[-1], help="marks, observation or hint").tag(config=True)


def level_in(parent: Configurable) -> str:
    """What the configuration of `parent` says. Raises `CourseError` for a level that is none."""
    try:
        return CheckCard(parent=parent).level
    except TraitError:
        given = parent.config.CheckCard.level
        raise CourseError(
            f"c.CheckCard.level in nbgrader_config.py is {given!r}, which is no level.",
            f"Choose one of: {', '.join(LEVELS)}.",
        ) from None
