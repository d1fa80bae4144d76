/* results_json.c: schema 1 as JSON (RFC 8259). Attributes are members of their group; an item is
 * {"long_name", "units", "dims", "value"}; what is not a finite number is null. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results_newfile.h"
#include "results_schema.h"
#include "results_text.h"

/* `sink` is the first member, so that a pointer to it is one to the whole. */
typedef struct {
  sb_sink sink;
  FILE *out;
  bool in_group;
  bool first; /* no comma before the next member */
} json_sink;

/* A text of `most` bytes at most, up to the first NUL. */
static void put_text(FILE *out, const char *text, size_t most) {
  putc('"', out);
  for (size_t i = 0; i < most && text[i] != '\0';) {
    const unsigned char c = (unsigned char)text[i];
    const size_t length = sb_utf8_length(text + i);
    if (c == '"' || c == '\\') {
      fprintf(out, "\\%c", c);
    } else if (c < 0x20) {
      fprintf(out, "\\u%04x", c);
    } else if (length == 0 || i + length > most) {
      putc('?', out);
    } else {
      fwrite(text + i, 1, length, out);
    }
    i += length > 0 ? length : 1;
  }
  putc('"', out);
}

static void put_name(json_sink *json, const char *name) {
  fprintf(json->out, "%s\n%s", json->first ? "" : ",", json->in_group ? "    " : "  ");
  json->first = false;
  put_text(json->out, name, strlen(name));
  fputs(": ", json->out);
}

static void put_real(FILE *out, double value) {
  if (isfinite(value)) {
    fprintf(out, "%.17g", value);
  } else {
    fputs("null", out);
  }
}

/* Element `i` of an array; `width` is that of a text. -1 of an unknown number is null. */
static void put_element(FILE *out, const sb_item *item, int64_t i) {
  switch (item->type) {
    case SB_F64:
      put_real(out, ((const double *)item->data)[i]);
      break;
    case SB_I64: {
      const int64_t value = ((const int64_t *)item->data)[i];
      if (item->unknown && value == -1) {
        fputs("null", out);
      } else {
        fprintf(out, "%" PRId64, value);
      }
      break;
    }
    case SB_I8:
      fputs(((const int8_t *)item->data)[i] != 0 ? "true" : "false", out);
      break;
    case SB_CHARS:
      put_text(out, (const char *)item->data + i * item->width, (size_t)item->width);
      break;
  }
}

/* Dimension `d` of an item as nested lists, from element `first` on. */
static void put_values(FILE *out, const sb_item *item, int d, int64_t first) {
  if (d == item->dims || d == SB_ITEM_DIMS) { /* the latter so that compilers see an end, too */
    put_element(out, item, first);
    return;
  }
  int64_t stride = 1;
  for (int e = d + 1; e < item->dims && e < SB_ITEM_DIMS; e++) stride *= item->n[e];
  putc('[', out);
  for (int64_t i = 0; i < item->n[d]; i++) {
    if (i > 0) fputs(", ", out);
    put_values(out, item, d + 1, first + i * stride);
  }
  putc(']', out);
}

static sb_status write_item(sb_sink *base, const sb_item *item) {
  json_sink *json = (json_sink *)base;
  FILE *out = json->out;
  put_name(json, item->name);
  fputs("{\"long_name\": ", out);
  put_text(out, item->long_name, strlen(item->long_name));
  if (item->units != NULL) {
    fputs(", \"units\": ", out);
    put_text(out, item->units, strlen(item->units));
  }
  if (item->interval != NULL) {
    fputs(", \"ci_low\": ", out);
    put_real(out, item->interval->low);
    fputs(", \"ci_high\": ", out);
    put_real(out, item->interval->high);
    fprintf(out, ", \"n\": %d", item->interval->n);
  }
  if (item->dims > 0) {
    fputs(", \"dims\": [", out);
    for (int d = 0; d < item->dims; d++) {
      if (d > 0) fputs(", ", out);
      put_text(out, item->axis[d], strlen(item->axis[d]));
    }
    putc(']', out);
  }
  fputs(", \"value\": ", out);
  put_values(out, item, 0, 0);
  putc('}', out);
  return SB_OK;
}

static sb_status write_attribute(sb_sink *base, const char *name, sb_item_type type,
                                 const void *value) {
  json_sink *json = (json_sink *)base;
  put_name(json, name);
  const int64_t width = type == SB_CHARS ? (int64_t)strlen(value) : 0;
  put_element(json->out, &(sb_item){.type = type, .width = width, .data = value}, 0);
  return SB_OK;
}

static void end_group(json_sink *json) {
  if (json->in_group) fputs("\n  }", json->out);
  json->in_group = false;
}

static sb_status enter_group(sb_sink *base, const char *name) {
  json_sink *json = (json_sink *)base;
  end_group(json);
  put_name(json, name);
  putc('{', json->out);
  json->in_group = true;
  json->first = true;
  return SB_OK;
}

/* Lists carry their lengths; an axis that only counts needs no words. */
static sb_status write_axis(sb_sink *base, const char *name, const char *long_name, int64_t n) {
  (void)base;
  (void)name;
  (void)long_name;
  (void)n;
  return SB_OK;
}

/* The whole text; the caller frees it. */
static sb_status make_text(sb_comm *comm, const sb_record *record, const sb_gathered *gathered,
                           char **text, size_t *bytes) {
  json_sink json = {.sink = {.group = enter_group,
                             .attribute = write_attribute,
                             .axis = write_axis,
                             .item = write_item},
                    .out = open_memstream(text, bytes),
                    .first = true};
  if (json.out == NULL) return sb_fail(SB_NO_MEMORY, "no memory for JSON");
  putc('{', json.out);
  sb_status status =
      sb_schema_write(record, gathered, sb_comm_size(comm), sb_comm_nodes(comm), &json.sink);
  end_group(&json);
  fputs("\n}\n", json.out);
  const bool failed = ferror(json.out) != 0;
  if ((fclose(json.out) != 0 || failed) && status == SB_OK) {
    status = sb_fail(SB_NO_MEMORY, "no memory for JSON");
  }
  return status;
}

sb_status sb_results_write_json(sb_comm *comm, const sb_record *record, const char *path) {
  sb_gathered *gathered = NULL;
  char *text = NULL;
  size_t bytes = 0;
  sb_newfile file;
  sb_status status = sb_newfile_open(comm, path, &file);
  if (status != SB_OK) goto cleanup;
  SB_TRY(sb_gather(comm, record, &gathered));
  if (sb_comm_rank(comm) == 0) {
    status = make_text(comm, record, gathered, &text, &bytes);
    if (status == SB_OK) status = sb_newfile_write(&file, text, bytes);
    if (status == SB_OK) status = sb_newfile_sync(&file);
    if (status == SB_OK) status = sb_newfile_commit(&file);
  }
  status = sb_comm_agree(comm, status);
cleanup:
  sb_newfile_close(comm, &file, status);
  sb_gathered_destroy(&gathered);
  free(text);
  return status;
}
