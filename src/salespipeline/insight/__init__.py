"""Questions about sales: pure functions over any number of them; the day is always a parameter."""
