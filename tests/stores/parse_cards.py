"""This file is the judge of calendars and cards: icalendar, dateutil and vobject parse each file named on standard
input, and a line of JSON says what is in it or what is wrong.

It is run by the system's own Python, which has Debian's modules.
"""

import datetime
import json
import sys

import dateutil.rrule
import icalendar
import vobject

OCCURRENCES = 12


def moment(value):
    """Times as text that compares: days as they are, others in UTC."""
    if value is None:
        return None
    value = value.dt
    if not isinstance(value, datetime.datetime):
        return value.isoformat()
    if value.tzinfo:
        value = value.astimezone(datetime.timezone.utc)
    return value.replace(tzinfo=None).isoformat() + "Z"


def occurrences(event):
    """The first times of what recurs, on the clocks of its zone, as dateutil reckons them."""
    rule = event.get("RRULE")
    if rule is None:
        return []
    start = event["DTSTART"].dt
    is_day = not isinstance(start, datetime.datetime)
    naive = datetime.datetime.combine(start, datetime.time()) if is_day else start.replace(tzinfo=None)
    text = rule.to_ical().decode()
    parts = dict(part.split("=", 1) for part in text.split(";"))
    until = parts.pop("UNTIL", None)
    found = dateutil.rrule.rrulestr(";".join(f"{k}={v}" for k, v in parts.items()), dtstart=naive)
    end = None
    if until:
        end = datetime.datetime.strptime(until[:8], "%Y%m%d") + datetime.timedelta(days=2)
    times = []
    for time in found:
        if (end and time > end) or len(times) == OCCURRENCES:
            break
        times.append(time.isoformat())
    return times


def calendar(data):
    """A file may hold several calendars, one after the other (RFC 5545, 3.4)."""
    whole = icalendar.Calendar.from_ical(data, multiple=True)
    parts = [part for one in whole for part in one.walk()]
    faults = [f"{part.name}: {fault}" for part in parts for fault in part.errors]
    items = []
    for part in parts:
        if part.name not in ("VEVENT", "VTODO"):
            continue
        items.append({
            "kind": part.name,
            **{name.lower(): str(part.get(name, "")) for name in ("UID", "SUMMARY", "LOCATION", "STATUS", "DESCRIPTION",
                                                                  "TRANSP")},
            "start": moment(part.get("DTSTART")), "end": moment(part.get("DTEND")), "due": moment(part.get("DUE")),
            "instead": moment(part.get("RECURRENCE-ID")), "occurrences": occurrences(part),
            "alarms": sum(below.name == "VALARM" for below in part.subcomponents),
            "people": len(part.get("ATTENDEE", [])) if isinstance(part.get("ATTENDEE", []), list) else 1,
            "stamp": moment(part.get("DTSTAMP")),
        })
        if part.name == "VEVENT" and ("DTSTART" not in part or "UID" not in part or "DTSTAMP" not in part):
            faults.append("a field is missing")
    return {"method": str(whole[0].get("METHOD", "")), "items": items, "faults": faults}


def card(data):
    cards, faults = [], []
    for one in vobject.readComponents(data.decode()):
        try:
            one.validate(raiseException=True)
        except vobject.base.ValidateError as fault:
            faults.append(str(fault))
        cards.append({
            "name": one.fn.value, "family": one.n.value.family, "given": one.n.value.given,
            "mail": [mail.value for mail in one.contents.get("email", [])],
            "phones": sorted(tel.value for tel in one.contents.get("tel", [])),
            "company": " ".join(one.org.value) if "org" in one.contents else "",
            "title": one.title.value if "title" in one.contents else "",
        })
    return {"cards": cards, "faults": faults}


def main():
    for path in sys.stdin.read().splitlines():
        with open(path, "rb") as file:
            data = file.read()
        try:
            told = calendar(data) if path.endswith(".ics") else card(data)
        except Exception as fault:  # any failure of a parser is a fault of the file
            told = {"faults": [f"{type(fault).__name__}: {fault}"]}
        print(json.dumps({"path": path, **told}))


main()
