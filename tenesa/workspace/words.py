"""Names of steps that the workspace itself knows; a procedure that declares one gets what belongs to it."""

NOTE, WRITE, TAKE_BACK = "note", "write", "take_back"
