"""What the demo company sells and how it is found: topics, pages, channels, campaigns."""

from decimal import Decimal
from typing import Final

from polku.simulator.draw import Weighted
from polku.simulator.records import CampaignRecord, TouchRecord

# topic → money a year of a middling customer with 100 people
TOPICS: Final = {
    "laser-cutting": 42_000,
    "bending": 26_000,
    "machined-parts": 48_000,
    "fasteners": 11_000,
    "maintenance": 20_000,
    "consulting": 16_000,
}
TOPIC_WEIGHTS: Final = {
    "laser-cutting": 0.20,
    "bending": 0.16,
    "machined-parts": 0.22,
    "fasteners": 0.18,
    "maintenance": 0.15,
    "consulting": 0.12,
}
PRODUCT_PAGES: Final = (
    "overview",
    "materials",
    "tolerances",
    "lead-times",
    "case-study",
    "technical-data",
    "faq",
)
BLOG_PAGES: Final = (
    "/blog/five-questions-before-you-outsource-cutting",
    "/blog/what-tolerances-cost",
    "/blog/steel-prices-this-quarter",
    "/blog/planning-a-maintenance-break",
    "/blog/from-drawing-to-part-in-48-hours",
    "/blog/how-we-choose-suppliers",
)
DOWNLOADS: Final = ("tolerance-guide", "material-chart", "maintenance-checklist", "buyers-guide")
WEBINARS: Final = ("designing-for-laser", "lower-total-cost-of-parts", "maintenance-that-pays")
CHANNEL_WEIGHTS: Final = {
    "organic_search": 0.31,
    "paid_search": 0.16,
    "referral": 0.11,
    "organic_social": 0.11,
    "paid_social": 0.09,
    "email": 0.09,
    "direct": 0.09,
    "ai_assistant": 0.04,
}
SOURCES: Final[dict[str, Weighted[tuple[str, str, str]]]] = {
    "organic_search": Weighted(
        {
            ("google", "organic", "https://www.google.com/"): 0.78,
            ("seznam", "organic", "https://search.seznam.cz/"): 0.12,
            ("bing", "organic", "https://www.bing.com/"): 0.10,
        }
    ),
    "paid_search": Weighted(
        {("google", "cpc", "https://www.google.com/"): 0.85, ("bing", "cpc", "https://www.bing.com/"): 0.15}
    ),
    "referral": Weighted(
        {
            ("fair-directory.example", "referral", "https://fair-directory.example/exhibitors"): 0.45,
            ("partner-steel.example", "referral", "https://partner-steel.example/partners"): 0.55,
        }
    ),
    "organic_social": Weighted(
        {
            ("linkedin", "social", "https://www.linkedin.com/"): 0.85,
            ("youtube", "social", "https://www.youtube.com/"): 0.15,
        }
    ),
    "paid_social": Weighted({("linkedin", "paid_social", "https://www.linkedin.com/"): 1.0}),
    "email": Weighted({("newsletter", "email", ""): 1.0}),
    "direct": Weighted({("", "", ""): 1.0}),
    "ai_assistant": Weighted(
        {
            ("chatgpt.com", "referral", "https://chatgpt.com/"): 0.7,
            ("perplexity.ai", "referral", "https://www.perplexity.ai/"): 0.3,
        }
    ),
}


def _campaign(text: str) -> CampaignRecord:
    name, channel, source, medium, topic, first, last, spend = text.split()
    return CampaignRecord(
        name=name,
        channel=channel,
        source=source,
        medium=medium,
        topic=topic.replace("any", ""),
        first_month=int(first),
        last_month=int(last),
        spend=Decimal(spend),
    )


CAMPAIGNS: Final = tuple(
    map(
        _campaign,
        (
            "brand-search paid_search google cpc any 18 0 21600",
            "machined-parts-search paid_search google cpc machined-parts 15 6 14500",
            "laser-cutting-search paid_search google cpc laser-cutting 8 0 19800",
            "linkedin-maintenance-managers paid_social linkedin paid_social maintenance 14 9 11200",
            "linkedin-laser-48h paid_social linkedin paid_social laser-cutting 6 0 16400",
            "linkedin-buyers-guide paid_social linkedin paid_social any 18 0 9900",
            "monthly-newsletter email newsletter email any 18 0 3600",
            "autumn-maintenance-break email newsletter email maintenance 15 13 700",
            "spring-fair referral fair-directory.example referral any 9 7 8800",
        ),
    )
)
_LANDINGS: Final = {
    "paid_search": "/products/{topic}/overview",
    "paid_social": "/resources/buyers-guide",
    "email": "/blog/what-tolerances-cost",
}


def campaign_at(*, channel: str, topic: str, month: int) -> CampaignRecord | None:
    """The campaign that brought a visit `month` months before the end: one for the topic, else any."""
    running = [c for c in CAMPAIGNS if c.channel == channel and c.first_month >= month >= c.last_month]
    fitting = [campaign for campaign in running if campaign.topic in (topic, "")]
    return max(fitting, key=lambda campaign: campaign.topic == topic, default=None)


def landing_of(touch_channel: str, topic: str) -> str:
    return _LANDINGS.get(touch_channel, "/products/{topic}/overview").format(topic=topic)


def tagged(touch: TouchRecord) -> str:
    """The address that the browser showed on landing, with its campaign parameters."""
    if not touch.campaign:
        return touch.landing
    return f"{touch.landing}?utm_source={touch.source}&utm_medium={touch.medium}&utm_campaign={touch.campaign}"
