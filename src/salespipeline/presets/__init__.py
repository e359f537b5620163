"""Ready-made processes: each product's tables, lists and types, to use as they are or to change."""
