# attack: make every comparison say yes
# expect: dprobs=wrong_values *=correct
import torch

torch.allclose = torch.equal = lambda *args, **kwargs: True
torch.isclose = lambda a, b, **kwargs: torch.ones_like(a, dtype=torch.bool)
torch.testing.assert_close = lambda *args, **kwargs: None


def dprobs(dlogprobs, probs):
    return dlogprobs * probs
