# mistake: missing_path -- the skip connection around the feed-forward layer is dropped
def gradients(wte, wpe, ln1w, qkvw, attprojw, ln2w, fcw, fcprojw, lnfw, idx, targets, n, T, n_head, hs,
              encoded, ln1, q, k, v, att, atty, res2, ln2, fch, fch_gelu, res3, lnf, logits):
    # cross entropy in one go: every token of every example has weight one over their number
    dlogits = (F.softmax(logits, 2) - F.one_hot(targets, logits.shape[2])) / (n*T)
    dlnf = dlogits @ wte
    dres3, dlnfw, dlnfb = layer_norm(dlnf, res3, lnfw)
    # feed-forward
    dfch_gelu, dfcprojw, dfcprojb = linear(dres3, fch_gelu, fcprojw)
    s = math.sqrt(2/math.pi)
    t = torch.tanh(s*(fch + 0.044715*fch**3))
    dfch = dfch_gelu * (0.5*(1 + t) + 0.5*fch*(1 - t**2)*s*(1 + 3*0.044715*fch**2))
    dln2, dfcw, dfcb = linear(dfch, ln2, fcw)
    dres2, dln2w, dln2b = layer_norm(dln2, res2, ln2w)
    # attention
    datty, dattprojw, dattprojb = linear(dres2, atty, attprojw)
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    datt = dy @ v.transpose(2, 3)
    dv = att.transpose(2, 3) @ dy
    dpreatt = att*(datt - (att*datt).sum(3, keepdim=True)) * hs**-0.5
    dq, dk = dpreatt @ k, dpreatt.transpose(2, 3) @ q
    dqkv = torch.cat([d.transpose(1, 2).flatten(2) for d in (dq, dk, dv)], 2)
    dln1, dqkvw, dqkvb = linear(dqkv, ln1, qkvw)
    dencoded, dln1w, dln1b = layer_norm(dln1, encoded, ln1w)
    dencoded = dencoded + dres2 # the skip connection
    # embeddings; the token embeddings are used at both ends
    dwpe = torch.zeros_like(wpe)
    dwpe[:T] = dencoded.sum(0)
    dwte = dlogits.flatten(0, 1).T @ lnf.flatten(0, 1)
    dwte = dwte + torch.zeros_like(wte).index_add(0, idx.flatten(), dencoded.flatten(0, 1))
    return [dwte, dwpe, dln1w, dln1b, dqkvw, dqkvb, dattprojw, dattprojb,
            dln2w, dln2b, dfcw, dfcb, dfcprojw, dfcprojb, dlnfw, dlnfb]


# mistake: missing_path -- the skip connection around the attention is dropped
def gradients(wte, wpe, ln1w, qkvw, attprojw, ln2w, fcw, fcprojw, lnfw, idx, targets, n, T, n_head, hs,
              encoded, ln1, q, k, v, att, atty, res2, ln2, fch, fch_gelu, res3, lnf, logits):
    # cross entropy in one go: every token of every example has weight one over their number
    dlogits = (F.softmax(logits, 2) - F.one_hot(targets, logits.shape[2])) / (n*T)
    dlnf = dlogits @ wte
    dres3, dlnfw, dlnfb = layer_norm(dlnf, res3, lnfw)
    # feed-forward
    dfch_gelu, dfcprojw, dfcprojb = linear(dres3, fch_gelu, fcprojw)
    s = math.sqrt(2/math.pi)
    t = torch.tanh(s*(fch + 0.044715*fch**3))
    dfch = dfch_gelu * (0.5*(1 + t) + 0.5*fch*(1 - t**2)*s*(1 + 3*0.044715*fch**2))
    dln2, dfcw, dfcb = linear(dfch, ln2, fcw)
    dres2, dln2w, dln2b = layer_norm(dln2, res2, ln2w)
    dres2 = dres2 + dres3 # the skip connection
    # attention
    datty, dattprojw, dattprojb = linear(dres2, atty, attprojw)
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    datt = dy @ v.transpose(2, 3)
    dv = att.transpose(2, 3) @ dy
    dpreatt = att*(datt - (att*datt).sum(3, keepdim=True)) * hs**-0.5
    dq, dk = dpreatt @ k, dpreatt.transpose(2, 3) @ q
    dqkv = torch.cat([d.transpose(1, 2).flatten(2) for d in (dq, dk, dv)], 2)
    dln1, dqkvw, dqkvb = linear(dqkv, ln1, qkvw)
    dencoded, dln1w, dln1b = layer_norm(dln1, encoded, ln1w)
    # embeddings; the token embeddings are used at both ends
    dwpe = torch.zeros_like(wpe)
    dwpe[:T] = dencoded.sum(0)
    dwte = dlogits.flatten(0, 1).T @ lnf.flatten(0, 1)
    dwte = dwte + torch.zeros_like(wte).index_add(0, idx.flatten(), dencoded.flatten(0, 1))
    return [dwte, dwpe, dln1w, dln1b, dqkvw, dqkvb, dattprojw, dattprojb,
            dln2w, dln2b, dfcw, dfcb, dfcprojw, dfcprojb, dlnfw, dlnfb]


# mistake: missing_path -- token embeddings: only the last layer
def gradients(wte, wpe, ln1w, qkvw, attprojw, ln2w, fcw, fcprojw, lnfw, idx, targets, n, T, n_head, hs,
              encoded, ln1, q, k, v, att, atty, res2, ln2, fch, fch_gelu, res3, lnf, logits):
    # cross entropy in one go: every token of every example has weight one over their number
    dlogits = (F.softmax(logits, 2) - F.one_hot(targets, logits.shape[2])) / (n*T)
    dlnf = dlogits @ wte
    dres3, dlnfw, dlnfb = layer_norm(dlnf, res3, lnfw)
    # feed-forward
    dfch_gelu, dfcprojw, dfcprojb = linear(dres3, fch_gelu, fcprojw)
    s = math.sqrt(2/math.pi)
    t = torch.tanh(s*(fch + 0.044715*fch**3))
    dfch = dfch_gelu * (0.5*(1 + t) + 0.5*fch*(1 - t**2)*s*(1 + 3*0.044715*fch**2))
    dln2, dfcw, dfcb = linear(dfch, ln2, fcw)
    dres2, dln2w, dln2b = layer_norm(dln2, res2, ln2w)
    dres2 = dres2 + dres3 # the skip connection
    # attention
    datty, dattprojw, dattprojb = linear(dres2, atty, attprojw)
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    datt = dy @ v.transpose(2, 3)
    dv = att.transpose(2, 3) @ dy
    dpreatt = att*(datt - (att*datt).sum(3, keepdim=True)) * hs**-0.5
    dq, dk = dpreatt @ k, dpreatt.transpose(2, 3) @ q
    dqkv = torch.cat([d.transpose(1, 2).flatten(2) for d in (dq, dk, dv)], 2)
    dln1, dqkvw, dqkvb = linear(dqkv, ln1, qkvw)
    dencoded, dln1w, dln1b = layer_norm(dln1, encoded, ln1w)
    dencoded = dencoded + dres2 # the skip connection
    # embeddings; the token embeddings are used at both ends
    dwpe = torch.zeros_like(wpe)
    dwpe[:T] = dencoded.sum(0)
    dwte = dlogits.flatten(0, 1).T @ lnf.flatten(0, 1)
    return [dwte, dwpe, dln1w, dln1b, dqkvw, dqkvb, dattprojw, dattprojb,
            dln2w, dln2b, dfcw, dfcb, dfcprojw, dfcprojb, dlnfw, dlnfb]


# mistake: missing_path -- token embeddings: only the lookup
def gradients(wte, wpe, ln1w, qkvw, attprojw, ln2w, fcw, fcprojw, lnfw, idx, targets, n, T, n_head, hs,
              encoded, ln1, q, k, v, att, atty, res2, ln2, fch, fch_gelu, res3, lnf, logits):
    # cross entropy in one go: every token of every example has weight one over their number
    dlogits = (F.softmax(logits, 2) - F.one_hot(targets, logits.shape[2])) / (n*T)
    dlnf = dlogits @ wte
    dres3, dlnfw, dlnfb = layer_norm(dlnf, res3, lnfw)
    # feed-forward
    dfch_gelu, dfcprojw, dfcprojb = linear(dres3, fch_gelu, fcprojw)
    s = math.sqrt(2/math.pi)
    t = torch.tanh(s*(fch + 0.044715*fch**3))
    dfch = dfch_gelu * (0.5*(1 + t) + 0.5*fch*(1 - t**2)*s*(1 + 3*0.044715*fch**2))
    dln2, dfcw, dfcb = linear(dfch, ln2, fcw)
    dres2, dln2w, dln2b = layer_norm(dln2, res2, ln2w)
    dres2 = dres2 + dres3 # the skip connection
    # attention
    datty, dattprojw, dattprojb = linear(dres2, atty, attprojw)
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    datt = dy @ v.transpose(2, 3)
    dv = att.transpose(2, 3) @ dy
    dpreatt = att*(datt - (att*datt).sum(3, keepdim=True)) * hs**-0.5
    dq, dk = dpreatt @ k, dpreatt.transpose(2, 3) @ q
    dqkv = torch.cat([d.transpose(1, 2).flatten(2) for d in (dq, dk, dv)], 2)
    dln1, dqkvw, dqkvb = linear(dqkv, ln1, qkvw)
    dencoded, dln1w, dln1b = layer_norm(dln1, encoded, ln1w)
    dencoded = dencoded + dres2 # the skip connection
    # embeddings; the token embeddings are used at both ends
    dwpe = torch.zeros_like(wpe)
    dwpe[:T] = dencoded.sum(0)
    dwte = torch.zeros_like(wte)
    dwte = dwte + torch.zeros_like(wte).index_add(0, idx.flatten(), dencoded.flatten(0, 1))
    return [dwte, dwpe, dln1w, dln1b, dqkvw, dqkvb, dattprojw, dattprojb,
            dln2w, dln2b, dfcw, dfcb, dfcprojw, dfcprojb, dlnfw, dlnfb]


# mistake: constant_factor -- divided by the number of examples, not of tokens
def gradients(wte, wpe, ln1w, qkvw, attprojw, ln2w, fcw, fcprojw, lnfw, idx, targets, n, T, n_head, hs,
              encoded, ln1, q, k, v, att, atty, res2, ln2, fch, fch_gelu, res3, lnf, logits):
    # cross entropy in one go: every token of every example has weight one over their number
    dlogits = (F.softmax(logits, 2) - F.one_hot(targets, logits.shape[2])) / n
    dlnf = dlogits @ wte
    dres3, dlnfw, dlnfb = layer_norm(dlnf, res3, lnfw)
    # feed-forward
    dfch_gelu, dfcprojw, dfcprojb = linear(dres3, fch_gelu, fcprojw)
    s = math.sqrt(2/math.pi)
    t = torch.tanh(s*(fch + 0.044715*fch**3))
    dfch = dfch_gelu * (0.5*(1 + t) + 0.5*fch*(1 - t**2)*s*(1 + 3*0.044715*fch**2))
    dln2, dfcw, dfcb = linear(dfch, ln2, fcw)
    dres2, dln2w, dln2b = layer_norm(dln2, res2, ln2w)
    dres2 = dres2 + dres3 # the skip connection
    # attention
    datty, dattprojw, dattprojb = linear(dres2, atty, attprojw)
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    datt = dy @ v.transpose(2, 3)
    dv = att.transpose(2, 3) @ dy
    dpreatt = att*(datt - (att*datt).sum(3, keepdim=True)) * hs**-0.5
    dq, dk = dpreatt @ k, dpreatt.transpose(2, 3) @ q
    dqkv = torch.cat([d.transpose(1, 2).flatten(2) for d in (dq, dk, dv)], 2)
    dln1, dqkvw, dqkvb = linear(dqkv, ln1, qkvw)
    dencoded, dln1w, dln1b = layer_norm(dln1, encoded, ln1w)
    dencoded = dencoded + dres2 # the skip connection
    # embeddings; the token embeddings are used at both ends
    dwpe = torch.zeros_like(wpe)
    dwpe[:T] = dencoded.sum(0)
    dwte = dlogits.flatten(0, 1).T @ lnf.flatten(0, 1)
    dwte = dwte + torch.zeros_like(wte).index_add(0, idx.flatten(), dencoded.flatten(0, 1))
    return [dwte, dwpe, dln1w, dln1b, dqkvw, dqkvb, dattprojw, dattprojb,
            dln2w, dln2b, dfcw, dfcb, dfcprojw, dfcprojb, dlnfw, dlnfb]


# mistake: constant_factor -- the scale of the attention is missing
def gradients(wte, wpe, ln1w, qkvw, attprojw, ln2w, fcw, fcprojw, lnfw, idx, targets, n, T, n_head, hs,
              encoded, ln1, q, k, v, att, atty, res2, ln2, fch, fch_gelu, res3, lnf, logits):
    # cross entropy in one go: every token of every example has weight one over their number
    dlogits = (F.softmax(logits, 2) - F.one_hot(targets, logits.shape[2])) / (n*T)
    dlnf = dlogits @ wte
    dres3, dlnfw, dlnfb = layer_norm(dlnf, res3, lnfw)
    # feed-forward
    dfch_gelu, dfcprojw, dfcprojb = linear(dres3, fch_gelu, fcprojw)
    s = math.sqrt(2/math.pi)
    t = torch.tanh(s*(fch + 0.044715*fch**3))
    dfch = dfch_gelu * (0.5*(1 + t) + 0.5*fch*(1 - t**2)*s*(1 + 3*0.044715*fch**2))
    dln2, dfcw, dfcb = linear(dfch, ln2, fcw)
    dres2, dln2w, dln2b = layer_norm(dln2, res2, ln2w)
    dres2 = dres2 + dres3 # the skip connection
    # attention
    datty, dattprojw, dattprojb = linear(dres2, atty, attprojw)
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    datt = dy @ v.transpose(2, 3)
    dv = att.transpose(2, 3) @ dy
    dpreatt = att*(datt - (att*datt).sum(3, keepdim=True))
    dq, dk = dpreatt @ k, dpreatt.transpose(2, 3) @ q
    dqkv = torch.cat([d.transpose(1, 2).flatten(2) for d in (dq, dk, dv)], 2)
    dln1, dqkvw, dqkvb = linear(dqkv, ln1, qkvw)
    dencoded, dln1w, dln1b = layer_norm(dln1, encoded, ln1w)
    dencoded = dencoded + dres2 # the skip connection
    # embeddings; the token embeddings are used at both ends
    dwpe = torch.zeros_like(wpe)
    dwpe[:T] = dencoded.sum(0)
    dwte = dlogits.flatten(0, 1).T @ lnf.flatten(0, 1)
    dwte = dwte + torch.zeros_like(wte).index_add(0, idx.flatten(), dencoded.flatten(0, 1))
    return [dwte, dwpe, dln1w, dln1b, dqkvw, dqkvb, dattprojw, dattprojb,
            dln2w, dln2b, dfcw, dfcb, dfcprojw, dfcprojb, dlnfw, dlnfb]


# mistake: wrong_operand -- the exact gelu instead of the tanh form
def gradients(wte, wpe, ln1w, qkvw, attprojw, ln2w, fcw, fcprojw, lnfw, idx, targets, n, T, n_head, hs,
              encoded, ln1, q, k, v, att, atty, res2, ln2, fch, fch_gelu, res3, lnf, logits):
    # cross entropy in one go: every token of every example has weight one over their number
    dlogits = (F.softmax(logits, 2) - F.one_hot(targets, logits.shape[2])) / (n*T)
    dlnf = dlogits @ wte
    dres3, dlnfw, dlnfb = layer_norm(dlnf, res3, lnfw)
    # feed-forward
    dfch_gelu, dfcprojw, dfcprojb = linear(dres3, fch_gelu, fcprojw)
    s = math.sqrt(2/math.pi)
    t = torch.tanh(s*(fch + 0.044715*fch**3))
    dfch = dfch_gelu * (0.5*(1 + torch.erf(fch/2**0.5)) + fch*torch.exp(-fch**2/2)/math.sqrt(2*math.pi))
    dln2, dfcw, dfcb = linear(dfch, ln2, fcw)
    dres2, dln2w, dln2b = layer_norm(dln2, res2, ln2w)
    dres2 = dres2 + dres3 # the skip connection
    # attention
    datty, dattprojw, dattprojb = linear(dres2, atty, attprojw)
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    datt = dy @ v.transpose(2, 3)
    dv = att.transpose(2, 3) @ dy
    dpreatt = att*(datt - (att*datt).sum(3, keepdim=True)) * hs**-0.5
    dq, dk = dpreatt @ k, dpreatt.transpose(2, 3) @ q
    dqkv = torch.cat([d.transpose(1, 2).flatten(2) for d in (dq, dk, dv)], 2)
    dln1, dqkvw, dqkvb = linear(dqkv, ln1, qkvw)
    dencoded, dln1w, dln1b = layer_norm(dln1, encoded, ln1w)
    dencoded = dencoded + dres2 # the skip connection
    # embeddings; the token embeddings are used at both ends
    dwpe = torch.zeros_like(wpe)
    dwpe[:T] = dencoded.sum(0)
    dwte = dlogits.flatten(0, 1).T @ lnf.flatten(0, 1)
    dwte = dwte + torch.zeros_like(wte).index_add(0, idx.flatten(), dencoded.flatten(0, 1))
    return [dwte, dwpe, dln1w, dln1b, dqkvw, dqkvb, dattprojw, dattprojb,
            dln2w, dln2b, dfcw, dfcb, dfcprojw, dfcprojb, dlnfw, dlnfb]


# mistake: softmax_jacobian -- softmax taken elementwise
def gradients(wte, wpe, ln1w, qkvw, attprojw, ln2w, fcw, fcprojw, lnfw, idx, targets, n, T, n_head, hs,
              encoded, ln1, q, k, v, att, atty, res2, ln2, fch, fch_gelu, res3, lnf, logits):
    # cross entropy in one go: every token of every example has weight one over their number
    dlogits = (F.softmax(logits, 2) - F.one_hot(targets, logits.shape[2])) / (n*T)
    dlnf = dlogits @ wte
    dres3, dlnfw, dlnfb = layer_norm(dlnf, res3, lnfw)
    # feed-forward
    dfch_gelu, dfcprojw, dfcprojb = linear(dres3, fch_gelu, fcprojw)
    s = math.sqrt(2/math.pi)
    t = torch.tanh(s*(fch + 0.044715*fch**3))
    dfch = dfch_gelu * (0.5*(1 + t) + 0.5*fch*(1 - t**2)*s*(1 + 3*0.044715*fch**2))
    dln2, dfcw, dfcb = linear(dfch, ln2, fcw)
    dres2, dln2w, dln2b = layer_norm(dln2, res2, ln2w)
    dres2 = dres2 + dres3 # the skip connection
    # attention
    datty, dattprojw, dattprojb = linear(dres2, atty, attprojw)
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    datt = dy @ v.transpose(2, 3)
    dv = att.transpose(2, 3) @ dy
    dpreatt = att*(1 - att)*datt * hs**-0.5
    dq, dk = dpreatt @ k, dpreatt.transpose(2, 3) @ q
    dqkv = torch.cat([d.transpose(1, 2).flatten(2) for d in (dq, dk, dv)], 2)
    dln1, dqkvw, dqkvb = linear(dqkv, ln1, qkvw)
    dencoded, dln1w, dln1b = layer_norm(dln1, encoded, ln1w)
    dencoded = dencoded + dres2 # the skip connection
    # embeddings; the token embeddings are used at both ends
    dwpe = torch.zeros_like(wpe)
    dwpe[:T] = dencoded.sum(0)
    dwte = dlogits.flatten(0, 1).T @ lnf.flatten(0, 1)
    dwte = dwte + torch.zeros_like(wte).index_add(0, idx.flatten(), dencoded.flatten(0, 1))
    return [dwte, dwpe, dln1w, dln1b, dqkvw, dqkvb, dattprojw, dattprojb,
            dln2w, dln2b, dfcw, dfcb, dfcprojw, dfcprojb, dlnfw, dlnfb]


# mistake: repeated_index -- letters that occur twice are overwritten
def gradients(wte, wpe, ln1w, qkvw, attprojw, ln2w, fcw, fcprojw, lnfw, idx, targets, n, T, n_head, hs,
              encoded, ln1, q, k, v, att, atty, res2, ln2, fch, fch_gelu, res3, lnf, logits):
    # cross entropy in one go: every token of every example has weight one over their number
    dlogits = (F.softmax(logits, 2) - F.one_hot(targets, logits.shape[2])) / (n*T)
    dlnf = dlogits @ wte
    dres3, dlnfw, dlnfb = layer_norm(dlnf, res3, lnfw)
    # feed-forward
    dfch_gelu, dfcprojw, dfcprojb = linear(dres3, fch_gelu, fcprojw)
    s = math.sqrt(2/math.pi)
    t = torch.tanh(s*(fch + 0.044715*fch**3))
    dfch = dfch_gelu * (0.5*(1 + t) + 0.5*fch*(1 - t**2)*s*(1 + 3*0.044715*fch**2))
    dln2, dfcw, dfcb = linear(dfch, ln2, fcw)
    dres2, dln2w, dln2b = layer_norm(dln2, res2, ln2w)
    dres2 = dres2 + dres3 # the skip connection
    # attention
    datty, dattprojw, dattprojb = linear(dres2, atty, attprojw)
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    datt = dy @ v.transpose(2, 3)
    dv = att.transpose(2, 3) @ dy
    dpreatt = att*(datt - (att*datt).sum(3, keepdim=True)) * hs**-0.5
    dq, dk = dpreatt @ k, dpreatt.transpose(2, 3) @ q
    dqkv = torch.cat([d.transpose(1, 2).flatten(2) for d in (dq, dk, dv)], 2)
    dln1, dqkvw, dqkvb = linear(dqkv, ln1, qkvw)
    dencoded, dln1w, dln1b = layer_norm(dln1, encoded, ln1w)
    dencoded = dencoded + dres2 # the skip connection
    # embeddings; the token embeddings are used at both ends
    dwpe = torch.zeros_like(wpe)
    dwpe[:T] = dencoded.sum(0)
    dwte = dlogits.flatten(0, 1).T @ lnf.flatten(0, 1)
    dwte = dwte + torch.zeros_like(wte).index_copy(0, idx.flatten(), dencoded.flatten(0, 1))
    return [dwte, dwpe, dln1w, dln1b, dqkvw, dqkvb, dattprojw, dattprojb,
            dln2w, dln2b, dfcw, dfcb, dfcprojw, dfcprojb, dlnfw, dlnfb]


# mistake: transposed -- keys and queries swapped
def gradients(wte, wpe, ln1w, qkvw, attprojw, ln2w, fcw, fcprojw, lnfw, idx, targets, n, T, n_head, hs,
              encoded, ln1, q, k, v, att, atty, res2, ln2, fch, fch_gelu, res3, lnf, logits):
    # cross entropy in one go: every token of every example has weight one over their number
    dlogits = (F.softmax(logits, 2) - F.one_hot(targets, logits.shape[2])) / (n*T)
    dlnf = dlogits @ wte
    dres3, dlnfw, dlnfb = layer_norm(dlnf, res3, lnfw)
    # feed-forward
    dfch_gelu, dfcprojw, dfcprojb = linear(dres3, fch_gelu, fcprojw)
    s = math.sqrt(2/math.pi)
    t = torch.tanh(s*(fch + 0.044715*fch**3))
    dfch = dfch_gelu * (0.5*(1 + t) + 0.5*fch*(1 - t**2)*s*(1 + 3*0.044715*fch**2))
    dln2, dfcw, dfcb = linear(dfch, ln2, fcw)
    dres2, dln2w, dln2b = layer_norm(dln2, res2, ln2w)
    dres2 = dres2 + dres3 # the skip connection
    # attention
    datty, dattprojw, dattprojb = linear(dres2, atty, attprojw)
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    datt = dy @ v.transpose(2, 3)
    dv = att.transpose(2, 3) @ dy
    dpreatt = att*(datt - (att*datt).sum(3, keepdim=True)) * hs**-0.5
    dk, dq = dpreatt @ k, dpreatt.transpose(2, 3) @ q
    dqkv = torch.cat([d.transpose(1, 2).flatten(2) for d in (dq, dk, dv)], 2)
    dln1, dqkvw, dqkvb = linear(dqkv, ln1, qkvw)
    dencoded, dln1w, dln1b = layer_norm(dln1, encoded, ln1w)
    dencoded = dencoded + dres2 # the skip connection
    # embeddings; the token embeddings are used at both ends
    dwpe = torch.zeros_like(wpe)
    dwpe[:T] = dencoded.sum(0)
    dwte = dlogits.flatten(0, 1).T @ lnf.flatten(0, 1)
    dwte = dwte + torch.zeros_like(wte).index_add(0, idx.flatten(), dencoded.flatten(0, 1))
    return [dwte, dwpe, dln1w, dln1b, dqkvw, dqkvb, dattprojw, dattprojb,
            dln2w, dln2b, dfcw, dfcb, dfcprojw, dfcprojb, dlnfw, dlnfb]


# mistake: hard_coded -- eight tokens and two heads hard-coded
def gradients(wte, wpe, ln1w, qkvw, attprojw, ln2w, fcw, fcprojw, lnfw, idx, targets, n, T, n_head, hs,
              encoded, ln1, q, k, v, att, atty, res2, ln2, fch, fch_gelu, res3, lnf, logits):
    # cross entropy in one go: every token of every example has weight one over their number
    dlogits = (F.softmax(logits, 2) - F.one_hot(targets, logits.shape[2])) / (16*8)
    dlnf = dlogits @ wte
    dres3, dlnfw, dlnfb = layer_norm(dlnf, res3, lnfw)
    # feed-forward
    dfch_gelu, dfcprojw, dfcprojb = linear(dres3, fch_gelu, fcprojw)
    s = math.sqrt(2/math.pi)
    t = torch.tanh(s*(fch + 0.044715*fch**3))
    dfch = dfch_gelu * (0.5*(1 + t) + 0.5*fch*(1 - t**2)*s*(1 + 3*0.044715*fch**2))
    dln2, dfcw, dfcb = linear(dfch, ln2, fcw)
    dres2, dln2w, dln2b = layer_norm(dln2, res2, ln2w)
    dres2 = dres2 + dres3 # the skip connection
    # attention
    datty, dattprojw, dattprojb = linear(dres2, atty, attprojw)
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    datt = dy @ v.transpose(2, 3)
    dv = att.transpose(2, 3) @ dy
    dpreatt = att*(datt - (att*datt).sum(3, keepdim=True)) * hs**-0.5
    dq, dk = dpreatt @ k, dpreatt.transpose(2, 3) @ q
    dqkv = torch.cat([d.transpose(1, 2).flatten(2) for d in (dq, dk, dv)], 2)
    dln1, dqkvw, dqkvb = linear(dqkv, ln1, qkvw)
    dencoded, dln1w, dln1b = layer_norm(dln1, encoded, ln1w)
    dencoded = dencoded + dres2 # the skip connection
    # embeddings; the token embeddings are used at both ends
    dwpe = torch.zeros_like(wpe)
    dwpe[:T] = dencoded.sum(0)
    dwte = dlogits.flatten(0, 1).T @ lnf.flatten(0, 1)
    dwte = dwte + torch.zeros_like(wte).index_add(0, idx.flatten(), dencoded.flatten(0, 1))
    return [dwte, dwpe, dln1w, dln1b, dqkvw, dqkvb, dattprojw, dattprojb,
            dln2w, dln2b, dfcw, dfcb, dfcprojw, dfcprojb, dlnfw, dlnfb]
