"""Notebooks of the lecture's exercises as learners write them, and what each must give.

Every case is the complete notebook with a few named edits; what it must give was compared with PyTorch: see `truth`.
"""

from notebooks.corpus import attempts, cells, forms, helpers, names, others, sizes, stages, training, writing

CASES = [
    case
    for kind in (stages, training, attempts, sizes, helpers, names, cells, writing, forms, others)
    for case in kind.CASES
]
