# mistake: missing_path -- the sparsity penalty is forgotten
def dcode(dx_hat, x_hat, W_dec):
    return (dx_hat * x_hat * (1 - x_hat)) @ W_dec.T


# mistake: wrong_path -- the penalty's mean treated as a sum
def dcode(dx_hat, x_hat, W_dec, code, dsparsity_loss):
    return (dx_hat * x_hat * (1 - x_hat)) @ W_dec.T + dsparsity_loss * code.sign()


# mistake: wrong_path -- the sigmoid of the decoder is skipped
def dcode(dx_hat, W_dec, code, dsparsity_loss):
    return dx_hat @ W_dec.T + dsparsity_loss * code.sign() / code.numel()
