"""What can keep the example company from being loaded."""


class NotEmpty(Exception):
    """The installation has users already: an example among real records would be a mess."""
