"""Lists: how much of the world's mail providers, search engines, social sites and AI assistants the rules know."""

import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from polku.rules.channels import Channel, SiteKind, channel_of_site, site_kind
from polku.rules.facts import MailKind
from polku.rules.mail_domains import DISPOSABLE, FREE, mail_kind

LISTS = Path(__file__).parents[3] / "shared/data/ref_lists"
real_lists = pytest.mark.skipif(not LISTS.exists(), reason="the real data is not here")

TOP_FREE = """
gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com yahoo.co.uk yahoo.fr yahoo.de
icloud.com me.com aol.com gmx.de gmx.net web.de t-online.de freenet.de proton.me protonmail.com tutanota.com
zoho.com fastmail.com mail.com mail.ru yandex.ru bk.ru ukr.net qq.com 163.com 126.com naver.com hanmail.net
rediffmail.com orange.fr free.fr wanadoo.fr laposte.net libero.it virgilio.it tin.it uol.com.br bol.com.br
terra.com.br comcast.net verizon.net att.net btinternet.com luukku.com suomi24.fi kolumbus.fi elisanet.fi
saunalahti.fi pp.inet.fi seznam.cz centrum.cz email.cz post.cz volny.cz azet.sk zoznam.sk centrum.sk wp.pl o2.pl
onet.pl op.pl interia.pl gazeta.pl vp.pl tlen.pl hot.ee mail.ee online.ee telia.com spray.se bredband.net
comhem.se online.no bluewin.ch aon.at freemail.hu citromail.hu abv.bg
"""
BIG_ENGINES = """
google.com google.fi google.co.uk google.cz google.pl bing.com cn.bing.com duckduckgo.com search.yahoo.com
fi.search.yahoo.com search.yahoo.co.jp yandex.ru yandex.com yandex.com.tr ya.ru baidu.com seznam.cz
search.seznam.cz ecosia.org qwant.com startpage.com kagi.com search.brave.com search.naver.com sogou.com so.com
ask.com search.aol.com szukaj.onet.pl neti.ee
"""


@pytest.mark.parametrize("domain", TOP_FREE.split())
def test_the_big_mail_providers_are_free(domain: str) -> None:
    assert mail_kind(domain) is MailKind.FREE


@pytest.mark.parametrize(
    "domain", ["nokia.com", "elisa.fi", "telia.fi", "skoda-auto.cz", "orlen.pl", "bt.com", "google.com"]
)
def test_a_company_that_runs_a_network_is_still_a_company(domain: str) -> None:
    assert mail_kind(domain) is MailKind.COMPANY


def test_domains_are_written_as_they_are_compared() -> None:
    domain = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
    assert [text for text in FREE | DISPOSABLE if not domain.fullmatch(text)] == []


@pytest.mark.parametrize("host", BIG_ENGINES.split())
def test_the_big_search_engines_are_known(host: str) -> None:
    assert site_kind(host) is SiteKind.SEARCH


@pytest.mark.parametrize(("source", "kind"), [("x", SiteKind.SOCIAL), ("fb", SiteKind.SOCIAL), ("openai", SiteKind.AI)])
def test_short_names_of_sources(source: str, kind: SiteKind) -> None:
    assert site_kind(source) is kind


@real_lists
@pytest.mark.parametrize(
    ("name", "kind", "least"),
    [("matomo_Socials.yml", SiteKind.SOCIAL, 0.95), ("matomo_AIAssistants.yml", SiteKind.AI, 0.95)],
)
def test_sites_of_a_well_kept_list_are_known(name: str, kind: SiteKind, least: float) -> None:
    sites = yaml.safe_load((LISTS / name).read_text(encoding="utf-8"))
    hosts = [host.partition("/") for site in sites.values() for host in site]
    known = [site_kind(host, slash + path) is kind for host, slash, path in hosts]
    assert sum(known) / len(known) >= least


def known_share(hosts: list[str], channel: Channel) -> float:
    parted = [host.partition("/") for host in hosts]
    known = [channel_of_site(host, slash + path) is channel for host, slash, path in parted]
    print(f"{channel}: {sum(known)} of {len(known)} hosts")
    return sum(known) / len(known)


@cache
def first_hosts_of_engines() -> dict[str, str]:
    engines = yaml.safe_load((LISTS / "matomo_SearchEngines.yml").read_text(encoding="utf-8"))
    hosts = {name: [url for entry in entries for url in entry.get("urls", ())] for name, entries in engines.items()}
    return {name: urls[0].replace("{}", "de") for name, urls in hosts.items() if urls}


LIVING_ENGINES = """
Google, Google Images, Google News, Google Maps, Google Scholar, Google Video, Bing, Bing Images, Yahoo!, Yahoo!
Images, Yahoo! Japan, DuckDuckGo, Yandex, Yandex Images, Baidu, Seznam, Seznam Videa, Ecosia, Qwant, StartPage, Naver,
Sogou, Ask, AOL, Kagi, Brave, 360search, Haosou, sm.cn, Daum, Nate, Rambler, Mailru, Mojeek, Swisscows, Presearch,
Lilo, Stract, Yep, KARMA, OceanHero, Freespoke, Gibiru, Metager, Exalead, Neti, Centrum, Volny, Zoznam, Onet.pl,
Wirtualna Polska, Interia, Eniro, Gule Sider, Opplysningen 1881, Startsiden, Cốc Cốc, goo, Excite, Lycos, T-Online,
Web.de, Freenet, DasOertliche, DasTelefonbuch, Bluewin, Search.ch, Virgilio, Orange, Free, Sapo, Najdi.si, Biglobe,
Nifty, auone, Rakuten
""".replace("\n", " ")


@real_lists
@pytest.mark.parametrize("engine", [name.strip() for name in LIVING_ENGINES.split(",")])
def test_the_living_engines_of_a_well_kept_list_are_known(engine: str) -> None:
    assert known_share([first_hosts_of_engines()[engine]], Channel.ORGANIC_SEARCH) == 1


@real_lists
def test_most_engines_of_a_well_kept_list_are_known() -> None:
    """Two thirds of 297: nearly all of the others closed long ago, some are an AI assistant or a social site now."""
    hosts = list(first_hosts_of_engines().values())
    assert known_share(hosts, Channel.ORGANIC_SEARCH) >= 0.65


@real_lists
@pytest.mark.parametrize(
    ("name", "channel", "least"),
    [("matomo_Socials.yml", Channel.ORGANIC_SOCIAL, 0.97), ("matomo_AIAssistants.yml", Channel.AI_ASSISTANT, 1)],
)
def test_first_hosts_of_a_well_kept_list_have_their_channel(name: str, channel: Channel, least: float) -> None:
    sites = yaml.safe_load((LISTS / name).read_text(encoding="utf-8"))
    assert known_share([hosts[0] for hosts in sites.values()], channel) >= least


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("search.excite.it", SiteKind.SEARCH),
        ("video.search.yahoo.co.jp", SiteKind.SEARCH),
        ("videa.seznam.cz", SiteKind.SEARCH),
        ("images.google.fi", SiteKind.SEARCH),
        ("search.firma.fi", None),
        ("docs.google.com", None),
        ("search.com.firma.fi", None),
    ],
)
def test_an_engine_below_its_own_name_is_one(host: str, kind: SiteKind | None) -> None:
    assert site_kind(host) is kind


@real_lists
def test_free_mail_of_three_lists_is_mostly_known() -> None:
    """Three lists of mixed care, full of names that died long ago: what all three name is what matters."""
    names = ("free_email_domains_jgillich.txt", "freemail_free.txt", "hubspot_free_email_domains.txt")
    lists = [set((LISTS / name).read_text(encoding="utf-8").lower().split()) for name in names]
    agreed = set.intersection(*lists) - DISPOSABLE
    coverage = len(agreed & FREE) / len(agreed)
    print(f"free mail: {coverage:.0%} of the {len(agreed)} domains on which three lists agree")
    assert coverage > 0.15
