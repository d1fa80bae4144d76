"""The quotient of two quantities, each as (value, low, high), and its interval: distances on the
logarithm add as squares (Zou and Donner 2008, Statistics in Medicine 27, 1693). NaN where either has
none."""
import math


def ratio(one, other):
    value, low, high = one
    below, least, most = other
    down = math.hypot(math.log(value / low), math.log(most / below))
    up = math.hypot(math.log(high / value), math.log(below / least))
    return value / below, value / below * math.exp(-down), value / below * math.exp(up)


def rate(point):
    return point.units / point.median, point.units / point.high, point.units / point.low


def time(point):
    return point.median, point.low, point.high
