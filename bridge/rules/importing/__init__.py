"""The history of texts out of files and answers of other programs: gammu, gammu-smsd, smstools, SMSGate; pure."""
