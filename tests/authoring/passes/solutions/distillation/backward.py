import torch
import torch.nn.functional as F


def dkd(kd, alpha):
    return torch.ones_like(kd) * alpha


def dce(ce, alpha):
    return torch.ones_like(ce) * (1 - alpha)


def dlog_q(dkd, soft_targets, T):
    return -dkd * soft_targets / soft_targets.shape[0] * T**2


def dstudent_logits(dlog_q, dce, log_q, student_logits, y, T):
    soft = (dlog_q - log_q.exp() * dlog_q.sum(1, keepdim=True)) / T
    hard = student_logits.softmax(1)
    hard[torch.arange(len(y)), y] -= 1
    return soft + dce * hard / len(y)


def dx(dstudent_logits, W):
    return dstudent_logits @ W.T


def dW(dstudent_logits, x):
    return x.T @ dstudent_logits


def db(dstudent_logits):
    return dstudent_logits.sum(0)
