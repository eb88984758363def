"""Dashboard and alerts are what Grafana and Prometheus read, and name nothing that is not there."""

import json
import re
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest
import yaml
from flask.testing import FlaskCliRunner

from ivr.metrics import KINDS
from ivr.step import Step
from ivr.story import OUTCOMES
from tests.calling import PASSPORT, press_all
from tests.conftest import World

LABEL = re.compile(r'(\w+)(=~|=)"([^"]*)"')
SAMPLE = re.compile(r"^(line_\w+)(?:\{(.*)\})? ")


def printed(world: World, what: str) -> str:
    """What one of the two commands prints."""
    result = FlaskCliRunner(world.app).invoke(args=["monitoring", what])
    assert result.exit_code == 0
    return result.output


def alerts(world: World) -> list[dict[str, Any]]:
    """The rules, one after another."""
    groups = yaml.safe_load(printed(world, "alerts"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def expressions(world: World) -> list[str]:
    """Everything that is asked of Prometheus, with a time in place of Grafana's own variable."""
    panels = json.loads(printed(world, "dashboard"))["panels"]
    asked = [target["expr"] for panel in panels for target in panel["targets"]]
    told = [rule["expr"] for rule in alerts(world)]
    return [each.replace("$__rate_interval", "5m") for each in asked + told]


def samples(world: World) -> dict[str, dict[str, set[str]]]:
    """What is scraped after a call: the values of each label of each metric."""
    press_all(world.rings(), PASSPORT + "1")
    found: dict[str, dict[str, set[str]]] = {}
    for line in world.app.test_client().get("/metrics").text.splitlines():
        if sample := SAMPLE.match(line):
            labels = found.setdefault(sample[1], {})
            for name, _, value in LABEL.findall(sample[2] or ""):
                labels.setdefault(name, set()).add(value)
    return found


def selectors(expression: str) -> Iterator[tuple[str, str]]:
    """Each metric that an expression names, with what stands in its braces."""
    for found in re.finditer(r"\b(line_\w+)(?:\{([^}]*)\})?", expression):
        yield found[1], found[2] or ""


def test_prometheus_reads_every_expression(world: World) -> None:
    """None has a mistake in it, in the dashboard or in an alert."""
    found = expressions(world)
    assert len(found) > 30
    for each in found:
        assert promql_parser.parse(each)


def test_everything_that_is_asked_for_is_there(world: World) -> None:
    """A renamed metric or label would leave a panel empty, and an alert silent for ever."""
    there = samples(world)
    known = {
        "kind": {*KINDS},
        "outcome": {"answered", "no_input", "no_match", "again", "resumed", "over", "failed"}
        | {"replayed"},
    }
    for expression in expressions(world):
        for metric, braces in selectors(expression):
            assert metric in there, (metric, expression)
            for label, how, value in LABEL.findall(braces):
                values = there[metric][label] | known.get(label, set())
                for each in value.split("|") if how == "=~" else [value]:
                    matching = [one for one in values if re.fullmatch(each, one)]
                    assert matching, (metric, label, each)
        for names in re.findall(r"by \(([^)]*)\)", expression):
            every = {label for metric, _ in selectors(expression) for label in there[metric]}
            of_several = {"municipality"}
            assert set(re.split(r",\s*", names)) <= every | of_several, expression


def test_every_metric_of_ours_is_looked_at(world: World) -> None:
    """Nothing is counted that no panel and no alert shows."""
    asked = " ".join(expressions(world))
    for metric in samples(world):
        base = re.sub(r"_(bucket|count|sum|created)$", "", metric)
        assert re.search(rf"\b{base}(_bucket|_total)?\b", asked), metric


def test_the_dashboard_is_one_that_grafana_imports(world: World) -> None:
    """Each panel has a place of its own, a title, and the data source that is chosen above."""
    made = json.loads(printed(world, "dashboard"))
    assert [each["name"] for each in made["templating"]["list"]] == ["datasource"]
    taken: set[tuple[int, int]] = set()
    for panel in made["panels"]:
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert panel["title"]
        assert panel["datasource"]["uid"] == "${datasource}"
        assert not taken & cells, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
    assert len({panel["id"] for panel in made["panels"]}) == len(made["panels"])


def test_each_alert_says_what_is_wrong_and_whom_to_wake(world: World) -> None:
    """A sentence, and a severity; none is there twice."""
    rules = alerts(world)
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"].endswith((".", "?"))
        for label in re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]):
            assert re.search(rf"by \([^)]*\b{label}\b", rule["expr"]), rule["alert"]


@pytest.mark.parametrize(
    "of",
    [
        "line_fallbacks_total",
        "line_calls_total",
        "line_messages_total",
        "line_refusals_total",
        'line_requests_total{kind="unsigned",outcome="refused",step=""}',
        'line_requests_total{kind="turn",outcome="failed",step=""}',
        'line_requests_total{kind="turn",outcome="replayed",step=""}',
        'line_requests_total{kind="message",outcome="failed",step=""}',
    ],
)
def test_what_is_watched_for_its_first_time_begins_at_nothing(world: World, of: str) -> None:
    """Prometheus sees no increase in a counter that appears with its first event."""
    told = world.app.test_client().get("/metrics").text
    assert any(line.startswith(of) for line in told.splitlines()), of


def test_the_steps_of_the_figures_are_those_of_the_dialogue(world: World) -> None:
    """A label is the name of a step, an outcome, or a kind: there are only so many of each."""
    there = samples(world)
    assert there["line_requests_total"]["step"] <= {*Step.kinds, ""}
    assert there["line_calls_total"]["outcome"] == {*OUTCOMES}
