"""Train the two digit classifiers of this folder and write them as ONNX files.

Needs Python 3.11 and

    pip install torch==2.8.0 onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6

Run `python make_samples.py`: it reads digits8x8.npz from beside itself and writes digits_resnet.onnx
and digits_mlp.onnx there, in two or three minutes on one core. The same versions on the same kind of
processor give the same bytes; another processor may round differently and shift an accuracy a little.
"""

import io
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).resolve().parent
BATCH = 64
OPSET = 17


class Block(nn.Module):
    """Residual block: two 3x3 convolutions, and a 1x1 convolution on the shortcut where the shape changes."""

    def __init__(self, cin, cout, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(cout)
        self.conv2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(cout)
        self.downsample = None
        if stride != 1 or cin != cout:
            self.downsample = nn.Sequential(nn.Conv2d(cin, cout, 1, stride, bias=False), nn.BatchNorm2d(cout))
            # Added to bn2's bias, so it would train to the very same numbers, and the exporter would merge the two.
            nn.init.normal_(self.downsample[1].bias, std=0.1)

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + shortcut)


class DigitsResNet(nn.Module):
    """8x8 -> stem -> identity block at 8x8 -> strided block at 4x4 -> mean over the image -> 10 classes."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(32)
        self.layer1 = Block(32, 32, stride=1)
        self.layer2 = Block(32, 64, stride=2)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        y = self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x)))))
        return self.fc(self.pool(y).flatten(1))


class MatMulAdd(nn.Module):
    """A linear layer as x @ W + b with W [in, out]: nn.Linear would be exported as Gemm."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight = nn.Parameter(nn.init.kaiming_uniform_(torch.empty(inputs, outputs), mode="fan_out"))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        return x @ self.weight + self.bias


class DigitsMlp(nn.Module):
    """64 pixels -> MatMul 320 -> LayerNorm -> MatMul 256 -> Gemm 10."""

    def __init__(self):
        super().__init__()
        self.fc1 = MatMulAdd(64, 320)
        self.norm = nn.LayerNorm(320)
        self.fc2 = MatMulAdd(320, 256)
        self.head = nn.Linear(256, 10)

    def forward(self, x):
        y = self.norm(F.relu(self.fc1(x.flatten(1))))
        return self.head(F.relu(self.fc2(y)))


def load_digits():
    """Pixels scaled to 0..1, labels, and which rows are test rows: every fifth, i % 5 == 4."""
    with np.load(HERE / "digits8x8.npz") as data:
        pixels = data["input"].astype(np.float32) / 16
        labels = data["labels"]
    return torch.from_numpy(pixels), torch.from_numpy(labels), torch.arange(len(labels)) % 5 == 4


def shifted(images, rng):
    """Each image moved by -1, 0 or 1 pixels both ways: 1,438 training rows alone are soon learnt by heart."""
    padded = F.pad(images, (1, 1, 1, 1))
    dy, dx = torch.randint(0, 3, (2, len(images), 1, 1), generator=rng)
    rows, columns = torch.arange(8).view(1, 8, 1) + dy, torch.arange(8).view(1, 1, 8) + dx
    return padded[torch.arange(len(images)).view(-1, 1, 1), 0, rows, columns].unsqueeze(1)


def train(net, images, labels, *, seed, epochs, lr, decay, l1):
    """SGD on a one-cycle schedule. Weight decay and a light L1 term on the weights (never on biases and norms) shrink
    what the net does not need, so that magnitude says something about importance. Nothing is pruned here: no weight
    ends at zero."""
    rng = torch.Generator().manual_seed(seed)
    weights = [p for p in net.parameters() if p.dim() >= 2]
    others = [p for p in net.parameters() if p.dim() < 2]
    groups = [{"params": weights, "weight_decay": decay}, {"params": others}]
    optimizer = torch.optim.SGD(groups, lr=lr, momentum=0.9, nesterov=True)
    steps = epochs * -(-len(labels) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=lr, total_steps=steps)
    net.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(labels), generator=rng).split(BATCH):
            loss = F.cross_entropy(net(shifted(images[rows], rng)), labels[rows])
            loss = loss + l1 * sum(w.abs().sum() for w in weights)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return net.eval()


def to_onnx(net, name):
    """Export with BatchNormalization kept: TrainingMode.EVAL would fold it into the convolutions."""
    warnings.filterwarnings("ignore", message=".*legacy TorchScript", category=DeprecationWarning)
    buffer = io.BytesIO()
    batch = {0: "N"}
    torch.onnx.export(
        net, torch.zeros(1, 1, 8, 8), buffer, dynamo=False, opset_version=OPSET,
        training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
        input_names=["input"], output_names=["logits"], dynamic_axes={"input": batch, "logits": batch},
    )
    model = onnx.load_from_string(buffer.getvalue())
    model.graph.name = name
    return model


def accuracy(model, images, labels):
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    logits = session.run(["logits"], {"input": images.numpy()})[0]
    return float((logits.argmax(1) == labels.numpy()).mean())


def make(name, build, **settings):
    images, labels, test = load_digits()
    torch.manual_seed(settings["seed"])
    net = train(build(), images[~test], labels[~test], **settings)
    model = to_onnx(net, name)
    onnx.checker.check_model(model, full_check=True)
    path = HERE / f"{name}.onnx"
    onnx.save(model, path)
    parameters = sum(p.numel() for p in net.parameters())
    print(f"{path.name}: {parameters:,} parameters, {path.stat().st_size:,} bytes, "
          f"{accuracy(model, images[test], labels[test]):.2%} of {int(test.sum())} test rows")


def main():
    torch.set_num_threads(1)  # the order of additions must not depend on the number of cores
    torch.use_deterministic_algorithms(True)
    # Settings chosen on the rows i % 5 == 3, held out of the training rows meanwhile.
    make("digits_resnet", DigitsResNet, seed=1, epochs=100, lr=0.4, decay=1e-2, l1=1e-4)
    make("digits_mlp", DigitsMlp, seed=1, epochs=150, lr=0.1, decay=3e-3, l1=3e-5)


if __name__ == "__main__":
    main()
