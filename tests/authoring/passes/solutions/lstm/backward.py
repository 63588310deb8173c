import torch


def _gates(x_t, h, W, U, b):
    i, f, o, g = (x_t @ W + h @ U + b).chunk(4, dim=1)
    return torch.sigmoid(i), torch.sigmoid(f), torch.sigmoid(o), torch.tanh(g)


def _through_time(dout, out, x, W, U, b):
    """The gradients of the gates' sums at each step, (T, n, 4H), and the states before each step."""
    zero = torch.zeros_like(out[0])
    before = torch.cat([zero[None], out[:-1]])
    cells, kept, c = [zero], [], zero
    for x_t, h in zip(x, before):
        i, f, o, g = _gates(x_t, h, W, U, b)
        c = f * c + i * g
        kept.append((i, f, o, g))
        cells.append(c)
    dh_later, dc = zero, zero
    steps = []
    for t in reversed(range(len(x))):
        i, f, o, g = kept[t]
        tanh_c = torch.tanh(cells[t + 1])
        dh = dout[t] + dh_later
        dc = dc + dh * o * (1 - tanh_c**2)
        da = torch.cat(
            [
                dc * g * i * (1 - i),
                dc * cells[t] * f * (1 - f),
                dh * tanh_c * o * (1 - o),
                dc * i * (1 - g**2),
            ],
            dim=1,
        )
        dh_later, dc = da @ U.T, dc * f
        steps.append(da)
    return torch.stack(steps[::-1]), before


def db(dout, out, x, W, U, b):
    return _through_time(dout, out, x, W, U, b)[0].sum((0, 1))


def dU(dout, out, x, W, U, b):
    da, before = _through_time(dout, out, x, W, U, b)
    return torch.einsum('tni,tnj->ij', before, da)


def dW(dout, out, x, W, U, b):
    da, _ = _through_time(dout, out, x, W, U, b)
    return torch.einsum('tni,tnj->ij', x, da)


def dx(dout, out, x, W, U, b):
    return _through_time(dout, out, x, W, U, b)[0] @ W.T
