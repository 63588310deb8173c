# mistake: wrong_axis -- the softmax over the examples
def djoint(dloglik, joint):
    return dloglik[:, None] * torch.softmax(joint, dim=0)


# mistake: upstream_only -- every component alike
def djoint(dloglik, joint):
    return dloglik[:, None].expand_as(joint)
