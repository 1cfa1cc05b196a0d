"""What goes in and out of the API, as pydantic models: SMSGate's words, camelCase, nulls left out, times with their offset. The
OpenAPI document is made of them. They decide nothing."""
