"""What is wrong with a survey's logic: cycles, dead ends, questions that nobody can ever see.

Sound, not complete: what is called unreachable is never asked, whatever is answered; a contradiction over several
questions at once may go unnoticed.
"""

from collections.abc import Iterator

from premura.core.channels import Channel
from premura.loop.listen.kinds import FIXED
from premura.loop.listen.logic import PIPE, number_of, sources_of
from premura.loop.listen.marks import ends_of
from premura.loop.listen.problems import Problem
from premura.loop.listen.questions import CODE, VALUELESS, Condition, Definition, Question, When

# What conditions may ask about the customer of a personal link
ATTRIBUTES = ("known", "language", "channel", "account")
_MANY = frozenset({"multiple", "ranking"})


def logic_problems(definition: Definition) -> list[Problem]:
    """Everything in the logic that keeps a survey from being published, beside the question where it can be mended."""
    places = {question.code: place for place, question in enumerate(definition.questions)}
    problems: list[Problem] = []
    for place, question in enumerate(definition.questions):
        problems += _when_problems(definition, places, question.show_if, question.code, place)
        for skip in question.skips:
            # What was just answered is known when a skip is decided
            problems += _when_problems(definition, places, skip.when, question.code, place + 1)
            if skip.to and skip.to not in places:
                problems.append(Problem("skip-unknown", question.code, skip.to))
            elif skip.to and places[skip.to] <= place:
                problems.append(Problem("skip-back", question.code, skip.to))
        problems += _carry_problems(definition, places, question, place)
        problems += _pipe_problems(definition, places, question, place)
    problems += _ending_problems(definition, places)
    if not problems:
        problems += [Problem("unreachable", code) for code in unreachable(definition)]
    # A text that is wrong in two languages is wrong once
    return list(dict.fromkeys(problems))


def _when_problems(
    definition: Definition, places: dict[str, int], when: When, where: str, before: int
) -> Iterator[Problem]:
    """``before``: questions at this place and later are not answered yet."""
    for condition in when.conditions:
        if condition.test not in VALUELESS and not condition.values:
            yield Problem("logic-no-value", where)
        if condition.about == "question":
            yield from _question_condition(definition, places, condition, where, before)
        elif condition.about == "field" and condition.name not in definition.fields:
            yield Problem("logic-unknown-field", where, condition.name)
        elif condition.about == "customer" and condition.name not in ATTRIBUTES:
            yield Problem("logic-unknown-attribute", where, condition.name)
        elif set(condition.values) - _known_values(definition, condition):
            yield Problem("logic-impossible", where)


def _known_values(definition: Definition, condition: Condition) -> set[str]:
    """What a language or a channel can be; of anything else, whatever the condition says."""
    known = {"language": definition.languages, "channel": tuple(Channel.values)}
    return set(known.get(condition.about, condition.values))


def _question_condition(
    definition: Definition, places: dict[str, int], condition: Condition, where: str, before: int
) -> Iterator[Problem]:
    code, _, part = condition.name.partition(".")
    if code not in places:
        yield Problem("logic-unknown", where, code)
        return
    source = definition.questions[places[code]]
    if places[code] >= before:
        yield Problem("logic-cycle" if _leads(definition, places, code, where) else "logic-later", where, code)
    if source.kind == "statement" or (part and part not in source.parts):
        yield Problem("logic-unknown", where, code)
    elif not _is_possible(definition, condition, source):
        yield Problem("logic-impossible", where, code)


def _leads(definition: Definition, places: dict[str, int], start: str, goal: str) -> bool:
    """Whether ``start`` depends, over whatever steps, on ``goal``."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        code = waiting.pop()
        if code == goal:
            return True
        if code not in seen and code in places:
            seen.add(code)
            waiting += sources_of(definition.questions[places[code]])
    return False


def _is_possible(definition: Definition, condition: Condition, source: Question) -> bool:
    """Whether any of the values can be an answer at all."""
    known = domain(definition, source)
    if known is None or condition.test in VALUELESS or not condition.values:
        return True
    if condition.test in {"is", "is_not"}:
        return all(value in known for value in condition.values)
    return any(_passes(value, condition) for value in known)


def domain(definition: Definition, question: Question) -> tuple[str, ...] | None:
    """Every value that an answer can have; ``None`` where there are too many to tell."""
    ends = ends_of(question.scale)
    if ends is not None:
        return tuple(str(score) for score in range(ends[0], ends[1] + 1))
    source = definition.question(question.options_from) if question.options_from else None
    codes = (*question.choice_codes, *(option.code for option in source.options)) if source else question.choice_codes
    return codes if codes or question.kind in FIXED else None


def _passes(value: str, condition: Condition) -> bool:
    if condition.test == "is":
        return value in condition.values
    if condition.test == "is_not":
        return value not in condition.values
    one, bound = number_of(value), number_of(condition.values[0]) if condition.values else None
    if one is None or bound is None:
        return False
    return one >= bound if condition.test == "at_least" else one <= bound


def _carry_problems(
    definition: Definition, places: dict[str, int], question: Question, place: int
) -> Iterator[Problem]:
    if not question.options_from:
        return
    source = definition.question(question.options_from)
    if source is None or not source.options:
        yield Problem("carry-unknown", question.code, question.options_from)
    elif places[question.options_from] >= place:
        yield Problem("logic-later", question.code, question.options_from)


def _pipe_problems(definition: Definition, places: dict[str, int], question: Question, place: int) -> Iterator[Problem]:
    for texts in (question.text, question.help):
        for text in texts.values():
            for kind, name, _rest in PIPE.findall(text):
                known = (
                    name in definition.fields
                    if kind == "field"
                    else name == "name"
                    if kind == "customer"
                    else places.get(name, place) < place
                )
                if not known:
                    yield Problem("pipe-unknown", question.code, name)


def _ending_problems(definition: Definition, places: dict[str, int]) -> Iterator[Problem]:
    codes = [ending.code for ending in definition.endings]
    if len(set(codes)) < len(codes) or any(not CODE.fullmatch(code) for code in codes):
        yield Problem("bad-ending", "thanks")
    for ending in definition.endings:
        yield from _when_problems(definition, places, ending.when, "thanks", len(places))
        if any(not ending.text.get(language, "").strip() for language in definition.languages):
            yield Problem("missing-ending", "thanks")


# Reach


def unreachable(definition: Definition) -> list[str]:
    """Questions that are never asked, whatever is answered."""
    never: list[str] = []
    blocked = _always_skipped(definition)
    for question in definition.questions:
        if question.code in blocked or not _can_hold(definition, question.show_if, never):
            never.append(question.code)
    return never


def _can_hold(definition: Definition, when: When, never: list[str]) -> bool:
    if not when.conditions:
        return True
    groups: dict[tuple[str, str], list[Condition]] = {}
    for condition in when.conditions:
        groups.setdefault((condition.about, condition.name), []).append(condition)
    if when.match == "any":
        return any(_group_can_hold(definition, [condition], never) for condition in when.conditions)
    return all(_group_can_hold(definition, group, never) for group in groups.values())


def _group_can_hold(definition: Definition, conditions: list[Condition], never: list[str]) -> bool:
    """Whether one answer can meet all of ``conditions``, which are about the same thing."""
    tests = {condition.test for condition in conditions}
    if "unanswered" in tests:
        return tests == {"unanswered"}
    first = conditions[0]
    if first.about == "question":
        code, _, part = first.name.partition(".")
        source = definition.question(code)
        if source is None or code in never:
            return False
        known = domain(definition, source)
        is_many = source.kind in _MANY or bool(source.parts and not part)
    else:
        known, is_many = (definition.languages if first.about == "language" else None), False
    if "several" in tests and not (is_many and known is not None and len(known) > 1):
        return False
    asked = [condition for condition in conditions if condition.test not in VALUELESS]
    if known is None:
        return _open_can_hold(asked)
    if is_many:
        return all(any(_passes(value, condition) for value in known) for condition in asked)
    return any(all(_passes(value, condition) for condition in asked) for value in known)


def _open_can_hold(conditions: list[Condition]) -> bool:
    """Of an answer with any value: «is» of one must fit the others."""
    wanted = [set(condition.values) for condition in conditions if condition.test == "is"]
    if not wanted:
        return True
    common = set.intersection(*wanted)
    others = [condition for condition in conditions if condition.test == "is_not"]
    return any(all(_passes(value, condition) for condition in others) for value in common)


def _always_skipped(definition: Definition) -> set[str]:
    """What a question that is always asked always jumps over."""
    places = {question.code: place for place, question in enumerate(definition.questions)}
    blocked: set[str] = set()
    certain = True  # no skip so far may jump over the question looked at
    until = 0
    for place, question in enumerate(definition.questions):
        ends = [places.get(skip.to, len(places)) if skip.to else len(places) for skip in question.skips]
        if place >= until:
            certain = True
        first = next((n for n, skip in enumerate(question.skips) if not skip.when.conditions), None)
        if certain and not question.show_if.conditions and first is not None:
            blocked |= {q.code for q in definition.questions[place + 1 : min(ends[: first + 1])]}
        if ends:
            certain, until = False, max(until, *ends)
    return blocked
