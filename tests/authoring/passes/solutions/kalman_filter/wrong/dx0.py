# mistake: missing_path -- only the first measurement
def dx0(z, A, H, Q, R, x0, P0):
    return _gradients(z[:1], A, H, Q, R, x0, P0)['x0']
