"""IN.OCC.TENESA.W-02: a fault ticket is put on hold only with the customer, or after honest attempts to reach them."""
