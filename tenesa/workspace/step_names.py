"""Names of the steps that the platform treats by themselves, in every procedure that has them."""

NOTE = "note"  # an internal note
WRITE = "write"  # a plain mail to the customer
LETS_GO = frozenset({"release", "give_back", "lose_lease"})  # back to where somebody takes it
TAKE_BACK = "take_back"  # undo: a mail that is still held never leaves, and its words are a draft again
