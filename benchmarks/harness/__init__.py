"""What every benchmark needs: peers in environments of their own, timings, and a table that is kept as JSON."""
