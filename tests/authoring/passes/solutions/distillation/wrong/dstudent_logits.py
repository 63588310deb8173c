# mistake: missing_path -- the hard targets are forgotten
def dstudent_logits(dlog_q, log_q, T):
    return (dlog_q - log_q.exp() * dlog_q.sum(1, keepdim=True)) / T


# mistake: missing_path -- the teacher is forgotten
def dstudent_logits(dce, student_logits, y):
    hard = student_logits.softmax(1)
    hard[torch.arange(len(y)), y] -= 1
    return dce * hard / len(y)


# mistake: wrong_path -- not divided by the temperature
def dstudent_logits(dlog_q, dce, log_q, student_logits, y):
    soft = dlog_q - log_q.exp() * dlog_q.sum(1, keepdim=True)
    hard = student_logits.softmax(1)
    hard[torch.arange(len(y)), y] -= 1
    return soft + dce * hard / len(y)
