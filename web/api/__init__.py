"""The API for programs: SMSGate's, so that its clients work unchanged, and what is ours in the same style. It knows no page."""
