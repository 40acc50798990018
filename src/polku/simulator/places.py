"""The countries where the demo company sells: towns, languages, numbers that reach nobody, names of firms."""

from typing import Final

import msgspec

from polku.simulator.draw import Random
from polku.simulator.names import words


class Land(msgspec.Struct, frozen=True, kw_only=True):
    """`branches` are the words that follow the stem in a firm's name, with the NACE division each tells."""

    code: str
    language: str
    zone: str
    share: int  # of every 40 companies
    towns: tuple[str, ...]
    stems: tuple[str, ...]
    branches: tuple[tuple[str, str], ...]
    legal_forms: tuple[str, ...]
    phone: str  # "#" is any digit


def _branches(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (word.split(":") for word in text.split())
    return tuple((name, industry) for name, industry in pairs)


FINLAND: Final = Land(
    code="FI", language="fi", zone="Europe/Helsinki", share=14, phone="+358 99 ### ####",
    towns=words(
        "Tampere Turku Oulu Lahti Vantaa Espoo Jyväskylä Kuopio Pori Vaasa Joensuu Seinäjoki"
        " Hämeenlinna Rauma Kokkola Mikkeli Kotka Salo Ylivieska Riihimäki Järvenpää Äänekoski Kangasala"
        " Nivala Lapua"
    ),
    stems=words(
        "Honka Kallio Harju Kuusi Pohja Salpa Järvi Kanerva Ukko Vuori Koski Lumi Tähti Sarka Kymi"
        " Länsi Itä Etelä Aurinko Havu Hirvi Karhu Kotka Lampi Metsä Niemi Otava Pilvi Ranta Saari Suvi"
        " Tuuli Valo Virta Ylä Äyräs Haapa Kaarna Kivi Louhi Mänty Näkö Paju Rauta Sini Talvi Usva Vaara"
        " Väylä Ahjo"
    ),
    branches=_branches(
        "konepaja:C28 metalli:C25 teräs:C24 hitsaus:C25 koneistus:C25 valimo:C24 koneet:C28 levytyö:C25"
        " muovi:C22 saha:C16 leipomo:C10 sähkö:C27 rakennus:F41 huolto:C33 tukku:G46 kuljetus:H49"
        " paperi:C17 energia:D35 suunnittelu:N71"),
    legal_forms=("Oy", "Oy", "Oy", "Oy", "Ky", "Oyj"),
)  # fmt: skip
CZECHIA: Final = Land(
    code="CZ", language="cs", zone="Europe/Prague", share=10, phone="+420 999 ### ###",
    towns=words(
        "Brno Ostrava Plzeň Liberec Olomouc Zlín Pardubice Kladno Opava Jihlava Třebíč Kolín Přerov"
        " Písek Vsetín Šumperk Strakonice Kroměříž Břeclav Chrudim Náchod Žďár Kutná-Hora Trutnov"
        " Příbram"
    ),
    stems=words(
        "Hora Sever Jiskra Lípa Skála Orlík Javor Hvězda Vltavín Morava Slez Krkon Radhost Blatná"
        " Beskyd Dub Jestřáb Kalina Vrba Klen Sokol Medvěd Mlýn Potok Rys Slunce Vítr Vlna Zubr Brána"
        " Hrad Jasan Kámen Labut Most Pramen Rokle Sázava Tis Újezd Věž Zvon Říčan Šedivý Žula Čáp"
    ),
    branches=_branches(
        "kov:C25 stroj:C28 ocel:C24 svar:C25 obrob:C25 slév:C24 tech:C28 plech:C25 plast:C22 dřevo:C16"
        " pek:C10 elektro:C27 stav:F41 servis:C33 obchod:G46 doprava:H49 papír:C17 energo:D35"
        " projekt:N71"),
    legal_forms=("s.r.o.", "s.r.o.", "s.r.o.", "a.s.", "spol. s r.o.", "v.o.s."),
)  # fmt: skip
POLAND: Final = Land(
    code="PL", language="pl", zone="Europe/Warsaw", share=9, phone="+48 990 ### ###",
    towns=words(
        "Kraków Łódź Wrocław Poznań Gdańsk Szczecin Bydgoszcz Lublin Katowice Białystok Gdynia"
        " Częstochowa Radom Toruń Kielce Gliwice Zabrze Bytom Rzeszów Olsztyn Bielsko Opole Tarnów Płock"
        " Żory"
    ),
    stems=words(
        "Orzeł Wisła Tatry Bałtyk Sokół Dąb Skała Zamek Gwiazda Żubr Brzoza Klon Jodła Świt Polana"
        " Rzeka Młyn Góra Kamień Promień Wicher Lew Ryś Wilk Bóbr Jesion Jawor Kasztan Lipa Modrzew"
        " Sosna Wierzba Źródło Łabędź Śnieg Ćma Bursztyn Cis Dolina Gaj Iskra Jezioro Kopiec Las Most"
        " Nurt"
    ),
    branches=_branches(
        "met:C25 masz:C28 stal:C24 spaw:C25 skraw:C25 odlew:C24 mech:C28 blach:C25 plast:C22 drew:C16"
        " spoż:C10 elektro:C27 bud:F41 serwis:C33 hurt:G46 trans:H49 papier:C17 energ:D35 projekt:N71"),
    legal_forms=("sp. z o.o.", "sp. z o.o.", "sp. z o.o.", "S.A.", "sp.k.", "sp.j."),
)  # fmt: skip
GERMANY: Final = Land(
    code="DE", language="de", zone="Europe/Berlin", share=2, phone="+49 30 23125 ###",
    towns=words(
        "Chemnitz Dresden Leipzig Kassel Zwickau Görlitz Bautzen Köln Rostock Würzburg Lübeck Jena"
    ),
    stems=words(
        "Adler Birken Falken Hasel Linden Nordstern Quell Rhön Silber Tannen Ufer Wald Öder Fels Mühl"
    ),
    branches=_branches(
        "metall:C25 maschinen:C28 stahl:C24 schweiß:C25 blech:C25 guss:C24 kunststoff:C22 holz:C16"
        " elektro:C27 bau:F41 handel:G46 spedition:H49"),
    legal_forms=("GmbH", "GmbH", "GmbH & Co. KG", "AG"),
)  # fmt: skip
SWEDEN: Final = Land(
    code="SE", language="sv", zone="Europe/Stockholm", share=2, phone="+46 8 465 004 ##",
    towns=words(
        "Umeå Luleå Västerås Örebro Gävle Jönköping Borås Eskilstuna Skellefteå Växjö Kalmar Sundsvall"
    ),
    stems=words("Björk Norrsken Älv Fjäll Gran Havs Lodjur Mälar Ros Sjö Söder Tall Ugglan Vinter Öst"),
    branches=_branches(
        "metall:C25 maskin:C28 stål:C24 svets:C25 plåt:C25 gjut:C24 plast:C22 trä:C16 el:C27 bygg:F41"
        " handel:G46 frakt:H49"),
    legal_forms=("AB", "AB", "AB", "HB"),
)  # fmt: skip
SLOVAKIA: Final = Land(
    code="SK", language="sk", zone="Europe/Bratislava", share=2, phone="+421 1 ### #####",
    towns=words(
        "Žilina Košice Nitra Prešov Trnava Martin Trenčín Poprad Zvolen Michalovce Lučenec Levice"
    ),
    stems=words(
        "Tatran Dunaj Kriváň Váh Orol Smrek Jaseň Liptov Kameň Ďumbier Ľalia Šíp Vrch Žiar Turiec"
    ),
    branches=_branches(
        "kov:C25 stroj:C28 oceľ:C24 zvar:C25 plech:C25 zlieva:C24 plast:C22 drevo:C16 elektro:C27"
        " stav:F41 obchod:G46 sped:H49"),
    legal_forms=("s.r.o.", "s.r.o.", "a.s.", "spol. s r.o."),
)  # fmt: skip
ESTONIA: Final = Land(
    code="EE", language="et", zone="Europe/Tallinn", share=1, phone="+372 2## ####",
    towns=words("Tartu Pärnu Narva Viljandi Rakvere Võru Jõhvi Paide Haapsalu Põlva Valga Türi"),
    stems=words("Kuuse Põhja Rand Tuule Mere Kivi Jõe Lõuna Saare Öö Metsa Päikese Laine Ümera Kõrge"),
    branches=_branches(
        "metall:C25 masin:C28 teras:C24 keevitus:C25 plekk:C25 valu:C24 plast:C22 puit:C16 elekter:C27"
        " ehitus:F41 kaup:G46 vedu:H49"),
    legal_forms=("OÜ", "OÜ", "OÜ", "AS"),
)  # fmt: skip
LANDS: Final = (FINLAND, CZECHIA, POLAND, GERMANY, SWEDEN, SLOVAKIA, ESTONIA)
LAND_OF: Final = {land.code: land for land in LANDS}
CYCLE: Final = 40
# Position in the cycle of 40 companies → country, spread by a step that visits every position once.
_SLOTS: Final = tuple(land for land in LANDS for _ in range(land.share))
SPREAD: Final = tuple(_SLOTS[(position * 17) % CYCLE] for position in range(CYCLE))


def land_at(index: int) -> tuple[Land, int]:
    """The country of the company number `index`, and its number within that country."""
    cycle, position = divmod(index, CYCLE)
    land = SPREAD[position]
    return land, cycle * land.share + SPREAD[:position].count(land)


def draw_phone(random: Random, land: Land) -> str:
    """A number that looks right and reaches nobody: a range kept for fiction, or one that is not in use."""
    return "".join(str(random.randrange(10)) if sign == "#" else sign for sign in land.phone)
