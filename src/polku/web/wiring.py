"""Who reacts to which news: read top to bottom, this is the whole chain."""

from datetime import timedelta

from polku.accounts import belongings, presenting
from polku.accounts import jobs as accounts_jobs
from polku.capture import form_jobs
from polku.crm import queries as crm
from polku.news import events, jobs, reactions, recurring
from polku.news.reactions import Reactions
from polku.news.recurring import Every, Recurring
from polku.notifications import import_notice
from polku.notifications import queries as notifications
from polku.web import agreeing, audit_words, collecting, live, owning, upkeep, way

REACTIONS: dict[type[events.Event], Reactions] = {
    #                               at once, in the same transaction     after commit, in a worker
    events.LeadsCaptured:           Reactions(at_once=(way.walk,)),
    events.SignalsRecorded:         Reactions(at_once=(way.walk,)),
    events.FactsChanged:            Reactions(at_once=(way.walk,)),
    events.StagesChanged:           Reactions(at_once=(way.settle_stages,)),
    events.LeadsAccepted:           Reactions(at_once=(way.go_on,)),
    events.LeadsAnswered:           Reactions(at_once=(way.stop_clocks,)),
    events.LeadsRouted:             Reactions(at_once=(way.follow_owners, way.tell_owners)),
    events.LeadOverflowed:          Reactions(after_commit=(way.raise_alarm,)),
    events.SlaWarned:               Reactions(after_commit=(way.warn_owners,)),
    events.SlaLapsed:               Reactions(after_commit=(way.tell_lapse,)),
    events.ImportFinished:          Reactions(after_commit=(import_notice.tell_importer,)),
    events.PlaybookWaits:           Reactions(after_commit=(agreeing.ask_signers,)),
    events.PlaybookSignaturesLost:  Reactions(after_commit=(agreeing.tell_lost,)),
    events.PlaybookStuck:           Reactions(after_commit=(agreeing.tell_stuck,)),
    events.PlaybookActivated:       Reactions(after_commit=(way.walk_base,)),
}  # fmt: skip

RECURRING = {
    "prune news and jobs":        Recurring(jobs.prune, Every(timedelta(hours=1))),
    "prune the limits":           Recurring(accounts_jobs.prune, Every(timedelta(hours=6))),
    "take kept submissions":      Recurring(form_jobs.take_waiting_submissions, Every(timedelta(minutes=1))),
    "forget daily salts":         Recurring(upkeep.forget_salts, Every(timedelta(hours=6))),
    "forget API answers":         Recurring(form_jobs.forget_idempotency_keys, Every(timedelta(hours=12))),
    "watch the clocks":           Recurring(upkeep.watch_clocks, Every(timedelta(seconds=20))),
    "walk stirred leads":         Recurring(collecting.walk_stirred, Every(timedelta(minutes=1))),
    "let cooled leads sink":      Recurring(upkeep.settle, Every(timedelta(minutes=1))),
    "wake nurtured leads":        Recurring(upkeep.wake, Every(timedelta(minutes=5))),
    "put due playbooks in force": Recurring(upkeep.activate_due, Every(timedelta(minutes=1))),
    "retry the overflow":         Recurring(upkeep.retry_overflow, Every(timedelta(minutes=5))),
    "mail notifications":         Recurring(upkeep.mail_notifications, Every(timedelta(seconds=30))),
}  # fmt: skip


def install() -> None:
    """Hand the tables to the outbox and the worker."""
    reactions.install(REACTIONS)
    recurring.install(RECURRING)
    live.install(visible_to=crm.visible_to, notified_after=notifications.notified_after)
    presenting.install(audit_words.WORDS)
    belongings.install([owning.leads_of, owning.tasks_of])
