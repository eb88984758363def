"""How wide letters are on paper, and where a text breaks: for any common sans-serif face.

The widths are those of a wide face, so that a text fits in a narrow one too.
"""

import textwrap

_NARROW, _USUAL, _WIDE = 0.32, 0.58, 0.9
_LETTERS = dict.fromkeys("ijlftr.,:;'!|()[] ", _NARROW) | dict.fromkeys("mwMW…→", _WIDE)
_CAPITAL = 0.7
_BOLD = 1.1


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How much room a text takes, in the unit of its size."""
    letters = sum(_LETTERS.get(each, _CAPITAL if each.isupper() else _USUAL) for each in text)
    return letters * size * (_BOLD if bold else 1)


def wrapped(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """The lines of a text, none of which needs more room, unless a single word does."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size, bold=bold) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def shortened(text: str, letters: int) -> str:
    """A text of so many letters at the most, cut between words."""
    return textwrap.shorten(text, letters, placeholder=" …")
