"""A model of 20 million parameters, 80 MB and as much of momentum, to see what a checkpoint costs: the metric rss is the
memory in use, in MB, peak the most that ever was.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../scripts/python"))
import torch

import neap

torch.set_num_threads(1)
model = torch.nn.Linear(4000, 5000, bias=False)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)


def memory():
    with open("/proc/self/status") as file:
        fields = dict(line.split(":", 1) for line in file)
    return 0.0, {"rss": int(fields["VmRSS"].split()[0]) / 1000, "peak": int(fields["VmHWM"].split()[0]) / 1000}


tuner = neap.connect(model=model, optimizer=optimizer, evaluate=memory)
while tuner.training():
    loss = model.weight.square().sum()
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    tuner.step(loss)
