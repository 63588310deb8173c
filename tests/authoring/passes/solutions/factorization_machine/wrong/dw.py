# mistake: wrong_path -- the two of the weight decay is missing
def dw(dlinear, x, w, weight_decay):
    return x.T @ dlinear + weight_decay * w
