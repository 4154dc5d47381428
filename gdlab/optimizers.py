"""The methods. Each is a function that looks like its formula.

x        the position, shape (…, d)
grad     a function: the slope at any position, so that the code shows where it is measured
s        the method's memory: every name in it starts at zero, and s.t counts 1, 2, 3, …
η is `lr`, β is `beta`; what comes back is the next position.

Only + − · / and powers occur, so the same function moves NumPy arrays and torch
tensors on any device. Where ε guards a division it stands outside the root, as in
PyTorch; Adadelta keeps it inside, as its author and PyTorch do.
"""


def gradient_descent(x, grad, s, *, lr=0.1):
    """Step against the slope.

    x := x − η ∇J(x)

    Arguments: lr η > 0; on a quadratic of curvature L it converges for η < 2/L.
    Source: Cauchy (1847). The same as torch.optim.SGD(lr=η).

    >>> from gdlab import descend, surfaces
    >>> round(float(descend(surfaces.square, gradient_descent, 10, steps=20, lr=0.1).x[-1, 0]), 5)
    0.11529
    """
    return x - lr * grad(x)


def momentum(x, grad, s, *, lr=0.1, beta=0.9):
    """Step against a running average of the slopes.

    v := β v + (1 − β) ∇J(x);  x := x − η v

    Arguments: lr η > 0; beta β in [0, 1), the share of the old average that is kept.
    Source: Polyak (1964), written as an exponential average. The same path as
    `torch_momentum` with η (1 − β), and as `heavy_ball` with η (1 − β).

    >>> from gdlab import descend, surfaces
    >>> round(float(descend(surfaces.square, momentum, 10, steps=20, lr=0.1).x[-1, 0]), 4)
    -2.7067
    """
    s.v = beta * s.v + (1 - beta) * grad(x)
    return x - lr * s.v


def heavy_ball(x, grad, s, *, lr=0.01, beta=0.9):
    """Let the position be a ball with inertia: v is its velocity.

    v := β v − η ∇J(x);  x := x + v

    Arguments: lr η > 0; beta β in [0, 1), often written μ.
    Source: Polyak (1964). While η is constant, the same path as `torch_momentum`.

    >>> from gdlab import descend, surfaces
    >>> run = descend(surfaces.square, heavy_ball, 10, steps=2, lr=0.1, beta=0.5)
    >>> run.x[:, 0]
    array([10. ,  8. ,  5.4])
    """
    s.v = beta * s.v - lr * grad(x)
    return x + s.v


def torch_momentum(x, grad, s, *, lr=0.01, beta=0.9):
    """PyTorch's momentum: the slopes add up, without a factor (1 − β).

    v := β v + ∇J(x);  x := x − η v

    Arguments: lr η > 0; beta β in [0, 1).
    Source: torch.optim.SGD(lr=η, momentum=β). A steady slope is stepped along with
    η / (1 − β): at β = 0.9 ten times as far as with `momentum` at the same η.

    >>> from gdlab import descend, surfaces
    >>> run = descend(surfaces.square, torch_momentum, 10, steps=2, lr=0.1, beta=0.5)
    >>> run.x[:, 0]
    array([10. ,  8. ,  5.4])
    """
    s.v = beta * s.v + grad(x)
    return x - lr * s.v


def nesterov(x, grad, s, *, lr=0.01, beta=0.9):
    """Look ahead first: measure the slope where the velocity is about to lead.

    v := β v − η ∇J(x + β v);  x := x + v

    Arguments: lr η > 0; beta β in [0, 1).
    Source: Nesterov (1983), as given by Sutskever et al. (2013). PyTorch stores the
    look-ahead point: torch.optim.SGD(nesterov=True) walks x + β v while η is constant.

    >>> from gdlab import descend, surfaces
    >>> run = descend(surfaces.square, nesterov, 10, steps=2, lr=0.1, beta=0.5)
    >>> run.x[:, 0]
    array([10. ,  8. ,  5.6])
    """
    s.v = beta * s.v - lr * grad(x + beta * s.v)
    return x + s.v


def adagrad(x, grad, s, *, lr=0.5, eps=1e-10):
    """Give each coordinate its own rate, which shrinks with every slope it has seen.

    h := h + g²;  x := x − η g / (√h + ε),  g = ∇J(x)

    Arguments: lr η > 0; eps ε ≥ 0.
    Source: Duchi, Hazan and Singer (2011). The same as torch.optim.Adagrad.

    >>> from gdlab import descend, surfaces
    >>> run = descend(surfaces.square, adagrad, 10, steps=1, lr=0.5)
    >>> round(float(run.x[1, 0]), 6)  # the first step is η long, whatever the slope
    9.5
    """
    g = grad(x)
    s.h = s.h + g**2
    return x - lr * g / (s.h**0.5 + eps)


def rmsprop(x, grad, s, *, lr=0.01, beta=0.9, eps=1e-8):
    """Divide each slope by a running root-mean-square of the slopes before it.

    v := β v + (1 − β) g²;  x := x − η g / (√v + ε),  g = ∇J(x)

    Arguments: lr η > 0; beta β in [0, 1), called α in PyTorch (there 0.99); eps ε ≥ 0.
    Source: Hinton, lecture 6e of Neural Networks for Machine Learning (2012). The same
    as torch.optim.RMSprop(alpha=β).

    >>> from gdlab import descend, surfaces
    >>> round(float(descend(surfaces.square, rmsprop, 10, steps=20, lr=0.1).x[-1, 0]), 4)
    7.2816
    """
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g**2
    return x - lr * g / (s.v**0.5 + eps)


def adadelta(x, grad, s, *, lr=1.0, beta=0.9, eps=1e-6):
    """Take the size of the steps from the steps before: RMS of moves over RMS of slopes.

    v := β v + (1 − β) g²;  Δ := g √((u + ε)/(v + ε));  u := β u + (1 − β) Δ²;  x := x − η Δ

    Arguments: lr η > 0, 1 in the paper; beta β in [0, 1), there ρ; eps ε > 0 decides the
    first step.
    Source: Zeiler (2012). The same as torch.optim.Adadelta(rho=β), ε inside the root.

    >>> from gdlab import descend, surfaces
    >>> run = descend(surfaces.square, adadelta, 10, steps=20)
    >>> bool(run.x[-1, 0] > 9.9)  # a slow start: ε is small
    True
    """
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g**2
    delta = g * ((s.u + eps) / (s.v + eps)) ** 0.5
    s.u = beta * s.u + (1 - beta) * delta**2
    return x - lr * delta


def adam(x, grad, s, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    """Average the slopes and their squares, and correct both for their start at zero.

    m := β₁ m + (1 − β₁) g;  v := β₂ v + (1 − β₂) g²,  g = ∇J(x)
    m̂ = m / (1 − β₁ᵗ);  v̂ = v / (1 − β₂ᵗ);  x := x − η m̂ / (√v̂ + ε)

    Arguments: lr η > 0; beta1 β₁ and beta2 β₂ in [0, 1); eps ε ≥ 0.
    Source: Kingma and Ba (2015). The same as torch.optim.Adam.

    >>> from gdlab import descend, surfaces
    >>> round(float(descend(surfaces.square, adam, 10, steps=20, lr=0.1).x[-1, 0]), 4)
    8.0267
    """
    g = grad(x)
    s.m = beta1 * s.m + (1 - beta1) * g
    s.v = beta2 * s.v + (1 - beta2) * g**2
    m_hat = s.m / (1 - beta1**s.t)
    v_hat = s.v / (1 - beta2**s.t)
    return x - lr * m_hat / (v_hat**0.5 + eps)


def adamw(x, grad, s, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    """Adam, with the weights shrunk directly instead of through the slope.

    x := x − η m̂ / (√v̂ + ε) − η λ x,  m̂ and v̂ as in `adam`

    Arguments: as `adam`; weight_decay λ ≥ 0.
    Source: Loshchilov and Hutter (2019). The same as torch.optim.AdamW.

    >>> from gdlab import descend, surfaces
    >>> run = descend(surfaces.square, adamw, 10, steps=1, lr=0.1, weight_decay=0.1)
    >>> round(float(run.x[1, 0]), 6)  # 10, less a step of 0.1, less 0.1 · 0.1 · 10
    9.8
    """
    return adam(x, grad, s, lr=lr, beta1=beta1, beta2=beta2, eps=eps) - lr * weight_decay * x


METHODS = {
    "gradient_descent": gradient_descent,
    "momentum": momentum,
    "heavy_ball": heavy_ball,
    "torch_momentum": torch_momentum,
    "nesterov": nesterov,
    "adagrad": adagrad,
    "rmsprop": rmsprop,
    "adadelta": adadelta,
    "adam": adam,
    "adamw": adamw,
}
