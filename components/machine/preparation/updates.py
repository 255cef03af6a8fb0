"""Security updates, every night: each server at another time, and none restarts."""

from ..cloudconfig import StagedFile
from ..spec import Distribution
from .places import UNITS

_UNIT = "elasticweb-updates"
_NIGHTLY = "OnCalendar=*-*-* 01:00:00\nRandomizedDelaySec=4h\n"

# Repositories of Amazon Linux 2023 are locked to the release of the image; without --releasever there would never be
# an update (AL2023 user guide, "Deterministic upgrades" and "Applying security updates in-place").
_AL2023 = [
    StagedFile(
        f"{UNITS}/{_UNIT}.service",
        "[Unit]\nDescription=Security updates\nWants=network-online.target\nAfter=network-online.target\n\n"
        "[Service]\nType=oneshot\nExecStart=/usr/bin/dnf --assumeyes --releasever=latest upgrade --security\n",
        "0644",
    ),
    StagedFile(
        f"{UNITS}/{_UNIT}.timer",
        f"[Unit]\nDescription=Security updates, nightly\n\n[Timer]\n{_NIGHTLY}\n[Install]\nWantedBy=timers.target\n",
        "0644",
    ),
]

# apt reads its files in the order of their names: this one comes after 20auto-upgrades and 50unattended-upgrades.
_UBUNTU = [
    StagedFile(
        "/etc/apt/apt.conf.d/90elasticweb",
        """\
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
#clear Unattended-Upgrade::Allowed-Origins;
#clear Unattended-Upgrade::Origins-Pattern;
Unattended-Upgrade::Origins-Pattern {
  "origin=${distro_id},archive=${distro_codename}-security";
  "origin=${distro_id},codename=${distro_codename}-security";
};
Unattended-Upgrade::Automatic-Reboot "false";
""",
        "0644",
    ),
    StagedFile(
        f"{UNITS}/apt-daily-upgrade.timer.d/elasticweb.conf",
        # An empty setting forgets the earlier ones.
        f"[Timer]\nOnCalendar=\n{_NIGHTLY}Persistent=false\n",
        "0644",
    ),
]

FILES = {Distribution.AL2023: _AL2023, Distribution.UBUNTU: _UBUNTU}
TIMERS = {
    Distribution.AL2023: [f"{_UNIT}.timer"],
    Distribution.UBUNTU: ["apt-daily.timer", "apt-daily-upgrade.timer"],
}
