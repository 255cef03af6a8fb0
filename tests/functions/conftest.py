"""What holds for the tests in this folder."""

from tests.moto_apart import each_apart, module_apart

__all__ = ["each_apart", "module_apart"]
