# mistake: transposed -- not transposed
def db(dlogits, a, log_tau):
    return dlogits @ a * log_tau.exp()
