"""How numbers are spelled, worked out from the rules of each language: a second opinion."""

UNITS_NL = ["nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen"]
TEENS_NL = [
    "tien",
    "elf",
    "twaalf",
    "dertien",
    "veertien",
    "vijftien",
    "zestien",
    "zeventien",
    "achttien",
    "negentien",
]
TENS_NL = ["twintig", "dertig", "veertig", "vijftig"]
UNITS_EN = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TEENS_EN = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS_EN = ["twenty", "thirty", "forty", "fifty"]
ORDINALS_EN = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
"""The ones that do not just get a "th" at the end."""


def dutch_number(value: int) -> str:
    """A number as Dutch builds it: the unit first, with a trema after an e."""
    if value < 10:
        return UNITS_NL[value].replace("een", "één")
    if value < 20:
        return TEENS_NL[value - 10]
    ten, unit = TENS_NL[value // 10 - 2], UNITS_NL[value % 10]
    joint = "ën" if unit.endswith("e") else "en"
    return unit + joint + ten if value % 10 else ten


def english_number(value: int) -> str:
    """A number as English builds it: the ten first, with a hyphen."""
    if value < 20:
        return [*UNITS_EN, *TEENS_EN][value]
    ten, unit = TENS_EN[value // 10 - 2], UNITS_EN[value % 10]
    return f"{ten}-{unit}" if value % 10 else ten


def english_ordinal(value: int) -> str:
    """The place of a number in a row: twenty-first."""
    ten, dash, last = english_number(value).rpartition("-")
    regular = last[:-1] + "ieth" if last.endswith("y") else last + "th"
    return ten + dash + ORDINALS_EN.get(last, regular)


def is_words(said: str) -> bool:
    """Whether nothing but words is there: letters, and what joins them."""
    return said == said.strip() and all(c.isalpha() or c in " ,'-" for c in said)
