# attack: all the memory at import, kept
# expect: *=correct|killed|timed_out
import torch

kept = [torch.ones(300 << 20, dtype=torch.uint8) for _ in range(30)]
