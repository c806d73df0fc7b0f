"""How a law says that it does not hold."""


class BrokenPromiseError(AssertionError):
    """A law does not hold."""


def require(holds: object, sentence: str) -> None:
    """Raise with the sentence when it does not hold."""
    if not holds:
        raise BrokenPromiseError(sentence)
