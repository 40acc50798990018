"""The words by which other systems name where a lead stands, and the stage that each means here."""

from typing import Final

from polku.rules.identity import plain
from polku.rules.stages import Stage

_WORDS: Final[dict[Stage, str]] = {
    Stage.LEAD: """
        new, open, open not contacted, open - not contacted, not contacted, subscriber, lead, prospect,
        prospecting, unqualified lead, untouched, fresh, raw, created, suspect, identified, in queue, uusi, nový,
        nowy, potenciální, inquiry, imported""",
    Stage.MQL: """
        mql, marketing qualified lead, marketingqualifiedlead, marketing qualified, pre qualified, pre-qualified,
        prequalified, warm, engaged, aql, nurtured""",
    Stage.ACCEPTED: """
        assigned, accepted, sal, sales accepted lead, in process, in progress, working, working - contacted,
        working contacted, contacted, attempted to contact, attempted, connected, open deal, replied, contact
        made, claimed, attempting, attempted contact, left voicemail, käsittelyssä, přiřazený, przypisany, v
        řešení, w toku""",
    Stage.SQL: """
        sql, sales qualified lead, salesqualifiedlead, sales qualified, qualified, converted, closed - converted,
        closed converted, qualification, qualified to buy, qualifiedtobuy, bant qualified, kvalifikovaný,
        zakwalifikowany""",
    Stage.MEETING: """
        meeting, opportunity, needs analysis, value proposition, id decision makers, id. decision makers,
        perception analysis, meeting scheduled, appointment scheduled, appointmentscheduled, presentation
        scheduled, presentationscheduled, demo, discovery, demo scheduled, demo completed, needs assessment,
        solution, analysis, schůzka, spotkanie, tapaaminen, identify decision makers""",
    Stage.PROPOSAL: """
        proposal, proposal/price quote, proposal/quotation, proposal price quote, proposition, quote sent,
        initial offer, offer, quote, proposal sent, proposal made, quoted, value prop, tarjous, nabídka, oferta,
        decision maker bought-in, decisionmakerboughtin""",
    Stage.NEGOTIATION: """
        negotiation, negotiation/review, negotiation review, contract sent, contractsent, verbal commitment,
        contract, neuvottelu, jednání, negocjacje, in negotiation, commit""",
    Stage.CUSTOMER: """
        customer, closed won, closedwon, won, evangelist, client, closed - won, won deal, deal won, sold,
        existing customer, asiakas, voitettu, zákazník, vyhráno, klient, wygrana""",
    Stage.NURTURE: """
        nurture, nurturing, recycled, contact in future, bad timing, badtiming, recycle, on hold, later,
        postponed, not now, future interest, long term, odloženo""",
    Stage.LOST: """
        lost, closed lost, closedlost, lost lead, dead, closed - lost, closed lost to competition, closed-lost to
        competition, closed - not converted, closed not converted, lost deal, deal lost, not interested, hävitty,
        ztraceno, prohráno, przegrana, lost to competition, no decision""",
    Stage.DISQUALIFIED: """
        disqualified, junk, junk lead, unqualified, not qualified, spam, invalid, bad data, duplicate, do not
        contact, wrong number, diskvalifikovaný, nieprawidłowy""",
}


def _key(word: str) -> str:
    return "".join(letter for letter in plain(word) if letter.isalnum())


_BY_WORD: Final = {_key(word): stage for stage, words in _WORDS.items() for word in words.split(",")}


def stage_of(word: str) -> Stage | None:
    """The stage that a status, lifecycle stage or deal stage of another system means; None when no word fits."""
    return _BY_WORD.get(_key(word))
