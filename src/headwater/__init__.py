"""Headwater: the data side of AI programs as one continuous, accountable loop."""
