"""Books on the book of argv[1], and writes a line before and after each key, to be traced."""

import os
import sys

from scheduling.database import Database
from scheduling.municipality_file import LEIDERDORP, read
from tests.calling import PASSPORT
from tests.conftest import Clock, make_world

if __name__ == "__main__":
    world = make_world(Database(sys.argv[1]), read(LEIDERDORP), Clock())
    call = world.rings()
    for key in PASSPORT + "1":
        os.write(1, b"pressed\n")
        call.press(key)
        os.write(1, b"answered\n")
    os.write(1, b"booked\n" if "Uw afspraak staat vast" in call.heard[0] else b"not booked\n")
