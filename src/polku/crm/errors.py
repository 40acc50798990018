"""What can go wrong with records, by name."""


class LeadNotVisible(Exception):
    """There is no such lead, or not for this user: the two are not told apart."""

    def __init__(self, lead_id: int) -> None:
        super().__init__(f"lead {lead_id}")
        self.lead_id = lead_id


class CompanyNotVisible(Exception):
    """There is no such company, or not for this user."""

    def __init__(self, company_id: int) -> None:
        super().__init__(f"company {company_id}")
        self.company_id = company_id
