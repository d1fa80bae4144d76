/* xmf.h: a sidecar that tells ParaView and VisIt how to draw a field of an HDF5 file (XDMF 3,
 * https://www.xdmf.org). Local: one rank calls it.
 */
#ifndef SCALEBAR_XMF_H
#define SCALEBAR_XMF_H

#include <stddef.h>

#include "fields.h"

typedef struct {
  const char *file; /* path of the HDF5 file; its base name is written, since both lie together */
  double time;
} sb_xmf_moment;

/* The sidecar of DIR/run.h5 is DIR/run.xmf; of other names, the name and .xmf. SB_BAD_INPUT where
 * that is too long. */
sb_status sb_xmf_path(const char *path, char *sidecar, size_t bytes);

/* Whether the sidecar of PATH may be written: SB_BAD_INPUT where something is in its place that no
 * run of ours has left. */
sb_status sb_xmf_check(const char *path);

/* Writes the sidecar of PATH, whole or not at all: `field` (three axes,
 * values in the middle of the cells) of one file, or of several as a series in time. Axes of one
 * cell make a flat picture. */
sb_status sb_xmf_write(const char *path, const sb_field *field, const sb_xmf_moment *moments,
                       int count);

/* Removes the sidecar of PATH, where a run before has left one; not what others put there. */
void sb_xmf_remove(const char *path);

#endif
