# mistake: not_expanded -- spread to all nine
def dflat(dpooled, flat):
    return dpooled.unsqueeze(2).expand_as(flat)


# mistake: wrong_operand -- divided over the nine, as for an average
def dflat(dpooled, flat):
    return dpooled.unsqueeze(2).expand_as(flat)/9


# mistake: wrong_operand -- to every positive pixel
def dflat(dpooled, flat):
    return (flat > 0)*dpooled.unsqueeze(2)


# mistake: wrong_operand -- to the maximum, if it is positive
def dflat(dpooled, flat):
    return ((flat == flat.amax(2, keepdim=True)) & (flat > 0))*dpooled.unsqueeze(2)


# mistake: wrong_operand -- in proportion to the pixels
def dflat(dpooled, flat):
    return flat.softmax(2)*dpooled.unsqueeze(2)


# mistake: wrong_index -- to the smallest
def dflat(dpooled, flat):
    return (flat == flat.amin(2, keepdim=True))*dpooled.unsqueeze(2)


# mistake: wrong_index -- to the center pixel
def dflat(dpooled, flat):
    d = torch.zeros_like(flat)
    d[:, :, 4] = dpooled
    return d


# mistake: wrong_index -- to the maximum at each window position, over the windows
def dflat(dpooled, flat):
    return (flat == flat.amax(3, keepdim=True))*dpooled.unsqueeze(2)


# mistake: wrong_index -- to a single maximum per image
def dflat(dpooled, flat):
    return (flat == flat.amax((2, 3), keepdim=True))*dpooled.unsqueeze(2)


# mistake: upstream_unused -- only the mask
def dflat(flat):
    return (flat == flat.amax(2, keepdim=True))*torch.ones_like(flat)


# mistake: wrong_operand -- the maximum times its own value
def dflat(dpooled, flat):
    return (flat == flat.amax(2, keepdim=True))*flat*dpooled.unsqueeze(2)


# mistake: wrong_dtype -- bools
def dflat(flat):
    return flat == flat.amax(2, keepdim=True)


# mistake: sign -- a minus
def dflat(dpooled, flat):
    return (flat == flat.amax(2, keepdim=True))*-dpooled.unsqueeze(2)


# mistake: zeros -- left as zeros
def dflat(flat):
    return torch.zeros_like(flat)
