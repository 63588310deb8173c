"""Each kernel's backward pass beside autograd's."""

import numpy as np
import torch
import torch.nn.functional as F
from kernels import RMSNorm, cross_entropy

from grader.testing import check_backward


def vectors(seed, batch=2, length=7, d=5):
    generator = torch.Generator().manual_seed(seed)
    return {
        "x": torch.randn(batch, length, d, generator=generator),
        "weight": torch.randn(d, generator=generator),
    }


def classified(seed, n=7, c=4):
    generator = np.random.default_rng(seed)
    return {"scores": generator.normal(size=(n, c)), "labels": generator.integers(c, size=n)}


def test_rmsnorm():
    check_backward(RMSNorm, inputs=vectors)


def test_rmsnorm_in_bfloat16():
    check_backward(RMSNorm, inputs=vectors, dtype=torch.bfloat16)


def test_cross_entropy():
    def reference(scores, labels):
        return F.cross_entropy(scores, labels)

    check_backward(
        None, cross_entropy, inputs=classified, upstream=None, returns=("loss", "dscores"), reference=reference
    )
