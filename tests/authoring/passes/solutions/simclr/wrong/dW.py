# mistake: missing_path -- the normalization is left out
def dW(dz, view1, view2):
    return torch.cat([view1, view2]).T @ dz
