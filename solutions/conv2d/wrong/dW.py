# mistake: wrong_index -- the kernel flipped
def dW(dwmat, W):
    return dwmat.view(W.shape).flip(2, 3)


# mistake: wrong_index -- the kernel flipped vertically
def dW(dwmat, W):
    return dwmat.view(W.shape).flip(2)


# mistake: permuted -- columns before rows
def dW(dwmat, o, c):
    return dwmat.view(o, c, 2, 3).transpose(2, 3)


# mistake: permuted -- channels last
def dW(dwmat, o, c):
    return dwmat.view(o, 3, 2, c).permute(0, 3, 1, 2)


# mistake: unknown -- left flattened
def dW(dwmat):
    return dwmat.clone()


# mistake: constant_factor -- averaged over the images
def dW(dwmat, W, n):
    return dwmat.view(W.shape)/n


# mistake: hard_coded -- three channels
def dW(dwmat):
    return dwmat.view(-1, 3, 3, 2)


# mistake: summed_too_far -- the same for every channel
def dW(dwmat, W):
    return dwmat.view(W.shape).sum(1, keepdim=True).expand_as(W)


# mistake: upstream_unused -- ones
def dW(W):
    return torch.ones_like(W)


# mistake: sign -- a minus
def dW(dwmat, W):
    return -dwmat.view(W.shape)


# mistake: zeros -- left as zeros
def dW(W):
    return torch.zeros_like(W)
