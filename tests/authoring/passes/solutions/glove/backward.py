import torch


def df(error):
    return error**2


def derror(f, error):
    return 2 * f * error


def dlog_counts(derror):
    return -derror


def dinner(derror):
    return derror


def db(derror):
    return derror.sum(1)


def db_tilde(derror):
    return derror.sum(0)


def dw(dinner, w_tilde):
    return dinner @ w_tilde


def dw_tilde(dinner, w):
    return dinner.T @ w
