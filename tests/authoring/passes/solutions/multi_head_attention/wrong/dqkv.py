# mistake: permuted -- queries and keys swapped
def dqkv(dq, dk, dv):
    return torch.cat([t.transpose(1, 2).flatten(2) for t in (dk, dq, dv)], dim=2)
