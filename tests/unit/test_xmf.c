/* The sidecar says where the field is and how to draw it, whole or not at all.
 *
 * With arguments this program is a generator: `PATH NZ NY NX FILE...` writes the sidecar of PATH
 * for state files at times 0, 1, ... */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "own_folder.h"
#include "toy_state.h"
#include "xmf.h"

static const char made_folder[] = "/tmp/scalebar_xmf_XXXXXX";
static const int whole[3] = {1, 1, 1};

static const char *get(const char *name) {
  static char text[65536];
  memset(text, 0, sizeof text);
  FILE *file = fopen(path_of(name), "r");
  if (file == NULL) return "";
  assert_true(fread(text, 1, sizeof text - 1, file) > 0);
  fclose(file);
  return text;
}

static int count(const char *text, const char *what) {
  int found = 0;
  for (; (text = strstr(text, what)) != NULL; text++) found++;
  return found;
}

static void describes_cells_between_nodes(void **state) {
  (void)state;
  const sb_field f = toy_state_field((const int64_t[]){3, 4, 5}, whole, 0);
  const sb_xmf_moment moment = {"/somewhere/else/run.h5", 0.5};
  assert_int_equal(sb_xmf_write(path_of("run.h5"), &f, &moment, 1), SB_OK);
  assert_string_equal(
      get("run.xmf"),
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<!-- Scalebar draws this file anew with each run of its output -->\n<Xdmf "
      "Version=\"3.0\">\n<Domain>\n"
      "<Grid Name=\"temperature\" GridType=\"Uniform\">\n<Time Value=\"0.5\"/>\n"
      "<Topology TopologyType=\"3DCoRectMesh\" Dimensions=\"4 5 6\"/>\n"
      "<Geometry GeometryType=\"ORIGIN_DXDYDZ\">\n"
      "<DataItem Name=\"Origin\" Dimensions=\"3\" NumberType=\"Float\" Precision=\"8\" "
      "Format=\"XML\">0 0 0</DataItem>\n"
      "<DataItem Name=\"Spacing\" Dimensions=\"3\" NumberType=\"Float\" Precision=\"8\" "
      "Format=\"XML\">0.5 1 1.5</DataItem>\n"
      "</Geometry>\n"
      "<Attribute Name=\"temperature\" AttributeType=\"Scalar\" Center=\"Cell\">\n"
      "<DataItem Dimensions=\"3 4 5\" NumberType=\"Float\" Precision=\"8\" "
      "Format=\"HDF\">run.h5:/fields/temperature</DataItem>\n"
      "</Attribute>\n</Grid>\n</Domain>\n</Xdmf>\n");
}

static void makes_a_series_of_several(void **state) {
  (void)state;
  const sb_field f = toy_state_field((const int64_t[]){1, 4, 5}, whole, 0);
  const sb_xmf_moment moments[] = {{"a.h5", 0.0}, {"b.h5", 0.1}, {"c.h5", 1.0 / 3.0}};
  assert_int_equal(sb_xmf_write(path_of("run.h5"), &f, moments, 3), SB_OK);
  const char *text = get("run.xmf");
  assert_int_equal(count(text, "GridType=\"Collection\" CollectionType=\"Temporal\""), 1);
  assert_int_equal(count(text, "<Grid "), 4);
  assert_int_equal(count(text, "</Grid>"), 4);
  assert_int_equal(count(text, ">c.h5:/fields/temperature<"), 1);
  assert_int_equal(count(text, "<Time Value=\"0.33333333333333331\"/>"), 1);
  assert_int_equal(count(text, "Dimensions=\"2 5 6\""), 3);
}

static void escapes_names(void **state) {
  (void)state;
  const sb_field f = toy_state_field((const int64_t[]){1, 1, 1}, whole, 0);
  const sb_xmf_moment moment = {"x/<a>&\"b\"\n\xff\xc3\xa9.h5", 0.0};
  assert_int_equal(sb_xmf_write(path_of("run.h5"), &f, &moment, 1), SB_OK);
  assert_int_equal(count(get("run.xmf"), ">&lt;a&gt;&amp;&quot;b&quot;??\xc3\xa9.h5:/fields/"), 1);
}

static void leaves_what_others_wrote(void **state) {
  (void)state;
  const sb_field f = toy_state_field((const int64_t[]){1, 2, 3}, whole, 0);
  const sb_xmf_moment moment = {"a.h5", 0.0};
  assert_int_equal(sb_xmf_check(path_of("run.h5")), SB_OK);
  assert_int_equal(sb_xmf_write(path_of("run.h5"), &f, &moment, 1), SB_OK);
  assert_int_equal(sb_xmf_check(path_of("run.h5")), SB_OK);
  sb_xmf_remove(path_of("run.h5"));
  assert_string_equal(get("run.xmf"), "");
  FILE *file = fopen(path_of("run.xmf"), "w");
  assert_non_null(file);
  fputs("mine\n", file);
  fclose(file);
  sb_xmf_remove(path_of("run.h5"));
  assert_string_equal(get("run.xmf"), "mine\n");
  assert_int_equal(sb_xmf_check(path_of("run.h5")), SB_BAD_INPUT);
  assert_non_null(strstr(sb_message(), "run.xmf is in the place of its sidecar"));
}

static void replaces_the_ending_of_hdf5_alone(void **state) {
  (void)state;
  const sb_field f = toy_state_field((const int64_t[]){1, 2, 3}, whole, 0);
  const sb_xmf_moment moment = {"a.h5", 0.0};
  static const char *const names[][2] = {{"run.2.h5", "run.2.xmf"},
                                         {"run", "run.xmf"},
                                         {"run.xmf", "run.xmf.xmf"},
                                         {"a.b", "a.b.xmf"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    assert_int_equal(sb_xmf_write(path_of(names[i][0]), &f, &moment, 1), SB_OK);
    assert_true(*get(names[i][1]) != '\0');
  }
  assert_int_equal(sb_xmf_write(path_of(""), &f, &moment, 1), SB_BAD_INPUT);
}

static void leaves_an_older_one_when_it_fails(void **state) {
  (void)state;
  const sb_field f = toy_state_field((const int64_t[]){1, 2, 3}, whole, 0);
  const sb_xmf_moment moment = {"a.h5", 0.0}, later = {"a.h5", 1.0};
  struct rlimit unlimited;
  assert_int_equal(sb_xmf_write(path_of("run.h5"), &f, &moment, 1), SB_OK);
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
  const struct rlimit lowered = {.rlim_cur = 500, .rlim_max = unlimited.rlim_max};
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &lowered), 0);
  const sb_status status = sb_xmf_write(path_of("run.h5"), &f, &later, 1);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
  assert_int_equal(status, SB_IO_ERROR);
  assert_non_null(strstr(sb_message(), "run.xmf: File too large"));
  assert_int_equal(count(get("run.xmf"), "<Time Value=\"0\"/>"), 1);
  unlink(path_of("run.xmf"));
  assert_int_equal(rmdir(folder), 0); /* so nothing else was left */
  assert_int_equal(sb_xmf_write(path_of("run.h5"), &f, &moment, 1), SB_IO_ERROR);
  assert_non_null(mkdtemp(strcpy(folder, made_folder)));
}

static void wants_three_axes_and_a_moment(void **state) {
  (void)state;
  sb_field f = toy_state_field((const int64_t[]){1, 2, 3}, whole, 0);
  const sb_xmf_moment moment = {"a.h5", 0.0};
  assert_int_equal(sb_xmf_write(path_of("run.h5"), &f, &moment, 0), SB_INTERNAL);
  f.dims = 2;
  assert_int_equal(sb_xmf_write(path_of("run.h5"), &f, &moment, 1), SB_INTERNAL);
}

static int generate(int argc, char **argv) {
  enum { MOST = 16 };
  const int64_t n[3] = {atol(argv[2]), atol(argv[3]), atol(argv[4])};
  const sb_field f = toy_state_field(n, whole, 0);
  sb_xmf_moment moments[MOST];
  for (int i = 5; i < argc && i < 5 + MOST; i++) moments[i - 5] = (sb_xmf_moment){argv[i], i - 5.0};
  return sb_xmf_write(argv[1], &f, moments, argc - 5) == SB_OK ? 0 : 1;
}

int main(int argc, char **argv) {
  if (argc > 5) return generate(argc, argv);
  if (mkdtemp(strcpy(folder, made_folder)) == NULL) return 1;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(describes_cells_between_nodes, empty_folder),
      cmocka_unit_test_setup(makes_a_series_of_several, empty_folder),
      cmocka_unit_test_setup(escapes_names, empty_folder),
      cmocka_unit_test_setup(leaves_what_others_wrote, empty_folder),
      cmocka_unit_test_setup(replaces_the_ending_of_hdf5_alone, empty_folder),
      cmocka_unit_test_setup(leaves_an_older_one_when_it_fails, empty_folder),
      cmocka_unit_test_setup(wants_three_axes_and_a_moment, empty_folder),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  empty_folder(NULL);
  rmdir(folder);
  return failed;
}
