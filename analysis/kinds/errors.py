"""What can be wrong with a rule table."""


class RuleError(ValueError):
    """A rule table cannot be read: the message names the phrase, or file and row."""
