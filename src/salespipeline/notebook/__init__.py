"""Pictures: tables and diagrams of how sales may move, printed from the tables that the rules read."""
