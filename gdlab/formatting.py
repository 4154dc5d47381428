"""Numbers as people write them."""

import math

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


_NAMED = {
    "torch_momentum": "PyTorch's momentum",
    "adagrad": "AdaGrad",
    "rmsprop": "RMSProp",
    "adadelta": "Adadelta",
    "adam": "Adam",
    "adamw": "AdamW",
    "nesterov": "Nesterov",
}


def display_name(name):
    """A method's name as people write it.

    >>> [display_name(name) for name in ("gradient_descent", "rmsprop", "my_method")]
    ['gradient descent', 'RMSProp', 'my method']
    """
    return _NAMED.get(name, name.replace("_", " "))


def power_of_ten(exponent):
    """
    >>> power_of_ten(-6)
    '10⁻⁶'
    """
    return "10" + str(exponent).translate(_RAISED)


def format_number(value, digits=3):
    """A number in a few digits, without computer notation.

    >>> [format_number(v) for v in (0.1, 11.8123, -8.5, 1e-6, 3.25e-7, 1234567.0, 0.0)]
    ['0.1', '11.8', '−8.5', '10⁻⁶', '3.25·10⁻⁷', '1.23·10⁶', '0']
    """
    if not math.isfinite(value):
        return "not a finite number"
    mantissa, exponent = f"{abs(value):.{digits - 1}e}".split("e")
    sign, exponent = "−" if value < 0 else "", int(exponent)
    if value == 0:
        return "0"
    if -4 <= exponent < 6:
        places = max(0, digits - 1 - exponent)
        text = f"{abs(value):,.{places}f}"
        return sign + (text.rstrip("0").rstrip(".") if "." in text else text)
    mantissa = mantissa.rstrip("0").rstrip(".")
    power = power_of_ten(exponent)
    return sign + (power if mantissa == "1" else f"{mantissa}·{power}")


def format_numbers(numbers, symbols):
    """A few named numbers in a row: "η = 0.06, β = 0".

    >>> format_numbers({"lr": 0.06, "beta": 0.0}, {"lr": "η", "beta": "β"})
    'η = 0.06, β = 0'
    """
    return ", ".join(
        f"{symbols.get(name, name)} = {format_number(v)}" for name, v in numbers.items()
    )
