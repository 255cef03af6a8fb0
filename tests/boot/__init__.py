"""Machines that really start: systemd, cloud-init and the rendered user data in a throw-away Debian."""
