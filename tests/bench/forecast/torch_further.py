"""Further tasks for record_torch.py, none like those of torch_tasks.py: tables, pictures, sequences, and made-up data, with
losses of many kinds. Every loss is at least 0."""
import pathlib

import numpy as np
import sklearn.datasets
import torch
from torch import nn
from torch.nn import functional as F

from torch_tasks import Images, Flat, Letters, Recurrent, Transformer, TEXTS

PYTHON = pathlib.Path("/usr/lib/python3.11")
PERL = pathlib.Path("/usr/share/perl/5.36.0")


def standard(x):
    x = torch.as_tensor(np.asarray(x), dtype=torch.float32)
    return (x - x.mean(0)) / (x.std(0) + 1e-6)


def noise(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


class Rows:
    """Mini-batches of rows drawn with replacement; the last tenth is for validation."""

    def __init__(self, batch, x, y):
        order = torch.randperm(len(x), generator=torch.Generator().manual_seed(11))
        self.x, self.y, self.batch, self.train = x[order], y[order], batch, len(x) * 9 // 10
        self.validation = self.x[self.train:], self.y[self.train:]

    def draw(self, random):
        rows = torch.randint(self.train, (self.batch,), generator=random)
        return self.x[rows], self.y[rows]


class Epochs(Rows):
    """The same rows again and again, in a new order each time."""
    rows, random = (), None

    def draw(self, random):
        if random is not self.random or len(self.rows) < self.batch:
            self.random, self.rows = random, torch.randperm(self.train, generator=random)
        rows, self.rows = self.rows[:self.batch], self.rows[self.batch:]
        return self.x[rows], self.y[rows]


class Fresh:
    """Data made as they are drawn."""

    def __init__(self, batch, make):
        self.batch, self.make = batch, make
        self.validation = make(torch.Generator().manual_seed(12), 500)

    def draw(self, random):
        return self.make(random, self.batch)


# ---- data ----

def cancer(batch):
    data = sklearn.datasets.load_breast_cancer()
    return Epochs(batch, standard(data.data), torch.tensor(data.target))


def wine(batch):
    data = sklearn.datasets.load_wine()
    return Epochs(batch, standard(data.data), torch.tensor(data.target))


def diabetes(batch):
    data = sklearn.datasets.load_diabetes()
    return Epochs(batch, standard(data.data), standard(data.target))


def small_images(batch):
    data = sklearn.datasets.load_digits()
    return Epochs(batch, torch.tensor(data.images[:, None] / 16, dtype=torch.float32), torch.tensor(data.target))


def picture(name):
    return torch.tensor(sklearn.datasets.load_sample_image(name) / 255, dtype=torch.float32)


def pixels(batch):
    colours = picture("china.jpg")[::4, ::4]
    height, width, _ = colours.shape
    places = torch.stack(torch.meshgrid(torch.linspace(-1, 1, height), torch.linspace(-1, 1, width), indexing="ij"), -1)
    return Rows(batch, places.reshape(-1, 2), colours.reshape(-1, 3))


def patches(batch):
    whole = picture("flower.jpg").permute(2, 0, 1)
    cut = whole.unfold(1, 12, 9).unfold(2, 12, 9).permute(1, 2, 0, 3, 4).reshape(-1, 3, 12, 12)
    return Rows(batch, cut + 0.2 * noise(3, *cut.shape), cut)


def mixture(batch):
    random = torch.Generator().manual_seed(21)
    label = torch.randint(8, (8000,), generator=random)
    x = 1.5 * noise(22, 8, 3, 16)[label, torch.randint(3, (8000,), generator=random)] + noise(23, 8000, 16)
    wrong = torch.rand(8000, generator=random) < 0.1
    return Rows(batch, x, torch.where(wrong, torch.randint(8, (8000,), generator=random), label))


def spirals(batch):
    t, side = torch.linspace(0.3, 3, 1500).repeat(2), torch.arange(2).repeat_interleave(1500)
    angle = 3 * t + np.pi * side
    return Rows(batch, torch.stack([t * angle.cos(), t * angle.sin()], 1) + 0.05 * noise(31, 3000, 2), side)


def conditioned(batch):
    scale = torch.logspace(0, -1.5, 40)
    x = noise(41, 5000, 40) * scale
    return Rows(batch, x, x @ (noise(42, 40) / scale) / 6 + 0.3 * noise(43, 5000))


def sparse(batch):
    x = (noise(51, 6000, 300) > 1.5).float()
    chance = torch.sigmoid(x @ (1.5 * noise(52, 300)) - 1)
    return Rows(batch, x, (torch.rand(6000, generator=torch.Generator().manual_seed(53)) < chance).long())


def ratings(batch):
    random = torch.Generator().manual_seed(61)
    who, what = torch.randint(300, (20000,), generator=random), torch.randint(200, (20000,), generator=random)
    y = (noise(62, 300, 5)[who] * noise(63, 200, 5)[what]).sum(1) / 2 + 0.3 * noise(64, 20000)
    return Rows(batch, torch.stack([who, what], 1), y)


def tags(batch):
    x = noise(71, 8000, 30)
    hidden = torch.relu(x @ noise(72, 30, 40) / 5)
    return Rows(batch, x, (hidden @ noise(73, 40, 12) + 0.5 * noise(74, 8000, 12) > 1).float())


def skewed(batch):
    x = noise(81, 8000, 10)
    spread = torch.exp(0.7 * x[:, 0])
    return Rows(batch, x, torch.sin(2 * x[:, 1]) + x[:, 2] * x[:, 3] + spread * noise(82, 8000).abs())


def adding(batch):
    def make(random, n):
        values, marks = torch.rand(n, 20, generator=random), torch.zeros(n, 20)
        first = torch.randint(10, (n,), generator=random)
        second = 10 + torch.randint(10, (n,), generator=random)
        marks[torch.arange(n), first] = marks[torch.arange(n), second] = 1
        return torch.stack([values, marks], 2), (values * marks).sum(1)
    return Fresh(batch, make)


def reversing(batch):
    def make(random, n):
        digits = torch.randint(1, 9, (n, 8), generator=random)
        return torch.cat([digits, torch.zeros(n, 8, dtype=torch.long)], 1), digits.flip(1)
    return Fresh(batch, make)


def waves(batch):
    def make(random, n):
        t = torch.arange(49.)
        speed, phase = 0.1 + 0.5 * torch.rand(n, 2, 1, generator=random), 6.3 * torch.rand(n, 2, 1, generator=random)
        y = torch.sin(speed * t + phase).sum(1) + 0.1 * torch.randn(n, 49, generator=random)
        return y[:, :-1], y[:, 1:]
    return Fresh(batch, make)


def sets(batch):
    def make(random, n):
        x = torch.randn(n, 10, 4, generator=random)
        return x, x.norm(dim=2).max(1).values + x[:, :, 0].mean(1)
    return Fresh(batch, make)


def words(batch):
    text = " ".join(path.read_text() for path in TEXTS).lower().split()
    common = sorted(set(text), key=lambda word: (-text.count(word), word))[:400]
    place = {word: i for i, word in enumerate(common)}
    text = torch.tensor([place.get(word, 400) for word in text])
    rows = torch.arange(len(text) - 4)[:, None] + torch.arange(5)
    return Rows(batch, text[rows][:, :4], text[rows][:, 4])


def views(batch):
    return Flat(batch, same=True)


def python_letters(batch):
    texts = sorted(PYTHON.glob("[a-d]*.py"))
    return Letters(batch, texts=texts, keep=90)


def perl_letters(batch):
    return Letters(batch, texts=sorted(PERL.glob("*.pm")), length=24, keep=90)


# ---- models ----

def perceptron(sizes, activation=nn.ReLU, norm=None, dropout=0, flat=False):
    layers = []
    for a, b in zip(sizes[:-2], sizes[1:-1]):
        layers += [nn.Linear(a, b), *([norm(b)] if norm else []), activation(), *([nn.Dropout(dropout)] if dropout else [])]
    return nn.Sequential(*layers, nn.Linear(*sizes[-2:]), *([nn.Flatten(0)] if flat else []))


class Waves(nn.Module):
    """Sines of a picture's places."""

    def __init__(self):
        super().__init__()
        self.register_buffer("speeds", 6 * torch.randn(2, 32))
        self.body = perceptron([64, 64, 64, 3])

    def forward(self, x):
        x = x @ self.speeds
        return self.body(torch.cat([x.sin(), x.cos()], 1))


def denoiser():
    return nn.Sequential(nn.Conv2d(3, 12, 3, padding=1), nn.ReLU(), nn.Conv2d(12, 12, 3, padding=1), nn.ReLU(),
                         nn.Conv2d(12, 3, 3, padding=1))


class Factors(nn.Module):
    def __init__(self):
        super().__init__()
        self.who, self.what = nn.Embedding(300, 8), nn.Embedding(200, 8)
        for table in (self.who, self.what):
            nn.init.normal_(table.weight, std=0.3)

    def forward(self, x):
        return (self.who(x[:, 0]) * self.what(x[:, 1])).sum(1)


class Tokens(nn.Module):
    """Pieces of an image, 7 by 7, seen by attention or mixed by perceptrons."""

    def __init__(self, mix, width=32):
        super().__init__()
        self.cut, self.place = nn.Linear(49, width), nn.Parameter(0.02 * torch.randn(16, width))
        self.out = nn.Linear(width, 10)
        self.mix, self.body = mix, nn.ModuleList()
        for _ in range(2):
            self.body.append(
                nn.ModuleList([nn.LayerNorm(width), nn.Sequential(nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 16)),
                               nn.LayerNorm(width), nn.Sequential(nn.Linear(width, 64), nn.GELU(), nn.Linear(64, width))])
                if mix else nn.TransformerEncoderLayer(width, 4, 64, dropout=0.0, batch_first=True))

    def forward(self, x):
        x = x.reshape(-1, 4, 7, 4, 7).transpose(2, 3).reshape(-1, 16, 49)
        x = self.cut(x) + self.place
        for block in self.body:
            if self.mix:
                first, tokens, second, width = block
                x = x + tokens(first(x).transpose(1, 2)).transpose(1, 2)
                x = x + width(second(x))
            else:
                x = block(x)
        return self.out(x.mean(1))


class Convolved(nn.Module):
    """Residual convolutions on images of half the size."""

    def __init__(self, norm, width=12, groups=1):
        super().__init__()
        self.first, self.out = nn.Conv2d(1, width, 3, padding=1), nn.Linear(width, 10)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Conv2d(width, width, 3, padding=1, groups=groups), norm(width), nn.ReLU(),
                          nn.Conv2d(width, width, 1), norm(width))
            for _ in range(3))

    def forward(self, x):
        x = F.relu(self.first(F.avg_pool2d(x, 2)))
        for i, block in enumerate(self.blocks):
            x = F.relu(x + block(x))
            if i == 0:
                x = F.max_pool2d(x, 2)
        return self.out(x.mean((2, 3)))


class Variational(nn.Module):
    def __init__(self):
        super().__init__()
        self.code, self.decode = perceptron([784, 96, 16]), perceptron([8, 96, 784])

    def forward(self, x):
        middle, spread = self.code(x).chunk(2, 1)
        spread = spread.clamp(-8, 8)
        return self.decode(middle + torch.randn_like(middle) * (spread / 2).exp()), middle, spread


def variational_loss(answer, x):
    made, middle, spread = answer
    return F.mse_loss(made, x) + 0.5 * (middle ** 2 + spread.exp() - spread - 1).sum(1).mean() / 784


class Alike(nn.Module):
    """Two noisy views of an image, to be found again among those of others."""

    def __init__(self):
        super().__init__()
        self.body = perceptron([784, 64, 32])

    def forward(self, x):
        first, second = (F.normalize(self.body(x + 0.7 * torch.randn_like(x)), dim=1) for _ in range(2))
        return 10 * first @ second.T


def alike_loss(answer, x):
    return F.cross_entropy(answer, torch.arange(len(x)))


class Last(nn.Module):
    """A number from a sequence's last state."""

    def __init__(self, kind):
        super().__init__()
        self.rnn, self.out = kind(2, 32, batch_first=True), nn.Linear(32, 1)

    def forward(self, x):
        return self.out(self.rnn(x)[0][:, -1]).flatten()


class Reverser(nn.Module):
    def __init__(self, width=32):
        super().__init__()
        self.embed, self.place = nn.Embedding(9, width), nn.Parameter(0.1 * torch.randn(16, width))
        self.body = nn.TransformerEncoder(nn.TransformerEncoderLayer(width, 4, 64, dropout=0.0, batch_first=True), 2)
        self.out = nn.Linear(width, 9)

    def forward(self, x):
        return self.out(self.body(self.embed(x) + self.place)[:, 8:]).transpose(1, 2)


class Causal(nn.Module):
    """Convolutions that look back."""

    def __init__(self, width=16):
        super().__init__()
        self.layers = nn.ModuleList(nn.Conv1d(width if i else 1, width, 2, dilation=2 ** i) for i in range(4))
        self.out = nn.Conv1d(width, 1, 1)

    def forward(self, x):
        x = x[:, None]
        for i, layer in enumerate(self.layers):
            x = F.relu(layer(F.pad(x, (2 ** i, 0))))
        return self.out(x)[:, 0]


class Sets(nn.Module):
    def __init__(self):
        super().__init__()
        self.each, self.all = perceptron([4, 32, 32]), perceptron([32, 32, 1], flat=True)

    def forward(self, x):
        return self.all(self.each(x).sum(1))


class NextWord(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.body = nn.Embedding(401, 24), perceptron([96, 64, 401], activation=nn.Tanh)

    def forward(self, x):
        return self.body(self.embed(x).flatten(1))


def pinball(answer, y):
    return torch.maximum(0.8 * (y - answer), -0.2 * (y - answer)).mean()


def tags_loss(answer, y):
    return F.binary_cross_entropy_with_logits(answer, y)


def small_convolutions():
    return nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
                         nn.Conv2d(16, 16, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(256, 10))


MODELS = {  # data, model, loss
    "cancer": (cancer, lambda data: perceptron([30, 24, 2], norm=nn.BatchNorm1d), F.cross_entropy),
    "wine": (wine, lambda data: perceptron([13, 24, 3], nn.Tanh), F.cross_entropy),
    "diabetes": (diabetes, lambda data: perceptron([10, 40, 1], flat=True), F.mse_loss),
    "small-cnn": (small_images, lambda data: small_convolutions(), F.cross_entropy),
    "pixels": (pixels, lambda data: Waves(), F.mse_loss),
    "denoiser": (patches, lambda data: denoiser(), F.mse_loss),
    "mixture": (mixture, lambda data: perceptron([16, 64, 64, 8], dropout=0.2), F.cross_entropy),
    "spirals": (spirals, lambda data: perceptron([2, 32, 32, 2], nn.Tanh), F.cross_entropy),
    "conditioned": (conditioned, lambda data: perceptron([40, 1], flat=True), F.mse_loss),
    "sparse": (sparse, lambda data: perceptron([300, 2]), F.cross_entropy),
    "factors": (ratings, lambda data: Factors(), F.mse_loss),
    "tags": (tags, lambda data: perceptron([30, 64, 12], nn.GELU, nn.LayerNorm), tags_loss),
    "skewed": (skewed, lambda data: perceptron([10, 48, 48, 1], nn.SiLU, flat=True), pinball),
    "adding-gru": (adding, lambda data: Last(nn.GRU), F.mse_loss),
    "adding-lstm": (adding, lambda data: Last(nn.LSTM), F.mse_loss),
    "reversing": (reversing, lambda data: Reverser(), F.cross_entropy),
    "causal": (waves, lambda data: Causal(), F.mse_loss),
    "sets": (sets, lambda data: Sets(), F.smooth_l1_loss),
    "words": (words, lambda data: NextWord(), F.cross_entropy),
    "python-rnn": (python_letters, lambda data: Recurrent(len(data.letters), 64, nn.RNN), F.cross_entropy),
    "python-lstm": (python_letters, lambda data: Recurrent(len(data.letters), 48, nn.LSTM), F.cross_entropy),
    "perl-transformer": (perl_letters, lambda data: Transformer(len(data.letters), length=24), F.cross_entropy),
    "perl-gru": (perl_letters, lambda data: Recurrent(len(data.letters), 48), F.cross_entropy),
    "attention": (Images, lambda data: Tokens(False), F.cross_entropy),
    "mixer": (Images, lambda data: Tokens(True), F.cross_entropy),
    "resnet": (Images, lambda data: Convolved(nn.BatchNorm2d), F.cross_entropy),
    "depthwise": (Images, lambda data: Convolved(lambda width: nn.GroupNorm(3, width), groups=12), F.cross_entropy),
    "variational": (views, lambda data: Variational(), variational_loss),
    "alike": (views, lambda data: Alike(), alike_loss),
    "deep": (Flat, lambda data: perceptron([784] + 8 * [32] + [10], nn.SELU), F.cross_entropy),
}
