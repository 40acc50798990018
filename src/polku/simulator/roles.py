"""What people do at work, and what their title says in their own language."""

from typing import Final

from polku.simulator.draw import Weighted

FUNCTIONS: Final = Weighted(
    {
        "maintenance": 0.21,
        "purchasing": 0.25,
        "production": 0.19,
        "design": 0.15,
        "management": 0.11,
        "student": 0.04,
        "administration": 0.05,
    }
)
TITLES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "fi": {
        "maintenance": ("Huoltopäällikkö", "Kunnossapitopäällikkö", "Huoltoinsinööri", "Huoltomestari"),
        "purchasing": ("Ostopäällikkö", "Ostaja", "Hankintapäällikkö", "Strateginen ostaja"),
        "production": ("Tuotantopäällikkö", "Työnjohtaja", "Tehdaspäällikkö", "Tuotantoinsinööri"),
        "design": ("Suunnitteluinsinööri", "Mekaniikkasuunnittelija", "Tuotekehityspäällikkö"),
        "management": ("Toimitusjohtaja", "Liiketoimintajohtaja", "Tekninen johtaja"),
        "student": ("Opiskelija", "Diplomityöntekijä"),
        "administration": ("Toimistosihteeri", "Kirjanpitäjä", "Henkilöstöpäällikkö"),
    },
    "cs": {
        "maintenance": ("Vedoucí údržby", "Technik údržby", "Mistr údržby", "Inženýr údržby"),
        "purchasing": ("Nákupčí", "Vedoucí nákupu", "Strategický nákupčí", "Ředitel nákupu"),
        "production": ("Vedoucí výroby", "Mistr výroby", "Technolog výroby", "Ředitel závodu"),
        "design": ("Konstruktér", "Vývojový inženýr", "Vedoucí konstrukce"),
        "management": ("Jednatel", "Generální ředitel", "Technický ředitel"),
        "student": ("Student", "Diplomant"),
        "administration": ("Asistentka", "Účetní", "Personalista"),
    },
    "pl": {
        "maintenance": ("Kierownik utrzymania ruchu", "Inżynier utrzymania ruchu", "Mistrz utrzymania ruchu"),
        "purchasing": (
            "Kierownik zakupów",
            "Specjalista ds. zakupów",
            "Kupiec strategiczny",
            "Dyrektor zakupów",
        ),
        "production": ("Kierownik produkcji", "Mistrz produkcji", "Technolog", "Dyrektor zakładu"),
        "design": ("Konstruktor", "Inżynier mechanik", "Kierownik działu konstrukcji"),
        "management": ("Prezes zarządu", "Dyrektor generalny", "Dyrektor techniczny"),
        "student": ("Student", "Doktorant"),
        "administration": ("Asystent biura", "Księgowa", "Specjalista ds. kadr"),
    },
    "de": {
        "maintenance": ("Leiter Instandhaltung (Maintenance)", "Maintenance Engineer"),
        "purchasing": ("Einkaufsleiter", "Strategischer Einkäufer"),
        "production": ("Produktionsleiter", "Fertigungsmeister"),
        "design": ("Konstrukteur", "Entwicklungsingenieur"),
        "management": ("Geschäftsführer", "Technischer Leiter"),
        "student": ("Werkstudent",),
        "administration": ("Sachbearbeiter Büro", "Buchhalter"),
    },
    "sv": {
        "maintenance": ("Underhållschef (Maintenance)", "Maintenance Manager"),
        "purchasing": ("Inköpschef", "Strategisk inköpare"),
        "production": ("Produktionschef", "Fabrikschef"),
        "design": ("Konstruktör", "Utvecklingsingenjör"),
        "management": ("Verkställande direktör", "Teknisk chef"),
        "student": ("Examensarbetare",),
        "administration": ("Kontorsassistent", "Ekonomiassistent"),
    },
    "sk": {
        "maintenance": ("Vedúci údržby", "Technik údržby"),
        "purchasing": ("Nákupca", "Vedúci nákupu"),
        "production": ("Vedúci výroby", "Majster výroby"),
        "design": ("Konštruktér", "Vývojový inžinier"),
        "management": ("Konateľ", "Technický riaditeľ"),
        "student": ("Študent",),
        "administration": ("Asistentka", "Účtovníčka"),
    },
    "et": {
        "maintenance": ("Hooldusjuht (Maintenance)", "Maintenance Engineer"),
        "purchasing": ("Ostujuht", "Hankespetsialist"),
        "production": ("Tootmisjuht", "Tsehhijuhataja"),
        "design": ("Konstruktor", "Arendusinsener"),
        "management": ("Tegevjuht", "Tehnikajuht"),
        "student": ("Üliõpilane",),
        "administration": ("Büroojuht", "Raamatupidaja"),
    },
}
