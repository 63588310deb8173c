"""The report of a run, in every form in which it is shown or exported."""
