"""What students wrote, made fit to be shown: file names, ids and messages come from them."""


def printable(text: str) -> str:
    """No control characters and no broken encoding: safe in a terminal and on a page that escapes."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
