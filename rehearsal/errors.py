"""The one error of the rehearsal: a line that says what is wrong and what would be right."""

import re


class RehearsalError(Exception):
    """Something that the rehearsal, the emulator or AWS's own rules refuse, in one line."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class ApiError(RehearsalError):
    """An answer of the emulator that is an error."""

    def __init__(self, service: str, operation: str, code: str, message: str) -> None:
        super().__init__(f"{service} {operation}: {code}: {message}")
        self.code = code

    @property
    def gone(self) -> bool:
        """Whether the error says that the thing asked for does not exist."""
        return _GONE.search(self.code) is not None


_GONE = re.compile(r"NotFound|NoSuch|NotExist|NonExistent|^404$|NotFoundFault|Gateway\.NotAttached")


def one_line(error: Exception, where: str) -> RehearsalError:
    """Return *error*, raised while the emulator was asked for *where*, as a line that a user can read."""
    if isinstance(error, RehearsalError):
        return error
    if isinstance(error, NotImplementedError):
        return RehearsalError(f"{where}: the emulator does not carry this call")
    kind = type(error).__name__
    if kind in ("EndpointConnectionError", "ConnectionClosedError", "ConnectTimeoutError", "ReadTimeoutError"):
        return RehearsalError(f"{where}: no emulator answers ({error})")
    if kind == "ResponseParserError":  # a moto server's page for a call that it lacks, or no emulator at all
        return RehearsalError(f"{where}: what answers does not carry this call")
    return RehearsalError(f"{where}: the emulator failed: {kind}: {error}")
