# mistake: constant_factor -- mean instead of sum
def db(dy_hat):
    return dy_hat.mean(0)
