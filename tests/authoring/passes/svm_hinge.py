# cs231n, assignment 1: multiclass SVM loss, vectorized
import torch

def inputs(seed, N=12, D=7, C=5, reg=1e-2):
    g = torch.Generator().manual_seed(seed)
    X = torch.randn(N, D, generator=g)
    y = torch.randint(0, C, (N,), generator=g)
    W = torch.randn(D, C, generator=g) * 0.3
    return {'X': X, 'y': y, 'W': W, 'reg': reg}

def forward(X, y, W, reg):
    num_train = X.shape[0]
    scores = X @ W
    correct_class_score = scores[range(num_train), y].view(-1, 1)
    margins = torch.clamp(scores - correct_class_score + 1, min=0) # delta = 1
    margins[range(num_train), y] = 0
    loss = margins.sum() / num_train
    loss += reg * torch.sum(W * W)
    return locals()
