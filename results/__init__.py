"""Everything that reads outcomes: the code of `scalebar report`. Standard library, numpy, h5py."""
