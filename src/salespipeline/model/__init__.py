"""Nouns: immutable values with derived properties, and the tables that the rules read."""
