# mistake: missing_path -- only towards the positive
def da(dd_pos, a, p):
    return 2 * dd_pos[:, None] * (a - p)


# mistake: sign -- towards the negatives
def da(dd_pos, dd_all, a, p, c):
    return 2 * dd_pos[:, None] * (a - p) - 2 * (dd_all[:, :, None] * (a[:, None] - c[None])).sum(1)
