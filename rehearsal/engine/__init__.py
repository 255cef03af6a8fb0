"""The user's own Pulumi CLI on the rehearsal stage: ``python -m rehearsal pulumi ARGS...`` and ``stop``.

Everything that Pulumi would keep in the user's home, on a server or in the checkout is under ``.rehearsal/pulumi`` of
the repository instead; see :mod:`.places`.
"""
