# mistake: wrong_index -- the halves are not swapped back
def dx(dz, dlog_det, x, layers0_W1, layers0_b1, layers0_W2, layers0_b2, layers1_W1, layers1_b1, layers1_W2, layers1_b2):
    first, second = (layers0_W1, layers0_b1, layers0_W2, layers0_b2), (layers1_W1, layers1_b1, layers1_W2, layers1_b2)
    return _first(dz, dlog_det, x, first, second)[0].roll(x.shape[1] // 2, dims=1)
