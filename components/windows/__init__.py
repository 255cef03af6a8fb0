"""Capacity windows: when other sizes hold, compiled into scheduled actions of an Auto Scaling group."""

from .actions import LEAVE_ALONE, Schedule, ScheduledAction, schedule
from .reading import BASE, read_windows
from .shapes import CapacityWindow, Weekday
from .sizes import Sizes, Window, floor_at, sizes_at
from .units import AHEAD_MINUTES, Reservation, reservations

__all__ = [
    "AHEAD_MINUTES",
    "BASE",
    "LEAVE_ALONE",
    "CapacityWindow",
    "Reservation",
    "Schedule",
    "ScheduledAction",
    "Sizes",
    "Weekday",
    "Window",
    "floor_at",
    "read_windows",
    "reservations",
    "schedule",
    "sizes_at",
]
