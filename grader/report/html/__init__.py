"""Pages for people: one submission's report and a class's dashboard, each one file that needs no network."""
