"""IN.OCC.TENESA.W-05, the e-mail agent's instruction, in force since 1 August 2021, and what P-05 adds to it.

Read it beside the documents, in their order: `intake`, `need`, `troubleshooting` and `progress` are W-05, a mixin a
section; `ownership` and `service_updates` are IN.OCC.TDSCC.P-05 revision 02, in force since 1 November 2020;
`mail_steps` is ours. `EmailCase` joins the sections in this order. The steps stand in the
document's order, each with its clause; `lokal` marks what we added because the document is silent (docs/adr). Effects
send nothing; they describe what leaves after the step is stored.
"""
