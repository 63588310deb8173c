# form: einsum
def dpreatt(datt, att):
    return att*(datt - torch.einsum('nhts,nhts->nht', att, datt)[..., None])


# form: two steps
def dpreatt(datt, att):
    d = att*datt
    return d - att*d.sum(3, keepdim=True)


# form: softmax with its Jacobian
def dpreatt(datt, att):
    return ((torch.diag_embed(att) - att[..., None]*att[..., None, :]) @ datt[..., None]).squeeze(-1)


# form: masked as well
def dpreatt(datt, att, causal):
    return (att*(datt - (att*datt).sum(3, keepdim=True))).masked_fill(~causal, 0.0)


# form: in float32 whatever the input
def dpreatt(datt, att):
    return att.float()*(datt.float() - (att.float()*datt.float()).sum(3, keepdim=True))
