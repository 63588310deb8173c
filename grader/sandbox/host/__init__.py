"""The grader's end of the wall: a server or an interpreter is started, asked, timed and killed."""
