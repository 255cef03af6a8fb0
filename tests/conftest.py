"""What holds for all tests."""

from hypothesis import settings

# How fast a machine is says nothing about whether the code is right.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")
