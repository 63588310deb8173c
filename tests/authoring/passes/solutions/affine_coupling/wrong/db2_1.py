# mistake: missing_path -- the determinant is left out
def db2_1(dz, dlog_det, x, W1_0, b1_0, W2_0, b2_0, W1_1, b1_1, W2_1, b2_1):
    first, second = (W1_0, b1_0, W2_0, b2_0), (W1_1, b1_1, W2_1, b2_1)
    return _second(dz, 0 * dlog_det, x, first, second)[4]
