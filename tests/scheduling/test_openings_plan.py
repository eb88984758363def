"""A full book costs no more than an empty one, because full steps are not looked at."""

import pytest

from scheduling.database import Database
from scheduling.openings import _statement

VALUES = {"pool0": "taxes", "start0": 0, "end0": 1, "most": 3, "asker": "", "now": 0}
MORNINGS = {"offset0": 3600, "begins": 0, "ends": 43200}


@pytest.mark.parametrize("by_clock", [False, True], ids=["whole days", "mornings"])
def test_the_search_reads_the_index_of_what_is_free(sqlite: Database, *, by_clock: bool) -> None:
    """And the holds in its way by theirs: nothing is read from one end to the other."""
    values = VALUES | (MORNINGS if by_clock else {})
    search = _statement(1, several_steps=False, by_clock=by_clock)
    with sqlite.read() as connection:
        search.rows(connection, **values)
        compiled = search._compiled["sqlite"]
        cursor = connection.connection.cursor()
        cursor.execute(f"EXPLAIN QUERY PLAN {compiled.text}", compiled.constants | values)
        plan = [row[3] for row in cursor.fetchall()]
    read = [line for line in plan if "here" in line or "appointments" in line]
    assert len(read) == 3
    assert all(line.startswith("SEARCH") for line in read)
    assert "capacity_free" in read[0]
