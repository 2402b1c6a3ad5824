"""The package as a whole: its names, its examples, its purity, its codes."""

import ast
import contextlib
import doctest
import importlib
import math
import pkgutil
import random
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import premura.stats
from premura import stats
from premura.stats import METHODS, Estimate, StatsError

FOLDER = Path(premura.stats.__file__).parent
MODULES = sorted(f"premura.stats.{m.name}" for m in pkgutil.iter_modules([str(FOLDER)]))


def test_every_public_name_is_there_and_explained():
    assert len(premura.stats.__all__) == len(set(premura.stats.__all__))
    for name in premura.stats.__all__:
        thing = getattr(premura.stats, name)
        if callable(thing):
            assert thing.__doc__
            assert thing.__module__ in MODULES


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    module = importlib.import_module(name)
    assert module.__doc__
    result = doctest.testmod(module)
    assert result.failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_every_public_function_has_an_example(name):
    for node in ast.parse((FOLDER / f"{name.rsplit('.', 1)[1]}.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            assert ">>>" in (ast.get_docstring(node) or ""), f"{name}.{node.name}"


def test_nothing_but_numpy_and_scipy():
    code = "import sys, premura.stats; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "numpy" in loaded
    assert not {"django", "sqlite3", "duckdb", "pandas"} & set(loaded)
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported = {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported = {(node.module or "").split(".")[0]}
            else:
                continue
            assert imported <= {"numpy", "scipy", "premura", *sys.stdlib_module_names}, path
            assert not imported & {"random", "time", "datetime", "os", "io", "socket"}, path


def test_every_method_code_in_the_source_is_explained_and_every_explanation_used():
    source = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py") if path.name != "estimate.py")
    for code in METHODS:
        stem = code.removesuffix("-effective-n")
        assert f'"{code}"' in source or f'"{stem}"' in source, code
    written = set(re.findall(r'(?:nothing|bare)\((?:[^()"]|\([^()]*\))*"([a-z-]+)"', source))
    assert written <= set(METHODS)


PAGES = sorted(p for p in (Path(__file__).parents[2] / "docs" / "methods").glob("*.md") if p.name != "README.md")


def test_there_is_a_page_for_everything():
    index = (PAGES[0].parent / "README.md").read_text(encoding="utf-8")
    assert len(PAGES) >= 17
    for page in PAGES:
        assert f"({page.name})" in index


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_method_page_is_short_complete_and_true(page):
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert len(text.splitlines()) < 90
    places = [text.index(f"\n## {heading}\n") for heading in ("What it says", "Formula", "Example", "Limits", "Source")]
    assert places == sorted(places)
    result = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert result.attempted
    assert result.failed == 0
    for link in re.findall(r"\]\(([a-z-]+\.md)\)", text):
        assert (page.parent / link).is_file()


def test_an_estimate_cannot_contradict_itself():
    for arguments in (
        (1.0, None, None, 0, "t"),
        (1.0, 0.5, None, 5, "t"),
        (1.0, 2.0, 3.0, 5, "t"),
        (1.0, 0.0, 0.5, 5, "t"),
        (None, 0.0, 1.0, 5, "t"),
        (float("nan"), None, None, 5, "t"),
        (1.0, 0.0, float("inf"), 5, "t"),
        (1.0, 0.0, 2.0, -1, "t"),
    ):
        with pytest.raises(StatsError) as caught:
            Estimate(*arguments)
        assert caught.value.code == "estimate_inconsistent"
    assert Estimate(None, None, None, 0, "t").width is None


def test_an_error_is_a_value_error_with_a_code():
    with pytest.raises(ValueError, match=r"negative") as caught:
        premura.stats.nps(-1, 0, 0)
    assert caught.value.code == "negative_count"
    assert caught.value.details["name"] == "promoters"


NUMBERS = [None, -1, 1e308, math.nan, "x", "", b"x", object(), 1 + 2j]
LISTS = [[], [[1, 2], [3]], [[]], np.zeros((3, 0)), [None, None], np.array(["a", "b"]), [1e308, -1e308], (0, 0, 0)]
MAPPINGS = [{}, {"a": 1}, {1e200: 5, 2e200: 3}, {1: math.nan}]
NONSENSE = [*NUMBERS, *LISTS, *MAPPINGS, [1e-320, 2e-320]]
ONE = [
    "mean",
    "holm",
    "xmr",
    "waits",
    "kano_summary",
    "peak_end",
    "cronbach_alpha",
    "krippendorff_alpha",
    "cohen_kappa",
    "weight_sums",
]
TWO = [
    "peak_ends",
    "top_box",
    "mean_weighted",
    "compare_nps",
    "compare_means",
    "p_chart",
    "lmg",
    "driver_analysis",
    "importance_performance",
    "survival",
    "quantile",
    "interrupted_series",
    "kano",
    "servqual",
    "effective_n",
]
CALLS = {**dict.fromkeys(ONE, 1), **dict.fromkeys(TWO, 2), "nps": 3, "correlations_of_sums": 3, "compare_shares": 4,
         "nps_weighted": 4, "ewma": 4}  # fmt: skip


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", CALLS)
def test_nonsense_ends_in_a_plain_refusal_or_in_nothing(name):
    chance = random.Random(name)
    for _ in range(150):
        with contextlib.suppress(StatsError):
            getattr(premura.stats, name)(*chance.choices(NONSENSE, k=CALLS[name]))


@given(st.integers(0, 2**32 - 1), st.integers(1, 39))
def test_what_is_counted_in_two_halves_is_what_is_counted_in_the_whole(seed, cut):
    rng = np.random.default_rng(seed)
    Z = rng.integers(1, 8, (60, 3)) + rng.normal(size=(60, 3))
    halves = [Z[:cut], Z[cut:]]
    sums, products = (sum(part(half) for half in halves) for part in (lambda Z: Z.sum(axis=0), lambda Z: Z.T @ Z))
    assert stats.correlations_of_sums(60, sums, products) == pytest.approx(np.corrcoef(Z.T), abs=1e-9)
    assert stats.lmg_of_correlations(np.corrcoef(Z.T), 60).shares == pytest.approx(stats.lmg(Z[:, :2], Z[:, 2]).shares)

    pairs = rng.integers(1, 6, (60, 2))
    letters = [Counter(stats.kano(*part.T)) for part in (pairs[:cut], pairs[cut:], pairs)]
    assert stats.kano_summary(letters[0] + letters[1]) == stats.kano_summary(letters[2])

    tables = [Counter(dict(np.ndenumerate(_table(part)))) for part in (pairs[:cut], pairs[cut:], pairs)]
    assert tables[0] + tables[1] == +tables[2]


def _table(pairs):
    """Of both coders' labels, over all of them."""
    everything = range(1, 6)
    _categories, table = stats.agreement_table([*pairs[:, 0], *everything], [*pairs[:, 1], *everything])
    return np.array(table) - np.eye(5, dtype=int)
