"""A small language model of characters (a GRU) on a text that every Debian has, tuned by neap:

    neap run autolrs --lr 1e-4:3e-2 --budget 3000 --tau 500 -- python3 scripts/python/examples/characters.py
    python3 scripts/python/examples/characters.py --steps 1000 --rate 3e-3      # without neap, at one rate
"""

import argparse
import os
import sys

import torch
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))   # not needed once neap.py is installed
import neap

parser = argparse.ArgumentParser()
parser.add_argument("--text", default="/usr/share/common-licenses/GPL-3")
parser.add_argument("--steps", type=int, default=1000, help="without neap")
parser.add_argument("--rate", type=float, default=3e-3, help="without neap")
parser.add_argument("--batch", type=int, default=16)
parser.add_argument("--length", type=int, default=48, help="characters of a piece")
options = parser.parse_args()

torch.manual_seed(1)
torch.set_num_threads(1)     # the network is small: more threads would only wait for each other
with open(options.text, encoding="utf-8") as file:
    text = file.read()
letters = sorted(set(text))
codes = torch.tensor([letters.index(letter) for letter in text])
split = len(codes) * 9 // 10
train, validation = codes[:split], codes[split:]


class Characters(nn.Module):
    def __init__(self, width=96):
        super().__init__()
        self.embed = nn.Embedding(len(letters), width)
        self.recur = nn.GRU(width, width, batch_first=True)
        self.score = nn.Linear(width, len(letters))

    def forward(self, codes):
        return self.score(self.recur(self.embed(codes))[0])


def loss_of(data, starts):
    """Mean cross-entropy, in nats a character, of the pieces that begin at these places."""
    pieces = torch.stack([data[start:start + options.length + 1] for start in starts])
    return nn.functional.cross_entropy(model(pieces[:, :-1]).flatten(0, 1), pieces[:, 1:].flatten())


def validate(batches=None):
    starts = list(range(0, len(validation) - options.length - 1, options.length))
    loss = loss_of(validation, starts if batches is None else starts[:batches * options.batch])
    return loss, {"perplexity": loss.exp()}


model = Characters()
optimizer = torch.optim.AdamW(model.parameters(), lr=options.rate)

# The pieces are drawn by PyTorch's generator, which goes back with every checkpoint: no state needs to be named.
tuner = neap.connect(model=model, optimizer=optimizer, evaluate=validate, steps=options.steps)
while tuner.training():
    loss = loss_of(train, torch.randint(len(train) - options.length - 1, (options.batch,)).tolist())
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    tuner.step(loss)

model.eval()
with torch.no_grad():
    loss, metrics = validate()
    written = [letters.index("T")]
    for _ in range(200):
        scores = model(torch.tensor([written[-options.length:]]))[0, -1]
        written.append(int(torch.multinomial(torch.softmax(scores / 0.7, 0), 1)))
print("".join(letters[code] for code in written))
print(f"validation loss {loss:.4f} nats a character, perplexity {metrics['perplexity']:.2f}")
