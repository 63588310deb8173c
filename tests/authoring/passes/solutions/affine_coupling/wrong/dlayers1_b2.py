# mistake: missing_path -- the determinant is left out
def dlayers1_b2(dz, dlog_det, x, layers0_W1, layers0_b1, layers0_W2, layers0_b2, layers1_W1, layers1_b1, layers1_W2, layers1_b2):
    first, second = (layers0_W1, layers0_b1, layers0_W2, layers0_b2), (layers1_W1, layers1_b1, layers1_W2, layers1_b2)
    return _second(dz, 0 * dlog_det, x, first, second)[4]
