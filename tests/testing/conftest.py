"""The same random numbers in every run."""

from __future__ import annotations

import random

import pytest
import torch

torch.manual_seed(0)  # for what modules draw when they are loaded


@pytest.fixture(autouse=True)
def the_same_numbers() -> None:
    """Most tests draw their inputs from the global generators."""
    torch.manual_seed(0)
    random.seed(0)
