"""Writes due_table.csv: for every day of 2024-2026, the days on which 3, 5, 7
and 15 working days end for a letter received on it.

This is a second, independent count to test the Go package against: the holidays
are typed from the notices as ranges, and the days are found by listing every
working day once and looking up positions in the list. A cell is empty when the
count leaves 2026, since the notice for 2027 is not known.

    python3 due_table.py > due_table.csv
"""

import bisect
import sys
from datetime import date, timedelta

# First and last day off, as the State Council's notices give them.
OFF = [
    ("2024-01-01", "2024-01-01"), ("2024-02-10", "2024-02-17"), ("2024-04-04", "2024-04-06"),
    ("2024-05-01", "2024-05-05"), ("2024-06-10", "2024-06-10"), ("2024-09-15", "2024-09-17"),
    ("2024-10-01", "2024-10-07"),
    ("2025-01-01", "2025-01-01"), ("2025-01-28", "2025-02-04"), ("2025-04-04", "2025-04-06"),
    ("2025-05-01", "2025-05-05"), ("2025-05-31", "2025-06-02"), ("2025-10-01", "2025-10-08"),
    ("2026-01-01", "2026-01-03"), ("2026-02-15", "2026-02-23"), ("2026-04-04", "2026-04-06"),
    ("2026-05-01", "2026-05-05"), ("2026-06-19", "2026-06-21"), ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
]

# Saturdays and Sundays worked in exchange.
WORKED = """
2024-02-04 2024-02-18 2024-04-07 2024-04-28 2024-05-11 2024-09-14 2024-09-29 2024-10-12
2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-11
2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10
""".split()

FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)
COUNTS = (3, 5, 7, 15)


def days(first, last):
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def working_days():
    off = {d for first, last in OFF for d in days(date.fromisoformat(first), date.fromisoformat(last))}
    weekdays = {d for d in days(FIRST, LAST) if d.isoweekday() <= 5}
    return sorted((weekdays - off) | {date.fromisoformat(d) for d in WORKED})


def main():
    working = working_days()
    per_year = [sum(d.year == year for d in working) for year in (2024, 2025, 2026)]
    if per_year != [251, 248, 248]:
        sys.exit(f"working days per year are {per_year}, want 251, 248 and 248")
    print("received,workday," + ",".join(f"due_{n}" for n in COUNTS))
    for received in days(FIRST, LAST):
        after = bisect.bisect_right(working, received)  # Position of the first working day after it.
        due = [working[after + n - 1].isoformat() if after + n <= len(working) else "" for n in COUNTS]
        print(",".join([received.isoformat(), str(int(received in working)), *due]))


main()
