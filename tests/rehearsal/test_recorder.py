import pulumi
import pytest

from tests.recording import recording


def test_errors_that_go_round_in_a_circle_are_raised_all_the_same() -> None:
    def program() -> None:
        cause, effect = ValueError("first"), ValueError("second")
        cause.__context__, effect.__cause__ = effect, cause
        raise effect

    with pytest.raises(ValueError, match="second"):
        recording(program)


def test_a_failed_program_leaves_nothing_to_the_next_one() -> None:
    def failing() -> None:
        pulumi.Output.from_input("x").apply(lambda _: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        recording(failing)
    assert recording(lambda: pulumi.export("answer", pulumi.Output.from_input(42))).stack_outputs == {"answer": 42}
