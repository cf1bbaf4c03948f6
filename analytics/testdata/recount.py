#!/usr/bin/env python3
"""Counts the contract's figures of docs/metrics.md once more, from the records.

It shares nothing with the SQL but the page that defines the figures, and needs
nothing but Python 3.

    recount.py --letters letters.jsonl --events events.jsonl \
        --holidays ../../internal/calendar/holidays.csv --units ../../internal/org/units.csv \
        --from 2024-03-04 --to 2024-10-22 --as-of 2024-10-23T00:00:00+08:00 --by unit --tier 2
"""

import argparse
import collections
import csv
import json
import sys
from datetime import date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))
CITY_DESK = "440800-XX"
EXCLUSIONS = ["invalidated", "merged", "thanks", "transferred", "uncontactable", "calendar_missing", "immature"]
RATES = [
    "response", "signed_in_time", "forwarded_in_time", "contacted_in_time", "contacted_reached_in_time",
    "replied_in_time", "closure", "closure_mature", "closed_in_time",
]
SUMS = ["received", "invalidated", "merged", "letters", "backdated", "overdue", "thanks"]
DISTINCT = ["writers", "matters", "problems_solved", "leads", "cases_filed", "cases_solved", "arrests"]


# --- Records -----------------------------------------------------------------

class Record:
    """A CloudEvent: its times are milliseconds since 1970."""

    __slots__ = ("kind", "letter", "at", "recorded_at", "source", "id", "imported", "data")

    def __init__(self, envelope, imported_sources):
        self.kind = envelope["type"].removeprefix("cn.jiesu.")
        self.letter = envelope["subject"]
        self.at = millis(envelope["time"])
        self.recorded_at = millis(envelope.get("recordedtime") or envelope["time"])
        self.source = envelope["source"]
        self.id = envelope["id"]
        self.imported = any(self.source.startswith(prefix) for prefix in imported_sources)
        self.data = envelope["data"]

    def order(self):
        return (self.at, self.recorded_at, self.source.encode(), self.id.encode())

    def label_order(self):
        return (self.recorded_at, self.at, self.source.encode(), self.id.encode())

    def backdated(self):
        return not self.imported and self.recorded_at - self.at > minutes(15)

    def effective(self):
        return self.recorded_at if self.backdated() else self.at


def minutes(n):
    return n * 60_000


def millis(text):
    """Reads RFC 3339, cut to the millisecond."""
    when = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int(when.replace(microsecond=0).timestamp()) * 1000 + when.microsecond // 1000


def read_records(path, imported_sources=()):
    """Returns the records; of copies the one recorded first."""
    first = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if not line.strip():
                continue
            record = Record(json.loads(line), imported_sources)
            identity = (record.letter, record.source, record.id)
            kept = first.get(identity)
            if kept is None or record.recorded_at < kept.recorded_at:
                first[identity] = record
    return list(first.values())


def by_letter(records):
    """Of several records of one letter the one recorded first counts."""
    letters = {}
    for record in sorted(records, key=lambda r: (r.recorded_at, r.source.encode(), r.id.encode())):
        letters.setdefault(record.letter, record)
    return letters


# --- Units -------------------------------------------------------------------

class Units:
    def __init__(self, path):
        with open(path, encoding="utf-8") as lines:
            rows = csv.DictReader(line for line in lines if not line.startswith("#"))
            self.above = {row["code"]: row["parent"] for row in rows}

    def at_tier(self, code, tier):
        """The unit or the one above it that stands so many steps below the top."""
        if not tier:
            return code
        if code not in self.above:
            return ""
        line = [code]
        while self.above[line[0]]:
            line.insert(0, self.above[line[0]])
        return line[min(tier, len(line)) - 1]


# --- Calendar ----------------------------------------------------------------

class Calendar:
    def __init__(self, path):
        self.worked = {}
        self.years = set()
        self.due5_of = {}
        self.version = ""
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                line = line.strip()
                if line.startswith("# version:"):
                    self.version = line.split(":", 1)[1].strip()
                if not line or line.startswith("#") or line.startswith("date,"):
                    continue
                day, kind, year = line.split(",")[:3]
                self.worked[date.fromisoformat(day)] = kind == "work"
                self.years.add(int(year))

    def due5(self, received_at):
        """End of the fifth working day after the day of receipt, or None."""
        day = shanghai_day(received_at)
        if day not in self.due5_of:
            self.due5_of[day] = self.count_five(day)
        return self.due5_of[day]

    def count_five(self, day):
        left = 5
        while left:
            day += timedelta(days=1)
            if day.year not in self.years:
                return None
            if self.worked.get(day, day.weekday() < 5):
                left -= 1
        return end_of(day)


def shanghai_day(at):
    return datetime.fromtimestamp(at // 1000, SHANGHAI).date()


def start_of(day):
    return int(datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).timestamp()) * 1000


def end_of(day):
    return start_of(day) + 24 * 3_600_000


# --- State of a letter -------------------------------------------------------

def label(events, field, otherwise=""):
    """The last relabelled that gives the field, else what stands before it."""
    for event in sorted((e for e in events if e.kind == "letter.relabelled"), key=Record.label_order, reverse=True):
        if event.data.get(field):
            return event.data[field]
    if otherwise:
        return otherwise
    verdicts = sorted((e for e in events if e.kind == "letter.classified"), key=Record.label_order)
    return verdicts[-1].data["verdict"].get(field) or "" if verdicts else ""


def passes_on(event):
    return event.kind == "letter.returned" or (event.kind == "letter.forwarded" and event.data["role"] == "lead")


def is_timed(event):
    """Whether entering the event late counts as backdating."""
    if event.kind == "letter.contacted":
        return event.data["method"] != "auto"
    return event.kind in ("letter.signed", "letter.selfhandled") or passes_on(event)


def series_of_letters(events):
    """The series each letter stands in, from events in order."""
    series = {}
    for event in events:
        kind = event.kind.removeprefix("series.")
        for letter in event.data.get("letters", []) if kind != event.kind else []:
            if kind in ("confirmed", "merged", "split"):
                series[letter] = event.data["series"]
            elif kind in ("rejected", "unlinked") and series.get(letter) == event.data["series"]:
                del series[letter]
    return series


class State:
    """Of one letter as of T; events are in the order of the page."""

    def __init__(self, received, events, series, calendar):
        def of(*kinds):
            return [e for e in events if e.kind in kinds]

        self.writer = received.data["writer"].get("key") or ""
        self.matter = ("series", self.writer, series) if self.writer and series else ("letter", received.letter)
        self.solved = any(e.data["solved"] == "yes" for e in of("letter.revisited"))
        self.backdated = sum(e.backdated() and is_timed(e) for e in events)
        self.received_at = received.at
        self.contactable = received.data["writer"]["contactable"]
        self.channel = received.data["channel"]
        self.type = label(events, "type")
        self.topic = label(events, "topic")
        self.division = label(events, "division", received.data.get("division", ""))

        self.invalidated = bool(of("letter.invalidated"))
        mergings = of("letter.merged", "letter.unmerged")
        self.merged = bool(mergings) and mergings[-1].kind == "letter.merged"
        self.transferred = bool(of("letter.transferred"))
        self.thanks = self.type == "L09"
        self.closed_at = closing_time(of("letter.closed", "letter.withdrawn", "letter.reopened"))

        attempts = [e for e in of("letter.contacted") if e.data["method"] != "auto"]
        reached = [e for e in attempts if e.data["result"] == "reached"]
        replies = of("letter.replied")
        self.attempted = min((e.effective() for e in attempts), default=None)
        self.reached = min((e.effective() for e in reached), default=None)
        self.replied = min((e.at for e in replies), default=None)
        self.responded = bool(reached or replies) or len({e.data["method"] for e in attempts}) >= 2

        self.due5 = calendar.due5(self.received_at)
        self.due_eff = extended(self.due5, of("letter.extension_decided"))

        settling = [e for e in events if passes_on(e) or e.kind == "letter.selfhandled"]
        self.owner = CITY_DESK
        if settling:
            last = settling[-1]
            self.owner = last.data["to"] if passes_on(last) else last.data["unit"]
        self.hops = hops(self.received_at, of("letter.signed"), settling)


def closing_time(changes):
    """Time of the first closing after the last reopening, None while open."""
    if not changes or changes[-1].kind == "letter.reopened":
        return None
    closed_at = None
    for change in changes:
        if change.kind == "letter.reopened":
            closed_at = None
        elif closed_at is None:
            closed_at = change.at
    return closed_at


def extended(due, decisions):
    for decision in decisions:
        if due is not None and decision.data["approved"] and decision.at <= due:
            due = end_of(date.fromisoformat(decision.data["until"]))
    return due


def hops(received_at, signings, settling):
    """(unit, arrival, signed, ended), the times None where it did not happen."""
    arrivals = {CITY_DESK: received_at}
    for event in settling:
        if passes_on(event):
            arrivals.setdefault(event.data["to"], event.at)

    def earliest(events, unit):
        return min((e.effective() for e in events if e.data["unit"] == unit), default=None)

    return [(unit, at, earliest(signings, unit), earliest(settling, unit)) for unit, at in arrivals.items()]


# --- Rates -------------------------------------------------------------------

def in_time(done, limit, as_of, matured=None):
    """The answer for a clock: yes, no, or immature while it may still be met."""
    if matured is None:
        matured = done is not None
    if not matured and limit > as_of:
        return "immature"
    return "yes" if done is not None and done <= limit else "no"


def outside(state):
    if state.invalidated:
        return "invalidated"
    return "merged" if state.merged else None


def outside_closure(state):
    if outside(state):
        return outside(state)
    if state.thanks:
        return "thanks"
    return "transferred" if state.transferred else None


def answers(state, as_of):
    """For each rate the letter's answer: yes, no or an exclusion key."""
    half_hour = state.received_at + minutes(30)
    contact = outside(state) or (None if state.contactable else "uncontactable")
    closure = outside_closure(state)
    dated = closure or (None if state.due5 is not None else "calendar_missing")
    young = state.due5 is not None and state.due5 > as_of
    attempted = state.attempted is not None
    closed = "yes" if state.closed_at is not None else "no"
    yield "response", contact or ("yes" if state.responded else "immature" if half_hour > as_of else "no")
    yield "contacted_in_time", contact or in_time(state.attempted, half_hour, as_of)
    yield "contacted_reached_in_time", contact or in_time(state.reached, half_hour, as_of, matured=attempted)
    yield "replied_in_time", dated or in_time(state.replied, state.due5, as_of)
    yield "closure", closure or closed
    yield "closure_mature", dated or ("immature" if young else closed)
    yield "closed_in_time", dated or in_time(state.closed_at, state.due_eff, as_of, matured=False)


def hop_answers(state, hop, as_of):
    _, arrival, signed, ended = hop
    yield "signed_in_time", outside(state) or in_time(signed, arrival + minutes(10), as_of)
    yield "forwarded_in_time", outside(state) or in_time(ended, arrival + minutes(10), as_of)


def printed(counts):
    n, d = counts["yes"], counts["yes"] + counts["no"]
    return {"n": n, "d": d, "pct": percent(n, d), "excluded": {key: counts[key] for key in EXCLUSIONS if counts[key]}}


def percent(n, d):
    """Rounded half up to 0.1, but 100.0 and 0.0 only where nothing is missing."""
    if d == 0:
        return None
    tenths = (2000 * n + d) // (2 * d)
    if 0 < n < d:
        tenths = min(max(tenths, 1), 999)
    return tenths / 10


# --- Counts ------------------------------------------------------------------

def counts(state, as_of):
    """For each sum what the letter adds, for each distinct count its thing or None."""
    valid = not outside(state)
    yield "received", 1
    yield "invalidated", int(state.invalidated)
    yield "merged", int(state.merged and not state.invalidated)
    yield "letters", int(valid)
    yield "backdated", state.backdated if valid else 0
    yield "thanks", int(valid and state.thanks)
    late = state.due_eff is not None and state.due_eff < as_of
    yield "overdue", int(late and state.closed_at is None and not outside_closure(state))
    yield "writers", state.writer or None if valid else None
    yield "matters", state.matter if valid else None
    yield "problems_solved", state.matter if valid and state.solved else None


def things(event):
    """For each distinct count the things that a lead or case event names."""
    if event.kind in ("lead.accepted", "lead.verified"):
        yield "leads", event.data["lead"]
    elif event.kind == "case.filed":
        yield "cases_filed", event.data["case"]
    elif event.kind == "case.solved":
        yield "cases_solved", event.data["case"]
    elif event.kind == "case.arrested":
        for suspect in event.data["suspects"]:
            yield "arrests", suspect


class Row:
    def __init__(self):
        self.rates = {rate: collections.Counter() for rate in RATES}
        self.sums = collections.Counter()
        self.distinct = {name: set() for name in DISTINCT}

    def figures(self):
        figures = {name: self.sums[name] for name in SUMS}
        figures.update((name, len(things)) for name, things in self.distinct.items())
        figures.update((rate, printed(answers)) for rate, answers in self.rates.items())
        return figures


def count(letters, events, calendar, units, first, last, as_of, by="", tier=0):
    """The figures by key. Days are inclusive; as_of may be None for no cut-off."""
    letters = by_letter(r for r in letters if as_of is None or r.recorded_at <= as_of)
    known = [e for e in events if as_of is None or e.recorded_at <= as_of]
    if as_of is None:
        as_of = max((r.recorded_at for r in [*letters.values(), *known]), default=0)
    known = sorted((e for e in known if e.letter in letters), key=Record.order)
    series = series_of_letters(known)
    of_letter = collections.defaultdict(list)
    for event in known:
        of_letter[event.letter].append(event)
    states = {letter: State(r, of_letter[letter], series.get(letter), calendar) for letter, r in letters.items()}

    begin, end = start_of(first), end_of(last)
    rows = collections.defaultdict(Row)
    if not by:
        rows[""]  # The one row stands even when nothing was received.
    for state in states.values():
        if not begin <= state.received_at < end:
            continue
        key = key_of(by, state, state.received_at, units.at_tier(state.owner, tier))
        row = rows[key]
        for name, amount in counts(state, as_of):
            if name in SUMS:
                row.sums[name] += amount
            elif amount is not None:
                row.distinct[name].add(amount)
        for rate, answer in answers(state, as_of):
            row.rates[rate][answer] += 1
        for hop in state.hops:
            row = rows[units.at_tier(hop[0], tier) if by == "unit" else key]
            for rate, answer in hop_answers(state, hop, as_of):
                row.rates[rate][answer] += 1
    for event in known:
        if begin <= event.at < end:
            for name, thing in things(event):
                key = key_of(by, states[event.letter], event.at, units.at_tier(event.data["unit"], tier))
                rows[key].distinct[name].add(thing)
    return {key: rows[key].figures() for key in sorted(rows)}


def key_of(by, state, at, unit):
    """The row of a letter, or of an event about it."""
    if by == "unit":
        return unit
    if by == "day":
        return shanghai_day(at).isoformat()
    return getattr(state, by) if by else ""


# --- Command -----------------------------------------------------------------

def main():
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("--letters", required=True)
    flags.add_argument("--events", required=True)
    flags.add_argument("--holidays", required=True)
    flags.add_argument("--units", required=True)
    flags.add_argument("--from", dest="first", required=True, type=date.fromisoformat)
    flags.add_argument("--to", dest="last", required=True, type=date.fromisoformat)
    flags.add_argument("--as-of", help="RFC 3339; default: the last recorded time")
    flags.add_argument("--by", default="", choices=["", "unit", "type", "topic", "division", "channel", "day"])
    flags.add_argument("--tier", type=int, default=0, choices=[0, 1, 2, 3])
    flags.add_argument("--imported-source", action="append", default=["/import/"], metavar="PREFIX", help="sources whose records are history")
    args = flags.parse_args()

    calendar = Calendar(args.holidays)
    figures = count(
        read_records(args.letters, args.imported_source), read_records(args.events, args.imported_source),
        calendar, Units(args.units), args.first, args.last, millis(args.as_of) if args.as_of else None, args.by, args.tier,
    )
    json.dump({
        "rule_version": "2026-1",
        "calendar_version": calendar.version,
        "period": {"from": args.first.isoformat(), "to": args.last.isoformat()},
        "as_of": args.as_of,
        "by": args.by or None,
        "rows": [{"key": key, "kpis": kpis} for key, kpis in figures.items()],
    }, sys.stdout, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
