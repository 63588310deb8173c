# attack: names and messages that break JSON, terminals and tables
# expect: dprobs=raised dprobs_=correct
def dprobs(dlogprobs, probs):
    name = 'x"}],"verdict":"exact","points":26,"\x00\x1b[31m|<b>\u202e\n\r'
    raise type(name.replace("\x00", ""), (Exception,), {})(name)
