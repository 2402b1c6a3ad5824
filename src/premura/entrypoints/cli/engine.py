"""``premura engine``: how far the numbers are filled, and filling them anew."""

import argparse
from collections.abc import Iterator

from django.conf import settings

from premura.engine.cluster import Cluster
from premura.engine.purchases import PurchaseStore
from premura.loop.understand.engine_counts import engine_state
from premura.loop.understand.export import Exporter, the_store
from premura.loop.understand.models import Cell, DirtyMonth, Fill, Mark, PurchaseMark


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", choices=["status", "rebuild", "check"], help="say how it is, fill anew, read every file"
    )


def run(args: argparse.Namespace) -> int:
    if args.what == "rebuild":
        return _rebuild()
    print(*status(), sep="\n")
    if args.what == "check":
        return _check()
    return 0 if engine_state() else 1


def status() -> Iterator[str]:
    """What there is, in sentences."""
    store = the_store()
    manifest = store.manifest()
    if manifest is None:
        yield f"There are no facts in {store.folder} yet. The worker makes them: premura worker"
        return
    size = sum(file.bytes for file in manifest.files)
    yield f"{manifest.rows} answers in {len(manifest.files)} files, {size / 1e6:.1f} MB, in {store.folder}."
    yield f"{Cell.objects.count()} cells of the cube."
    fill = Fill.objects.first()
    if fill and fill.exported_at:
        yield f"The last answers were brought in at {fill.exported_at:%Y-%m-%d %H:%M:%S} UTC."
    yield f"{Mark.objects.count()} changes wait, {DirtyMonth.objects.count()} months are to be made anew."
    bought = PurchaseStore(store.folder).listed()
    if bought is None or bought.store != manifest.store:
        yield "Purchases are not brought in yet: they are counted one by one."
    else:
        size = sum(file.bytes for file in bought.files)
        yield f"{bought.purchases} purchases in {len(bought.files)} files, {size / 1e6:.1f} MB."
        months = PurchaseMark.objects.values("month_on").distinct().count()
        yield f"{months} months of purchases have changed, {len(bought.waiting)} are to be made anew."
    if settings.ENGINE:
        is_there = Cluster(settings.ENGINE).is_there()
        answers = "answers" if is_there else "does not answer: the last good numbers are shown"
        yield f"The cluster at {settings.ENGINE} {answers}."


def _check() -> int:
    store = the_store()
    manifest = store.manifest()
    purchases = PurchaseStore(store.folder)
    bought = purchases.listed()
    spoilt = [file.name for file in store.spoilt(manifest)] if manifest else []
    spoilt += [f"purchases/{file.name}" for file in purchases.spoilt(bought)] if bought else []
    for name in spoilt:
        print(f"{name} is damaged or gone; the worker makes its month anew when it starts.")
    if not spoilt:
        print("Every file is as it was written.")
    return 1 if spoilt else 0


def _rebuild() -> int:
    exporter = Exporter()
    with exporter.store.writing() as mine:
        if mine:
            exporter.begin()
    if not mine:
        print("The worker is exporting at this moment. Try again.")
        return 1
    while exporter.round():
        pass
    exporter.close()
    print(*status(), sep="\n")
    return 0 if engine_state() else 1
