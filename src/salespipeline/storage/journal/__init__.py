"""The parts of the JSON journal, from the system calls up to what a file adds up to."""
