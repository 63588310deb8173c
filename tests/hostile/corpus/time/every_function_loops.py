# attack: use up every deadline there is
# expect: *=timed_out|killed|not_started
def dlogprobs():
    while True: pass
dprobs = dcounts_sum_inv = dcounts_sum = dcounts = dnorm_logits = dlogit_maxes = dlogits = lambda: dlogprobs()
dh = dW2 = db2 = dhpreact = dbngain = dbnbias = dbnraw = dbnvar_inv = dbnvar = dbndiff2 = lambda: dlogprobs()
dbndiff = dbnmeani = dhprebn = dembcat = dW1 = db1 = demb = dC = lambda: dlogprobs()
