"""The same numbers from a real cluster of two workers, also when one of them dies in the midst of a job, and the last
good numbers when the whole of it is away.
"""

import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.db import connection

sys.path.insert(0, str(Path(__file__).parent))

from engine_cases import ALL_METRICS, NONE, YEAR, by_hand, questions
from spark_cluster import StandaloneCluster, free_port, why_not

from premura.engine.answering import Asked
from premura.engine.cluster import Cluster, ClusterAway
from premura.engine.questions import CountQuestion
from premura.loop.understand import engine_counts
from premura.loop.understand.engine_counts import counted, with_defaults
from premura.loop.understand.export import Exporter
from premura.loop.understand.measures import catalogue

pytestmark = pytest.mark.django_db


@pytest.fixture
def exported(crowd):
    """400 responses, brought into the engine in several rounds."""
    exporter = Exporter()
    rows = []
    for seed in range(4):
        rows += crowd(seed, n=100)
        exporter.round()
    exporter.close()
    return rows


def few_that_use_everything(asked: list[CountQuestion]) -> list[CountQuestion]:
    """Questions that together use every dimension, every kind of condition and the limit to some places."""
    seen, kept = set(), []
    for question in sorted(asked, key=lambda q: -len(q.by) - len(q.filters)):
        uses = {("by", name) for name in question.by}
        uses |= {("filter", name, type(value).__name__, value == NONE) for name, value in question.filters.items()}
        uses |= {("places", bool(question.locations))}
        if uses - seen:
            seen |= uses
            kept.append(question)
    return kept


def on(cluster: Cluster, question: CountQuestion) -> dict:
    """The counts of the facts, by the cluster alone."""
    state = engine_counts.engine_state()
    asked = Asked.of(with_defaults(question), catalogue())
    if asked is None:
        return {}
    engines = replace(engine_counts._embedded(engine_counts.the_store()), count_facts=cluster.counts)
    return engines._from_facts(asked, question.first_day, question.last_day, state.manifest)


def test_a_cluster_gives_the_same_numbers_and_survives_the_loss_of_a_worker(
    exported, points, surveys, subjects, vicenza, padova, settings, tmp_path
):
    if connection.vendor != "sqlite":
        pytest.skip("the cluster reads files: once is enough, and that is done on SQLite")
    if reason := why_not():
        pytest.skip(reason)
    us = subjects["us"].pk
    asked = questions(points, surveys, subjects, vicenza, padova)
    with StandaloneCluster(tmp_path) as spark:
        cluster = Cluster(spark.url, patience=120)
        # Every metric over every breakdown and every sort of condition, in as few questions as will do: what else can
        # be asked is compared on the engines that answer at once (test_engine_counts)
        for question in few_that_use_everything(asked):
            assert on(cluster, question) == by_hand(exported, question, us), question

        settings.ENGINE = spark.url
        engine_counts._cluster.cache_clear()
        engine_counts._cluster(spark.url).patience = 120
        question = CountQuestion(ALL_METRICS, *YEAR, ("channel", "language"))
        good = counted(question)
        assert (good.source, good.stale_since) == ("cluster", None)
        assert good.counts == by_hand(exported, question, us)

        with ThreadPoolExecutor() as pool:
            # Hundreds of small tasks, so that a worker can be lost in the midst of them
            for name, value in (("maxPartitionBytes", "4096"), ("openCostInBytes", "4096"), ("minPartitionNum", "400")):
                cluster._session.conf.set(f"spark.sql.files.{name}", value)
            store = engine_counts.the_store()
            state = engine_counts.engine_state(store)
            put = Asked.of(with_defaults(question), catalogue())
            paths = store.paths(state.manifest, *YEAR)

            def ask():
                return cluster.counts(put.shape, put.between(*YEAR), state.manifest, paths)

            ask()  # Spark compiles it
            begun = time.monotonic()
            ask()
            took = time.monotonic() - begun
            job = pool.submit(ask)
            time.sleep(took / 4)  # in the midst of it, however fast the machine is
            assert not job.done()
            spark.kill("worker-1")
            assert not job.done()
            assert put.from_facts(job.result(120)) == good.counts
    engine_counts._cluster(spark.url).patience = 2
    kept = counted(question)
    assert (kept.source, kept.counts, kept.stale_since) == ("kept", good.counts, good.as_of)
    engine_counts._cluster.cache_clear()


def test_while_the_cluster_is_away_nobody_waits(exported, subjects, settings):
    settings.ENGINE = f"sc://127.0.0.1:{free_port()}"
    engine_counts._cluster.cache_clear()
    # The cube needs no cluster
    standard = CountQuestion(("nps",), *YEAR, ("week",))
    assert counted(standard).source == "cube"
    # Nothing was kept of this question: the files are counted in this process
    unusual = CountQuestion(("nps",), *YEAR, ("channel",))
    begun = time.monotonic()
    answer = counted(unusual)
    assert time.monotonic() - begun < 3
    assert (answer.source, answer.stale_since) == ("facts", None)
    assert answer.counts == by_hand(exported, unusual, subjects["us"].pk)
    engine_counts._cluster.cache_clear()


def test_a_cluster_that_does_not_answer_is_left_alone_for_a_while():
    cluster = Cluster(f"sc://127.0.0.1:{free_port()}")
    question = with_defaults(CountQuestion(("nps",), date(2026, 1, 1), date(2026, 1, 2)))
    put = Asked.of(question, catalogue())
    for reason in ("nothing listens", "a moment ago"):
        with pytest.raises(ClusterAway, match=reason):
            cluster.counts(put.shape, put.between(*YEAR), None, [])


@pytest.mark.parametrize("listens", [False, True], ids=["nobody listens", "somebody listens and says nothing"])
def test_a_process_that_asked_an_absent_cluster_ends_at_once(listens):
    """Left alone Spark's client holds it up for several minutes."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if listens:
            silent.listen()
        script = f"""
from pathlib import Path
from premura.engine.cluster import Cluster, ClusterAway
try:
    Cluster("sc://127.0.0.1:{silent.getsockname()[1]}", patience=1).counts(None, {{}}, None, [Path("none.parquet")])
except ClusterAway as error:
    print(error)
"""
        found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert found.returncode == 0, found.stderr
    assert ("no answer within 1 seconds" if listens else "nothing listens") in found.stdout
