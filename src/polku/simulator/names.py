"""Names of people by language: first names of men and women, surnames in the form that each carries."""

from typing import Final

import msgspec

from polku.simulator.draw import Random


class Names(msgspec.Struct, frozen=True):
    men: tuple[str, ...]
    women: tuple[str, ...]
    surnames: tuple[str, ...]  # a man's
    surnames_of_women: tuple[str, ...] = ()  # the same, as a woman carries them, if different


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FINNISH: Final = Names(
    words(
        "Juha Timo Kari Mikko Antti Jari Matti Pekka Jukka Markku Mika Heikki Hannu Petri Sami Janne"
        " Marko Ville Tuomas Jussi Teemu Lauri Aleksi Eero Olli Tero Jarmo Pasi Väinö Yrjö Kimmo Ilkka"
        " Esa Risto Harri Arto Joonas Niko"
    ),
    words(
        "Anna Johanna Maria Päivi Tiina Minna Sari Hanna Laura Sanna Kaisa Outi Heli Mari Anne Katja"
        " Riikka Jenni Elina Satu Kirsi Marja Pirjo Ritva Tarja Merja Jaana Taina Virpi Noora Emmi Aino"
        " Helmi Äänikki Saara Susanna Terhi Eija"
    ),
    words(
        "Korhonen Virtanen Mäkinen Nieminen Mäkelä Hämäläinen Laine Heikkinen Koskinen Järvinen"
        " Lehtonen Lehtinen Saarinen Salminen Heinonen Niemi Heikkilä Kinnunen Salonen Turunen Salo"
        " Laitinen Tuominen Rantanen Karjalainen Jokinen Mattila Savolainen Lahtinen Ahonen Ojala"
        " Leppänen Väisänen Hiltunen Kallio Leinonen Miettinen Aaltonen Pitkänen Manninen Koivisto"
        " Anttila Hakala Laaksonen Hirvonen Räsänen Lehto Kärkkäinen Mäenpää Pöysti Yli-Kauppila Öhman"
    ),
)
CZECH: Final = Names(
    words(
        "Jiří Jan Petr Josef Pavel Martin Tomáš Jaroslav Miroslav Zdeněk Václav Michal František Jakub"
        " Milan Karel Lukáš David Vladimír Ondřej Ladislav Roman Stanislav Marek Radek Daniel Vojtěch"
        " Filip Adam Matěj Aleš Libor Luboš Štěpán"
    ),
    words(
        "Jana Marie Eva Hana Anna Lenka Kateřina Lucie Věra Alena Petra Veronika Jaroslava Tereza"
        " Martina Michaela Jitka Helena Ludmila Zdeňka Ivana Monika Eliška Zuzana Markéta Barbora"
        " Jarmila Kristýna Pavla Dagmar Šárka Božena"
    ),
    words(
        "Novák Svoboda Novotný Dvořák Černý Procházka Kučera Veselý Horák Němec Pokorný Marek Pospíšil"
        " Hájek Jelínek Král Růžička Beneš Fiala Sedláček Doležal Zeman Kolář Krejčí Navrátil Čermák"
        " Urban Vaněk Blažek Kříž Kovář Bartoš Vlček Polák Musil Kopecký Šimek Konečný Malý Holub"
        " Štěpánek Staněk Kadlec Soukup Říha Šťastný Hruška Tichý"
    ),
    words(
        "Nováková Svobodová Novotná Dvořáková Černá Procházková Kučerová Veselá Horáková Němcová"
        " Pokorná Marková Pospíšilová Hájková Jelínková Králová Růžičková Benešová Fialová Sedláčková"
        " Doležalová Zemanová Kolářová Krejčí Navrátilová Čermáková Urbanová Vaňková Blažková Křížová"
        " Kovářová Bartošová Vlčková Poláková Musilová Kopecká Šimková Konečná Malá Holubová Štěpánková"
        " Staňková Kadlecová Soukupová Říhová Šťastná Hrušková Tichá"
    ),
)
POLISH: Final = Names(
    words(
        "Piotr Krzysztof Andrzej Tomasz Jan Paweł Michał Marcin Stanisław Jakub Adam Marek Łukasz"
        " Grzegorz Mateusz Wojciech Mariusz Dariusz Zbigniew Jerzy Rafał Robert Kamil Dawid Szymon"
        " Maciej Kacper Bartosz Jarosław Ryszard Sławomir Józef"
    ),
    words(
        "Anna Katarzyna Maria Małgorzata Agnieszka Barbara Ewa Krystyna Magdalena Elżbieta Joanna"
        " Aleksandra Zofia Monika Teresa Danuta Natalia Karolina Marta Julia Beata Dorota Alicja Jadwiga"
        " Janina Irena Grażyna Jolanta Paulina Żaneta"
    ),
    words(
        "Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak"
        " Dąbrowski Kozłowski Jankowski Mazur Wojciechowski Kwiatkowski Krawczyk Kaczmarek Piotrowski"
        " Grabowski Zając Pawłowski Michalski Król Wieczorek Jabłoński Wróbel Nowakowski Majewski"
        " Olszewski Stępień Malinowski Jaworski Adamczyk Dudek Górski Nowicki Pawlak Witkowski Walczak"
        " Sikora Baran Rutkowski Michalak Szewczyk Ostrowski Tomaszewski Pietrzak Żak Łuczak"
    ),
    words(
        "Nowak Kowalska Wiśniewska Wójcik Kowalczyk Kamińska Lewandowska Zielińska Szymańska Woźniak"
        " Dąbrowska Kozłowska Jankowska Mazur Wojciechowska Kwiatkowska Krawczyk Kaczmarek Piotrowska"
        " Grabowska Zając Pawłowska Michalska Król Wieczorek Jabłońska Wróbel Nowakowska Majewska"
        " Olszewska Stępień Malinowska Jaworska Adamczyk Dudek Górska Nowicka Pawlak Witkowska Walczak"
        " Sikora Baran Rutkowska Michalak Szewczyk Ostrowska Tomaszewska Pietrzak Żak Łuczak"
    ),
)
GERMAN: Final = Names(
    words(
        "Thomas Michael Andreas Stefan Christian Jürgen Klaus Uwe Jörg Markus Matthias Frank Bernd Jens Björn Günter"
    ),
    words("Sabine Petra Claudia Andrea Susanne Katrin Birgit Stefanie Anja Nicole Ute Heike Jana Kerstin Käthe Bärbel"),
    words(
        "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer"
        " Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Krüger Hofmann Lange Köhler Jäger Groß"
        " Böhm Winkler Voß Günther"
    ),
)
SWEDISH: Final = Names(
    words("Lars Anders Mikael Johan Erik Per Karl Jan Peter Fredrik Björn Håkan Göran Åke Jonas Magnus Östen Mattias"),
    words(
        "Anna Eva Maria Karin Kristina Lena Sara Kerstin Emma Malin Åsa Annika Jenny Linnéa Ulrika Märta Elin Cecilia"
    ),
    words(
        "Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson"
        " Pettersson Jonsson Lindström Lindqvist Åberg Sjöberg Bergström Nyström Hägglund Söderberg"
        " Östlund Björklund Ström Forsberg Åkesson"
    ),
)
SLOVAK: Final = Names(
    words(
        "Jozef Ján Peter Martin Milan Michal Marián Štefan Ľubomír Tomáš Vladimír Juraj Igor Miroslav"
        " Andrej Ľuboš Dušan"
    ),
    words("Mária Anna Zuzana Katarína Eva Jana Monika Lucia Ľubica Martina Alžbeta Viera Iveta Daniela Božena Želmíra"),
    words(
        "Horváth Kováč Varga Tóth Nagy Baláž Molnár Balog Lukáč Novák Kovačík Polák Gajdoš Kollár Hudák"
        " Čierny Ďuriš Ľach"
    ),
    words(
        "Horváthová Kováčová Vargová Tóthová Nagyová Balážová Molnárová Balogová Lukáčová Nováková"
        " Kovačíková Poláková Gajdošová Kollárová Hudáková Čierna Ďurišová Ľachová"
    ),
)
ESTONIAN: Final = Names(
    words("Andres Toomas Margus Jüri Rein Tõnu Peeter Priit Märt Indrek Raivo Urmas Kõu Taavi Siim Ülo"),
    words("Katrin Tiina Anne Kristi Piret Külli Liis Maarika Õnne Triin Kadri Pille Helen Ülle Merike Signe"),
    words(
        "Tamm Saar Sepp Mägi Kask Kukk Rebane Ilves Pärn Koppel Luik Lõhmus Oja Raudsepp Kuusk Põder Jõgi Mölder Võsu"
    ),
)
NAMES: Final = {
    "fi": FINNISH,
    "cs": CZECH,
    "pl": POLISH,
    "de": GERMAN,
    "sv": SWEDISH,
    "sk": SLOVAK,
    "et": ESTONIAN,
}


def draw_name(random: Random, *, language: str) -> tuple[str, str]:
    """First name and surname that agree in gender."""
    names = NAMES[language]
    ordinal = random.randrange(len(names.surnames))
    if random.random() < 0.42:
        women = names.surnames_of_women or names.surnames
        return random.choice(names.women), women[ordinal]
    return random.choice(names.men), names.surnames[ordinal]
