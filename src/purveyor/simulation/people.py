"""People and places of the simulation: right postal codes, invented people, mailboxes that cannot exist (RFC 2606)."""

from __future__ import annotations

import unicodedata
from functools import cache
from random import Random

import msgspec

from purveyor.simulation.seeded_random import weighted

# country | weight | language of the shop | phone, # is a digit to draw
PEOPLE = """
DE | 44 | de | +493023125###
AT | 9 | de | +436641#######
CH | 4 | de | +4179#######
ES | 11 | es | +346########
PT | 8 | pt | +35191#######
FR | 7 | en | +336123#####
NL | 6 | en | +3161#######
IT | 5 | en | +39347#######
GB | 4 | en | +447400######
NO | 2 | en | +47412#####
"""
# country | first names | family names
NAMES = """
DE | Anna Lena Mia Jonas Paul Lukas Clara Emil | Albers Brandt Dorn Eckert Falk Grote Hansen Keller
AT | Johanna Valentina Felix Maximilian Theresa Leopold | Gruber Huber Pichler Steiner Moser Leitner
CH | Nina Luca Noah Laura Beat Regula | Meier Frei Baumann Graf Zumstein Aebi
ES | Lucía Martina Hugo Mateo Carmen Diego Elena Javier | García Molina Ortega Navarro Serrano Vidal
PT | Maria Inês João Tomás Beatriz Rui Leonor Duarte | Silva Ferreira Almeida Carvalho Teixeira Moura
FR | Camille Louise Hugo Gabriel Manon Jules | Moreau Lefebvre Girard Roche Perrin Marchand
NL | Emma Daan Sanne Bram Fleur Sem | Jansen Visser Bakker Mulder Dekker Smit
IT | Giulia Marco Sofia Matteo Chiara Luca | Rossi Greco Conti Ferri Marini Galli
GB | Olivia Harry Amelia George Isla Arthur | Walker Hughes Bennett Fletcher Marsh Doyle
NO | Ingrid Nora Lars Olav Sigrid Magnus | Berg Dahl Haugen Lie Moen Strand
"""
# country | streets
STREETS = """
DE | Lindenallee, Bahnhofstr., Gartenweg, Am Markt, Schillerstr., Mühlenweg
AT | Hauptstraße, Kirchengasse, Wiener Straße, Am Graben
CH | Dorfstrasse, Seestrasse, Bergweg, Poststrasse
ES | Calle Mayor, Calle del Sol, Avenida del Puerto, Calle Nueva
PT | Rua das Flores, Rua Nova, Avenida Central, Rua do Carmo
FR | Rue de la Paix, Rue du Moulin, Avenue Foch, Rue des Lilas
NL | Kerkstraat, Molenweg, Dorpsstraat, Stationsweg
IT | Via Roma, Via Garibaldi, Corso Italia, Via Verdi
GB | High Street, Station Road, Church Lane, Mill Road
NO | Storgata, Kirkegata, Parkveien, Skolegata
"""
# country | city: postal codes, region where an address needs one
PLACES = """
DE | Berlin | 10115,10437,12049,13187 |
DE | Hamburg | 20095,20357,22765 |
DE | München | 80331,80799,81667 |
DE | Köln | 50667,50823 |
DE | Leipzig | 04109,04275 |
DE | Bremen | 28195,28203 |
DE | Freiburg | 79098 |
AT | Wien | 1010,1070,1160 |
AT | Graz | 8010,8020 |
AT | Linz | 4020 |
AT | Salzburg | 5020 |
CH | Zürich | 8001,8004 |
CH | Bern | 3011 |
CH | Basel | 4051 |
CH | Luzern | 6003 |
ES | Madrid | 28001,28013 | Madrid
ES | Barcelona | 08001,08012 | Barcelona
ES | Sevilla | 41001 | Sevilla
ES | Valencia | 46001 | Valencia
PT | Lisboa | 1100-148,1200-109 |
PT | Porto | 4000-322,4050-290 |
PT | Coimbra | 3000-213 |
PT | Faro | 8000-148 |
FR | Paris | 75003,75011,75018 |
FR | Lyon | 69001,69007 |
FR | Nantes | 44000 |
FR | Lille | 59000 |
NL | Amsterdam | 1012 AB,1053 CD |
NL | Utrecht | 3511 LN |
NL | Rotterdam | 3011 AA |
IT | Roma | 00184,00153 | RM
IT | Milano | 20121,20144 | MI
IT | Torino | 10121 | TO
IT | Bologna | 40121 | BO
GB | London | N1 9GU,SE15 4QL |
GB | Bristol | BS1 4DJ |
GB | Leeds | LS1 4DY |
GB | Edinburgh | EH1 1YZ |
NO | Oslo | 0155,0250 |
NO | Bergen | 5003 |
NO | Trondheim | 7011 |
NO | Stavanger | 4006 |
"""
COMPANIES = """
Café Morgenrot
Bäckerei Halm
Hotel am Hafen
Rösterei Nord
Kanzlei Weber & Dorn
Coworking Speicher
Bar Central
Agentur Blaupause
Praxis am Park
Kantine Süd
Bistro Linde
Verlag Seitenwind
"""
COMPANY_COUNTRIES = [("DE", 8.0), ("AT", 1.0), ("NL", 1.0)]


class Person(msgspec.Struct, frozen=True):
    """Somebody with an address. `language` is one of those in which the shop writes."""

    name: str
    company: str
    email: str
    phone: str
    street: str
    city: str
    postal_code: str
    region: str
    country: str
    language: str


class _Country(msgspec.Struct, frozen=True):
    code: str
    weight: float
    language: str
    phone: str
    first_names: list[str]
    family_names: list[str]
    streets: list[str]
    places: list[tuple[str, list[str], str]]  # city, postal codes, region


def person(random: Random, number: int, *, is_company: bool = False) -> Person:
    """An invented person; the number makes the mailbox their own."""
    code = weighted(
        random, COMPANY_COUNTRIES if is_company else [(each.code, each.weight) for each in _countries().values()]
    )
    country = _countries()[code]
    first, family = random.choice(country.first_names), random.choice(country.family_names)
    city, postal_codes, region = random.choice(country.places)
    return Person(
        name=f"{first} {family}",
        company=random.choice(COMPANIES.strip().splitlines()) if is_company else "",
        email=f"{_ascii(first)}.{_ascii(family)}{number}@example.{random.choice(('com', 'org', 'net'))}",
        phone="".join(random.choice("0123456789") if each == "#" else each for each in country.phone),
        street=_street(random, code, random.choice(country.streets)),
        city=city,
        postal_code=random.choice(postal_codes),
        region=region,
        country=code,
        language=country.language,
    )


@cache
def _countries() -> dict[str, _Country]:
    names = {code: (first, family) for code, first, family in _rows(NAMES)}
    streets = dict(_rows(STREETS))
    places = _rows(PLACES)
    return {
        code: _Country(
            code,
            float(weight),
            language,
            phone,
            names[code][0].split(),
            names[code][1].split(),
            streets[code].split(", "),
            [(city, postal.split(","), region) for where, city, postal, region in places if where == code],
        )
        for code, weight, language, phone in _rows(PEOPLE)
    }


def _rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in row.split("|")] for row in table.strip().splitlines()]


def _street(random: Random, country: str, street: str) -> str:
    number = random.randint(1, 98)
    return f"{number} {street}" if country in {"FR", "GB"} else f"{street} {number}"


def _ascii(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
