"""A figure and its bound, and how both are printed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bound:
    """A ratio measured in one run, with the least or the most that it may be."""

    name: str
    value: float
    least: float | None = None
    most: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the figure is on the right side of its bound."""
        enough = self.least is None or self.value >= self.least
        return enough and (self.most is None or self.value <= self.most)

    def __str__(self) -> str:
        wanted = "" if self.least is None else f"at least {self.least:g}"
        wanted = wanted if self.most is None else f"at most {self.most:g}"
        verdict = "" if not wanted else "holds" if self.holds else "MISSED"
        return f"{self.name:<62}{self.value:>9.2f}   {wanted:<14}{verdict}"
