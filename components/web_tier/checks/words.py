"""What messages are begun with."""

COMPONENT = "WebTier"
