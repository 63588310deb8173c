# mistake: missing_path -- x is also the target
def dx(dx_noisy, corrupted):
    return dx_noisy.masked_fill(corrupted, 0.0)


# mistake: wrong_path -- missing pixels get a gradient
def dx(drecon_loss, x_hat, x, dx_noisy):
    return dx_noisy + drecon_loss * 2 * (x - x_hat) / x.shape[0]


# mistake: negated_path -- the target's sign
def dx(drecon_loss, x_hat, x, dx_noisy, corrupted):
    return dx_noisy.masked_fill(corrupted, 0.0) + drecon_loss * 2 * (x_hat - x) / x.shape[0]
