"""Pages for people: one submission's report and a class's dashboard, each one file that needs no network."""

from __future__ import annotations

from grader.page.classroom import class_page
from grader.page.render import MissingLibrary
from grader.page.single import submission_page

__all__ = ["MissingLibrary", "class_page", "submission_page"]
