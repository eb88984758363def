"""What a storm did, counted, and what was wrong afterwards."""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import func, select

from scheduling.models import appointments
from scheduling.outbox import messages
from tests.storm.line import Line
from tests.storm.plan import Plan
from tests.storm.town import Town
from tests.storm.weather import FULL

_MOST_SHOWN = 20


@dataclass(frozen=True)
class Outcome:
    """A storm that is over."""

    plan: Plan
    seconds: float
    counts: Counter[str]
    wrong: list[str] = field(default_factory=list)

    @property
    def confirmations(self) -> int:
        """How many appointments callers have heard confirmed, and agents have seen."""
        return self.counts["confirmations heard"]

    def __str__(self) -> str:
        plan, n = self.plan, self.confirmations
        planted = f", {plan.plant} planted" if plan.plant else ""
        lines = [f"{plan.backend}, seed {plan.seed}{planted}: {self.seconds:.0f} s"]
        lines += [f"  {count:>9,} {what}" for what, count in self.counts.items()]
        if plan.wanted[FULL] and not self.counts[FULL]:
            lines.append("            no full disk: only an administrator can mount one for that")
        lines += [f"  WRONG     {each}" for each in self.wrong[:_MOST_SHOWN]]
        if len(self.wrong) > _MOST_SHOWN:
            lines.append(f"  WRONG     and {len(self.wrong) - _MOST_SHOWN} more")
        if not self.wrong and n:
            bound = f"3/{n:,} = {3 / n:.3%}"
            lines.append(f"  nothing is wrong: with 95 % certainty fewer than {bound} are lost")
        return "\n".join(lines)


def counted(line: Line, town: Town, sent: Counter[int]) -> Counter[str]:
    """What the book, Twilio and the callers count."""
    numbered = appointments.c.reference.is_not(None)
    with line.database.read() as connection:
        booked = connection.scalar(select(func.count()).select_from(appointments).where(numbered))
        by_state = select(messages.c.state, func.count()).group_by(messages.c.state)
        states: dict[str, int] = {row[0]: row[1] for row in connection.execute(by_state)}
    found = Counter(
        {
            "calls": town.calls,
            "callers left in silence": 0,
            "confirmations heard": len(town.heard),
            "appointments in the book": booked or 0,
            "messages written": sum(states.values()),
            "messages not sent, as untrue or too late by then": states.get("dropped", 0),
            "messages sent": len(sent),
            "messages that came twice": sum(count > 1 for count in sent.values()),
        }
    )
    found.update({f"workers killed {point}": n for point, n in Counter(line.killed_at()).items()})
    return found
