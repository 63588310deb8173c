# mistake: sign -- a minus
def dz(z, A, H, Q, R, x0, P0):
    return -_gradients(z, A, H, Q, R, x0, P0)['z']


# mistake: missing_path -- only the step of the measurement itself
def dz(z, A, H, Q, R, x0, P0):
    return torch.stack([_gradients(z[: t + 1], A, H, Q, R, x0, P0)['z'][t] for t in range(len(z))])
