"""A full book costs no more than an empty one, because full steps are not looked at."""

from scheduling.database import Database
from scheduling.openings import _statement

VALUES = {"pool0": "taxes", "start0": 0, "end0": 1, "most": 3, "asker": "", "now": 0}


def test_the_search_reads_the_index_of_what_is_free(sqlite: Database) -> None:
    """And the holds in its way by theirs: nothing is read from one end to the other."""
    search = _statement(1, several_steps=False, by_clock=False)
    with sqlite.read() as connection:
        search.rows(connection, **VALUES)
        statement, constants = search._compiled["sqlite"]
        cursor = connection.connection.cursor()
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", constants | VALUES)
        plan = [row[3] for row in cursor.fetchall()]
    read = [line for line in plan if "here" in line or "appointments" in line]
    assert len(read) == 3
    assert all(line.startswith("SEARCH") for line in read)
    assert "capacity_free" in read[0]
