"""Who is in the hostile class."""

from __future__ import annotations

from hostile.attack import Attack
from hostile.bad_files import FILES
from hostile.breakouts import BREAKOUTS
from hostile.channel_attacks import CHANNEL
from hostile.forgeries import FORGERIES
from hostile.lies import LIES
from hostile.runaway import RUNAWAYS
from hostile.scripts import SCRIPTS

ATTACKS: dict[str, Attack] = {
    attack.name: attack for attack in (*RUNAWAYS, *BREAKOUTS, *FORGERIES, *LIES, *CHANNEL, *FILES, *SCRIPTS)
}
"""By the attacker's name, which is the student's."""
