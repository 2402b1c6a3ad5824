"""The rules of `premura.text.dates` for days and moments told from now: «oggi», «tra due ore», "within three days"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from premura.text.calendar_words import (
    AFTER,
    MONTHS,
    NEXT,
    PART,
    UNIT,
    UNITS,
    WEEKDAYS,
    WORKING,
    N,
    meaning,
    number_of,
    one_of,
)
from premura.text.dates import Frame, Later, Resolved, add_months, add_working_days, frame_day, rule
from premura.text.phrases import phrase, whole_words

_DAY_SAID = whole_words(
    rf"{one_of(WEEKDAYS)}|{one_of(MONTHS)}|today|tomorrow|yesterday|every|each|at \w+|\d+(am|th|st|nd|rd)?"
)
_DAY_BEFORE = phrase(
    rf"(\d|{one_of(WEEKDAYS)}|{one_of(MONTHS)}|domani|tomorrow|settimana|week|mattina|pomeriggio|sera)( {NEXT})?,?\s*$"
)
_DAY_AFTER = phrase(rf",? (di\s|(domani|dopodomani|{one_of(WEEKDAYS)})(?!\w))")
_COMES_AFTER = phrase(
    r" (e|and) ((le|la|lo|li|vi|ti|gliel[oa]) (?!ho|ha|abb)\w+|arriv[oa]|siamo|sono|è (pront|fatt|tutt)\w+|avrà"
    r"|avrete|ha tutto|riceve|riceverete|torna|l'ha|ce l'ha|gliel[oa]|è (da|a) \w+"
    r"|\w{3,}(rò|rà|remo|ranno)|(i|we|you|it)('ll| will)|it's (done|yours|ready))(?!\w)"
)
_ABOUT = (
    r"((al massimo|massimo|max\.?|circa|poco (più|meno) di|altr[ie]|ancora|un|una|sol[oie]|soltanto|meno di"
    r"|non più di|up to|fino a|the|about|around|roughly|approx\.?|another|just|only|at most"
    r"|under|less than) ){0,2}"
)
#: «entro 30 giorni dal ricevimento della presente»: from now
_FROM_THIS = phrase(
    r" ((dal|dalla) )?((data|ricevimento|ricezione|invio|data di (ricevimento|ricezione)) )?(della|dalla|di|da"
    r"|alla) (presente|questa|quest'|oggi|odierna)"
    "|( (from|of) (the )?(date|receipt) of)? (from |of )?(this|today|now)(?!\\w)"
)
_WEEKS = {"two|2|fortnight": 2, "three|3": 3, "four|4": 4}


def _offset(match: re.Match[str], frame: Frame, sign: int = 1) -> date:
    kind, size = meaning(UNITS, re.sub(r"\s+", " ", match["unit"]))
    count = sign * size * number_of(match["n"])
    if kind == "months":
        return add_months(frame.today, count)
    if kind == "days":
        return frame.today + timedelta(count)
    return (frame.now + timedelta(**{kind: count})).replace(second=0, microsecond=0)


# Relative days -------------------------------------------------------------------------------------------------------


@rule(rf"(entro )?(oggi( stesso)?|in giornata|nella giornata (di oggi|odierna)|(in )?data odierna|today){PART}")
def _today(match: re.Match[str], frame: Frame) -> Resolved:
    before = frame.before(match)
    if phrase(r"(d'|(?<!\w)da\s\w{3,20}\sa\s|fino ad? |\bad |\bda |al giorno d'|until |(?<!\w)to )$").search(before):
        return None
    if phrase(r"\s*(come oggi|giorno| a otto)").match(frame.after(match)):
        return None
    return frame.today


@rule(r"entro ((la )?(fine )?(mattinata|pomeriggio|sera|serata|notte)|stasera)|(by |before )?(the )?(end of (the )?"
      r"(business )?day|close of (business|play)|eod|cob)( today)?|entro (la )?fine (della )?giornata|(by"
      r"|before) tonight"
      r"|(entro|durante) la giornata|nell'arco della giornata|nel corso della giornata|(during"
      r"|in the course of) the day"
      r"|(entro|per|prima di) ((l'|l'ora di |ora di )?(pranzo|cena)|sera)|by (lunch(time)?|dinner(\s?time)?|teatime|the evening)")  # fmt: skip
def _end_of_day(match: re.Match[str], frame: Frame) -> Resolved:
    after = frame.after(match)
    if phrase(rf"\s*(on |di )?({one_of(WEEKDAYS)}|tomorrow|domani)(?!\w)").match(after):
        return None
    is_sure = match.group().startswith(("entro", "prima", "by", "before", "the", "end", "close", "eod", "cob"))
    return frame.today if is_sure or frame.tense(match) == "future" else None


@rule(r"stasera|stamattina|stamane|stamani|stanotte|questa (mattina|sera|notte)|questo pomeriggio|in serata"
      r"|in mattinata|nel ((primo|tardo) )?pomeriggio|dopo (pranzo|cena)|after (lunch|dinner)|nella (mattinata"
      r"|serata) di oggi|tonight|this (morning|afternoon|evening)"
      r"|later today")  # fmt: skip
def _part_of_today(match: re.Match[str], frame: Frame) -> Resolved:
    after = _DAY_AFTER.match(frame.after(match)) or _DAY_BEFORE.search(frame.before(match))
    if match.group().startswith(("in ", "nel ", "dopo ", "after ")) and (after or frame.tense(match) != "future"):
        return None
    return frame.today


@rule(rf"(domani(?! l'altro)|domattina|dmn|indomani(?! l'altro)|(?<!after\s)tom+or+ow|tmrw|2mor(ro)?w?){PART}")
def _tomorrow(match: re.Match[str], frame: Frame) -> Resolved:
    if phrase(r"l'\s*$").search(frame.before(match)):
        return None
    return frame.today + timedelta(1)


@rule(r"(first thing )?in the morning")
def _in_the_morning(match: re.Match[str], frame: Frame) -> Resolved:
    """The next one, where neither a day nor an hour is said."""
    start, end = frame.sentence(*match.span())
    if _DAY_SAID.search(frame.text, start, end) or frame.tense(match) != "future":
        return None
    return frame.today + timedelta(1)


@rule(rf"(dopodomani|dopo domani|domani l'altro|posdomani|(the )?day after tomorrow){PART}")
def _day_after_tomorrow(match: re.Match[str], frame: Frame) -> Resolved:
    return frame.today + timedelta(2)


@rule(rf"(ieri(?! l'altro)|yesterday|last (night|evening)){PART}")
def _yesterday(match: re.Match[str], frame: Frame) -> Resolved:
    if phrase(r"(l'altro|before)\s*$").search(frame.before(match)):
        return None
    return frame.today - timedelta(1)


@rule(rf"(l'altro\s*ieri|altroieri|avant'?ieri|ieri l'altro|(the )?day before yesterday){PART}")
def _day_before_yesterday(match: re.Match[str], frame: Frame) -> Resolved:
    return frame.today - timedelta(2)


@rule(r"oggi a otto|domani a otto|(today|tomorrow) (week|fortnight)|(a|one|two|three|four|2|3|4) weeks? (from )?(today|tomorrow)|a fortnight (from )?(today|tomorrow)|(by )?this time next week"
      r"|una settimana da (oggi|domani)")  # fmt: skip
def _a_week_from(match: re.Match[str], frame: Frame) -> Resolved:
    words = match.group()
    weeks = next((n for word, n in _WEEKS.items() if whole_words(rf"{word}").search(words)), 1)
    return frame.today + timedelta(7 * weeks + bool(phrase(r"domani|tomorrow").search(words)))


@rule(rf"(tra|fra|da qui ad?|di qui ad?|da oggi ad?) {_ABOUT}{N}\s*{UNIT}")
def _in_so_long(match: re.Match[str], frame: Frame) -> Resolved:
    return None if phrase(r" (lav|ferial|e mezz)").match(frame.after(match)) else _offset(match, frame)


@rule(rf"(tra|fra|entro|nel giro di|in|within) {N}(?P<before> and a half)?\s*{UNIT}(?P<after> e mezz[ao]| and a half)?")
def _in_so_long_and_a_half(match: re.Match[str], frame: Frame) -> Resolved:
    if not (match["before"] or match["after"]) or (match.group().startswith("in") and frame.tense(match) != "future"):
        return None
    kind, size = meaning(UNITS, re.sub(r"\s+", " ", match["unit"]))
    whole = frame_day(_offset(match, frame))
    if kind == "months":
        return add_months(whole, 6) if size == 12 else whole + timedelta(15)
    if kind == "days":
        return whole + timedelta(size // 2)
    minutes = {"hours": 60, "minutes": 1}[kind] * (number_of(match["n"]) * size + 0.5 * size)
    return (frame.now + timedelta(minutes=minutes)).replace(second=0, microsecond=0)


@rule(rf"(please allow( up to)?|(it'll|it will|this will|we'll) (be|take|need)|ci vorr(à|anno)|servir(à|anno)|occorrer(à|anno)) "
      rf"(about |another |circa |ancora |altri |altre )?{N}\s*{UNIT}")  # fmt: skip
def _will_take_so_long(match: re.Match[str], frame: Frame) -> Resolved:
    return None if phrase(r" (lav|ferial|late|early)").match(frame.after(match)) else _offset(match, frame)


@rule(rf"(tempo|al massimo|massimo|nel tempo di) {N}\s*{UNIT}")
def _at_most_so_long(match: re.Match[str], frame: Frame) -> Resolved:
    if phrase(r" (lav|ferial)").match(frame.after(match)):
        return None
    # «Tempo tre giorni e ha tutto» promises without a verb in the future
    is_said = match.group().startswith("tempo") and phrase(r" e\s").match(frame.after(match))
    return _offset(match, frame) if is_said or frame.tense(match) == "future" else None


@rule(rf"{N}\s*({UNIT}|(?P<working>{WORKING}))(?= (e|and)\s)")
def _so_long_and(match: re.Match[str], frame: Frame) -> Resolved:
    """«Due giorni lavorativi e le arriva il bonifico»: a sentence that begins with a time, and goes on to what comes."""
    start, end = frame.sentence(match.start(), match.end())
    if not phrase(r"(.*[,:])?\s*").fullmatch(frame.text[start : match.start()]) or not _COMES_AFTER.search(
        frame.text, match.end(), end
    ):
        return None
    if match["working"]:
        return add_working_days(frame.today, number_of(match["n"]), frame.holidays)
    return _offset(match, frame)


@rule(r"(within|inside) the (next )?hour|entro (l'ora|un'oretta)|(tra|fra|nel giro di) un'oretta")
def _within_the_hour(match: re.Match[str], frame: Frame) -> Resolved:
    return (frame.now + timedelta(hours=1)).replace(second=0, microsecond=0)


@rule(rf"(tra|fra|entro|nel giro di|within|in) (un'|una |un |an? |one )\s*{UNIT} (o|or) (?P<n>due|tre|two|three)")
def _one_or_two(match: re.Match[str], frame: Frame) -> Resolved:
    """ "In an hour or two", «tra un giorno o due»."""
    return None if match.group().startswith("in") and frame.tense(match) == "past" else _offset(match, frame)


@rule(r"(tempo|tra|fra|entro|within|in) (una |mezz('|\s)?or(a|etta)|half an hour|tre quarti d'ora|un quarto d'ora)"
      r"(mezz('|\s)?ora|mezz'oretta)?")  # fmt: skip
def _part_of_hour(match: re.Match[str], frame: Frame) -> Resolved:
    words = match.group()
    if words.startswith("tempo") and not phrase(r" e\s").match(frame.after(match)):
        return None
    if words.endswith("una ") or (words.startswith("in") and frame.tense(match) != "future"):
        return None
    minutes = 45 if "tre quarti" in words else 15 if "quarto" in words else 30
    return (frame.now + timedelta(minutes=minutes)).replace(second=0, microsecond=0)


@rule(rf"(entro|nel giro di|nell'arco di|within|inside|in (less than|under)|in meno di|al massimo in) "
      rf"(e non oltre )?{_ABOUT}(le |i |the )?(prossim[ei] |next |successiv[ei] )?"
      rf"{N}\s*{UNIT}")  # fmt: skip
def _within_so_long(match: re.Match[str], frame: Frame) -> Resolved:
    if phrase(r" (lav|ferial|working|business|dal|dall|from|after|della|of)").match(
        frame.after(match)
    ) and not _FROM_THIS.match(frame.text, match.end()):
        return None
    if frame.tense(match) == "past" and not match.group().startswith(("entro", "within")):
        return None
    return _offset(match, frame)


@rule(r"in (?P<n>5|10|15|20|30|five|ten|fifteen|twenty)(?=\s*($|[.,!?;]))")
def _in_so_many_minutes(match: re.Match[str], frame: Frame) -> Resolved:
    """ "Call you back in 10"."""
    is_future = frame.tense(match) == "future" or phrase(r"(call|ring) (you|u) (back )?$").search(frame.before(match))
    return (
        (frame.now + timedelta(minutes=number_of(match["n"]))).replace(second=0, microsecond=0) if is_future else None
    )


@rule(r"(in|over|during) the (next|coming) fortnight|within the fortnight")
def _in_the_next_fortnight(match: re.Match[str], frame: Frame) -> Resolved:
    return frame.today + timedelta(14)


@rule(rf"(nell[ea]|nei|in the|over the) (prossim[ei]|next|coming) {N}\s*{UNIT}")
def _in_the_next(match: re.Match[str], frame: Frame) -> Resolved:
    return _offset(match, frame)


@rule(rf"in {_ABOUT}{N}\s*{UNIT}('?s? time)?")
def _in_so_long_with_a_future(match: re.Match[str], frame: Frame) -> Resolved:
    if phrase(r" (lav|ferial|working|business|all|l'anno|al)").match(frame.after(match)):
        return None
    is_time = match.group().endswith("time")
    return _offset(match, frame) if is_time or frame.tense(match) == "future" else None


@rule(
    rf"(give (me|us|it)|mi (dia|dai|dia(no|te))|(dammi|datemi|ci dia|ci dia(te|no))( ancora)?) (about |another "
    rf"|circa |altr[ie] )?({N}\s*{UNIT}|(?P<half>mezz('|\s)?ora|mezz'oretta|half an hour))"
)
def _give_me_so_long(match: re.Match[str], frame: Frame) -> Resolved:
    if match["half"]:
        return (frame.now + timedelta(minutes=30)).replace(second=0, microsecond=0)
    return None if phrase(r" (lav|ferial|di sconto|off)").match(frame.after(match)) else _offset(match, frame)


@rule(rf"{N}\s*{UNIT} ((?P<ago>fa|or sono|ago|prima di oggi)|(?P<now>(from|of) (now|today)|da (oggi|adesso|ora))"
      rf"|(?P<most>max\.?|(al )?massimo|at (the )?most|tops)|(?P<then>{AFTER}))")  # fmt: skip
def _so_long_said_first(match: re.Match[str], frame: Frame) -> Resolved:
    """«Tre giorni fa», "two weeks from now", «due ore al massimo»; «due settimane dopo» of the day named before."""
    if match["ago"] or match["now"]:
        return _offset(match, frame, -1 if match["ago"] else 1)
    tense = frame.tense(match)
    if match["most"]:
        return None if tense == "past" else _offset(match, frame)
    kind, size = meaning(UNITS, re.sub(r"\s+", " ", match["unit"]))
    if kind not in {"days", "months"} or tense != "future":
        return None
    count = size * number_of(match["n"])
    return Later(lambda day: add_months(day, count) if kind == "months" else day + timedelta(count))


@rule(rf"(tra|fra|entro|in|nel giro di|nell'arco di|within|(no|not) later than|non oltre|please allow( up to)?|in the next|nei prossimi|entro i prossimi|tempo|al massimo) ("
      rf"the next |i prossimi )?{_ABOUT}{N}\s*({WORKING}|(?P<weeks>settiman[ae] lavorativ[ae]|(working|business) weeks?))")  # fmt: skip
def _working_days(match: re.Match[str], frame: Frame) -> Resolved:
    return add_working_days(frame.today, number_of(match["n"]) * (5 if match["weeks"] else 1), frame.holidays)
