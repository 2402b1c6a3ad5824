"""``premura report``: its figures are those of a second reckoning; whatever is brought, it answers in words."""

import argparse
import csv
import json
import math
import os
import re
import string
import subprocess
import sys
from collections import Counter, defaultdict
from html.parser import HTMLParser
from pathlib import Path

import pytest

from premura.entrypoints.cli.report import add_arguments, run
from premura.entrypoints.cli.report.words import WORDS
from premura.samples import sample

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data" / "real"
Z = 1.959963984540054


def report(*arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the command as people do, in a place without settings, database or data folder."""
    clean = {
        key: value for key, value in os.environ.items() if not key.startswith(("PREMURA", "DJANGO", "LC_", "LANG"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "premura.entrypoints.cli.report", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**clean, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"},
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def here(*arguments: object) -> int:
    """The same command in this process, which is quicker."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args(["--no-questions", "--lang", "it", *map(str, arguments)]))


def document(tmp_path: Path, *arguments: object) -> dict:
    out = tmp_path / "report.json"
    assert here(*arguments, "--out", out) == 0
    return json.loads(out.read_text(encoding="utf-8"))


def page(tmp_path: Path, *arguments: object) -> str:
    out = tmp_path / "report.html"
    assert here(*arguments, "--out", out) == 0
    return out.read_text(encoding="utf-8")


def csv_file(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def metric(found: dict, name: str, **wanted: object) -> dict:
    (one,) = [m for m in found["metrics"] if m["name"] == name and all(m[k] == v for k, v in wanted.items())]
    return one


def wilson(hits: float, n: float) -> tuple[float, float]:
    share = hits / n
    centre = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return centre - half, centre + half


def adjusted_wald(promoters: float, detractors: float, n: float) -> tuple[float, float]:
    p, d = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    half = Z * math.sqrt((p + d - (p - d) ** 2) / (n + 3))
    return 100 * (p - d - half), 100 * (p - d + half)


def lounge() -> tuple[Path, list[dict[str, str]]]:
    path = SHARED / "lounge_reviews.csv"
    if not path.exists():
        pytest.skip("../shared/data is not here")
    with path.open(encoding="utf-8", newline="") as source:
        return path, list(csv.DictReader(source))


def airport() -> tuple[Path, list[dict[str, str]]]:
    path = SHARED / "sfo_2017.csv"
    if not path.exists():
        pytest.skip("../shared/data is not here")
    with path.open(encoding="utf-8", newline="") as source:
        return path, list(csv.DictReader(source))


# The figures, reckoned twice


@pytest.mark.shared
def test_lounge_figures_are_those_of_plain_python(tmp_path):
    path, rows = lounge()
    found = document(tmp_path, path)
    assert (found["rows"], found["rejected"], found["first_day"], found["last_day"]) == (
        2264,
        0,
        "2006-05-09",
        "2015-08-02",
    )
    old = [float(r["overall_rating"]) for r in rows if r["overall_rating"] and r["date"] < "2015-06-09"]
    big = [float(r["overall_rating"]) for r in rows if r["overall_rating"] and float(r["overall_rating"]) > 5]
    mean = metric(found, "overall", scale="1-5")
    assert (mean["n"], mean["partial"]) == (len(old), False)
    assert mean["value"] == pytest.approx(sum(old) / len(old))
    deviation = math.sqrt(sum((v - mean["value"]) ** 2 for v in old) / (len(old) - 1))
    assert mean["high"] - mean["value"] == pytest.approx(1.9611 * deviation / math.sqrt(len(old)), rel=1e-3)
    part = metric(found, "overall", scale="1-10")
    assert (part["n"], part["partial"], part["value"]) == (67, True, pytest.approx(sum(big) / len(big)))
    hits = sum(value >= 4 for value in old)
    csat = metric(found, "csat")
    assert csat["value"] == pytest.approx(hits / len(old))
    assert (csat["low"], csat["high"]) == pytest.approx(wilson(hits, len(old)))
    yes = sum(r["recommended"] == "1" for r in rows)
    share = metric(found, "recommended")
    assert (share["value"], share["n"], share["method"]) == (pytest.approx(yes / 2264), 2264, "wilson")
    assert (share["low"], share["high"]) == pytest.approx(wilson(yes, 2264))


@pytest.mark.shared
def test_lounge_touchpoints_periods_and_companies(tmp_path):
    path, rows = lounge()
    found = document(tmp_path, path)
    for point in found["touchpoints"]:
        values = [float(r[point["column"]]) for r in rows if r[point["column"]] and float(r[point["column"]]) > 0]
        assert (point["n"], point["value"]) == (len(values), pytest.approx(sum(values) / len(values)))
        assert point["top_box"]["value"] == pytest.approx(sum(v >= 4 for v in values) / len(values))
        zeros = sum(r[point["column"]] != "" and float(r[point["column"]]) == 0 for r in rows)
        assert point["set_aside"] == {"zero-set-aside": zeros}
    assert [point["rank"] for point in found["touchpoints"]] == [1, 2, 3, 4, 5, 6, 7]
    assert found["touchpoints"][0]["column"] == "cleanliness_rating"
    quarters = Counter(f"{r['date'][:4]}-Q{(int(r['date'][5:7]) + 2) // 3}" for r in rows)
    told = {p["period"]: p["n"] for p in found["trend"] if p["metric"] == "recommended"}
    assert told == quarters
    assert all(p["scale"] == "1-5" for p in found["trend"] if p["metric"] == "overall")
    (companies,) = [c for c in found["comparisons"] if c["role"] == "subject"]
    by_company = defaultdict(list)
    for r in rows:
        if r["overall_rating"] and r["date"] < "2015-06-09":
            by_company[r["airline_name"]].append(float(r["overall_rating"]))
    for group in companies["groups"]:
        values = by_company[group["name"]]
        assert (group["n"], group["value"]) == (len(values), pytest.approx(sum(values) / len(values)))


@pytest.mark.shared
def test_lounge_doubts_are_said(tmp_path):
    path, _ = lounge()
    found = document(tmp_path, path, "--lang", "en")
    (mixed,) = [w for w in found["warnings"] if w["code"] == "mixed-scale"]
    assert (mixed["column"], mixed["since"], mixed["big"], mixed["unclear"]) == ("overall_rating", "2015-06-09", 67, 52)
    assert "overall_rating" in mixed["message"]
    assert "9 June 2015" in mixed["message"]
    zeros = [w["column"] for w in found["warnings"] if w["code"] == "zero-set-aside"]
    assert len(zeros) == 7
    (late,) = [w for w in found["warnings"] if w["code"] == "answers-start-late"]
    assert (late["column"], late["since"], late["before"], late["before_yes"]) == ("recommended", "2011-11-01", 717, 12)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("rule", "counts", "rejected"),
    [
        ("overall_rating=1-5", {"1-5": 2192}, 67),
        ("overall_rating=1-10", {"1-10": 2259}, 0),
        ("overall_rating=1-5,1-10@2015-06-09", {"1-5": 2140, "1-10": 119}, 0),
    ],
)
def test_lounge_scale_settled_by_its_owner(tmp_path, rule, counts, rejected):
    path, _ = lounge()
    found = document(tmp_path, path, "--scale", rule)
    assert {m["scale"]: m["n"] for m in found["metrics"] if m["name"] == "overall"} == counts
    assert found["rejected"] == rejected
    assert "mixed-scale" not in [w["code"] for w in found["warnings"]]


@pytest.mark.shared
def test_zeros_counted_as_marks_when_the_owner_says_so(tmp_path):
    path, rows = lounge()
    found = document(tmp_path, path, "--scale", "*_rating=0-5", "--scale", "overall_rating=1-5")
    (wifi,) = [t for t in found["touchpoints"] if t["column"] == "wifi_connectivity_rating"]
    values = [float(r["wifi_connectivity_rating"]) for r in rows if r["wifi_connectivity_rating"]]
    assert (wifi["n"], wifi["value"], wifi["scale"]) == (len(values), pytest.approx(sum(values) / len(values)), "0-5")


@pytest.mark.shared
def test_airport_nps_with_and_without_weights(tmp_path):
    path, rows = airport()
    found = document(tmp_path, path, "--missing", "0,6", "--missing", "NETPRO=11")
    said = [(int(r["NETPRO"]), float(r["WEIGHT"])) for r in rows if r["NETPRO"] not in ("", "11")]
    promoters, detractors = sum(v >= 9 for v, _ in said), sum(v <= 6 for v, _ in said)
    plain = metric(found, "nps", weighted=False)
    assert (plain["n"], plain["value"]) == (2746, pytest.approx(100 * (promoters - detractors) / 2746))
    assert (plain["low"], plain["high"]) == pytest.approx(adjusted_wald(promoters, detractors, 2746))
    total, squares = sum(w for _, w in said), sum(w * w for _, w in said)
    p, d = sum(w for v, w in said if v >= 9) / total, sum(w for v, w in said if v <= 6) / total
    effective = total**2 / squares
    weighted = metric(found, "nps", weighted=True)
    assert (weighted["value"], weighted["n"]) == (pytest.approx(100 * (p - d)), pytest.approx(effective))
    assert (weighted["low"], weighted["high"]) == pytest.approx(adjusted_wald(p * effective, d * effective, effective))
    assert weighted["answers"] == 2746
    assert "WEIGHT" in weighted["definition"]
    safe = next(t for t in found["touchpoints"] if t["column"] == "Q7FOOD")
    marks = [int(r["Q7FOOD"]) for r in rows if r["Q7FOOD"] in "12345" and r["Q7FOOD"]]
    assert (safe["n"], safe["value"], safe["scale"]) == (len(marks), pytest.approx(sum(marks) / len(marks)), "1-5")


@pytest.mark.shared
def test_airport_undeclared_codes_are_neither_averaged_nor_hidden(tmp_path):
    path, _ = airport()
    found = document(tmp_path, path)
    assert [t["column"] for t in found["touchpoints"]] == ["Q7ALL"]
    codes = [w["code"] for w in found["warnings"]]
    assert {"unclear-scale", "not-a-date", "no-date", "probable-code"} <= set(codes)
    assert metric(found, "nps", weighted=False)["n"] == 2746
    assert Counter(r["value"] for r in found["rejections"]) == {"11": 84}
    assert found["trend"] == []


def test_the_sample_tells_its_story(tmp_path):
    found = document(tmp_path, "--sample")
    with sample().open(encoding="utf-8", newline="") as source:
        rows = list(csv.reader(source, delimiter=";"))[1:]
    assert found["rows"] == len(rows) == 180
    assert Counter(r["code"] for r in found["rejections"]) == {
        "duplicate-id": 1,
        "out-of-scale": 2,
        "unreadable-date": 1,
    }
    seen: set[str] = set()
    marks = []
    for row in rows:
        if row[0] not in seen and row[3].isdigit() and int(row[3]) <= 10:
            marks.append(int(row[3]))
        seen.add(row[0])
    expected = 100 * (sum(m >= 9 for m in marks) - sum(m <= 6 for m in marks)) / len(marks)
    nps = metric(found, "nps")
    assert (nps["value"], nps["n"]) == (pytest.approx(expected), len(marks))
    assert found["touchpoints"][-1]["column"] == "Voto ritiro"
    (places,) = found["comparisons"]
    assert min(places["groups"], key=lambda group: group["value"])["name"] == "Padova"


def test_counts_add_up_whatever_the_order_of_rows(tmp_path):
    lines = sample().read_text(encoding="utf-8").splitlines()
    keep = list({line.partition(";")[0]: line for line in lines[1:]}.values())
    one = document(tmp_path, csv_file(tmp_path, lines[0], *keep))
    two = document(tmp_path, csv_file(tmp_path, lines[0], *reversed(keep)))
    for part in ("metrics", "trend", "touchpoints", "distribution"):
        assert [strip(row) for row in one[part]] == [strip(row) for row in two[part]]


def strip(row: dict) -> dict:
    """Floating sums may differ in the last digit when added in another order."""
    return {k: round(v, 9) if isinstance(v, float) else v for k, v in row.items()}


def test_weights_scales_and_declared_roles(tmp_path):
    rows = [f"{i % 11};{1 + i % 5};{'0,5' if i % 2 else '2,5'};{1 + i % 10}" for i in range(220)]
    path = csv_file(tmp_path, "Domanda A;CSAT;Peso;Voto lungo", *rows)
    found = document(tmp_path, path, "--map", "Domanda A=nps", "--map", "Voto lungo=rating")
    assert {m["weighted"] for m in found["metrics"] if m["name"] == "nps"} == {True, False}
    heavy = [(1 + i % 5, 0.5 if i % 2 else 2.5) for i in range(220)]
    share = sum(w for v, w in heavy if v >= 4) / sum(w for _, w in heavy)
    assert metric(found, "csat", weighted=True)["value"] == pytest.approx(share)
    assert {t["scale"] for t in found["touchpoints"]} == {"1-10"}


def test_scales_of_different_length_never_share_a_ranking(tmp_path):
    rows = [f"{1 + i % 5};{1 + i % 5};{1 + i % 10}" for i in range(60)]
    found = document(tmp_path, csv_file(tmp_path, "Voto uno;Voto due;Voto tre", *rows))
    assert sorted((t["scale"], t["rank"]) for t in found["touchpoints"]) == [("1-10", 1), ("1-5", 1), ("1-5", 2)]


def test_people_are_never_ranked(tmp_path):
    rows = [f"{name};{mark}" for name in ("Anna", "Luca") for mark in (1, 2, 3, 4, 5) * 10]
    path = csv_file(tmp_path, "Operatore;Giudizio complessivo", *rows)
    found = document(tmp_path, path, "--map", "Operatore=subject")
    assert found["comparisons"] == []
    assert "people-not-ranked" in [w["code"] for w in found["warnings"]]


def test_few_answers_are_grey_and_say_how_many_are_needed(tmp_path, capsys):
    path = csv_file(tmp_path, "NPS", *map(str, [9, 10, 3, 8, 9, 10, 7]))
    assert metric(document(tmp_path, path), "nps")["enough"] is False
    assert (here(path), here(path, "--lang", "en")) == (0, 0)
    said = capsys.readouterr().out
    assert "ancora poche: 7 risposte, ne servono 30" in said
    assert "not enough yet: 7 answers, 30 are needed" in said
    assert 'class="card few"' in page(tmp_path, path)
    assert metric(document(tmp_path, path, "--minimum-n", "7"), "nps")["enough"] is True


# What is written


def test_rejections_go_to_a_file_that_no_spreadsheet_runs(tmp_path):
    path = csv_file(tmp_path, "Voto ritiro;x", *(f"{1 + i % 5};a" for i in range(40)), "=1+1;a", "@x;a", "-7;a", "99;a")
    out = tmp_path / "scarti.csv"
    report(path, "--rejected", out)
    with out.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.reader(source, delimiter=";"))
    assert rows[0] == ["riga", "colonna", "valore", "codice", "motivo"]
    assert [(row[0], row[2], row[3]) for row in rows[1:]] == [
        ("42", "'=1+1", "not-a-number"),
        ("43", "'@x", "not-a-number"),
        ("44", "'-7", "out-of-scale"),
        ("45", "99", "out-of-scale"),
    ]


class Outline(HTMLParser):
    """What a page is made of: its tags, the addresses it names and the headings in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.addresses: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        for name, value in attrs:
            if name in ("src", "href", "xlink:href", "action", "srcset") and value:
                self.addresses.append(value)
            if name == "id" and value:
                self.ids.append(value)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))


@pytest.mark.parametrize("lang", ["it", "en"])
def test_the_page_stands_by_itself(tmp_path, lang):
    text = page(tmp_path, "--sample", "--lang", lang)
    outline = Outline(text)
    assert f'<html lang="{lang}">' in text
    assert outline.tags["script"] == outline.tags["link"] == outline.tags["iframe"] == outline.tags["img"] == 0
    assert all(address.startswith("#") for address in outline.addresses)
    assert {address[1:] for address in outline.addresses} <= set(outline.ids)
    assert "http" not in re.sub(r"<meta[^>]*>", "", text)
    assert "@import" not in text
    assert set(re.findall(r"url\((.)", text)) <= {"#"}
    assert len(outline.ids) == len(set(outline.ids))
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(outline.headings, outline.headings[1:], strict=False))
    # Each chart, drawn wide and narrow, has its figures in a table as well.
    assert outline.tags["svg"] >= 8
    assert outline.tags["svg"] % 2 == 0
    assert outline.tags["table"] >= outline.tags["svg"] // 2
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


def test_what_people_wrote_is_only_ever_text(tmp_path):
    evil = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    rows = [f'"{evil.replace(chr(34), chr(34) * 2)}",1,"{evil.replace(chr(34), chr(34) * 2)}"'] + ["Roma,5,bello"] * 40
    path = csv_file(tmp_path, 'Sede,Giudizio complessivo,"Commento <b>x</b>"', *rows)
    text = page(tmp_path, path, "--title", "<script>t</script>", "--minimum-n", "1")
    assert "<script" not in text
    assert "<img" not in text
    assert "<b>x" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_worst_comments_come_first_and_latest_first(tmp_path):
    rows = [f"2026-01-{day:02d};{mark};commento {day}" for day, mark in enumerate([5, 1, 3, 1, 4, 2] * 5, start=1)]
    found = document(tmp_path, csv_file(tmp_path, "Data;Giudizio complessivo;Commento", *rows))
    said = [(c["score"], c["day"]) for c in found["comments"]]
    assert len(said) == 20
    assert said == sorted(said, key=lambda pair: (pair[0], [-ord(sign) for sign in pair[1]]))
    assert said[0] == (1, "2026-01-28")


def test_the_terminal_summary_reads_in_both_languages():
    assert "da " in report("--sample").stdout
    english = report("--sample", "--lang", "en").stdout
    assert "95% interval" in english
    assert "risposte" not in english


# What is asked, refused and said


def test_what_cannot_be_read_is_one_sentence_and_code_two(tmp_path, capsys):
    (tmp_path / "leer.csv").write_bytes(b"")
    (tmp_path / "bild.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    (tmp_path / "kopf.csv").write_text("voto;commento\n")
    done = report(tmp_path / "leer.csv", code=2)
    told = [(done.stdout, done.stderr)]
    for name in ("leer.csv", "bild.png", "kopf.csv", "gibt es nicht.csv", "."):
        assert here(tmp_path / name) == 2
        told.append(tuple(capsys.readouterr()))
    for out, error in told:
        assert out == ""
        assert error.startswith("premura report: ")
        assert error.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["--map", "NPS"],
        ["--map", "NPS=umore"],
        ["--map", "Niente=nps"],
        ["--scale", "NPS=5"],
        ["--missing", "NPS="],
        ["--missing", ","],
        ["--out", "report.pdf"],
        ["--minimum-n", "0"],
        ["--sheet", "x", "--encoding", "klingon"],
    ],
)
def test_options_that_mean_nothing_are_refused_in_a_sentence(tmp_path, arguments, capsys):
    path = csv_file(tmp_path, "NPS", "9", "10")
    assert here(path, *arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("premura report: ")
    assert said.count("\n") == 1


def test_the_file_itself_is_never_overwritten(tmp_path):
    path = csv_file(tmp_path, "NPS", "9")
    assert here(path, "--rejected", path) == 2
    assert here(path, "--out", tmp_path / "none" / "r.json") == 2
    assert path.read_text(encoding="utf-8") == "NPS\n9\n"


def test_a_file_without_marks_says_so(tmp_path):
    path = csv_file(tmp_path, "Nome;Città", "Anna;Vicenza", "Luca;Padova")
    found = document(tmp_path, path)
    assert (found["metrics"], found["rows"]) == ([], 2)
    assert "no-scores" in [w["code"] for w in found["warnings"]]
    assert "<h1>" in page(tmp_path, path)


def test_questions_are_asked_and_answers_taken(tmp_path):
    from premura.entrypoints.cli.report.declarations import ask
    from premura.entrypoints.cli.report.words import Words
    from premura.importers.table import Declared, plan

    path = csv_file(tmp_path, "Data;Punteggio", *(f"0{1 + i % 9}/0{1 + i % 8}/2026;{i % 11}" for i in range(110)))
    planned = plan(path)
    said: list[str] = []
    answers = {"ask-date-order": "2", "ask-zero-to-ten": "1"}
    replies = iter([answers[question.code] for question in planned.questions])
    told = ask(planned, Declared(), Words("it"), lambda prompt: next(replies), said.append)
    assert (told.day_first, dict(told.mapping)) == (False, {"Punteggio": "nps"})
    again = plan(path, told)
    assert again.questions == ()
    assert any("Punteggio" in line for line in said)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", sorted(WORDS))
def test_both_languages_are_complete(code):
    assert set(WORDS[code]) == {"it", "en"}
    assert fields(WORDS[code]["it"]) == fields(WORDS[code]["en"])
    assert all(WORDS[code].values())
