"""Reads a sidecar with the readers that ParaView itself uses (VTK's for XDMF 2 and 3), and saves what
they give: python3 viewer.py RUN.xmf OUT.npz. A program of its own: VTK brings an HDF5 library, which
h5py's must not meet in one process."""
from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonExecutionModel import vtkStreamingDemandDrivenPipeline as Pipeline
from vtkmodules.vtkIOXdmf2 import vtkXdmfReader
from vtkmodules.vtkIOXdmf3 import vtkXdmf3Reader


def main() -> None:
    read = {}
    for name, kind in (("xdmf2", vtkXdmfReader), ("xdmf3", vtkXdmf3Reader)):
        reader = kind()
        # Xdmf 3 looks for the data beside a sidecar only when that is named with its folder.
        reader.SetFileName(str(Path(sys.argv[1]).resolve()))
        reader.UpdateInformation()
        info = reader.GetOutputInformation(0)
        times = [info.Get(Pipeline.TIME_STEPS(), i) for i in range(info.Length(Pipeline.TIME_STEPS()))]
        read[f"{name}_times"] = times
        for i, time in enumerate(times):
            reader.UpdateTimeStep(time)
            image = reader.GetOutputDataObject(0)
            points = image.GetDimensions()
            cells = image.GetCellData().GetArray("temperature")
            read[f"{name}_{i}"] = vtk_to_numpy(cells).reshape([n - 1 for n in reversed(points)]).copy()
            read[f"{name}_{i}_bounds"] = image.GetBounds()
    np.savez(sys.argv[2], **read)


if __name__ == "__main__":
    main()
