import torch


def dlogits(logits, targets):
    p = logits.softmax(1)
    p[torch.arange(len(p)), targets.flatten()] -= 1
    return p / len(p)


def dhead(dlogits, x):
    return x.flatten(0, 1).T @ dlogits


def dx(dlogits, head, x):
    return (dlogits @ head.T).reshape(x.shape)


def dtok_emb(dx):
    return dx


def dpos_emb(dx):
    return dx.sum(0)


def dwte(dtok_emb, idx, wte):
    return torch.zeros_like(wte).index_add(0, idx.flatten(), dtok_emb.flatten(0, 1))


def dwpe(dpos_emb, wpe):
    out = torch.zeros_like(wpe)
    out[: len(dpos_emb)] = dpos_emb
    return out
