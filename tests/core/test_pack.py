"""Sector packs: every pack in the folder is whole, speaks both languages well, and planted mistakes are found."""

import copy
import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import get_args, get_type_hints

import msgspec
import pytest

from premura.core.channels import Channel
from premura.core.company import pack as packs
from premura.core.company.pack import FOLDER, PackError, check_pack, load_pack, load_packs, pack_from, read_pack
from premura.core.journeys.models import Comparison, Element
from premura.core.staff.roles import Role
from premura.loop.listen import definition
from premura.loop.recover.models import CostRule, RemedyKind, Severity

FILES = sorted(FOLDER.glob("*.toml"))
CODES = [path.stem for path in FILES]


def raw(code="rental"):
    return tomllib.loads((FOLDER / f"{code}.toml").read_text(encoding="utf-8"))


def texts(value, where=()):
    """Every text of a pack as TOML has it, with the way to it."""
    if isinstance(value, dict) and value.keys() & {"it", "en"}:
        yield where, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, (*where, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from texts(item, (*where, number))


def spoken(code):
    """What customers of a company with this pack read or hear, in Italian."""
    for where, text in texts(raw(code)):
        if where[0] == "survey" or where[-1] == "say":
            yield text["it"]


# ── The packs that we ship ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_eight_sectors_are_there():
    assert set(CODES) == {"clinic", "hotel", "maker", "rental", "restaurant", "shop", "studio", "workshop"}


@pytest.mark.parametrize("path", FILES, ids=CODES)
def test_a_pack_passes_the_check(path):
    assert check_pack(read_pack(path)) == []


@pytest.mark.parametrize("code", CODES)
def test_every_text_is_written_in_both_languages(code):
    found = dict(texts(raw(code)))
    assert len(found) > 80
    for where, text in found.items():
        assert set(text) == {"it", "en"}, where
        assert all(words == words.strip() and words for words in text.values()), where
        assert text["it"] != text["en"] or text["it"] in ("Check-in", "No"), where


@pytest.mark.parametrize("code", CODES)
def test_the_words_are_calm_exact_and_plain(code):
    vague = r"appena possibile|al più presto|quanto prima|il prima possibile|as soon as|shortly|at your convenience"
    jargon = r"detrattor|promotor|detractor|promoter|\bNPS\b|\bCSAT\b|feedback|customer experience|touchpoint|\bteam\b"
    for where, text in texts(raw(code)):
        for words in text.values():
            assert "!" not in words, where
            assert not re.search(f"{vague}|{jargon}", words, re.IGNORECASE), (where, words)
            assert "  " not in words, where
            assert "..." not in words, where


@pytest.mark.parametrize("code", CODES)
def test_customers_are_addressed_with_lei(code):
    familiar = r"\b(?:tu|ti|te|tuo|tua|tuoi|tue|hai|vuoi|puoi|sai|devi|voi|vi|vostro|vostra)\b"
    small = r"\b(?:suo|sua|suoi|sue)\b"
    for words in spoken(code):
        assert not re.search(familiar, words), words
        assert not re.search(small, words), words


@pytest.mark.parametrize("code", CODES)
def test_what_the_thanks_promise_the_deadlines_keep(code):
    """«La chiamiamo entro un giorno lavorativo»: no first answer may take longer than a working day of the sector."""
    pack = load_pack(code)
    assert "entro un giorno lavorativo" in pack.survey.thanks["it"]
    assert "within one working day" in pack.survey.thanks["en"]
    worked = {row.weekday: Decimal(0) for row in pack.hours}
    for row in pack.hours:
        minutes = (row.closes.hour - row.opens.hour) * 60 + row.closes.minute - row.opens.minute
        worked[row.weekday] += Decimal(minutes) / 60
    assert max(deadline.first_answer_hours for deadline in pack.deadlines) <= max(worked.values())


@pytest.mark.parametrize("code", CODES)
def test_bad_answers_at_a_moment_that_matters_are_serious(code):
    pack = load_pack(code)
    assert {rule.severity for rule in pack.case_rules} == {"low", "normal", "high"}
    assert any(rule.kind == "nps" and rule.at_most == 6 for rule in pack.case_rules)
    asked = {question.touchpoint for question in pack.survey.questions}
    assert any(rule.severity == "high" and rule.touchpoint in asked for rule in pack.case_rules)


@pytest.mark.parametrize("code", CODES)
def test_what_customers_should_hear_acknowledges_before_it_solves(code):
    """Row S44: the first sentence names the trouble, thanks, or takes the blame."""
    opening = r"mi dispiace|mi scus|chiedo scusa|me ne scuso|ha ragione|capisco|so che|ha fatto bene|grazie|La chiamo"
    seeking = ("return_without_receipt",)  # nothing went wrong: it begins by looking for the purchase
    for card in load_pack(code).cards:
        if card.code not in seeking:
            assert re.search(opening, card.say["it"].split(". ")[0] + ".", re.IGNORECASE), card.code


def test_numbers_are_exact():
    rental = load_pack("rental")
    remedies = {remedy.code: remedy for remedy in rental.remedies}
    assert remedies["replacement"].cost == Decimal("60.00")
    assert remedies["apology"].cost == 0
    assert all(type(limit.per_case) is Decimal for limit in rental.authority if limit.role != "owner")
    assert next(limit for limit in rental.authority if limit.role == "owner").per_case is None
    assert rental.hours[0].opens.isoformat() == "08:00:00"


def test_the_words_of_a_pack_are_those_of_the_models():
    """The reader knows no Django; so what it lets pass is compared here with what the models can hold."""

    def allowed(struct, name):
        return set(get_args(get_type_hints(struct)[name])) - {""}

    assert allowed(packs.PackTouchpoint, "element") == set(packs.ELEMENTS) == set(Element.values)
    assert allowed(packs.PackTouchpoint, "channel") <= set(Channel.values)
    assert allowed(packs.PackTouchpoint, "comparison") == set(Comparison.values)
    assert allowed(packs.PackQuestion, "kind") <= set(get_args(definition.Kind))
    assert allowed(packs.PackRemedy, "kind") == set(RemedyKind.values)
    assert allowed(packs.PackRemedy, "cost_rule") == set(CostRule.values)
    assert allowed(packs.PackCaseRule, "severity") == set(packs.SEVERITIES) == set(Severity.values)
    assert allowed(packs.PackAuthority, "role") == set(Role.values)
    assert packs.SCALES.items() <= definition.SCALES.items()


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pack_that_does_not_exist_is_refused():
    with pytest.raises(PackError, match="'circus'"):
        load_pack("circus")


def test_a_new_file_in_the_folder_is_a_new_pack(tmp_path, monkeypatch):
    text = (FOLDER / "rental.toml").read_text(encoding="utf-8")
    (tmp_path / "boats.toml").write_text(text.replace('code = "rental"', 'code = "boats"', 1), encoding="utf-8")
    monkeypatch.setattr(packs, "FOLDER", tmp_path)
    assert [pack.code for pack in load_packs()] == ["boats"]
    assert load_pack("boats").name == {"it": "Noleggio attrezzature", "en": "Equipment rental"}


def test_who_sorts_the_list_sorts_only_their_own():
    load_packs().clear()
    assert [pack.code for pack in load_packs()] == CODES


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('code = "rental"', 'code = "hire"', "must be called hire.toml"),
        ('code = "rental"', "code = ", "rental.toml: Invalid value"),
        ('element = "people"', 'element = "folk"', "Invalid enum value 'folk'"),
        ('channel = "phone"', 'channel = "pigeon"', "Invalid enum value 'pigeon'"),
        ('unit = "seconds"', 'unit = "jiffies"', "Invalid enum value 'jiffies'"),
        ('opens = "08:00"', 'opens = "8 o\'clock"', "Invalid isoformat"),
        ("weekday = 0", "day = 0", "unknown field `day`"),
        ('slug = "noleggio"', "", "missing required field `slug`"),
        ("at_most = 6", 'at_most = "six"', "Expected `int`"),
        ('cost = "15"', 'cost = "fifteen"', "Invalid decimal"),
        ("cadence_days = 30", "cadence_days = 1.5", "Expected `int`"),
    ],
)
def test_a_file_of_the_wrong_shape_is_refused_and_says_where(tmp_path, before, after, words):
    text = (FOLDER / "rental.toml").read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "rental.toml"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(PackError, match=re.escape(words)) as refused:
        read_pack(path)
    assert str(refused.value).startswith("rental.toml: ")


def test_a_file_that_is_not_text_or_not_there_is_refused(tmp_path):
    (tmp_path / "noise.toml").write_bytes(b"\xff\xfe\x00")
    for name in ("noise.toml", "absent.toml"):
        with pytest.raises(PackError, match=name):
            read_pack(tmp_path / name)


# ── Planted mistakes ─────────────────────────────────────────────────────────────────────────────────────────────────


def at(data, where):
    for key in where:
        data = data[key]
    return data


@pytest.mark.parametrize("language", ["it", "en"])
def test_a_missing_language_is_found_wherever_it_is_missing(language):
    data = raw()
    for where, text in texts(raw()):
        at(data, where)[language] = " "
        found = check_pack(pack_from(data))
        assert any(f"no text in '{language}'" in sentence and str(where[-1]) in sentence for sentence in found), where
        at(data, where)[language] = text[language]
    assert check_pack(pack_from(data)) == []


LISTS = [
    ("stages", "code"),
    ("remedies", "code"),
    ("case_rules", "code"),
    ("causes", "code"),
    ("cards", "code"),
    ("deadlines", "severity"),
    ("authority", "role"),
]


@pytest.mark.parametrize(("name", "key"), LISTS)
def test_a_row_that_stands_there_twice_is_found(name, key):
    data = raw()
    data[name].append(copy.deepcopy(data[name][0]))
    assert any(repr(data[name][0][key]) in sentence for sentence in check_pack(pack_from(data)))


def planted(change, *words):
    return pytest.param(change, words, id=" ".join(words)[:60])


def put(*path_and_value):
    """A change that puts the last of the arguments where the others lead."""
    *path, name, value = path_and_value
    return lambda data: at(data, path).__setitem__(name, value)


def drop(*path):
    return lambda data: at(data, path[:-1]).__delitem__(path[-1])


def without_element(data):
    for stage in data["stages"]:
        for point in stage["touchpoints"]:
            point["element"] = "services" if point["element"] == "premises" else point["element"]


def question(data, code):
    return next(row for row in data["survey"]["questions"] if row["code"] == code)


def on_question(code, key, value):
    return lambda data: question(data, code).__setitem__(key, value)


def remedy(kind, **values):
    return lambda data: next(row for row in data["remedies"] if row["kind"] == kind).update(values)


def rows(name, count):
    def change(data):
        data[name] = [{**copy.deepcopy(data[name][0]), "code": f"row_{number}"} for number in range(count)]

    return change


PHONE = ("stages", 0, "touchpoints", 1)
EMPTY_TOUCHPOINT = {"code": "Phone Call", "name": {"it": "a", "en": "b"}, "element": "people"}
MISTAKES = [
    # codes and names
    planted(put("code", "Rental"), "pack 'Rental'", "small letter"),
    planted(put("stages", 0, "touchpoints", 0, EMPTY_TOUCHPOINT), "touchpoint 'Phone Call'", "small letter"),
    planted(put("stages", 1, "touchpoints", 0, "code", "phone"), "touchpoint 'phone'", "2 times"),
    planted(put("survey", "slug", "Il noleggio"), "slug 'Il noleggio'"),
    planted(put("name", {"it": "Noleggio", "en": "Rental", "de": "Verleih"}), "'de' is not one of the languages"),
    planted(put("name", {}), "pack 'rental', name", "no text in 'it'"),
    planted(put("survey", "title", {}), "survey, title", "no text in 'en'"),
    # touchpoints that are not there
    planted(on_question("machine", "touchpoint", "engine"), "question 'machine'", "no touchpoint 'engine'"),
    planted(put("case_rules", 2, "touchpoint", "engine"), "case rule 'bad_machine'", "no touchpoint 'engine'"),
    planted(put("causes", 0, "touchpoint", "van"), "cause 'deliveries_planned_late'", "no touchpoint 'van'"),
    planted(put("cards", 0, "touchpoint", "van"), "card 'machine_breaks_down'", "no touchpoint 'van'"),
    # the journey
    planted(without_element, "no touchpoint for premises"),
    planted(put("stages", 3, "touchpoints", []), "stage 'return'", "no touchpoint"),
    planted(drop(*PHONE, "target"), "touchpoint 'phone'", "needs target"),
    planted(drop(*PHONE, "unit"), "touchpoint 'phone'", "needs unit"),
    planted(drop(*PHONE, "comparison"), "touchpoint 'phone'", "needs comparison"),
    planted(drop(*PHONE, "standard"), "touchpoint 'phone'", "needs standard"),
    planted(put(*PHONE, "moment_of_truth", False), "touchpoint 'phone'", "no moment of truth"),
    planted(put(*PHONE, "target", 0), "touchpoint 'phone'", "target 0"),
    planted(put(*PHONE, "target", float("nan")), "touchpoint 'phone'", "target NaN"),
    planted(lambda data: at(data, PHONE).update(unit="percent", target=101), "target 101", "up to 100"),
    # the survey
    planted(lambda data: data["survey"]["questions"].pop(), "not a free text"),
    planted(lambda data: data["survey"].update(questions=data["survey"]["questions"][-4:]), "4 questions", "5 to 7"),
    planted(
        lambda data: data["survey"]["questions"].insert(0, {**question(data, "machine"), "code": "more"}), "8 questions"
    ),
    planted(lambda data: data["survey"]["questions"].pop(0), "0 questions of kind nps"),
    planted(lambda data: data["survey"]["questions"].remove(question(data, "ces")), "0 questions of kind ces"),
    planted(on_question("machine", "touchpoint", ""), "fewer than two csat"),
    planted(on_question("expectation", "code", "expected"), "needs a question 'expectation'"),
    planted(lambda data: question(data, "expectation")["options"][1].update(code="equal"), "options below, as, above"),
    planted(
        lambda data: question(data, "solution").update(options=question(data, "solution")["options"][:1]),
        "question 'solution'",
        "1 options",
    ),
    planted(on_question("nps", "options", [{"code": "a", "text": {"it": "a", "en": "b"}}]), "kind nps has no options"),
    planted(
        lambda data: question(data, "solution")["options"][1].update(code="yes"), "question 'solution', option 'yes'"
    ),
    # remedies, rules, deadlines, limits
    planted(lambda data: data.update(remedies=data["remedies"][:5]), "none of kind replacement, withdrawal, gift"),
    planted(remedy("apology", cost="5.00"), "remedy 'apology'", "no cost of its own"),
    planted(remedy("gift", cost="0"), "remedy 'gift'", "needs a cost"),
    planted(remedy("gift", cost="-1.00"), "remedy 'gift'", "-1.00 is not between"),
    planted(remedy("gift", cost="1.005"), "remedy 'gift'", "two decimals"),
    planted(remedy("gift", cost="Infinity"), "remedy 'gift'", "Infinity is not between"),
    planted(remedy("discount", cost="150"), "remedy 'discount'", "no percentage"),
    planted(put("case_rules", 0, "at_most", 10), "case rule 'low_nps'", "between 0 and 9"),
    planted(put("case_rules", 1, "at_most", 0), "case rule 'low_csat'", "between 1 and 4"),
    planted(lambda data: data.update(case_rules=data["case_rules"][4:5]), "no answer to the first survey"),
    planted(lambda data: data.update(case_rules=[]), "no answer to the first survey"),
    planted(lambda data: data["deadlines"].pop(), "0 for the severity 'low'"),
    planted(put("deadlines", 0, "solution_hours", 1), "deadline 'high'", "after the solution"),
    planted(put("deadlines", 0, "first_answer_hours", 0), "deadline 'high'", "above 0"),
    planted(put("deadlines", 2, "first_answer_hours", 3), "'normal' waits longer than 'low'"),
    planted(lambda data: data["authority"].pop(), "0 limits for the role 'viewer'"),
    planted(put("authority", 0, "per_case", "10.00"), "authority of 'owner'", "no limit"),
    planted(drop("authority", 1, "per_month"), "authority of 'manager'", "per month"),
    planted(put("authority", 1, "per_case", "9000.00"), "authority of 'manager'", "whole month"),
    planted(put("authority", 1, "per_case", "nan"), "authority of 'manager'", "NaN is not between"),
    # hours and the rest
    planted(put("hours", []), "nobody ever works"),
    planted(put("hours", 0, "weekday", 7), "0 (Monday) to 6"),
    planted(put("hours", 0, "closes", "07:00"), "before they open"),
    planted(put("hours", 0, "closes", "15:00"), "weekday 0 from 14:00", "before the earlier ones end"),
    planted(rows("causes", 5), "causes: there are 5", "6 to 10"),
    planted(rows("causes", 11), "causes: there are 11"),
    planted(rows("cards", 2), "cards: there are 2", "3 to 5"),
    planted(rows("cards", 6), "cards: there are 6"),
    planted(put("listening", "cadence_days", 0), "cadence of 0 days"),
]


@pytest.mark.parametrize(("change", "words"), MISTAKES)
def test_a_planted_mistake_is_found_and_named(change, words):
    data = raw()
    change(data)
    found = check_pack(pack_from(data))
    assert any(all(word in sentence for word in words) for sentence in found), found


def test_every_field_of_the_format_is_explained():
    """docs/packs.md names each key that a pack can have, and every word that a key allows."""
    page = (Path(__file__).parents[2] / "docs" / "packs.md").read_text(encoding="utf-8")
    structs = [value for value in vars(packs).values() if isinstance(value, type) and issubclass(value, msgspec.Struct)]
    explained = set(re.findall(r"`([a-z_]+)`", page))
    for struct in (struct for struct in structs if struct is not msgspec.Struct):
        hints = get_type_hints(struct)
        for field in msgspec.structs.fields(struct):
            assert field.name in explained, f"{struct.__name__}.{field.name}"
            assert set(filter(None, words_of(hints[field.name]))) <= explained, f"{struct.__name__}.{field.name}"
    for excerpt in re.findall(r"```toml\n(.*?)```", page, re.DOTALL):
        tomllib.loads(excerpt)


def words_of(hint):
    return {value for value in get_args(hint) if isinstance(value, str)}
