"""Figures for the documentation: a table within a marked part of a page, and a picture of the comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from bench.result import Environment, Figure

BEGIN, END = "<!-- scripts/bench writes from here -->", "<!-- to here -->"

WIDTH, LINE, LEFT, RIGHT = 760, 30, 250, 120

STYLE = """
  text { font: 14px system-ui, sans-serif; fill: #24292f; }
  .recipe { fill: #b35900; } .lookout { fill: #1a7f37; } .ground { fill: #ffffff; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .recipe { fill: #e8954a; } .lookout { fill: #4cc267; } .ground { fill: #161b22; }
  }
"""


def table(measured: Mapping[str, Sequence[Figure]], environment: Environment) -> str:
    """The figures in Markdown, a table for each benchmark, below a line about the machine."""
    lines = [about(environment), ""]
    for name, figures in measured.items():
        lines += [f"### {name}", "", "| measured | value | wished for | |", "|---|---|---|---|"]
        lines += [_row(figure) for figure in figures]
        notes = [f"- {figure.name}: {figure.note}." for figure in figures if figure.note]
        lines += ["", *notes, *([""] if notes else [])]
    return "\n".join(lines)


def about(environment: Environment) -> str:
    """When and on what was measured, and how busy it was."""
    packages = ", ".join(
        f"{name} {environment[name]}" for name in ("onnxruntime", "numpy") if name in environment
    )
    return (
        f"Measured at {environment['measured_at']} on {environment['cores']} cores of {environment['processor']} "
        f"(Python {environment['python']}, {packages}); load of the machine before and after: "
        f"{_load(environment, 'load')} and {_load(environment, 'load_after')}."
    )


def write_table(measured: Mapping[str, Sequence[Figure]], environment: Environment, page: Path) -> None:
    """Put the table in place of what stands between the marks of a page, or make the page.

    Raises:
        OSError: the page cannot be read or written.
    """
    text = page.read_text() if page.exists() else f"{BEGIN}\n{END}\n"
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{BEGIN}\n{table(measured, environment)}\n{END}{after}")


def picture(figures: Sequence[Figure], environment: Environment) -> str:
    """The times of a frame as bars, for light and dark pages, as SVG."""
    shown = [figure for figure in figures if figure.unit == "ms"]
    longest = max((figure.value for figure in shown), default=1.0)
    height = LINE * (len(shown) + 2)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape('; '.join(f'{one.name}: {one.value:.1f} ms' for one in shown))}</title>",
        f'<style>{STYLE}</style><rect class="ground" width="{WIDTH}" height="{height}" rx="8"/>',
    ]
    for row, figure in enumerate(shown):
        y = LINE * row + 14
        wide = max(2.0, figure.value / longest * (WIDTH - LEFT - RIGHT))
        kind = "recipe" if figure.name.startswith("recipe") else "lookout"
        lines += [
            f'<text x="{LEFT - 10}" y="{y + 15}" text-anchor="end">{escape(figure.name)}</text>',
            f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{wide:.1f}" height="20" rx="3"/>',
            f'<text x="{LEFT + wide + 8:.1f}" y="{y + 15}">{figure.value:.1f} ms</text>',
        ]
    told = f"median, {environment['cores']} cores of {environment['processor']}, load {_load(environment, 'load')}"
    lines += [f'<text x="20" y="{height - 14}">{escape(told)}</text>', "</svg>", ""]
    return "\n".join(lines)


def _row(figure: Figure) -> str:
    state = "" if figure.met is None else "met" if figure.met else "missed"
    beside = [f"{figure.least:.1f} at best"] if figure.least is not None else []
    beside += [f"{figure.processor:.1f} of the processor"] if figure.processor is not None else []
    more = f" ({', '.join(beside)})" if beside else ""
    return f"| {figure.name} | {figure.value:.4g} {figure.unit}{more} | {figure.wish} | {state} |"


def _load(environment: Environment, name: str) -> str:
    load = environment.get(name)
    return f"{load[0]}" if isinstance(load, list) else "unknown"
