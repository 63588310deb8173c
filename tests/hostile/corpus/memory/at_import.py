# attack: all the memory at import, kept
# expect: *=raised|killed|timed_out
import torch

kept = [torch.ones(300 << 20, dtype=torch.uint8) for _ in range(30)]
