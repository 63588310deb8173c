import torch


def _datt(dscore, query, keys, va, mask):
    t = torch.tanh(query + keys)
    return (dscore * (mask != 0)).unsqueeze(-1) * va * (1 - t**2)


def dlogits(logits, target):
    p = logits.softmax(1)
    return (p - torch.nn.functional.one_hot(target, p.shape[1])) / len(p)


def dWy(dlogits, s):
    return s.T @ dlogits


def ds(dlogits, Wy):
    return dlogits @ Wy.T


def dword(ds, s):
    return ds * (1 - s**2)


def dWs(ds, s, s_prev):
    return s_prev.T @ (ds * (1 - s**2))


def dWc(ds, s, context):
    return context.T @ (ds * (1 - s**2))


def dcontext(ds, s, Wc):
    return (ds * (1 - s**2)) @ Wc.T


def dalpha(dcontext, enc):
    return (dcontext.unsqueeze(1) * enc).sum(2)


def dscore(dalpha, alpha):
    return alpha * (dalpha - (dalpha * alpha).sum(1, keepdim=True))


def dva(dscore, query, keys, mask):
    t = torch.tanh(query + keys)
    return torch.einsum('ns,nsa->a', dscore * (mask != 0), t)


def dkeys(dscore, query, keys, va, mask):
    return _datt(dscore, query, keys, va, mask)


def dquery(dscore, query, keys, va, mask):
    return _datt(dscore, query, keys, va, mask).sum(1, keepdim=True)


def dUa(dkeys, enc):
    return torch.einsum('nse,nsa->ea', enc, dkeys)


def dWa(dquery, s_prev):
    return s_prev.T @ dquery.squeeze(1)


def ds_prev(dquery, ds, s, Wa, Ws):
    return dquery.squeeze(1) @ Wa.T + (ds * (1 - s**2)) @ Ws.T


def denc(dkeys, dcontext, alpha, Ua):
    return dkeys @ Ua.T + alpha.unsqueeze(-1) * dcontext.unsqueeze(1)
