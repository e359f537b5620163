"""Verbs: pure functions from a sale, an action and a moment to problems, or to a new sale."""
