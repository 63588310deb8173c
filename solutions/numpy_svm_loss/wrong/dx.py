# mistake: missing_path -- the right class gets nothing
def svm_loss(x, y):
    n = x.shape[0]
    margins = np.maximum(0, x - x[np.arange(n), y][:, None] + 1)
    margins[np.arange(n), y] = 0
    return margins.sum() / n, (margins > 0) / n


# mistake: wrong_path -- the right class gets minus one, however many are within the margin
def svm_loss(x, y):
    n = x.shape[0]
    margins = np.maximum(0, x - x[np.arange(n), y][:, None] + 1)
    margins[np.arange(n), y] = 0
    dx = (margins > 0).astype(float)
    dx[np.arange(n), y] = -1
    return margins.sum() / n, dx / n


# mistake: negated_path -- the right class with a plus
def svm_loss(x, y):
    n = x.shape[0]
    margins = np.maximum(0, x - x[np.arange(n), y][:, None] + 1)
    margins[np.arange(n), y] = 0
    dx = (margins > 0).astype(float)
    dx[np.arange(n), y] = dx.sum(axis=1)
    return margins.sum() / n, dx / n


# mistake: constant_factor -- 1/n is missing
def svm_loss(x, y):
    n = x.shape[0]
    margins = np.maximum(0, x - x[np.arange(n), y][:, None] + 1)
    margins[np.arange(n), y] = 0
    dx = (margins > 0).astype(float)
    dx[np.arange(n), y] = -dx.sum(axis=1)
    return margins.sum() / n, dx


# mistake: wrong_operand -- the margins themselves, not where they are positive
def svm_loss(x, y):
    n = x.shape[0]
    margins = np.maximum(0, x - x[np.arange(n), y][:, None] + 1)
    margins[np.arange(n), y] = 0
    dx = margins.copy()
    dx[np.arange(n), y] = -dx.sum(axis=1)
    return margins.sum() / n, dx / n


# mistake: wrong_axis -- counted over the examples
def svm_loss(x, y):
    n = x.shape[0]
    margins = np.maximum(0, x - x[np.arange(n), y][:, None] + 1)
    margins[np.arange(n), y] = 0
    dx = (margins > 0).astype(float)
    dx[np.arange(n), y] = -dx.sum(axis=0)[y]
    return margins.sum() / n, dx / n


# mistake: constant_factor -- 1/n twice
def svm_loss(x, y):
    n = x.shape[0]
    margins = np.maximum(0, x - x[np.arange(n), y][:, None] + 1)
    margins[np.arange(n), y] = 0
    dx = (margins > 0) / n
    dx[np.arange(n), y] = -dx.sum(axis=1)
    return margins.sum() / n, dx / n


# mistake: wrong_index -- the right class counted among those within the margin
def svm_loss(x, y):
    n = x.shape[0]
    margins = np.maximum(0, x - x[np.arange(n), y][:, None] + 1)
    dx = (margins > 0).astype(float)
    dx[np.arange(n), y] = -dx.sum(axis=1)
    margins[np.arange(n), y] = 0
    return margins.sum() / n, dx / n
