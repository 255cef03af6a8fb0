"""What goes wrong, as one line."""


class CommandError(Exception):
    """The command cannot go on: one line."""


class ApiError(CommandError):
    """What AWS refused."""

    def __init__(self, code: str, line: str) -> None:
        super().__init__(line)
        self.code = code

    @property
    def gone(self) -> bool:
        """Whether AWS says that what was asked for is not there."""
        return any(word in self.code for word in ("NotFound", "NoSuch", "404"))
