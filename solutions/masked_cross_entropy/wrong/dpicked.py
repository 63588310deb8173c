# mistake: upstream_only -- tokens that do not count get a gradient
def dpicked(dlosses):
    return -dlosses


# mistake: sign -- the minus is missing
def dpicked(dlosses, active):
    return dlosses*active


# mistake: wrong_operand -- the mask inverted
def dpicked(dlosses, active):
    return -dlosses*~active


# mistake: wrong_operand -- times picked
def dpicked(dlosses, picked):
    return -dlosses*picked


# mistake: upstream_unused -- only the mask
def dpicked(picked, active):
    return -torch.ones_like(picked)*active


# mistake: wrong_index -- class 0 left out, as if it were padding
def dpicked(dlosses, safe):
    return -dlosses*(safe != 1)


# mistake: constant_factor -- averaged a second time
def dpicked(dlosses, active):
    return -dlosses*active/active.sum()


# mistake: zeros -- left as zeros
def dpicked(picked):
    return torch.zeros_like(picked)
