"""What the desk keeps beside the sales: its catalog, its parties and its series of ids."""
