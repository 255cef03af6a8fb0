"""The programs of which everything here is asked."""

import pytest

from tests.programs import PROGRAMS, Program, evaluated


@pytest.fixture(params=PROGRAMS, scope="module")
def program(request: pytest.FixtureRequest) -> Program:
    return evaluated(request.param)


@pytest.fixture(scope="module")
def prod() -> Program:
    return evaluated("prod")
