# form: where
def dpicked(dlosses, active):
    return torch.where(active, -dlosses, torch.zeros_like(dlosses))


# form: the other order
def dpicked(dlosses, active):
    return -dlosses*active


# form: a multiplication by a float
def dpicked(dlosses, active):
    return -1.0*active.to(dlosses.dtype)*dlosses


# form: masked fill
def dpicked(dlosses, active):
    return (-dlosses).masked_fill(~active, 0.0)


# form: fused with the average
def dpicked(active):
    return -(active/active.sum()).to(torch.get_default_dtype())
