"""Grade books: canvas, moodle and any other table of people, filled in with what everybody earned."""
