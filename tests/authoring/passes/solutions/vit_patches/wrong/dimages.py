# mistake: permuted -- reshaped without the permutation
def dimages(dpatches, images):
    return dpatches.reshape(images.shape)


# mistake: transposed -- rows and columns of a patch swapped
def dimages(dpatches, images, patch):
    n, c, height, width = images.shape
    tiles = dpatches.reshape(n, height // patch, width // patch, c, patch, patch)
    return tiles.permute(0, 3, 1, 5, 2, 4).reshape(images.shape)
