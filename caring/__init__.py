"""P-01, caring of customers in arrears (CT-0, PRANPC): prospects, results, quality control, promises."""
