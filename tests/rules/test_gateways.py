"""Mail gateways: who clicks every link at once is no person."""

from datetime import UTC, datetime, timedelta

import pytest

from polku.rules.gateways import Click, bursts, gateway

SENT = datetime(2026, 11, 4, 8, 0, tzinfo=UTC)


def at(second: float) -> datetime:
    return SENT + timedelta(seconds=second)


def clicks(text: str) -> list[Click]:
    """`a1 b2.5`: link a after one second, link b after two and a half."""
    return [Click(at=at(float(word[1:])), link=word[0]) for word in text.split()]


# clicks | delivered after | pages read after | grounds: (s)oon (m)any (u)nread, or a person
SPEC = """
a1 b1 c1        | 0 |      | smu
a1 b1 c1        |   |      | mu
a1 b1 c1        | 0 | 30   | sm
a1 b1 c1        |   | 30   | person
a1              | 0 |      | su
a2              | 0 |      | su
a2.1            | 0 |      | person
a-1             | 0 |      | su
a1              | 0 | 20   | person
a1              |   |      | person
a60 b62 c64     | 0 |      | mu
a60 b63 c65     | 0 |      | mu
a60 b63 c65.5   | 0 |      | person
a60 b61 a62     | 0 |      | person
a60 b61 a62     | 0 | 20   | person
a60 a61 b62 c70 | 0 | 90   | person
"""


@pytest.mark.parametrize("row", SPEC.strip().splitlines())
def test_two_of_three_grounds(row: str) -> None:
    made, delivered, read, expected = (cell.strip() for cell in row.split("|"))
    reason = gateway(
        clicks(made),
        delivered_at=at(float(delivered)) if delivered else None,
        reads=[at(float(second)) for second in read.split()],
    )
    grounds = "".join(word[0] for word in ("soon", "many", "unread") if reason and reason.data[word])
    assert (grounds or "person") == expected


def test_no_clicks_are_nobody_s() -> None:
    assert gateway([], delivered_at=SENT) is None
    assert bursts([]) == ()


def test_a_person_who_clicks_after_the_gateway_counts() -> None:
    machine, person = clicks("a1 b1 c2"), clicks("b600")
    first, second = bursts(person + machine, delivered_at=SENT, reads=[at(640)])
    assert first.clicks == tuple(machine)
    assert first.gateway
    assert first.gateway.data == {"soon": True, "many": True, "unread": True, "links": 3}
    assert (second.clicks, second.gateway) == (tuple(person), None)


def test_reading_after_the_gateway_s_clicks_does_not_make_them_a_person_s() -> None:
    first, second = bursts(clicks("a40 b40 c41 a600"), delivered_at=SENT, reads=[at(640)])
    assert first.gateway
    assert second.gateway is None


def test_bursts_end_after_five_seconds_of_silence() -> None:
    assert [len(burst.clicks) for burst in bursts(clicks("a0 b5 c10 d15.1"))] == [3, 1]
