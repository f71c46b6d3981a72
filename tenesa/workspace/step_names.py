"""Names of the steps that the page of a case treats by themselves, in every procedure that has them."""

NOTE = "note"  # an internal note
WRITE = "write"  # a plain mail to the customer
TAKE_BACK = "take_back"  # undo: a mail that is still held never leaves, and its words are a draft again
