"""Tasks for record_torch.py of kinds that neither torch_tasks.py nor torch_further.py has, and worlds drawn from them by their
numbers, so that nobody chose them. Every loss is at least 0."""
import pathlib
import random

import numpy as np
import sklearn.datasets
import torch
from torch import nn
from torch.nn import functional as F

from torch_further import Epochs, Fresh, Rows, noise, perceptron, picture, small_images, standard
from torch_tasks import TEXTS, Flat, Letters

HEADERS = pathlib.Path("/usr/include")


# ---- data ----

def iris(batch):
    data = sklearn.datasets.load_iris()
    return Epochs(batch, standard(data.data), torch.tensor(data.target))


def parity(batch):
    def make(generator, n):
        x = (torch.rand(n, 12, generator=generator) < 0.5).float() * 2 - 1
        return x, (x[:, 0] * x[:, 3] > 0).long()
    return Fresh(batch, make)


def sums(batch):
    """All pairs of numbers below 29, and their sum modulo 29."""
    pairs = torch.cartesian_prod(torch.arange(29), torch.arange(29))
    return Epochs(batch, pairs, pairs.sum(1) % 29)


def counts(batch):
    x = noise(101, 8000, 15)
    mean = torch.exp(0.5 * x[:, 0] + torch.relu(x[:, 1]) * x[:, 2].tanh() - 0.5)
    return Rows(batch, x, torch.poisson(mean, generator=torch.Generator().manual_seed(102)))


def rare(batch):
    x = noise(111, 10000, 20)
    score = (x[:, :5] ** 2).sum(1) + x[:, 5]
    return Rows(batch, x, (score > score.quantile(0.95)).float())


def preferences(batch):
    """Which of two is better, mistaken at times."""
    first, second = noise(121, 8000, 12), noise(122, 8000, 12)

    def worth(x):
        return 2 * (x @ noise(123, 12, 8)).tanh() @ noise(124, 8)
    right = torch.rand(8000, generator=torch.Generator().manual_seed(125)) < torch.sigmoid(worth(first) - worth(second))
    return Rows(batch, torch.stack([first, second], 1), right.float())


def chaos(batch):
    """Mackey and Glass's series; what comes six steps after sixteen values of it."""
    x = [1.2] * 18
    for _ in range(30000):
        x.append(x[-1] + 0.2 * x[-18] / (1 + x[-18] ** 10) - 0.1 * x[-1])
    series = standard(torch.tensor(x[500::3]).unsqueeze(1))[:, 0]
    cut = series.unfold(0, 22, 1)
    return Rows(batch, cut[:, :16].clone(), cut[:, 21].clone())


def discs(batch):
    def make(generator, n):
        place = torch.stack(torch.meshgrid(torch.arange(12.), torch.arange(12.), indexing="ij"))
        centre = 3 + 6 * torch.rand(n, 2, 1, 1, generator=generator)
        inside = ((place - centre) ** 2).sum(1, keepdim=True) < (2 + 2 * torch.rand(n, 1, 1, 1, generator=generator)) ** 2
        return inside.float() + 0.8 * torch.randn(n, 1, 12, 12, generator=generator), inside.float()
    return Fresh(batch, make)


def products(batch):
    x = noise(131, 6000, 20)
    return Rows(batch, x, x @ noise(132, 20, 4) @ noise(133, 4, 10) / 9 + 0.1 * noise(134, 6000, 10))


def recall(batch):
    """Two symbols, noise for twelve steps, and the two to be named."""
    def make(generator, n):
        x = torch.cat([torch.randint(6, (n, 2), generator=generator), torch.randint(6, 8, (n, 12), generator=generator)], 1)
        return x, x[:, :2]
    return Fresh(batch, make)


def roll(batch):
    """Places on a spiral, blurred by noise of a random strength: the noise is to be told."""
    def make(generator, n):
        t = 1.5 + 3 * torch.rand(n, generator=generator)
        strength, blur = torch.rand(n, 1, generator=generator), torch.randn(n, 2, generator=generator)
        clean = torch.stack([t * (3 * t).cos(), t * (3 * t).sin()], 1) / 2.5
        angle = strength * np.pi / 2
        return torch.cat([angle.cos() * clean + angle.sin() * blur, strength], 1), blur
    return Fresh(batch, make)


def points(batch):
    """Places between 0 and 1, where a differential equation is to hold."""
    def make(generator, n):
        x = torch.rand(n, 1, generator=generator)
        return x, x
    return Fresh(batch, make)


def graph(batch):
    """Nodes of four groups, seen by their noisy features and their neighbours; only numbers of nodes are drawn."""
    return Rows(batch, torch.arange(240), torch.arange(240) % 4)


def neighbours(batch):
    """Words of a text, those next to them, and others drawn by their frequency."""
    text = " ".join(path.read_text() for path in TEXTS).lower().split()
    common = sorted(set(text), key=lambda word: (-text.count(word), word))[:300]
    place = {word: i for i, word in enumerate(common)}
    text = torch.tensor([place[word] for word in text if word in place])
    others = text[torch.randint(len(text), (len(text) - 1, 5), generator=torch.Generator().manual_seed(141))]
    return Rows(batch, torch.cat([text[:-1, None], text[1:, None], others], 1), text[1:])


def header_letters(batch):
    return Letters(batch, texts=sorted(HEADERS.glob("[a-m]*.h")), keep=80)


def hidden_squares(batch):
    """Images of 8 by 8 whose lower half is to be guessed from the upper."""
    data = small_images(batch)
    return Epochs(batch, data.x[:, 0, :4].flatten(1), data.x[:, 0, 4:].flatten(1))


def colours(batch):
    """Blue from red and green, and what is around."""
    cut = picture("china.jpg")[::3, ::3].permute(2, 0, 1).unfold(1, 5, 3).unfold(2, 5, 3).permute(1, 2, 0, 3, 4).reshape(-1, 3, 5, 5)
    return Rows(batch, cut[:, :2].flatten(1), cut[:, 2, 2, 2].clone())


# ---- models and losses ----

class Sums(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.body = nn.Embedding(29, 32), perceptron([64, 96, 29])

    def forward(self, x):
        return self.body(self.embed(x).flatten(1))


class Better(nn.Module):
    def __init__(self):
        super().__init__()
        self.worth = perceptron([12, 32, 1])

    def forward(self, x):
        both = self.worth(x)[:, :, 0]
        return both[:, 0] - both[:, 1]


class Experts(nn.Module):
    """Four small networks and one that says whom to believe."""

    def __init__(self):
        super().__init__()
        self.gate, self.experts = nn.Linear(784, 4), nn.ModuleList(perceptron([784, 16, 10]) for _ in range(4))

    def forward(self, x):
        return (self.gate(x).softmax(1)[:, :, None] * torch.stack([expert(x) for expert in self.experts], 1)).sum(1)


class Lines(nn.Module):
    """An image read line by line."""

    def __init__(self):
        super().__init__()
        self.rnn, self.out = nn.GRU(28, 40, batch_first=True), nn.Linear(40, 10)

    def forward(self, x):
        return self.out(self.rnn(x.reshape(-1, 28, 28))[0][:, -1])


class Recall(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.rnn, self.out = nn.Embedding(8, 12), nn.LSTM(12, 32, batch_first=True), nn.Linear(32, 12)

    def forward(self, x):
        return self.out(self.rnn(self.embed(x))[0][:, -1]).reshape(-1, 6, 2)


class Net(nn.Module):
    """Two convolutions on a graph."""

    def __init__(self):
        super().__init__()
        group = torch.arange(240) % 4
        near = torch.where(group[:, None] == group, 0.05, 0.012)
        links = (torch.rand(240, 240, generator=torch.Generator().manual_seed(151)) < near).float()
        links = ((links + links.T) > 0).float() + torch.eye(240)
        self.register_buffer("links", links / links.sum(1, keepdim=True))
        self.register_buffer("x", F.one_hot(group, 4).float() @ noise(152, 4, 16) + 2 * noise(153, 240, 16))
        self.first, self.second = nn.Linear(16, 24), nn.Linear(24, 4)

    def forward(self, nodes):
        hidden = F.relu(self.links @ self.first(self.x))
        return self.second(self.links[nodes] @ hidden)


class Vectors(nn.Module):
    def __init__(self):
        super().__init__()
        self.word, self.context = nn.Embedding(300, 24), nn.Embedding(300, 24)
        for table in (self.word, self.context):
            nn.init.normal_(table.weight, std=0.2)

    def forward(self, x):
        return (self.word(x[:, :1]) * self.context(x[:, 1:])).sum(2)


def vectors_loss(answer, _):
    return F.softplus(-answer[:, 0]).mean() + F.softplus(answer[:, 1:]).sum(1).mean()


class LettersSeen(nn.Module):
    """Gated convolutions over letters."""

    def __init__(self, letters, width=32):
        super().__init__()
        self.embed, self.out = nn.Embedding(letters, width), nn.Conv1d(width, letters, 1)
        self.layers = nn.ModuleList(nn.Conv1d(width, 2 * width, 2, dilation=2 ** i) for i in range(4))

    def forward(self, x):
        x = self.embed(x).transpose(1, 2)
        for i, layer in enumerate(self.layers):
            x = x + F.glu(layer(F.pad(x, (2 ** i, 0))), 1)
        return self.out(x)


class Solution(nn.Module):
    """u'' = -9 u + x, u(0) = 0, u(1) = 1: by how much it fails to hold; derivatives of one hidden layer of tanh, written out."""

    def __init__(self, width=40):
        super().__init__()
        self.inner, self.outer = nn.Linear(1, width), nn.Linear(width, 1)
        with torch.no_grad():
            self.inner.weight.mul_(4)

    def forward(self, x):
        h, w = torch.tanh(self.inner(x)), self.inner.weight[:, 0]
        curved = (-2 * h * (1 - h ** 2) * w ** 2) @ self.outer.weight[0]
        ends = self.outer(torch.tanh(self.inner(torch.tensor([[0.], [1.]]))))[:, 0]
        return curved + 9 * self.outer(h)[:, 0] - x[:, 0], ends


def solution_loss(answer, _):
    apart, ends = answer
    return 0.1 * (apart ** 2).mean() + ends[0] ** 2 + (ends[1] - 1) ** 2


def deviance(answer, y):
    """Poisson's, of logarithms of means."""
    answer = answer.clamp(max=20)
    return (answer.exp() - y * answer + torch.special.xlogy(y, y) - y).mean()


def focal(answer, y):
    right = torch.where(y > 0, answer, -answer)
    return (torch.sigmoid(-right) ** 2 * F.softplus(-right)).mean()


def overlap(answer, y):
    p = torch.sigmoid(answer)
    return F.binary_cross_entropy_with_logits(answer, y) + 1 - (2 * (p * y).sum() + 1) / (p.sum() + y.sum() + 1)


def segments():
    return nn.Sequential(nn.Conv2d(1, 6, 3, padding=1), nn.ReLU(), nn.Conv2d(6, 6, 3, padding=2, dilation=2), nn.ReLU(),
                         nn.Conv2d(6, 1, 3, padding=1))


def linear_layers():
    return nn.Sequential(*(nn.Linear(a, b, bias=False) for a, b in ((20, 24), (24, 24), (24, 24), (24, 24), (24, 10))))


MODELS = {  # data, model, loss
    "iris": (iris, lambda data: perceptron([4, 16, 3], nn.GELU, nn.LayerNorm), F.cross_entropy),
    "parity": (parity, lambda data: perceptron([12, 64, 2]), F.cross_entropy),
    "sums": (sums, lambda data: Sums(), F.cross_entropy),
    "counts": (counts, lambda data: perceptron([15, 32, 32, 1], flat=True), deviance),
    "rare": (rare, lambda data: perceptron([20, 48, 1], nn.ELU, flat=True), focal),
    "preferences": (preferences, lambda data: Better(), F.binary_cross_entropy_with_logits),
    "chaos": (chaos, lambda data: perceptron([16, 32, 32, 1], nn.Tanh, flat=True), F.l1_loss),
    "discs": (discs, lambda data: segments(), overlap),
    "products": (products, lambda data: linear_layers(), F.mse_loss),
    "recall": (recall, lambda data: Recall(), F.cross_entropy),
    "roll": (roll, lambda data: perceptron([3, 64, 64, 2], nn.SiLU), F.mse_loss),
    "solution": (points, lambda data: Solution(), solution_loss),
    "graph": (graph, lambda data: Net(), F.cross_entropy),
    "vectors": (neighbours, lambda data: Vectors(), vectors_loss),
    "headers": (header_letters, lambda data: LettersSeen(len(data.letters)), F.cross_entropy),
    "halves": (hidden_squares, lambda data: perceptron([32, 64, 32], dropout=0.1), F.mse_loss),
    "colours": (colours, lambda data: perceptron([50, 32, 1], nn.Softplus, flat=True), F.smooth_l1_loss),
    "experts": (Flat, lambda data: Experts(), F.cross_entropy),
    "margins": (Flat, lambda data: nn.Linear(784, 10), F.multi_margin_loss),
    "lines": (Flat, lambda data: Lines(), F.cross_entropy),
}


def draw(number, optimizers):
    """The world of a number: the tasks in turn, all else by chance."""
    chance = random.Random(number)
    return (list(MODELS)[number % len(MODELS)], chance.choice(optimizers), chance.choice([8, 16, 32, 64, 128]),
            chance.choice([30, 40, 50, 60, 80, 100, 150]), chance.choice([0, 0, 0, 50, 100, 200]), number)
