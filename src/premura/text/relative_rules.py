"""The rules of `premura.text.dates` for days and moments told from now: «oggi», «tra due ore», "within three days"."""

from __future__ import annotations

import re
from datetime import timedelta

from premura.text.calendar_words import MONTHS, NEXT, PART, UNIT, UNITS, WEEKDAYS, N, meaning, number_of, one_of
from premura.text.dates import Frame, Resolved, add_months, add_working_days, frame_day, rule

_DAY_SAID = re.compile(
    rf"(?<!\w)(?:{one_of(WEEKDAYS)}|{one_of(MONTHS)}|today|tomorrow|yesterday|every|each|at\s+\w+|\d+(?:am|th|st|nd|rd)?)(?!\w)"
)
_DAY_BEFORE = re.compile(
    rf"(?:\d|{one_of(WEEKDAYS)}|{one_of(MONTHS)}|domani|tomorrow|settimana|week|mattina|pomeriggio|sera)(?:\s+{NEXT})?,?\s*$"
)
_DAY_AFTER = re.compile(rf",?\s+(?:di\s|(?:domani|dopodomani|{one_of(WEEKDAYS)})(?!\w))")
_COMES_AFTER = re.compile(
    r"\s+(?:e|and)\s+(?:(?:le|la|lo|li|vi|ti|gliel[oa])\s+(?!ho|ha|abb)\w+|arriv[oa]|siamo|sono|è\s+(?:pront|fatt|tutt)\w+|avrà|avrete|ha\s+tutto|riceve|riceverete|torna|l'ha|ce\s+l'ha|gliel[oa]|è\s+(?:da|a)\s+\w+"
    r"|\w{3,}(?:rò|rà|remo|ranno)|(?:i|we|you|it)(?:'ll|\s+will)|it's\s+(?:done|yours|ready))(?!\w)"
)
_ABOUT = (
    r"(?:(?:al\s+massimo|massimo|max\.?|circa|poco\s+(?:più|meno)\s+di|altr[ie]|ancora|un|una|sol[oie]|soltanto|meno\s+di|non\s+più\s+di|up\s+to|fino\s+a|the|about|around|roughly|approx\.?|another|just|only|at\s+most"
    r"|under|less\s+than)\s+){0,2}"
)
_WEEKS = {"two|2|fortnight": 2, "three|3": 3, "four|4": 4}


def _offset(match: re.Match[str], frame: Frame, sign: int = 1) -> Resolved:
    kind, size = meaning(UNITS, re.sub(r"\s+", " ", match["unit"]))
    count = sign * size * number_of(match["n"])
    if kind == "months":
        return add_months(frame.today, count)
    if kind == "days":
        return frame.today + timedelta(count)
    return (frame.now + timedelta(**{kind: count})).replace(second=0, microsecond=0)


# Relative days -------------------------------------------------------------------------------------------------------


@rule(
    rf"(?:entro\s+)?(?:oggi(?:\s+stesso)?|in\s+giornata|nella\s+giornata\s+(?:di\s+oggi|odierna)|(?:in\s+)?data\s+odierna|today){PART}"
)
def _today(match: re.Match[str], frame: Frame) -> Resolved:
    before = frame.before(match)
    if re.search(
        r"(?:d'|(?<!\w)da\s\w{3,20}\sa\s|fino\s+ad?\s+|\bad\s+|\bda\s+|al\s+giorno\s+d'|until\s+|(?<!\w)to\s+)$", before
    ):
        return None
    if re.match(r"\s*(?:come\s+oggi|giorno|\s+a\s+otto)", frame.after(match)):
        return None
    return frame.today


@rule(r"entro\s+(?:(?:la\s+)?(?:fine\s+)?(?:mattinata|pomeriggio|sera|serata|notte)|stasera)|(?:by\s+|before\s+)?(?:the\s+)?(?:end\s+of\s+(?:the\s+)?"
      r"(?:business\s+)?day|close\s+of\s+(?:business|play)|eod|cob)(?:\s+today)?|entro\s+(?:la\s+)?fine\s+(?:della\s+)?giornata|(?:by|before)\s+tonight"
      r"|(?:entro|durante)\s+la\s+giornata|nell'arco\s+della\s+giornata|nel\s+corso\s+della\s+giornata|(?:during|in\s+the\s+course\s+of)\s+the\s+day"
      r"|(?:entro|per|prima\s+di)\s+(?:(?:l'|l'ora\s+di\s+|ora\s+di\s+)?(?:pranzo|cena)|sera)|by\s+(?:lunch(?:time)?|dinner(?:\s?time)?|teatime|the\s+evening)")  # fmt: skip
def _end_of_day(match: re.Match[str], frame: Frame) -> Resolved:
    after = frame.after(match)
    if re.match(r"\s*(?:on\s+|di\s+)?(?:" + one_of(WEEKDAYS) + r"|tomorrow|domani)(?!\w)", after):
        return None
    is_sure = match.group().startswith(("entro", "prima", "by", "before", "the", "end", "close", "eod", "cob"))
    return frame.today if is_sure or frame.tense(match) == "future" else None


@rule(r"stasera|stamattina|stamane|stamani|stanotte|questa\s+(?:mattina|sera|notte)|questo\s+pomeriggio|in\s+serata"
      r"|in\s+mattinata|nel\s+(?:(?:primo|tardo)\s+)?pomeriggio|dopo\s+(?:pranzo|cena)|after\s+(?:lunch|dinner)|nella\s+(?:mattinata|serata)\s+di\s+oggi|tonight|this\s+(?:morning|afternoon|evening)"
      r"|later\s+today")  # fmt: skip
def _part_of_today(match: re.Match[str], frame: Frame) -> Resolved:
    after = _DAY_AFTER.match(frame.after(match)) or _DAY_BEFORE.search(frame.before(match))
    if match.group().startswith(("in ", "nel ", "dopo ", "after ")) and (after or frame.tense(match) != "future"):
        return None
    return frame.today


@rule(rf"(?:domani(?!\s+l'altro)|domattina|dmn|indomani(?!\s+l'altro)|(?<!after\s)tomorrow|tmrw){PART}")
def _tomorrow(match: re.Match[str], frame: Frame) -> Resolved:
    if re.search(r"l'\s*$", frame.before(match)):
        return None
    return frame.today + timedelta(1)


@rule(r"(?:first\s+thing\s+)?in\s+the\s+morning")
def _in_the_morning(match: re.Match[str], frame: Frame) -> Resolved:
    """The next one, where neither a day nor an hour is said."""
    start, end = frame.sentence(*match.span())
    if _DAY_SAID.search(frame.text, start, end) or frame.tense(match) != "future":
        return None
    return frame.today + timedelta(1)


@rule(rf"(?:dopodomani|dopo\s+domani|domani\s+l'altro|posdomani|(?:the\s+)?day\s+after\s+tomorrow){PART}")
def _day_after_tomorrow(match: re.Match[str], frame: Frame) -> Resolved:
    return frame.today + timedelta(2)


@rule(rf"(?:ieri(?!\s+l'altro)|yesterday|last\s+(?:night|evening)){PART}")
def _yesterday(match: re.Match[str], frame: Frame) -> Resolved:
    if re.search(r"(?:l'altro|before)\s*$", frame.before(match)):
        return None
    return frame.today - timedelta(1)


@rule(rf"(?:l'altro\s*ieri|altroieri|avant'?ieri|ieri\s+l'altro|(?:the\s+)?day\s+before\s+yesterday){PART}")
def _day_before_yesterday(match: re.Match[str], frame: Frame) -> Resolved:
    return frame.today - timedelta(2)


@rule(r"oggi\s+a\s+otto|domani\s+a\s+otto|(?:today|tomorrow)\s+(?:week|fortnight)|(?:a|one|two|three|four|2|3|4)\s+weeks?\s+(?:from\s+)?(?:today|tomorrow)|a\s+fortnight\s+(?:from\s+)?(?:today|tomorrow)|(?:by\s+)?this\s+time\s+next\s+week"
      r"|una\s+settimana\s+da\s+(?:oggi|domani)")  # fmt: skip
def _a_week_from(match: re.Match[str], frame: Frame) -> Resolved:
    words = match.group()
    weeks = next((n for word, n in _WEEKS.items() if re.search(rf"(?<!\w)(?:{word})(?!\w)", words)), 1)
    return frame.today + timedelta(7 * weeks + bool(re.search(r"domani|tomorrow", words)))


@rule(rf"(?:tra|fra)\s+{_ABOUT}{N}\s*{UNIT}")
def _in_so_long(match: re.Match[str], frame: Frame) -> Resolved:
    return None if re.match(r"\s+(?:lavorativ|ferial|e\s+mezz)", frame.after(match)) else _offset(match, frame)


@rule(
    rf"(?:tra|fra|entro|nel\s+giro\s+di|in|within)\s+{N}(?P<before>\s+and\s+a\s+half)?\s*{UNIT}(?P<after>\s+e\s+mezz[ao]|\s+and\s+a\s+half)?"
)
def _in_so_long_and_a_half(match: re.Match[str], frame: Frame) -> Resolved:
    if not (match["before"] or match["after"]) or (match.group().startswith("in") and frame.tense(match) != "future"):
        return None
    kind, size = meaning(UNITS, re.sub(r"\s+", " ", match["unit"]))
    whole = frame_day(_offset(match, frame) or frame.today)
    if kind == "months":
        return add_months(whole, 6) if size == 12 else whole + timedelta(15)
    if kind == "days":
        return whole + timedelta(size // 2)
    minutes = {"hours": 60, "minutes": 1}[kind] * (number_of(match["n"]) * size + 0.5 * size)
    return (frame.now + timedelta(minutes=minutes)).replace(second=0, microsecond=0)


@rule(rf"(?:please\s+allow(?:\s+up\s+to)?|(?:it'll|it\s+will|this\s+will|we'll)\s+(?:be|take|need)|ci\s+vorr(?:à|anno)|servir(?:à|anno)|occorrer(?:à|anno))\s+"
      rf"(?:about\s+|another\s+|circa\s+|ancora\s+|altri\s+|altre\s+)?{N}\s*{UNIT}")  # fmt: skip
def _will_take_so_long(match: re.Match[str], frame: Frame) -> Resolved:
    return None if re.match(r"\s+(?:lavorativ|ferial|late|early)", frame.after(match)) else _offset(match, frame)


@rule(rf"(?:tempo|al\s+massimo|massimo|nel\s+tempo\s+di)\s+{N}\s*{UNIT}")
def _at_most_so_long(match: re.Match[str], frame: Frame) -> Resolved:
    if re.match(r"\s+(?:lavorativ|ferial)", frame.after(match)):
        return None
    # «Tempo tre giorni e ha tutto» promises without a verb in the future
    is_said = match.group().startswith("tempo") and re.match(r"\s+e\s", frame.after(match))
    return _offset(match, frame) if is_said or frame.tense(match) == "future" else None


@rule(
    rf"{N}\s*(?:{UNIT}|(?P<working>(?:giorni|gg\.?)\s+(?:lavorativi|feriali)|(?:working|business)\s+days))(?=\s+(?:e|and)\s)"
)
def _so_long_and(match: re.Match[str], frame: Frame) -> Resolved:
    """«Due giorni lavorativi e le arriva il bonifico»: a sentence that begins with a time, and goes on to what comes."""
    start, end = frame.sentence(match.start(), match.end())
    if not re.fullmatch(r"(?:.*[,:])?\s*", frame.text[start : match.start()]) or not _COMES_AFTER.search(
        frame.text, match.end(), end
    ):
        return None
    if match["working"]:
        return add_working_days(frame.today, number_of(match["n"]), frame.holidays)
    return _offset(match, frame)


@rule(r"within\s+the\s+(?:next\s+)?hour|entro\s+(?:l'ora|un'oretta)|(?:tra|fra|nel\s+giro\s+di)\s+un'oretta")
def _within_the_hour(match: re.Match[str], frame: Frame) -> Resolved:
    return (frame.now + timedelta(hours=1)).replace(second=0, microsecond=0)


@rule(
    rf"(?:tra|fra|entro|nel\s+giro\s+di|within|in)\s+(?:un'|una\s+|un\s+|an?\s+|one\s+)\s*{UNIT}\s+(?:o|or)\s+(?P<n>due|tre|two|three)"
)
def _one_or_two(match: re.Match[str], frame: Frame) -> Resolved:
    """ "In an hour or two", «tra un giorno o due»."""
    return None if match.group().startswith("in") and frame.tense(match) == "past" else _offset(match, frame)


@rule(rf"{N}\s*{UNIT}\s+(?:max\.?|(?:al\s+)?massimo|at\s+(?:the\s+)?most|tops)")
def _so_long_at_most(match: re.Match[str], frame: Frame) -> Resolved:
    return None if frame.tense(match) == "past" else _offset(match, frame)


@rule(r"(?:tempo|tra|fra|entro|within|in)\s+(?:una\s+|mezz(?:'|\s)?ora|half\s+an\s+hour|tre\s+quarti\s+d'ora|un\s+quarto\s+d'ora)"
      r"(?:mezz(?:'|\s)?ora|mezz'oretta)?")  # fmt: skip
def _part_of_hour(match: re.Match[str], frame: Frame) -> Resolved:
    words = match.group()
    if words.startswith("tempo") and not re.match(r"\s+e\s", frame.after(match)):
        return None
    if words.endswith("una ") or (words.startswith("in") and frame.tense(match) != "future"):
        return None
    minutes = 45 if "tre quarti" in words else 15 if "quarto" in words else 30
    return (frame.now + timedelta(minutes=minutes)).replace(second=0, microsecond=0)


@rule(rf"(?:entro|nel\s+giro\s+di|nell'arco\s+di|within|inside|in\s+(?:less\s+than|under)|in\s+meno\s+di|al\s+massimo\s+in)\s+"
      rf"(?:e\s+non\s+oltre\s+)?{_ABOUT}(?:le\s+|i\s+|the\s+)?(?:prossim[ei]\s+|next\s+|successiv[ei]\s+)?"
      rf"{N}\s*{UNIT}")  # fmt: skip
def _within_so_long(match: re.Match[str], frame: Frame) -> Resolved:
    if re.match(r"\s+(?:lavorativ|ferial|working|business|dal|dall|from|after|della|of)", frame.after(match)):
        return None
    if frame.tense(match) == "past" and not match.group().startswith(("entro", "within")):
        return None
    return _offset(match, frame)


@rule(r"in\s+(?P<n>5|10|15|20|30|five|ten|fifteen|twenty)(?=\s*(?:$|[.,!?;]))")
def _in_so_many_minutes(match: re.Match[str], frame: Frame) -> Resolved:
    """ "Call you back in 10"."""
    is_future = frame.tense(match) == "future" or re.search(
        r"(?:call|ring)\s+(?:you|u)\s+(?:back\s+)?$", frame.before(match)
    )
    return (
        (frame.now + timedelta(minutes=number_of(match["n"]))).replace(second=0, microsecond=0) if is_future else None
    )


@rule(r"(?:in|over|within|during)\s+the\s+(?:next|coming)\s+fortnight")
def _in_the_next_fortnight(match: re.Match[str], frame: Frame) -> Resolved:
    return frame.today + timedelta(14)


@rule(rf"(?:nell[ea]|nei|in\s+the|over\s+the)\s+(?:prossim[ei]|next|coming)\s+{N}\s*{UNIT}")
def _in_the_next(match: re.Match[str], frame: Frame) -> Resolved:
    return _offset(match, frame)


@rule(rf"in\s+{_ABOUT}{N}\s*{UNIT}(?:'?s?\s+time)?")
def _in_so_long_with_a_future(match: re.Match[str], frame: Frame) -> Resolved:
    if re.match(r"\s+(?:lavorativ|ferial|working|business|all|l'anno|al)", frame.after(match)):
        return None
    is_time = match.group().endswith("time")
    return _offset(match, frame) if is_time or frame.tense(match) == "future" else None


@rule(
    rf"(?:give\s+(?:me|us|it)|mi\s+(?:dia|dai|dia(?:no|te))|(?:dammi|datemi|ci\s+dia|ci\s+dia(?:te|no))(?:\s+ancora)?)\s+(?:about\s+|circa\s+)?(?:{N}\s*{UNIT}|(?P<half>mezz(?:'|\s)?ora|mezz'oretta|half\s+an\s+hour))"
)
def _give_me_so_long(match: re.Match[str], frame: Frame) -> Resolved:
    if match["half"]:
        return (frame.now + timedelta(minutes=30)).replace(second=0, microsecond=0)
    return None if re.match(r"\s+(?:lavorativ|ferial|di\s+sconto|off)", frame.after(match)) else _offset(match, frame)


@rule(rf"(?:within\s+)?{N}\s*{UNIT}\s+(?:(?:from|of)\s+(?:now|today)|da\s+(?:oggi|adesso|ora))")
def _from_now(match: re.Match[str], frame: Frame) -> Resolved:
    return _offset(match, frame)


@rule(rf"{N}\s*{UNIT}\s+(?:fa|or\s+sono|ago|prima\s+di\s+oggi)")
def _ago(match: re.Match[str], frame: Frame) -> Resolved:
    return _offset(match, frame, -1)


@rule(rf"(?:tra|fra|entro|in|nel\s+giro\s+di|nell'arco\s+di|within|(?:no|not)\s+later\s+than|non\s+oltre|please\s+allow(?:\s+up\s+to)?|in\s+the\s+next|nei\s+prossimi|entro\s+i\s+prossimi|tempo|al\s+massimo)\s+(?:"
      rf"the\s+next\s+|i\s+prossimi\s+)?{_ABOUT}{N}\s*(?:(?:giorn[oi]|gg\.?)\s+(?:lavorativ[oi]|ferial[ei])|(?:working|business|week)\s*days?"
      rf"|giornate\s+lavorative|(?P<weeks>settiman[ae]\s+lavorativ[ae]|(?:working|business)\s+weeks?))")  # fmt: skip
def _working_days(match: re.Match[str], frame: Frame) -> Resolved:
    return add_working_days(frame.today, number_of(match["n"]) * (5 if match["weeks"] else 1), frame.holidays)
