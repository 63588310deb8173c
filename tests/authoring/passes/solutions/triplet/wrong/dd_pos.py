# mistake: wrong_operand -- the margin is forgotten
def dd_pos(d_pos, d_neg):
    return (d_pos[:, None] > d_neg).to(d_pos.dtype).sum(1) / d_neg.numel()


# mistake: constant_factor -- the mean over the anchors only
def dd_pos(d_pos, d_neg):
    return _active(d_pos, d_neg).sum(1) * d_neg.shape[1]
