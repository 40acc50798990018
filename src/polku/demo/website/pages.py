"""Every page of the example company's website: its address, its title, the template that shows it."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from polku.demo.website.content import Product, guides, products


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page, and what its template is given beside what all are given."""

    path: str
    title: str
    description: str
    template: str
    section: str = ""
    given: Mapping[str, object] = {}


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """A post of the blog or a customer case; its text is a template of its own."""

    path: str
    title: str
    lead: str
    label: str
    minutes: int = 0


POSTS: Final = (
    Article(
        path="/blog/five-questions-before-you-outsource-cutting",
        title="Five questions before you outsource cutting",
        lead="A laser of your own is a fine thing while it runs. When is it cheaper to own none?",
        label="Buying",
        minutes=4,
    ),
    Article(
        path="/blog/what-tolerances-cost",
        title="What tolerances cost",
        lead="We looked at 2,400 of our own orders. Most of the money in a tight drawing buys nothing.",
        label="Design",
        minutes=4,
    ),
    Article(
        path="/blog/planning-a-maintenance-break",
        title="Planning a maintenance break that ends on time",
        lead="The break does not run late in its last hour. It runs late six weeks before, in a meeting.",
        label="Maintenance",
        minutes=3,
    ),
    Article(
        path="/blog/from-drawing-to-part-in-48-hours",
        title="From drawing to part in 48 hours",
        lead="Hour by hour: what happens to an order that has to be on a truck the day after tomorrow.",
        label="How we work",
        minutes=3,
    ),
)
CASES: Final = (
    Article(
        path="/cases/feed-mixers-in-one-sheet",
        title="Five parts became one sheet",
        lead="A maker of feed mixers near Seinäjoki saves EUR 61,000 a year on a single cover.",
        label="Laser cutting and bending",
    ),
    Article(
        path="/cases/a-press-line-that-stays-up",
        title="A press line that stays up",
        lead="A supplier to car makers in Moravia went from eleven unplanned stops a month to two.",
        label="Maintenance contract",
    ),
)


def pages() -> Iterator[Page]:
    """All of them, in the order of the navigation."""
    yield from _top()
    for product in products():
        yield from _of_product(product)
    for section, articles in (("blog", POSTS), ("cases", CASES)):
        yield from (_article(article, section, articles) for article in articles)


def _top() -> Iterator[Page]:
    everything = {"products": products(), "posts": POSTS, "cases": CASES, "guides": guides()}
    for path, title, description in (
        ("/", "Metal parts and maintenance, on time", "Cut, bent and machined parts for industry in the north."),
        ("/products", "Products", "Cutting, bending, machining, fasteners, maintenance and consulting."),
        ("/pricing", "Prices", "What cutting, bending and a maintenance contract cost, before you ask."),
        ("/cases", "Customer cases", "What changed for two customers, with the figures."),
        ("/blog", "Blog", "What we learn on the floor, written down."),
        ("/resources", "Guides", "Guides for designers, buyers and maintenance, to download."),
        ("/careers", "Careers", "Work with us in Tampere, Brno or Katowice."),
        ("/contact", "Contact", "Write to us. One of us answers within a working day."),
        ("/quote", "Request a quote", "A price for your parts, within fifteen minutes of working time."),
    ):
        name = path.strip("/") or "home"
        yield Page(
            path=path, title=title, description=description, template=f"{name}.html", section=name, given=everything
        )


def _of_product(product: Product) -> Iterator[Page]:
    yield Page(
        path=product.path,
        title=product.name,
        description=product.short,
        template="product.html",
        section="products",
        given={"product": product},
    )
    for part in product.more:
        yield Page(
            path=f"/products/{product.key}/{part.key}",
            title=f"{product.name}: {part.name[0].lower()}{part.name[1:]}",
            description=part.lead,
            template="subpage.html",
            section="products",
            given={"product": product, "part": part},
        )


def _article(article: Article, section: str, all_of_them: tuple[Article, ...]) -> Page:
    name = article.path.rsplit("/", 1)[1]
    return Page(
        path=article.path,
        title=article.title,
        description=article.lead,
        template=f"{'posts' if section == 'blog' else 'cases'}/{name}.html",
        section=section,
        given={"article": article, "others": [other for other in all_of_them if other is not article]},
    )
