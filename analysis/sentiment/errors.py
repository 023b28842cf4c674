"""Why a sentiment method cannot be had: each message says what is wrong and what to do, in one line."""


class SentimentRefused(ValueError):
    """A sentiment method cannot be had as it was asked for."""


class UnknownMethod(SentimentRefused):
    """Nobody offers a sentiment method of this name."""


class UnusableMethod(SentimentRefused):
    """The method is known and cannot be loaded: packages are missing, or a plug-in is broken."""


class UnusableModel(SentimentRefused):
    """The method cannot use this model, needs one, or takes none."""
