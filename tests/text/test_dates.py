"""Every weekday, number, month and hour in the frames in which people say them, against days that are counted one by one."""

import calendar
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from premura.text.promises import read_promises

#: Ends of months, the leap day, the days on which clocks change, holidays, Easter Monday, Sundays and a plain Wednesday
NOWS = [datetime.fromisoformat(f"{day}T09:30") for day in (
    "2026-01-31", "2026-02-28", "2028-02-29", "2026-03-29", "2026-10-25", "2026-12-31", "2027-01-01", "2026-04-06", "2026-08-15",
    "2026-11-25", "2026-11-30", "2026-05-01",
)]  # fmt: skip
LEAP_DAY, WEDNESDAY = NOWS[2], NOWS[9]
ITALIAN_DAYS = ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"]
ENGLISH_DAYS = list(calendar.day_name)
ITALIAN_MONTHS = ["gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre",
                  "novembre", "dicembre"]  # fmt: skip
ENGLISH_MONTHS = list(calendar.month_name)[1:]
#: Spelt out, so that nothing of the rules is asked for the answer
ITALIAN_NUMBERS = [
    "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci", "undici", "dodici", "tredici",
    "quattordici", "quindici", "sedici", "diciassette", "diciotto", "diciannove", "venti", "ventuno", "ventidue", "ventitré",
    "ventiquattro", "venticinque", "ventisei", "ventisette", "ventotto", "ventinove", "trenta", "trentuno",
]  # fmt: skip
ENGLISH_NUMBERS = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "twenty-one", "twenty-two", "twenty-three",
    "twenty-four", "twenty-five", "twenty-six", "twenty-seven", "twenty-eight", "twenty-nine", "thirty", "thirty-one",
]  # fmt: skip
ENGLISH_ORDINALS = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth",
    "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth",
    "twenty-first", "twenty-second", "twenty-third", "twenty-fourth", "twenty-fifth", "twenty-sixth", "twenty-seventh",
    "twenty-eighth", "twenty-ninth", "thirtieth", "thirty-first",
]  # fmt: skip
EASTER_MONDAYS = {2026: (4, 6), 2027: (3, 29), 2028: (4, 17), 2029: (4, 2)}
FIXED_HOLIDAYS = {(1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (11, 1), (12, 8), (12, 25), (12, 26)}
#: A national holiday of Italy from 2026 on (Saint Francis, law 151 of 2025)
SAINT_FRANCIS = (10, 4)

Case = tuple[datetime, str, str]


def read(text: str, now: datetime) -> str:
    return ",".join("~" if promise.vague else str(promise.date) for promise in read_promises(text, now=now)) or "-"


def wrong(cases: Iterator[Case]) -> list[tuple[str, str, str, str]]:
    found = [(str(now), text, expected, read(text, now)) for now, text, expected in cases]
    assert len(found) >= 50
    return [each for each in found if each[2] != each[3]]


def walk(now: datetime, weekday: int, step: int = 1) -> date:
    """The next such weekday after today, or the last before, one day at a time."""
    day = now.date() + timedelta(step)
    while day.weekday() != weekday:
        day += timedelta(step)
    return day


def is_working_day(day: date) -> bool:
    off = FIXED_HOLIDAYS | {SAINT_FRANCIS, EASTER_MONDAYS[day.year]}
    return day.weekday() < 5 and (day.month, day.day) not in off


def working_days_on(day: date, count: int) -> date:
    while count:
        day += timedelta(1)
        count -= is_working_day(day)
    return day


def month_on(day: date, months: int) -> date:
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def last_of(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def next_such(now: datetime, month: int, number: int) -> date:
    """The first day from today on that has this number and month; 0 is any month."""
    day = now.date()
    while day.day != number or (month and day.month != month):
        day += timedelta(1)
    return day


def written(text: str) -> list[str]:
    """The same as people type it: loud, without accents, with apostrophes for them, with spaces too many."""
    plain = text.replace("ì", "i").replace("é", "e").replace("à", "a")
    ways = [
        text,
        text.upper(),
        text.capitalize(),
        plain,
        text.replace("ì", "i'"),
        text.replace("ì", "í"),
        text.replace(" ", "  "),
    ]
    return list(dict.fromkeys(ways))


def italian_weekdays() -> Iterator[Case]:
    coming = ["entro {}", "la richiamo {}", "{} le portiamo il pezzo", "il tecnico passa {}", "sarà pronto per {}", "non oltre {}",
              "ci vediamo {} prossimo", "{} mattina le mando tutto", "consegna prevista {}", "vi rimborsiamo entro {} sera",
              "può venire {}?", "appuntamento {}", "al più tardi {}", "arriva {} pomeriggio", "prima di {} avrà risposta"]  # fmt: skip
    past = [
        "{} scorso ho scritto",
        "ho chiamato {}",
        "sono venuto {} e non c'era nessuno",
        "aspetto da {}",
        "avevo ordinato {}",
    ]
    for now in NOWS:
        for number, name in enumerate(ITALIAN_DAYS):
            for spelt in written(name):
                yield from ((now, frame.format(spelt), walk(now, number).isoformat()) for frame in coming)
                yield from ((now, frame.format(spelt), walk(now, number, -1).isoformat()) for frame in past)
                monday = now.date() + timedelta(7 - now.weekday())
                for frame in (
                    "{} della prossima settimana",
                    "{} della settimana prossima",
                    "la prossima settimana, {}",
                ):
                    yield now, "Veniamo " + frame.format(spelt), (monday + timedelta(number)).isoformat()
                yield now, f"Passiamo {spelt} a otto", (walk(now, number) + timedelta(7)).isoformat()


def english_weekdays() -> Iterator[Case]:
    coming = ["by {}", "we will call you {}", "{} we'll bring the part", "it'll be ready on {}", "no later than {}", "see you next {}",
              "before {}", "by close of business {}", "the engineer is coming {} morning", "could you come {}?", "by {} at the latest",
              "we'll ring you {} afternoon", "I can do {}", "until {}"]  # fmt: skip
    past = ["I called {}", "last {} nobody came", "I wrote to you on {}", "she said it had been sent {}"]
    for now in NOWS:
        for number, name in enumerate(ENGLISH_DAYS):
            for spelt in [*written(name), name.lower(), name[: 4 if number in {1, 3} else 3]]:
                if len(spelt) <= 4:
                    yield now, f"by {spelt}", walk(now, number).isoformat()
                    continue
                yield from ((now, frame.format(spelt), walk(now, number).isoformat()) for frame in coming)
                yield from ((now, frame.format(spelt), walk(now, number, -1).isoformat()) for frame in past)
                monday = now.date() + timedelta(7 - now.weekday())
                yield now, f"We will come {spelt} of next week", (monday + timedelta(number)).isoformat()
                yield now, f"We will come {spelt} week", (walk(now, number) + timedelta(7)).isoformat()
                yield now, f"We'll do it a week on {spelt}", (walk(now, number) + timedelta(7)).isoformat()


def counts() -> Iterator[Case]:
    for now in NOWS:
        today = now.date()
        for count in range(1, 32):
            word, english = ITALIAN_NUMBERS[count - 1], ENGLISH_NUMBERS[count - 1]
            word = {"uno": "un"}.get(word, word)
            days, weeks = ("giorno", "settimana") if count == 1 else ("giorni", "settimane")
            on = (today + timedelta(count)).isoformat()
            for number in (str(count), word, word.upper(), word.replace("é", "e")):
                for frame in (
                    "tra {} {}",
                    "entro {} {}",
                    "le rispondo fra {} {}",
                    "nel giro di {} {}",
                    "arriva in {} {}",
                    "entro i prossimi {} {}",
                ):
                    yield now, frame.format(number, days), on
            for number in (str(count), english, english.capitalize(), english.replace("-", " ")):
                unit = "day" if count == 1 else "days"
                for frame in ("within {} {}", "we'll call you in {} {}", "{} {} from now", "over the next {} {}"):
                    yield now, frame.format(number, unit), on
            week = (today + timedelta(7 * count)).isoformat()
            yield now, f"tra {'una' if count == 1 else word} {weeks}", week
            yield now, f"in {count} weeks' time", week
            month = month_on(today, count).isoformat()
            yield now, f"tra {word} {'mese' if count == 1 else 'mesi'}", month
            yield now, f"within {english} month{'s' * (count > 1)}", month
            at = (now + timedelta(hours=count)).strftime("%Y-%m-%dT%H:%M")
            yield now, f"entro {count} ore" if count > 1 else "entro un'ora", at
            yield now, f"within {english} hour{'s' * (count > 1)}", at
            ago = (today - timedelta(count)).isoformat()
            yield now, f"ho scritto {word} {days} fa", ago
            yield now, f"I wrote {english} {'day' if count == 1 else 'days'} ago", ago


def working_days() -> Iterator[Case]:
    for now in NOWS:
        for count in range(1, 16):
            on = working_days_on(now.date(), count).isoformat()
            word, english = ITALIAN_NUMBERS[count - 1].replace("uno", "un"), ENGLISH_NUMBERS[count - 1]
            plural = count > 1
            for number in (str(count), word):
                yield now, f"entro {number} {'giorni lavorativi' if plural else 'giorno lavorativo'}", on
                yield now, f"riceverà tutto tra {number} {'giorni feriali' if plural else 'giorno feriale'}", on
                yield now, f"risposta in {number} gg. lavorativi", on
            for number in (str(count), english):
                yield now, f"within {number} working day{'s' * plural}", on
                yield now, f"we'll reply in {number} business day{'s' * plural}", on
                yield now, f"please allow {number} working day{'s' * plural}", on


def days_of_the_year() -> Iterator[Case]:
    for now in (NOWS[0], LEAP_DAY, NOWS[5], WEDNESDAY):
        for month in range(1, 13):
            for number in range(1, 32):
                try:
                    date(2028, month, number)
                except ValueError:
                    continue
                on = next_such(now, month, number)
                iso, italian, english = on.isoformat(), ITALIAN_MONTHS[month - 1], ENGLISH_MONTHS[month - 1]
                article = "l'" if number in {1, 8, 11} else "il "
                ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number // 10 != 1 else 0, "th")
                yield now, f"le consegniamo il divano {article}{number} {italian}", iso
                yield now, f"ENTRO IL {number} {italian.upper()}", iso
                yield now, f"entro il {number:02}/{month:02}", iso
                yield now, f"la chiamo il {number}/{month} alle 16", f"{iso}T16:00"
                yield now, f"scadenza {number:02}.{month:02}.{on.year}", iso
                yield now, f"{ITALIAN_DAYS[on.weekday()]} {number} {italian} passiamo noi", iso
                yield (
                    now,
                    f"il {ITALIAN_NUMBERS[number - 1] if number > 1 else 'primo'} {italian} le arriva il pacco",
                    iso,
                )
                yield now, f"by {english} {number}", iso
                yield now, f"we'll deliver on {number}{ending} {english}", iso
                yield now, f"it will be ready on the {number}{ending} of {english.lower()}", iso
                yield now, f"we'll see you on {ENGLISH_DAYS[on.weekday()]}, {english} {number}{ending}", iso
                yield now, f"we'll call you on {english} the {ENGLISH_ORDINALS[number - 1]}", iso
                yield now, f"by the {ENGLISH_ORDINALS[number - 1]} of {english}", iso
                yield now, f"due {on.isoformat()}", iso


def days_of_a_month() -> Iterator[Case]:
    for now in NOWS:
        for number in range(1, 32):
            on = next_such(now, 0, number)
            ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number // 10 != 1 else 0, "th")
            article = "l'" if number in {8, 11} else "il "
            for frame in (f"entro {article}{number}", f"le porto tutto {article}{number}.", f"{article}{number} la richiamo io",
                          f"ci vediamo {ITALIAN_DAYS[on.weekday()]} {number}", f"by the {number}{ending}",
                          f"we'll come on the {number}{ending}", f"we'll come on {ENGLISH_DAYS[on.weekday()]} the {number}{ending}"):  # fmt: skip
                yield now, frame, on.isoformat()
            if now.day < number:
                yield now, f"la consegna è prevista per {article}{number} p.v.", on.isoformat()


def hours() -> Iterator[Case]:
    tomorrow = (WEDNESDAY + timedelta(1)).date().isoformat()
    for hour in range(7, 24):
        for minute in (0, 5, 15, 30, 45, 59):
            at = f"{tomorrow}T{hour:02}:{minute:02}"
            for sign in ":.":
                yield WEDNESDAY, f"domani alle {hour}{sign}{minute:02}", at
                yield WEDNESDAY, f"la chiamo domani alle ore {hour}{sign}{minute:02}", at
            yield WEDNESDAY, f"domani entro le {hour}:{minute:02}", at
            yield WEDNESDAY, f"tomorrow at {hour}:{minute:02}", at
            half = f"{(hour - 1) % 12 + 1}{f':{minute:02}' if minute else ''}{'am' if hour < 12 else 'pm'}"
            yield WEDNESDAY, f"tomorrow at {half}", at
            yield WEDNESDAY, f"by {half.upper()} tomorrow", at
            yield WEDNESDAY, f"we'll be there at {half.replace('am', ' am').replace('pm', ' p.m.')} tomorrow", at
    for hour in range(13, 24):
        yield WEDNESDAY, f"domani alle {ITALIAN_NUMBERS[hour - 1]}", f"{tomorrow}T{hour:02}:00"
        yield WEDNESDAY, f"entro le {ITALIAN_NUMBERS[hour - 1]} di domani", f"{tomorrow}T{hour:02}:00"
        yield WEDNESDAY, f"domani alle {ITALIAN_NUMBERS[hour - 1]} e trenta", f"{tomorrow}T{hour:02}:30"
        yield WEDNESDAY, f"la richiamo alle {ITALIAN_NUMBERS[hour - 1]} e quindici", f"2026-11-25T{hour:02}:15"
    for hour in range(1, 13):
        word = ["una", *ITALIAN_NUMBERS[1:12]][hour - 1]
        lead = "all'" if hour == 1 else "alle "
        meant = hour + 12 if hour <= 6 else hour
        for said, minute in (
            ("", 0),
            (" e mezza", 30),
            (" e un quarto", 15),
            (" e dieci", 10),
            (" e venti", 20),
            (" e trenta", 30),
            (" e quarantacinque", 45),
        ):
            yield WEDNESDAY, f"domani {lead}{word}{said}", f"{tomorrow}T{meant:02}:{minute:02}"
        for said, minute in (
            ("", 0),
            ("half past ", 30),
            ("quarter past ", 15),
            ("ten past ", 10),
            ("a quarter past ", 15),
            ("twenty past ", 20),
        ):
            yield WEDNESDAY, f"tomorrow at {said}{ENGLISH_NUMBERS[hour - 1]}", f"{tomorrow}T{meant:02}:{minute:02}"


def stretches() -> Iterator[Case]:
    for now in NOWS:
        today = now.date()
        sunday, monday = today + timedelta(6 - now.weekday()), today + timedelta(7 - now.weekday())
        next_month = month_on(today.replace(day=1), 1)
        for text, on in (
            ("entro fine mese", last_of(today)), ("a fine mese la paghiamo", last_of(today)), ("by the end of the month", last_of(today)),
            ("by end of next month", last_of(next_month)), ("entro il mese prossimo", last_of(next_month)), ("entro settimana", sunday),
            ("entro fine settimana", sunday), ("la prossima settimana le scriviamo", monday + timedelta(6)),
            ("a inizio settimana prossima", monday), ("early next week we'll call", monday), ("next week we'll call", monday + timedelta(4)),
            ("entro l'anno", date(today.year, 12, 31)), ("by year end", date(today.year, 12, 31)), ("oggi stesso la chiamo", today),
            ("today we'll call", today), ("domani", today + timedelta(1)), ("tomorrow morning", today + timedelta(1)),
            ("dopodomani", today + timedelta(2)), ("the day after tomorrow", today + timedelta(2)), ("DOPODOMANI", today + timedelta(2)),
            ("dopo domani la chiamo", today + timedelta(2)), ("domani l'altro", today + timedelta(2)), ("oggi a otto", today + timedelta(7)),
            ("ieri ho chiamato", today - timedelta(1)), ("l'altro ieri ho chiamato", today - timedelta(2)),
            ("tra quindici giorni", today + timedelta(15)), ("we'll call in a fortnight", today + timedelta(14)), ("tra un anno", month_on(today, 12)),
            ("entro un paio di giorni", today + timedelta(2)), ("in a couple of days we'll know", today + timedelta(2)),
            ("il mese prossimo, il 10, le scrivo", next_month.replace(day=10)), ("il 10 del mese prossimo le scrivo", next_month.replace(day=10)),
            ("on the 10th of next month", next_month.replace(day=10)), ("entro il primo del mese prossimo", next_month),
        ):  # fmt: skip
            yield now, text, on.isoformat()
        for month, (italian, english) in enumerate(zip(ITALIAN_MONTHS, ENGLISH_MONTHS, strict=True), 1):
            end = last_of(date(today.year + (month < today.month), month, 1)).isoformat()
            for text in (f"entro {italian}", f"entro fine {italian}", f"a fine {italian} le scriviamo", f"by the end of {english}",
                         f"per la fine di {italian}", f"entro il mese di {italian}", f"by {english}"):  # fmt: skip
                yield now, text, end
            for text in (f"entro metà {italian}", f"by mid-{english}", f"verso metà {italian} le scriviamo"):
                yield now, text, next_such(now, month, 15).isoformat()


@pytest.mark.parametrize(
    "cases",
    [italian_weekdays, english_weekdays, counts, working_days, days_of_the_year, days_of_a_month, hours, stretches],
)
def test_every_way_of_saying_it_names_the_day_that_is_counted(cases):
    assert wrong(cases()) == []
