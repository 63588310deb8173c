# mistake: wrong_path -- the triangle is forgotten
def dV(dpairs, V, weight_decay):
    return (dpairs + dpairs.T) @ V + 2 * weight_decay * V


# mistake: missing_path -- only one side of the product
def dV(dpairs, V, weight_decay):
    return torch.triu(dpairs, diagonal=1) @ V + 2 * weight_decay * V


# mistake: missing_path -- the weight decay is forgotten
def dV(dpairs, V):
    upper = torch.triu(dpairs, diagonal=1)
    return (upper + upper.T) @ V
