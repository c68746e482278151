"""collect → run → judge → record → feedback; `pipeline` wires them."""
