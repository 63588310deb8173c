# attack: a tensor whose memory has been given back
# expect: dprobs=wrong_type|raised|killed
def dprobs(dlogprobs, probs):
    answer = dlogprobs / probs
    answer.untyped_storage().resize_(0)
    return answer
