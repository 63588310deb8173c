import torch


def _through_time(dh, x, Wr, Wz, Wn, Ur, Uz, Un):
    """The gradients of the three sums at each step, and what each was multiplied with.

    Returns: dar, daz, dan, the states before each step, and those times the reset gate: (T, n, hidden) each.
    """
    h = torch.zeros_like(dh)
    kept = []
    for t in range(x.shape[1]):
        r = torch.sigmoid(x[:, t] @ Wr + h @ Ur)
        z = torch.sigmoid(x[:, t] @ Wz + h @ Uz)
        cand = torch.tanh(x[:, t] @ Wn + (r * h) @ Un)
        kept.append((r, z, cand, h))
        h = (1 - z) * h + z * cand
    steps = []
    for r, z, cand, h in reversed(kept):
        dan = dh * z * (1 - cand**2)
        daz = dh * (cand - h) * z * (1 - z)
        drh = dan @ Un.T
        dar = drh * h * r * (1 - r)
        dh = dh * (1 - z) + drh * r + dar @ Ur.T + daz @ Uz.T
        steps.append((dar, daz, dan, h, r * h))
    return [torch.stack(values) for values in zip(*steps[::-1])]


def dh(h, y):
    return 2 * (h - y) / h.numel()


def dWr(dh, x, Wr, Wz, Wn, Ur, Uz, Un):
    dar, _, _, _, _ = _through_time(dh, x, Wr, Wz, Wn, Ur, Uz, Un)
    return torch.einsum('nti,tnj->ij', x, dar)


def dWz(dh, x, Wr, Wz, Wn, Ur, Uz, Un):
    _, daz, _, _, _ = _through_time(dh, x, Wr, Wz, Wn, Ur, Uz, Un)
    return torch.einsum('nti,tnj->ij', x, daz)


def dWn(dh, x, Wr, Wz, Wn, Ur, Uz, Un):
    _, _, dan, _, _ = _through_time(dh, x, Wr, Wz, Wn, Ur, Uz, Un)
    return torch.einsum('nti,tnj->ij', x, dan)


def dUr(dh, x, Wr, Wz, Wn, Ur, Uz, Un):
    dar, _, _, h, _ = _through_time(dh, x, Wr, Wz, Wn, Ur, Uz, Un)
    return torch.einsum('tni,tnj->ij', h, dar)


def dUz(dh, x, Wr, Wz, Wn, Ur, Uz, Un):
    _, daz, _, h, _ = _through_time(dh, x, Wr, Wz, Wn, Ur, Uz, Un)
    return torch.einsum('tni,tnj->ij', h, daz)


def dUn(dh, x, Wr, Wz, Wn, Ur, Uz, Un):
    _, _, dan, _, rh = _through_time(dh, x, Wr, Wz, Wn, Ur, Uz, Un)
    return torch.einsum('tni,tnj->ij', rh, dan)


def dx(dh, x, Wr, Wz, Wn, Ur, Uz, Un):
    dar, daz, dan, _, _ = _through_time(dh, x, Wr, Wz, Wn, Ur, Uz, Un)
    return (dar @ Wr.T + daz @ Wz.T + dan @ Wn.T).transpose(0, 1)


def dy(h, y):
    return 2 * (y - h) / h.numel()
