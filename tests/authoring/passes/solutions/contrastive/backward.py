import torch


def _through_norm(dunit, unit, raw):
    """The gradient of F.normalize along the rows."""
    along = (unit * dunit).sum(1, keepdim=True)
    return (dunit - unit * along) / raw.norm(dim=1, keepdim=True)


def dloss_i(dloss):
    return dloss / 2


def dloss_t(dloss):
    return dloss / 2


def dlogits(logits):
    n = len(logits)
    both = torch.softmax(logits, dim=1) + torch.softmax(logits, dim=0)
    return (both - 2 * torch.eye(n, dtype=logits.dtype)) / (2 * n)


def da(dlogits, b, log_tau):
    return dlogits @ b * log_tau.exp()


def db(dlogits, a, log_tau):
    return dlogits.T @ a * log_tau.exp()


def dlog_tau(dlogits, logits):
    return (dlogits * logits).sum()


def dW_img(da, a, img, W_img):
    return img.T @ _through_norm(da, a, img @ W_img)


def dimg(da, a, img, W_img):
    return _through_norm(da, a, img @ W_img) @ W_img.T


def dW_txt(db, b, txt, W_txt):
    return txt.T @ _through_norm(db, b, txt @ W_txt)


def dtxt(db, b, txt, W_txt):
    return _through_norm(db, b, txt @ W_txt) @ W_txt.T
