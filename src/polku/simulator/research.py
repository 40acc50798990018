"""What a person does while looking for a supplier: visits, pages, and the moment they show who they are."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from math import exp
from typing import Final

import msgspec

from polku.simulator.catalogue import (
    BLOG_PAGES,
    CHANNEL_WEIGHTS,
    DOWNLOADS,
    PRODUCT_PAGES,
    SOURCES,
    TOPIC_WEIGHTS,
    WEBINARS,
    campaign_at,
    landing_of,
    tagged,
)
from polku.simulator.draw import Random, Weighted, chance, log_normal, poisson
from polku.simulator.records import SignalRecord, TouchRecord
from polku.simulator.rhythm import draw_moment

DECISION_KINDS: Final = frozenset({"quote_requested", "demo_requested", "chat_started"})
_RAISES: Final = (
    ("content_download", 0.34, -0.3),
    ("form_sent", 0.26, 0.0),
    ("webinar_attended", 0.14, -0.2),
    ("quote_requested", 0.13, 0.8),
    ("chat_started", 0.08, 0.4),
    ("demo_requested", 0.05, 0.7),
)
_RAISE_PATHS: Final = {
    "content_download": "/resources/{item}",
    "webinar_attended": "/webinars/{item}",
    "form_sent": "/contact",
    "quote_requested": "/quote",
    "demo_requested": "/visit-us",
    "chat_started": "/products/{topic}/overview",
}
_LATER_CHANNELS: Final = Weighted({"direct": 0.6, "email": 0.18, "organic_search": 0.16, "organic_social": 0.06})
_AI_GROWTH: Final = 2.5  # the share of AI assistants triples and a half over the history
_LASER_GROWTH: Final = 1.3  # the demand for laser cutting more than doubles over the last six months
LAST_MONTHS: Final = 6
HISTORY_MONTHS: Final = 18


class Research(msgspec.Struct, frozen=True, kw_only=True):
    """`raised_at` is when they first said who they are; visits before it were made by an unknown visitor."""

    topic: str
    channel: str
    raised_at: datetime
    raise_kind: str
    touches: tuple[TouchRecord, ...]
    signals: tuple[SignalRecord, ...]


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """Where and when the research plays: what drawing one visit must know."""

    key: str
    topic: str
    channel: str
    month: int
    intent: float


def topics_at(month: int) -> Weighted[str]:
    growth = 1 + _LASER_GROWTH * max(0, LAST_MONTHS - month) / LAST_MONTHS
    return Weighted(
        {topic: share * (growth if topic == "laser-cutting" else 1.0) for topic, share in TOPIC_WEIGHTS.items()}
    )


def channels_at(month: int) -> Weighted[str]:
    growth = 1 + _AI_GROWTH * max(0, HISTORY_MONTHS - month) / HISTORY_MONTHS
    return Weighted(
        {channel: share * (growth if channel == "ai_assistant" else 1.0) for channel, share in CHANNEL_WEIGHTS.items()}
    )


_TOPICS: Final = [topics_at(month) for month in range(HISTORY_MONTHS + 7)]
_CHANNELS: Final = [channels_at(month) for month in range(HISTORY_MONTHS + 7)]


def draw_research(random: Random, key: str, *, first: date, month: int, zone: str, activity: float) -> Research:
    """All that one person does from the first visit on, `month` months before the end of the history."""
    intent = random.gauss(0.0, 1.0)
    month = min(month, HISTORY_MONTHS + 6)
    scene = Scene(
        key=key,
        topic=_TOPICS[month].draw(random),
        channel=_CHANNELS[month].draw(random),
        month=month,
        intent=intent,
    )
    days = _visit_days(random, first, intent=intent, activity=activity)
    raise_visit = min(len(days) - 1, int(random.betavariate(2.2, 1.8) * len(days)))
    kind = Weighted([(kind, share * exp(lift * intent)) for kind, share, lift in _RAISES]).draw(random)
    touches: list[TouchRecord] = []
    signals: list[SignalRecord] = []
    raised_at = draw_moment(random, days[0], zone=zone)
    for number, day in enumerate(days):
        at = draw_moment(random, day, zone=zone)
        touches += draw_touch(random, scene, at, is_first=number == 0)
        signals += draw_pages(random, scene, at, number=number, progress=(number + 1) / len(days))
        if number == raise_visit:
            raised_at = signals[-1].at + timedelta(seconds=40 + int(random.random() * 200))
            signals.append(draw_raise(random, scene, kind, raised_at))
    signals += _mail(random, scene, raised_at)
    signals.sort(key=lambda signal: signal.at)
    return Research(
        topic=scene.topic,
        channel=scene.channel,
        raised_at=raised_at,
        raise_kind=kind,
        touches=tuple(touches),
        signals=tuple(signals),
    )


def _visit_days(random: Random, first: date, *, intent: float, activity: float) -> list[date]:
    count = 1 + poisson(random, min(18.0, log_normal(random, 5.2 * exp(0.28 * intent), 0.45) * activity))
    span = min(110.0, log_normal(random, 17.0, 0.8))
    days = [first]
    for _ in range(count - 1):
        day = first + timedelta(days=int(random.random() ** 0.9 * span))
        is_shifted = day.weekday() >= 5 and chance(random, 0.85)
        days.append(day + timedelta(days=7 - day.weekday()) if is_shifted else day)
    return sorted(days)


def draw_touch(random: Random, scene: Scene, at: datetime, *, is_first: bool) -> list[TouchRecord]:
    channel = scene.channel if is_first else _LATER_CHANNELS.draw(random)
    if channel == "direct" and not is_first:
        return []
    source, medium, referrer = SOURCES[channel].draw(random)
    campaign = campaign_at(channel=channel, topic=scene.topic, month=scene.month)
    is_tagged = campaign is not None and (channel != "referral" or chance(random, 0.4))
    touch = TouchRecord(
        at=at,
        channel=channel,
        source=campaign.source if campaign and is_tagged else source,
        medium=campaign.medium if campaign and is_tagged else medium,
        campaign=campaign.name if campaign and is_tagged else "",
        referrer=referrer,
        landing=landing_of(channel, scene.topic),
    )
    return [msgspec.structs.replace(touch, landing=tagged(touch))]


def draw_pages(random: Random, scene: Scene, at: datetime, *, number: int, progress: float) -> list[SignalRecord]:
    decision = 0.04 + 0.16 * progress / (1 + exp(-scene.intent))
    awareness = 0.5 - 0.4 * progress
    signals: list[SignalRecord] = []
    for page in range(1 + poisson(random, 4.1)):
        at += timedelta(seconds=12 + int(random.expovariate(1 / 70.0)))
        path, topic = _page(random, scene.topic, random.random(), decision, awareness)
        signals.append(
            SignalRecord(key=f"{scene.key}-v{number}-{page}", kind="page_view", at=at, path=path, topic=topic)
        )
    return signals


def _page(random: Random, topic: str, place: float, decision: float, awareness: float) -> tuple[str, str]:
    if place < decision:
        return "/pricing", ""
    if place < decision + awareness:
        return ("/careers", "") if random.random() < 0.03 else (random.choice(BLOG_PAGES), "")
    topic = topic if random.random() < 0.85 else random.choice(tuple(TOPIC_WEIGHTS))
    return f"/products/{topic}/{random.choice(PRODUCT_PAGES)}", topic


def draw_raise(random: Random, scene: Scene, kind: str, at: datetime) -> SignalRecord:
    item = random.choice(WEBINARS if kind == "webinar_attended" else DOWNLOADS)
    path = _RAISE_PATHS[kind].format(topic=scene.topic, item=item)
    return SignalRecord(key=f"{scene.key}-raise", kind=kind, at=at, path=path, topic=scene.topic)


def _mail(random: Random, scene: Scene, raised_at: datetime) -> list[SignalRecord]:
    """Reactions to the newsletter once we know their address."""
    signals: list[SignalRecord] = []
    for number in range(poisson(random, 2.6)):
        at = raised_at + timedelta(days=2 + random.random() * 45)
        opened = SignalRecord(key=f"{scene.key}-o{number}", kind="email_open", at=at, topic="")
        signals.append(opened)
        if chance(random, 0.35):
            clicked = at + timedelta(seconds=30)
            signals.append(
                SignalRecord(key=f"{scene.key}-k{number}", kind="email_click", at=clicked, path=BLOG_PAGES[1])
            )
    if chance(random, 0.03):
        at = raised_at + timedelta(days=5 + random.random() * 60)
        signals.append(SignalRecord(key=f"{scene.key}-u", kind="unsubscribed", at=at))
    return signals


def draw_letter(random: Random, key: str, at: datetime, *, ends_at: datetime) -> Iterator[SignalRecord]:
    """One newsletter opened; a third of them clicked, with some pages read after that, none about prices."""
    yield SignalRecord(key=f"{key}-o", kind="email_open", at=at)
    if not chance(random, 0.33):
        return
    yield SignalRecord(key=f"{key}-k", kind="email_click", at=at, path=BLOG_PAGES[0])
    for page in range(poisson(random, 5.0)):
        at += timedelta(seconds=15 + int(random.expovariate(1 / 60.0)))
        path, topic = _page(random, random.choice(tuple(TOPIC_WEIGHTS)), random.random(), 0.0, 0.7)
        if at < ends_at:
            yield SignalRecord(key=f"{key}-{page}", kind="page_view", at=at, path=path, topic=topic)


def decision_signals(signals: tuple[SignalRecord, ...], *, until: datetime) -> int:
    """How often they showed, up to then, that they are about to decide."""
    return sum(
        (signal.kind in DECISION_KINDS or signal.path == "/pricing") and signal.at <= until for signal in signals
    )
