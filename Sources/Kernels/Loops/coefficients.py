#!/usr/bin/env python3
"""Computes the polynomials of Elementary.swift anew, holds the numbers there against them, and measures the errors.

    python3 Sources/Kernels/Loops/coefficients.py            the polynomials, and whether the stored numbers are the same
    python3 Sources/Kernels/Loops/coefficients.py --table    the tables of coefficients.md (half a minute)

Each polynomial has the least largest error w(t) |f(t) - p(t)| on 401 points of its interval [a, b], the extremes of a
Chebyshev polynomial, (a + b)/2 - (b - a)/2 cos(i pi/400). Remez' exchange finds it: n coefficients are chosen so that the
errors at n + 1 of the points are of one size and alternate in sign, the point with the largest error takes the place of one
of them, and so on until no point has a larger error than those. Then no polynomial of that degree is better on the 401
points, and on the whole interval none has a largest error below that at the points (de la Vallee Poussin).
All that in 60 decimal digits; the coefficients are then rounded to double precision, each for itself.

The weight of `halving` has 1e-12 added, so that it does not vanish within the interval, where the constant alone has the
value right. That is felt in the last bits of the two highest coefficients: without it they are 7 and 95 units off.

Needs Python 3.9 and nothing else. Exit status: 0 all is the same, 1 a stored number or the tables of the page differ.
"""

import bisect
import math
import os
import re
import sys
from decimal import Decimal, getcontext

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.join(HERE, "Elementary.swift")
PAGE = os.path.join(HERE, "coefficients.md")
TESTS = os.path.join(HERE, "..", "..", "..", "Tests", "PropertyTests", "Kernels", "KernelFunctionTests.swift")

getcontext().prec = 60
POINTS = 400  # intervals between the points of the exchange
DENSE = 100_000  # intervals between the points where errors are measured


def arctangent(n):
    """atan(1/n)"""
    total = term = Decimal(1) / n
    k = 1
    while abs(term) > Decimal(10) ** -62:
        term /= -n * n
        k += 2
        total += term / k
    return total


PI = 4 * (4 * arctangent(5) - arctangent(239))
LN2 = Decimal(2).ln()


def horner(coefficients, t):
    """c[0] + c[1] t + c[2] t^2 + ..."""
    value = Decimal(0)
    for c in reversed(coefficients):
        value = value * t + c
    return value


def series(coefficient, first=0, count=40):
    return [coefficient(k) for k in range(first, first + count)]


# Power series, in u = x^2 but for the third; with the terms that a polynomial does not have to find, and without them.
SINE = series(lambda k: (-PI * PI) ** k / math.factorial(2 * k + 1))  # sin(pi x)/(pi x)
COSINE = series(lambda k: (-PI * PI) ** k / math.factorial(2 * k))
HALVING = series(lambda k: (-LN2) ** k / math.factorial(k))
SPHERE = series(lambda k: 3 * (-PI * PI) ** k * (2 * k + 2) / math.factorial(2 * k + 3))
QUARTER, HALF = Decimal("0.25"), Decimal("0.5")


class Polynomial:
    """What a polynomial q stands for: the power series `target` less its `known` first terms, in `interval`."""

    def __init__(self, name, statement, target, known, interval, count, weight):
        self.name, self.statement, self.count, self.weight = name, statement, count, weight
        self.target, self.interval = target[known:], interval

    def error(self, coefficients, t):
        """The error of the whole, relative or absolute as the statement says."""
        return self.weight(t) * (horner(self.target, t) - horner(coefficients, t))


POLYNOMIALS = [
    Polynomial(
        "sinePi",
        "sin(pi x)/pi = x + x^3 q(u), u = x^2 in [0, 1/4], q of degree 6; relative error",
        SINE, 1, (0 * HALF, QUARTER), 7, lambda u: u / horner(SINE, u)),
    Polynomial(
        "cosinePi",
        "cos(pi x) = 1 + u q(u), u = x^2 in [0, 1/4], q of degree 7; absolute error",
        COSINE, 1, (0 * HALF, QUARTER), 8, lambda u: u),
    Polynomial(
        "halving",
        "2^-t = 1 + t q(t), t in [-1/2, 1/2], q of degree 9; relative error",
        HALVING, 1, (-HALF, HALF), 10, lambda t: abs(t) / horner(HALVING, t) + Decimal("1e-12")),
    Polynomial(
        "sphere",
        "3 (sin x - x cos x)/x^3 = q(v), x = pi r, v = r^2 in [0, 1/4], q of degree 7; relative error",
        SPHERE, 0, (0 * HALF, QUARTER), 8, lambda v: 1 / horner(SPHERE, v)),
]


def nodes(interval, count):
    """The extremes of a Chebyshev polynomial, ascending."""
    a, b = interval
    cosines = [horner(COSINE, (Decimal(i) / count) ** 2) for i in range(count // 2 + 1)]
    cosines += [-c for c in reversed(cosines[: count - count // 2])]
    return [(a + b) / 2 - (b - a) / 2 * c for c in cosines]


def solve(matrix):
    """The solution of linear equations; each row ends with its right side. Gauss, with pivots."""
    rows = [list(row) for row in matrix]
    for i in range(len(rows)):
        pivot = max(range(i, len(rows)), key=lambda k: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for k in range(len(rows)):
            if k != i:
                factor = rows[k][i] / rows[i][i]
                rows[k] = [x - factor * y for x, y in zip(rows[k], rows[i])]
    return [row[-1] / row[i] for i, row in enumerate(rows)]


def powers(t, n):
    """1, t, t^2, ..."""
    return [t**k if k else Decimal(1) for k in range(n)]


def exchange(polynomial, fixed=()):
    """The best coefficients on the points, and their largest error there. The lowest ones may be fixed."""
    points = nodes(polynomial.interval, POINTS)
    values = [horner(polynomial.target, t) - horner(fixed, t) for t in points]
    weights = [polynomial.weight(t) for t in points]
    k, n = len(fixed), polynomial.count
    # What is left to find is t^k times a polynomial: its sign is that of the error divided by t^k.
    weights = [-w if t < 0 and k % 2 == 1 else w for t, w in zip(points, weights)]
    chosen = [round((1 - math.cos(math.pi * (i + 1) / (n - k + 1))) / 2 * POINTS) for i in range(n - k + 1)]
    while True:
        solution = solve(
            powers(points[j], n)[k:] + [(-1) ** i / weights[j], values[j]] for i, j in enumerate(chosen))
        found, level = [Decimal(0)] * k + solution[:-1], abs(solution[-1])
        errors = [w * (f - horner(found, t)) for t, f, w in zip(points, values, weights)]
        j = max(range(len(errors)), key=lambda j: abs(errors[j]))
        if abs(errors[j]) < level * (1 + Decimal(10) ** -20):
            return list(fixed) + solution[:-1], level
        # The point with the largest error takes the place of a neighbour whose error has its sign.
        i = bisect.bisect(chosen, j)
        same = [m for m in (i - 1, i) if 0 <= m < len(chosen) and (errors[chosen[m]] > 0) == (errors[j] > 0)]
        if same:
            chosen[same[0]] = j
        else:  # beyond either end
            chosen = [j] + chosen[:-1] if i == 0 else chosen[1:] + [j]


def rounded_in_turn(polynomial):
    """Double precision from the lowest coefficient on, those above it best anew each time."""
    fixed = []
    while len(fixed) < polynomial.count:
        fixed.append(Decimal(float(exchange(polynomial, fixed)[0][len(fixed)])))
    return fixed


def stored():
    """The coefficients in the source, lowest first, and its other constants."""
    with open(SOURCE, encoding="utf-8") as file:
        text = file.read()
    functions = {}
    for name, body in re.findall(r"^func (\w+)\(.*?\{\n(.*?)^\}", text, re.M | re.S):
        numbers = re.findall(r"var q = (\S+)", body) + re.findall(r"^  q = fused\(q, \w, (\S+)\)", body, re.M)
        functions[name] = [float(number) for number in reversed(numbers)]
    constants = [
        ("3/pi^2", float(re.search(r"return (0\.\d+) \*", text)[1]), float(3 / PI**2)),
        ("1/ln 2", float(re.search(r"let log2e = (\S+)", text)[1]), float(1 / LN2)),
    ]
    return functions, constants


def compare():
    """Prints the polynomials and what the source has; whether all is the same."""
    functions, constants = stored()
    same = True
    for polynomial in POLYNOMIALS:
        coefficients, level = exchange(polynomial)
        print(f"{polynomial.name}: {polynomial.statement}; at most {level * 2**53:.4f} x 2^-53 at the points")
        numbers = functions[polynomial.name]
        if len(numbers) != len(coefficients):
            raise SystemExit(f"{polynomial.name}: {len(numbers)} coefficients in {SOURCE}")
        for k, (number, c) in enumerate(zip(numbers, coefficients)):
            steps = round((Decimal(number) - Decimal(float(c))) / Decimal(math.ulp(float(c))))
            print(f"  {k:2} {float(c)!r:24}", "the same" if number == float(c) else f"{number!r}, {steps} units off")
            same = same and number == float(c)
    for name, number, value in constants:
        print(f"{name}: {value!r}", "the same" if number == value else f"{number!r} differs")
        same = same and number == value
    return same


# Evaluation in double precision, in the order of operations of the source.


def unfused(a, b, c):
    return a * b + c


def fused(a, b, c):
    """a b + c rounded once: Python rounds the quotient of two whole numbers correctly."""
    (p, d), (q, e), (r, f) = a.as_integer_ratio(), b.as_integer_ratio(), c.as_integer_ratio()
    return (p * q * f + r * d * e) / (d * e * f)


def evaluate(numbers, t, multiply):
    value = numbers[-1]
    for c in numbers[-2::-1]:
        value = multiply(value, t, c)
    return value


def sine(numbers, x, multiply):
    u = x * x
    return multiply(x * u, evaluate(numbers, u, multiply), x)


def cosine(numbers, x, multiply):
    u = x * x
    return multiply(evaluate(numbers, u, multiply), u, 1.0)


def halving(numbers, t, multiply):
    return multiply(evaluate(numbers, t, multiply), t, 1.0)


def near_sphere(numbers, r, multiply):
    return evaluate(numbers, r * r, multiply)


def distant_sphere(functions, r, multiply):
    g = r - round(r)
    terms = sine(functions["sinePi"], g, multiply) - r * cosine(functions["cosinePi"], g, multiply)
    return 0.30396355092701331433 * terms / (r * r * r)


def exact_sine(x):
    x = Decimal(x)
    return x * horner(SINE[:24], x * x)


def exact_cosine(x):
    return horner(COSINE[:24], Decimal(x) ** 2)


def exact_halving(t):
    return horner(HALVING[:28], Decimal(t))


def exact_sphere(r):
    return horner(SPHERE[:24], Decimal(r) ** 2)


def exact_distant(r):
    return 3 * (exact_sine(r - round(r)) - Decimal(r) * exact_cosine(r - round(r))) / (PI * PI * Decimal(r) ** 3)


def unit_of_result(exact):
    return math.ulp(float(exact))


def unit_of_one(_):
    return 2.0**-52


def worst(value, exact, unit, arguments):
    """The largest errors, unfused and fused, in units."""
    largest = [0.0, 0.0]
    for x in arguments:
        true = exact(x)
        for i, multiply in enumerate((unfused, fused)):
            largest[i] = max(largest[i], abs(float(Decimal(value(x, multiply)) - true)) / unit(true))
    return largest


def tables():
    functions, _ = stored()
    with open(TESTS, encoding="utf-8") as file:
        bounds = re.findall(r"#expect\(errors\[\d\] < (\S+)\)", file.read())
    lines = [
        "| | measure | the best polynomial, at the points | the same, everywhere | as stored | rounded in turn |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for polynomial in POLYNOMIALS:
        coefficients, level = exchange(polynomial)
        exactly = [Decimal(c) for c in functions[polynomial.name]]
        choices = (coefficients, exactly, rounded_in_turn(polynomial))
        a, b = polynomial.interval
        dense = [a + (b - a) * i / (DENSE // 10) for i in range(DENSE // 10 + 1)]
        errors = [max(abs(polynomial.error(c, t)) for t in dense) for c in choices]
        measure = polynomial.statement.split("; ")[1].split()[0]
        numbers = " | ".join(f"{error * 2**53:.4f}" for error in [level] + errors)
        lines.append(f"| `{polynomial.name}` | {measure} | {numbers} |")
    lines += [
        "",
        "| | arguments | unit | unfused | fused | the test's: unfused | fused | its bound |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    result, one = ("last place", unit_of_result), ("2⁻⁵²", unit_of_one)
    phases = [i / 40_000 for i in range(20_001)] + [2.0**-k / 3 for k in range(1, 301)]
    parts = [x - round(x) for x in (i / 61 for i in range(60_001))]
    radii = [i / 2411 for i in range(60_001)]
    near, middle, far = (
        [r for r in radii if low <= r < high] for low, high in ((0, 0.5), (0.5, 1), (1, 25)))
    for name, where, (label, unit), bound, low, high, tested, value, exact in [
        ("sinePi", "0 to ½", result, 0, 0, 0.5, phases, lambda x, m: sine(functions["sinePi"], x, m), exact_sine),
        ("cosinePi", "0 to ½", one, 1, 0, 0.5, phases, lambda x, m: cosine(functions["cosinePi"], x, m), exact_cosine),
        ("halving", "−½ to ½", result, 2, -0.5, 0.5, parts, lambda t, m: halving(functions["halving"], t, m), exact_halving),
        ("sphere", "0 to ½", one, 3, 0, 0.5, near, lambda r, m: near_sphere(functions["sphere"], r, m), exact_sphere),
        ("sphere", "½ to 1", one, 3, 0.5, 1, middle, lambda r, m: distant_sphere(functions, r, m), exact_distant),
        ("sphere", "1 to 25", one, 3, 1, 25, far, lambda r, m: distant_sphere(functions, r, m), exact_distant),
    ]:
        dense = [low + (high - low) * i / DENSE for i in range(DENSE + 1)]
        errors = worst(value, exact, unit, dense) + worst(value, exact, unit, tested)
        numbers = " | ".join(f"{error:.2f}" for error in errors)
        lines.append(f"| `{name}` | {where} | {label} | {numbers} | {bounds[bound]} |")
    return "\n".join(lines) + "\n"


def main():
    if sys.argv[1:] == ["--table"]:
        made = tables()
        print(made, end="")
        with open(PAGE, encoding="utf-8") as file:
            page = file.read()
        return 0 if all(part in page for part in made.split("\n\n")) else 1
    if sys.argv[1:]:
        raise SystemExit(__doc__)
    return 0 if compare() else 1


if __name__ == "__main__":
    sys.exit(main())
