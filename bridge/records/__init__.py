"""The database: tables, the engine, one file of queries and changes a subject, and views for what is shown."""
