"""The standard deviation of a sample of which up to half may be outliers: Q_n of Rousseeuw and Croux
1993, Journal of the American Statistical Association 88, 1273, the lower quarter of the distances
between its values."""
import numpy as np
from scipy.spatial.distance import pdist

SMALL = {2: 0.399, 3: 0.994, 4: 0.512, 5: 0.844, 6: 0.611, 7: 0.857, 8: 0.669, 9: 0.872}  # their table of d_n
MOST = 200  # of a longer sample every so many-th value, in order


def spread(sample):
    if len(sample) < 2:
        return 0.0
    ordered = np.sort(sample)[:: -(-len(sample) // MOST)]
    n = len(ordered)
    half = n // 2 + 1
    distances = np.sort(pdist(ordered[:, np.newaxis]))
    correction = SMALL.get(n, n / (n + 1.4) if n % 2 else n / (n + 3.8))
    return 2.2219 * correction * distances[half * (half - 1) // 2 - 1]
