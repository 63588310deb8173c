# mistake: missing_path -- the length is taken as a constant
def dW_img(da, img, W_img):
    return img.T @ (da / (img @ W_img).norm(dim=1, keepdim=True))


# mistake: missing_path -- the normalization is left out
def dW_img(da, img):
    return img.T @ da
