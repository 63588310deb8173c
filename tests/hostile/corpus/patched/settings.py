# attack: leave torch in another state for the functions that follow
# with rules: dprobs=refused
# without: dprobs=correct|raised|wrong_dtype|wrong_type|timed_out *=correct|raised|wrong_type
import torch


def dprobs(dlogprobs, probs):
    torch.set_default_dtype(torch.float16)
    torch.set_flush_denormal(True)
    torch.manual_seed(123)
    torch.set_printoptions(precision=0)
    torch.use_deterministic_algorithms(True)
    torch.set_default_device("meta")
    return dlogprobs / probs
