# attack: walk up the frames for a reference or a name that belongs to the grader
# with rules: dprobs=refused
# without: dprobs=correct
import sys

import torch


def dprobs(dlogprobs, probs):
    answer, frame = dlogprobs / probs, sys._getframe().f_back
    while frame is not None:
        for name, value in {**frame.f_globals, **frame.f_locals}.items():
            if isinstance(value, torch.Tensor) and value.shape == probs.shape and torch.equal(value, answer):
                raise RuntimeError(f"escaped: {name} holds the answer")
        frame = frame.f_back
    return answer
