# the operations of mergekit's ties on one tensor (argsort descending trim, sum election, weighted mean)
import torch, time, sys
torch.set_num_threads(1)
n=50265*768
g=torch.Generator().manual_seed(1)
ds=[torch.randn(n,generator=g)*0.01 for _ in range(4)]
w=torch.tensor([1.,1.,1.,1.]).unsqueeze(-1)
def magnitude(t,d):
    k=int(d*t.numel()); m=torch.zeros_like(t); x=t.abs().view(-1)
    m.view(-1)[torch.argsort(x,descending=True)[:k]]=1
    return t*m
def magnitude_topk(t,d):
    k=int(d*t.numel()); m=torch.zeros_like(t); x=t.abs().view(-1)
    m.view(-1)[torch.topk(x,k,sorted=False).indices]=1
    return t*m
def ties(f):
    deltas=torch.stack([f(x,.2) for x in ds]); wd=deltas*w
    sign=wd.sign(); maj=(wd.sum(0)>=0).float()*2-1; mask=(sign==maj).float()
    mixed=(wd*mask).sum(0); div=(w*mask).sum(0); div[div==0]=1
    return mixed/div
for f in (magnitude,magnitude_topk):
    t=time.time(); r=ties(f); print(f.__name__, time.time()-t, flush=True)
a=torch.empty(n); t=time.time()
for _ in range(5): a.copy_(ds[0])
print('copy', (time.time()-t)/5)
