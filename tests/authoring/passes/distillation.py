import torch
import torch.nn.functional as F


def inputs(seed, n=8, d=6, c=5, T=3.0):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, d, generator=g)
    W = torch.randn(d, c, generator=g) * d**-0.5
    b = torch.zeros(c)
    teacher_logits = 2 * torch.randn(n, c, generator=g)
    y = torch.randint(c, (n,), generator=g)
    return {'x': x, 'W': W, 'b': b, 'teacher_logits': teacher_logits, 'y': y, 'T': T}


def forward(x, W, b, teacher_logits, y, T):
    alpha = torch.tensor(0.7)
    student_logits = x @ W + b
    # soft targets
    with torch.no_grad():
        soft_targets = F.softmax(teacher_logits / T, dim=1)
    log_q = F.log_softmax(student_logits / T, dim=1)
    kd = F.kl_div(log_q, soft_targets, reduction='batchmean') * T**2
    # hard targets
    ce = F.cross_entropy(student_logits, y)
    loss = alpha * kd + (1 - alpha) * ce
    return locals()
