"""One HDF5 file as a mapping: attributes as "app" and "config/nx", numbers and tables as
"timing/elapsed", what stands beside one as "figures/rate@n"."""
import h5py
import numpy as np


def of_hdf5(path):
    found = {}

    def keep(name, item):
        table = isinstance(item, h5py.Dataset)
        if table and not name.startswith("fields"):
            found[name] = words(item[()]) if item.dtype.kind == "S" else item[()]
        for key, value in item.attrs.items():
            place = name + ("@" if table else "/") + key
            found[place.lstrip("/")] = value.decode() if isinstance(value, bytes) else value

    with h5py.File(path, "r") as file:
        keep("", file)
        file.visititems(keep)
    return found


def words(table):
    """Texts are arrays of characters, or of strings of fixed length."""
    return [b"".join(np.atleast_1d(text)).rstrip(b"\0").decode() for text in np.atleast_1d(table)]
