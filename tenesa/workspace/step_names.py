"""Names of the steps that the page of a case treats by themselves, in every procedure that has them."""

NOTE = "note"  # an internal note
WRITE = "write"  # a plain mail to the customer
