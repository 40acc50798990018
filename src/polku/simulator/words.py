"""What leads are called and what people write, in their own language."""

from typing import Final

from polku.simulator.draw import Random
from polku.simulator.research import Research

_TOPICS: Final = {
    "fi": ("Laserleikkaus", "Särmäys", "Koneistetut osat", "Kiinnikkeet", "Huoltosopimus", "Konsultointi"),
    "cs": (
        "Řezání laserem",
        "Ohýbání",
        "Obráběné díly",
        "Spojovací materiál",
        "Smlouva o údržbě",
        "Poradenství",
    ),
    "pl": (
        "Cięcie laserowe",
        "Gięcie",
        "Części obrabiane",
        "Elementy złączne",
        "Umowa serwisowa",
        "Doradztwo",
    ),
    "de": (
        "Laserschneiden",
        "Biegen",
        "Drehteile und Frästeile",
        "Verbindungselemente",
        "Wartungsvertrag",
        "Beratung",
    ),
    "sv": (
        "Laserskärning",
        "Bockning",
        "Maskinbearbetade delar",
        "Fästelement",
        "Underhållsavtal",
        "Rådgivning",
    ),
    "sk": (
        "Rezanie laserom",
        "Ohýbanie",
        "Obrábané diely",
        "Spojovací materiál",
        "Zmluva o údržbe",
        "Poradenstvo",
    ),
    "et": (
        "Laserlõikus",
        "Painutamine",
        "Töödeldud detailid",
        "Kinnitusdetailid",
        "Hooldusleping",
        "Nõustamine",
    ),
}
_ORDER: Final = ("laser-cutting", "bending", "machined-parts", "fasteners", "maintenance", "consulting")
TOPIC_NAMES: Final = {language: dict(zip(_ORDER, names, strict=True)) for language, names in _TOPICS.items()}
_ASKS: Final = {
    "fi": (
        "Tarvitsemme noin {n} kpl kuukaudessa. Voitteko tehdä tarjouksen?",
        "Mikä on toimitusaika {n} kappaleelle?",
        "Etsimme toimittajaa syksyksi, määrä noin {n} kpl vuodessa.",
    ),
    "cs": (
        "Potřebujeme asi {n} kusů měsíčně. Můžete nám poslat nabídku?",
        "Jaká je dodací lhůta pro {n} kusů?",
        "Hledáme dodavatele, ročně přibližně {n} kusů.",
    ),
    "pl": (
        "Potrzebujemy około {n} sztuk miesięcznie. Czy mogą Państwo przesłać ofertę?",
        "Jaki jest termin dla {n} sztuk?",
        "Szukamy dostawcy, rocznie około {n} sztuk.",
    ),
    "de": ("Wir benötigen etwa {n} Stück im Monat. Können Sie uns ein Angebot schicken?",),
    "sv": ("Vi behöver cirka {n} stycken per månad. Kan ni skicka en offert?",),
    "sk": ("Potrebujeme asi {n} kusov mesačne. Môžete nám poslať ponuku?",),
    "et": ("Vajame umbes {n} tükki kuus. Kas saaksite teha pakkumise?",),
}
_WRITTEN: Final = frozenset({"quote_requested", "demo_requested", "form_sent", "chat_started"})


def title_of(topic: str, *, language: str) -> str:
    return TOPIC_NAMES[language][topic]


def message_of(random: Random, research: Research, *, language: str) -> str:
    """What they wrote when they showed who they are; empty for a download or a webinar."""
    text = ask(random, language=language)
    return text if research.raise_kind in _WRITTEN else ""


def ask(random: Random, *, language: str) -> str:
    """A question that a buyer sends."""
    return random.choice(_ASKS[language]).format(n=random.choice((20, 50, 100, 200, 500, 1000, 2500)))
