"""What this package raises."""

from __future__ import annotations


class NanoBraggError(Exception):
    """Something that cannot be done: what is wrong, and how to mend it.

    Attributes:
        subject: The option, file or argument concerned; empty if there is none.
        status: The status of the library (nanobragg.h).
    """

    def __init__(self, text: str, *, subject: str = "", status: int = 5) -> None:
        super().__init__(text)
        self.subject = subject
        self.status = status

    def __reduce__(self):  # so that it reaches another process
        return (_rebuilt, (type(self), str(self), self.subject, self.status))


def _rebuilt(kind: type, text: str, subject: str, status: int) -> NanoBraggError:
    return kind(text, subject=subject, status=status)


class Refused(NanoBraggError, ValueError):
    """A request that cannot be carried out; the program ends with status 2."""


class Incomplete(Refused):
    """No crystal, or no structure factors; the program ends with status 9."""


class NotEnoughMemory(NanoBraggError, MemoryError):
    """More memory would be needed than is allowed, or than there is."""


class Cancelled(NanoBraggError):
    """The progress function asked for the end."""
