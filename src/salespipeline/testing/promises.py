"""What a store promises, by the ids that tests and reports name: durability, atomicity, recovery, and so on.

The clauses of the contract hold a storage to those that can be seen through its methods; the others
are about files, and about the library as a whole.
"""

from types import MappingProxyType

__all__ = ["PROMISES"]

PROMISES = MappingProxyType(
    {
        "P-D1": "what was acknowledged is there after the process is killed",
        "P-D2": "what was acknowledged is there after a power cut",
        "P-D3": "without waiting for the disk, a power cut leaves some earlier commit, never a mixture",
        "P-D4": "what was refused leaves nothing behind",
        "P-D5": "a commit whose outcome cannot be known says so, and can safely be repeated",
        "P-D6": "the first commit into a new directory is as durable as any other",
        "P-D7": "what a commit builds on is as durable as the commit",
        "P-A1": "a commit is seen wholly or not at all",
        "P-A2": "a view moves by refresh and by the handle's own commits alone",
        "P-A3": "the number of a view never goes back",
        "P-A4": "numbers have no gaps, and are in the order of time",
        "P-A5": "expectations are checked against the newest state",
        "P-A6": "a revision is never used twice",
        "P-A7": "what a commit only read can be expected, too",
        "P-A8": "no update is lost",
        "P-A9": "a command is carried out once",
        "P-R1": "a store left by any crash opens with all that was acknowledged",
        "P-R2": "recovery may be interrupted, and repeated",
        "P-R3": "what recovery takes away is kept aside, and reported",
        "P-R4": "no changed bit passes for another value",
        "P-R5": "damage is refused, and the file left as it is",
        "P-R6": "a foreign file is never taken for an empty store",
        "P-R7": "a store that lost acknowledged commits is refused",
        "P-R8": "what is intact in a damaged file can be saved",
        "P-R9": "senseless contents are damage, not a crash",
        "P-V1": "what any release wrote opens in this one",
        "P-V2": "a newer format is refused, or read only, and left as it is",
        "P-V3": "what is not known is kept",
        "P-V4": "migrating is a pure function, done wholly or not at all",
        "P-V5": "export, import and export give the same bytes",
        "P-C1": "any number of readers and one writer at a time, in any process and thread",
        "P-C2": "readers wait for nobody, and need no permission to write",
        "P-C3": "waiting for a lock is bounded, and a dead holder's is free",
        "P-C4": "threads may share a handle; a forked process refuses or works",
        "P-C5": "writers that got past the lock are noticed",
        "P-S1": "loading executes, imports and opens nothing",
        "P-S2": "what comes in is bounded in size, time and memory",
        "P-S3": "a refusal is always one of the library's own",
        "P-S4": "no text leaves as formula, markup, terminal control or another line",
        "P-S5": "ids never become file names",
        "P-S6": "files are their owner's alone, and links are not followed",
        "P-T1": "the same calls give the same bytes, wherever they are made",
        "P-T2": "no rule reads the clock, the environment, the locale or chance",
        "P-T3": "instants are aware and in UTC, and order nothing",
        "P-T4": "nothing that is given or got can alter what is stored",
    }
)
