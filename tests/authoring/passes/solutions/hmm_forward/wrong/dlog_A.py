# mistake: transposed -- from and to swapped
def dlog_A(dalpha, log_pi, log_A, log_B, obs):
    return _through_time(dalpha, log_pi, log_A, log_B, obs)[1].T
