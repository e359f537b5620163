"""The parts of `SqlStorage`: its tables, its statements, its transactions, and what a database's errors mean."""
