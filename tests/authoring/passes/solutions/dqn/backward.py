import torch


def _dhidden(dq, s, online_W1, online_b1, online_W2):
    return dq @ online_W2.T * (s @ online_W1 + online_b1 > 0)


def dq_a(q_a, y):
    return torch.clamp(q_a - y, -1, 1) / len(q_a)


def dq(dq_a, a, q):
    return torch.zeros_like(q).scatter(1, a[:, None], dq_a[:, None])


def donline_b2(dq):
    return dq.sum(0)


def donline_W2(dq, s, online_W1, online_b1):
    return torch.relu(s @ online_W1 + online_b1).T @ dq


def donline_b1(dq, s, online_W1, online_b1, online_W2):
    return _dhidden(dq, s, online_W1, online_b1, online_W2).sum(0)


def donline_W1(dq, s, online_W1, online_b1, online_W2):
    return s.T @ _dhidden(dq, s, online_W1, online_b1, online_W2)


def ds(dq, s, online_W1, online_b1, online_W2):
    return _dhidden(dq, s, online_W1, online_b1, online_W2) @ online_W1.T
