"""The benchmark's own arithmetic: medians of pairs, targets, the JSON file, the table, the picture."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper

from bench import machine, report
from bench.contenders import large_network
from bench.limits.operations import operations
from bench.result import Environment, Figure, write
from bench.suite import ABOUT, NAMES, QUICK, WITH_A_STACK, chosen
from bench.timing import Times, by_turns, ratio

ENVIRONMENT: Environment = {
    "processor": "A <fast> one & more",
    "cores": 2,
    "load": [0.5, 0.4, 0.3],
    "load_after": [1.5, 0.4, 0.3],
    "python": "3.11.0",
    "onnxruntime": "1.0",
    "numpy": "2.0",
    "measured_at": "2026-11-27T04:00+00:00",
}

FIGURES = [
    Figure("total", 12.34567, "ms", least=10.0, processor=11.0),
    Figure("empty", 9, "ms", 15),
    Figure("peak", 900, "MB", 700, note="the network's weights"),
    Figure("faster", 21.5, "x", 20, True),
    Figure("slower", 19.5, "x", 20, True),
]


def test_a_target_is_met_by_at_most_it_or_at_least_it() -> None:
    assert [figure.met for figure in FIGURES] == [None, True, False, True, False]
    assert Figure("none allowed", 0, "", 0).met
    assert "MISSED (at most 700 MB)" in str(FIGURES[2])
    assert "met (at least 20 x)" in str(FIGURES[3])
    assert "MISSED" not in str(FIGURES[0])


def test_figures_are_written_with_their_targets_and_the_machine(tmp_path: Path) -> None:
    write({"one": FIGURES[:2], "other": FIGURES[2:]}, ENVIRONMENT, tmp_path / "figures.json")
    written = json.loads((tmp_path / "figures.json").read_text())
    assert written["environment"] == ENVIRONMENT
    assert written["figures"][0] == {
        "benchmark": "one",
        "name": "total",
        "value": 12.346,
        "unit": "ms",
        "target": None,
        "at_least": False,
        "least": 10.0,
        "processor": 11.0,
        "note": "",
        "met": None,
    }
    assert [row["benchmark"] for row in written["figures"]] == ["one", "one", "other", "other", "other"]
    assert [row["met"] for row in written["figures"]] == [None, True, False, True, False]


def test_the_machine_is_described_by_what_figures_need_beside_them() -> None:
    described = machine.describe()
    assert ENVIRONMENT.keys() - {"load_after"} <= described.keys()
    assert json.loads(json.dumps(described)) == described
    assert described["processor"]


@given(st.lists(st.tuples(st.floats(1, 1e4), st.floats(0.5, 50)), min_size=1, max_size=30))
def test_how_many_times_faster_is_told_pair_by_pair(rounds: list[tuple[float, float]]) -> None:
    slow, faster = [one for one, _ in rounds], [times for _, times in rounds]
    fast = [one / times for one, times in rounds]
    assert ratio(slow, fast) == pytest.approx(float(np.median(faster)))


def test_a_machine_that_becomes_busy_changes_the_times_and_not_the_ratio() -> None:
    fast = [1.0, 1.0, 1.0, 9.0, 9.0]
    assert ratio([20 * one for one in fast], fast) == 20
    assert Times(fast, fast).median == 1.0
    assert Times([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]).busy == 5.0
    assert Times([1.0, *[5.0] * 9], [1.0] * 10).least <= Times([1.0, *[5.0] * 9], [1.0] * 10).median


def test_actions_take_turns_and_what_warms_up_is_not_counted() -> None:
    done: list[str] = []
    times = by_turns({"a": lambda: done.append("a"), "b": lambda: done.append("b")}, rounds=4, warm_up=2)
    assert done == ["a", "b"] * 6
    assert {name: len(one.clock) for name, one in times.items()} == {"a": 4, "b": 4}
    assert len(times["a"].processor) == 4


def test_the_names_are_those_that_can_be_measured() -> None:
    assert set(ABOUT) == set(NAMES)
    assert chosen([]) == list(QUICK)
    assert chosen(["all"]) == list(NAMES)
    assert chosen(["wire", "baseline"]) == ["baseline", "wire"]
    assert set(WITH_A_STACK) < set(NAMES)


def test_the_table_has_a_row_for_every_figure_and_replaces_the_one_before(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Speed\n\n{report.BEGIN}\nold\n{report.END}\n\nThe end.\n")
    report.write_table({"one": FIGURES}, ENVIRONMENT, page)
    report.write_table({"one": FIGURES}, ENVIRONMENT, page)
    text = page.read_text()
    assert text.startswith("# Speed\n")
    assert text.endswith("\n\nThe end.\n")
    assert "old" not in text
    assert text.count(report.BEGIN) == 1
    for figure in FIGURES:
        assert text.count(f"| {figure.name} |") == 1
    assert "- peak: the network's weights." in text
    assert "load of the machine before and after: 0.5 and 1.5" in text
    assert "| 12.35 ms (10.0 at best, 11.0 of the processor) |" in text


def test_the_picture_is_whole_and_readable_on_light_and_dark_pages() -> None:
    drawn = report.picture(
        [Figure("recipe: a face", 300, "ms"), Figure("Lookout & co", 15, "ms")], ENVIRONMENT
    )
    root = ET.fromstring(drawn)  # noqa: S314  # made here
    shapes = root.findall("{http://www.w3.org/2000/svg}rect")
    assert [shape.get("class") for shape in shapes] == ["ground", "recipe", "lookout"]
    assert float(shapes[1].get("width", 0)) == pytest.approx(20 * float(shapes[2].get("width", 0)), rel=0.01)
    assert "prefers-color-scheme: dark" in drawn
    assert "A <fast> one & more" in "".join(root.itertext())


def test_the_operations_of_a_network_are_those_of_its_convolutions_and_products() -> None:
    nodes = [
        helper.make_node("Conv", ["x", "dense"], ["a"], pads=[1, 1, 1, 1]),
        helper.make_node("Conv", ["a", "depth"], ["b"], group=8, pads=[1, 1, 1, 1]),
        helper.make_node("Conv", ["b", "point"], ["c"]),
        helper.make_node("Flatten", ["c"], ["d"]),
        helper.make_node("Gemm", ["d", "last"], ["y"]),
    ]
    shapes = {"dense": (8, 3, 3, 3), "depth": (8, 1, 3, 3), "point": (4, 8, 1, 1), "last": (400, 7)}
    weights = [
        onnx.numpy_helper.from_array(np.ones(shape, np.float32), name) for name, shape in shapes.items()
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, 10, 10])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 7])
    model = helper.make_model(helper.make_graph(nodes, "made", [x], [y], weights))
    assert operations(model, 2) == Counter(
        {
            "dense": 2 * 2 * 8 * 100 * 27,
            "depthwise": 2 * 2 * 8 * 100 * 9,
            "1x1": 2 * 2 * 4 * 100 * 8,
            "product": 2 * 2 * 400 * 7,
        }
    )


def test_the_stand_in_for_the_large_network_has_its_parameters_and_shape() -> None:
    model = large_network.network()
    onnx.checker.check_model(model)
    numbers = sum(int(np.prod(tensor.dims)) for tensor in model.graph.initializer)
    assert 33.5e6 < numbers < 35e6
    assert [dim.dim_value for dim in model.graph.input[0].type.tensor_type.shape.dim][1:] == [112, 112, 3]
