"""The demonstration of the e-mail desk: people, mailbox, mails and escalations."""
