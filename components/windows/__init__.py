"""Capacity windows: when more servers must run, compiled into scheduled actions of an Auto Scaling group."""

from .actions import LEAVE_ALONE, ScheduledAction, scheduled_actions
from .shapes import CapacityWindow, Weekday, Window, floor_at, read_windows

__all__ = [
    "LEAVE_ALONE",
    "CapacityWindow",
    "ScheduledAction",
    "Weekday",
    "Window",
    "floor_at",
    "read_windows",
    "scheduled_actions",
]
