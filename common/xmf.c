#include "xmf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checkpoints.h"
#include "results_newfile.h"
#include "results_text.h"

/* How a sidecar begins; by the second line a run knows those that it may replace. */
static const char DECLARATION[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
static const char MARK[] = "<!-- Scalebar draws this file anew with each run of its output -->\n";

/* Text between tags or within quotes. XML has no way to write most control characters. */
static void put_text(FILE *out, const char *text) {
  for (size_t i = 0; text[i] != '\0';) {
    const char c = text[i];
    const size_t length = sb_utf8_length(text + i);
    if (c == '&') {
      fputs("&amp;", out);
    } else if (c == '<') {
      fputs("&lt;", out);
    } else if (c == '>') {
      fputs("&gt;", out);
    } else if (c == '"') {
      fputs("&quot;", out);
    } else if (length == 0 || (length == 1 && (unsigned char)c < 0x20) || c == 0x7f) {
      putc('?', out);
    } else {
      fwrite(text + i, 1, length, out);
    }
    i += length > 0 ? length : 1;
  }
}

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash != NULL ? slash + 1 : path;
}

/* Cells are what the field has values of; the mesh is told by its nodes, one more along each axis,
 * the first of them half a cell before the first value. z, y, x, as everywhere in XDMF. */
static void put_mesh(FILE *out, const sb_field *field) {
  const sb_axis *z = &field->axis[0], *y = &field->axis[1], *x = &field->axis[2];
  fprintf(out, "<Topology TopologyType=\"3DCoRectMesh\" Dimensions=\"%lld %lld %lld\"/>\n",
          (long long)z->n + 1, (long long)y->n + 1, (long long)x->n + 1);
  fputs("<Geometry GeometryType=\"ORIGIN_DXDYDZ\">\n", out);
  static const char item[] =
      "<DataItem Name=\"%s\" Dimensions=\"3\" NumberType=\"Float\" "
      "Precision=\"8\" Format=\"XML\">%.17g %.17g %.17g</DataItem>\n";
  fprintf(out, item, "Origin", z->first - z->step / 2, y->first - y->step / 2,
          x->first - x->step / 2);
  fprintf(out, item, "Spacing", z->step, y->step, x->step);
  fputs("</Geometry>\n", out);
}

static void put_moment(FILE *out, const sb_field *field, const sb_xmf_moment *moment) {
  fputs("<Grid Name=\"", out);
  put_text(out, field->name);
  fprintf(out, "\" GridType=\"Uniform\">\n<Time Value=\"%.17g\"/>\n", moment->time);
  put_mesh(out, field);
  fputs("<Attribute Name=\"", out);
  put_text(out, field->name);
  fputs("\" AttributeType=\"Scalar\" Center=\"Cell\">\n", out);
  fprintf(out, "<DataItem Dimensions=\"%lld %lld %lld\" NumberType=\"Float\" Precision=\"8\" ",
          (long long)field->axis[0].n, (long long)field->axis[1].n, (long long)field->axis[2].n);
  fputs("Format=\"HDF\">", out);
  put_text(out, base_name(moment->file));
  fputs(":/fields/", out);
  put_text(out, field->name);
  fputs("</DataItem>\n</Attribute>\n</Grid>\n", out);
}

static void put_document(FILE *out, const sb_field *field, const sb_xmf_moment *moments,
                         int count) {
  fputs(DECLARATION, out);
  fputs(MARK, out);
  fputs("<Xdmf Version=\"3.0\">\n<Domain>\n", out);
  if (count > 1) {
    fputs("<Grid Name=\"series\" GridType=\"Collection\" CollectionType=\"Temporal\">\n", out);
  }
  for (int i = 0; i < count; i++) put_moment(out, field, &moments[i]);
  if (count > 1) fputs("</Grid>\n", out);
  fputs("</Domain>\n</Xdmf>\n", out);
}

sb_status sb_xmf_path(const char *path, char *sidecar, size_t bytes) {
  const size_t kept = sb_output_stem(path);
  if (*base_name(path) == '\0' || kept + sizeof ".xmf" > bytes) {
    return sb_fail(SB_BAD_INPUT, "cannot write %s.xmf: not a name for a file, or too long", path);
  }
  snprintf(sidecar, bytes, "%.*s.xmf", (int)kept, path);
  return SB_OK;
}

/* Whether there is nothing, or a sidecar of ours. */
static bool is_ours(const char *sidecar, bool *absent) {
  char begin[sizeof DECLARATION + sizeof MARK] = "";
  struct stat there;
  *absent = lstat(sidecar, &there) != 0;
  if (*absent || !S_ISREG(there.st_mode)) return false;
  FILE *file = fopen(sidecar, "r");
  if (file == NULL) return false;
  const size_t read = fread(begin, 1, sizeof begin - 1, file);
  fclose(file);
  begin[read] = '\0';
  return strstr(begin, MARK) != NULL;
}

sb_status sb_xmf_check(const char *path) {
  char sidecar[SB_TEXT_SIZE];
  bool absent;
  const sb_status status = sb_xmf_path(path, sidecar, sizeof sidecar);
  if (status != SB_OK) return status;
  if (is_ours(sidecar, &absent) || absent) return SB_OK;
  return sb_fail(SB_BAD_INPUT, "output: %s is in the place of its sidecar, and not one of ours",
                 sidecar);
}

static sb_status make_text(const sb_field *field, const sb_xmf_moment *moments, int count,
                           char **text, size_t *bytes) {
  FILE *out = open_memstream(text, bytes);
  if (out == NULL) return sb_fail(SB_NO_MEMORY, "no memory for the text of an .xmf file");
  put_document(out, field, moments, count);
  const int failed = ferror(out);
  if (fclose(out) != 0 || failed) {
    return sb_fail(SB_NO_MEMORY, "no memory for the text of an .xmf file");
  }
  return SB_OK;
}

sb_status sb_xmf_write(const char *path, const sb_field *field, const sb_xmf_moment *moments,
                       int count) {
  char sidecar[SB_TEXT_SIZE], *text = NULL;
  size_t bytes = 0;
  sb_newfile file;
  if (field->dims != 3 || count < 1) {
    return sb_fail(SB_INTERNAL, "%s: no picture of %d moments in %d dimensions", path, count,
                   field->dims);
  }
  sb_status status = sb_xmf_path(path, sidecar, sizeof sidecar);
  if (status != SB_OK) return status;
  SB_TRY(sb_newfile_open_alone(sidecar, &file));
  SB_TRY(make_text(field, moments, count, &text, &bytes));
  SB_TRY(sb_newfile_write(&file, text, bytes));
  SB_TRY(sb_newfile_sync(&file));
  SB_TRY(sb_newfile_commit(&file));
cleanup:
  sb_newfile_close_alone(&file, status);
  free(text);
  return status;
}

void sb_xmf_remove(const char *path) {
  char sidecar[SB_TEXT_SIZE];
  bool absent;
  if (sb_xmf_path(path, sidecar, sizeof sidecar) != SB_OK) {
    sb_clear(); /* of such a name there is none */
  } else if (is_ours(sidecar, &absent)) {
    (void)unlink(sidecar);
  }
}
