import torch


def drecon_loss(recon_loss):
    return torch.ones_like(recon_loss)


def dx_hat(drecon_loss, x_hat, x):
    return drecon_loss * 2 * (x_hat - x) / x.shape[0]


def dsparsity_loss(sparsity_loss):
    return torch.full_like(sparsity_loss, 0.05)


def dcode(dx_hat, dsparsity_loss, x_hat, W_dec, code):
    recon = (dx_hat * x_hat * (1 - x_hat)) @ W_dec.T
    return recon + dsparsity_loss * code.sign() / code.numel()


def dW_dec(dx_hat, x_hat, code):
    return code.T @ (dx_hat * x_hat * (1 - x_hat))


def db_dec(dx_hat, x_hat):
    return (dx_hat * x_hat * (1 - x_hat)).sum(0)


def dx_noisy(dcode, code, W_enc):
    return (dcode * code * (1 - code)) @ W_enc.T


def dW_enc(dcode, code, x_noisy):
    return x_noisy.T @ (dcode * code * (1 - code))


def db_enc(dcode, code):
    return (dcode * code * (1 - code)).sum(0)


def dx(drecon_loss, x_hat, x, dx_noisy, corrupted):
    target = drecon_loss * 2 * (x - x_hat) / x.shape[0]
    return dx_noisy.masked_fill(corrupted, 0.0) + target
