import torch
import torch.nn.functional as F


def inputs(seed, nodes=10, feats=6, hidden=8, classes=3):
    g = torch.Generator().manual_seed(seed)
    A = (torch.rand(nodes, nodes, generator=g) < 0.3).float()
    A = torch.triu(A, diagonal=1)
    A = A + A.T                      # undirected, no self-loops
    X = torch.randn(nodes, feats, generator=g)
    W0 = torch.randn(feats, hidden, generator=g) * feats**-0.5
    W1 = torch.randn(hidden, classes, generator=g) * hidden**-0.5
    labels = torch.randint(0, classes, (nodes,), generator=g)
    train_mask = torch.arange(nodes) < max(1, nodes // 2)
    return {'A': A, 'X': X, 'W0': W0, 'W1': W1, 'labels': labels, 'train_mask': train_mask}


def forward(A, X, W0, W1, labels, train_mask):
    # symmetric normalization (Kipf and Welling)
    A_hat = A + torch.eye(A.shape[0])
    deg = A_hat.sum(dim=1)
    d_inv_sqrt = deg ** -0.5
    A_norm = d_inv_sqrt[:, None] * A_hat * d_inv_sqrt[None, :]

    H = F.relu(A_norm @ X @ W0)
    logits = A_norm @ H @ W1
    loss = F.cross_entropy(logits[train_mask], labels[train_mask])
    return locals()
