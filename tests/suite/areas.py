"""Which folder of the specification's repository a file of the suite is from; the archive has them in one."""

SETS = {
    "bulk-memory": "bulk memory_copy memory_fill memory_init table-sub table_copy table_fill table_init",
    "exceptions": "tag throw throw_ref try_table",
    "gc": "array array_copy array_fill array_init_data array_init_elem array_new_data array_new_elem binary-gc br_on_cast "
          "br_on_cast_fail extern i31 ref_cast ref_eq ref_test struct type-canon type-rec type-subtyping",
    "memory64": "binary_leb128_64 memory64-imports table_copy_mixed",
    "multi-memory": "address0 address1 align0 binary0 data0 data1 data_drop0 exports0 float_exprs0 float_exprs1 float_memory0 "
                    "imports0 imports1 imports2 imports3 imports4 linking0 linking1 linking2 linking3 load0 load1 load2 "
                    "memory-multi memory_copy0 memory_copy1 memory_fill0 memory_grow memory_init0 memory_size0 memory_size1 "
                    "memory_size2 memory_size3 memory_size_import memory_trap0 memory_trap1 start0 store0 store1 store2 traps0",
    "relaxed-simd": "i16x8_relaxed_q15mulr_s i32x4_relaxed_trunc i8x16_relaxed_swizzle relaxed_dot_product relaxed_laneselect "
                    "relaxed_madd_nmadd relaxed_min_max",
}
OF_NAME = {name: area for area, names in SETS.items() for name in names.split()}
ORDER = ("core", "bulk-memory", "simd", "relaxed-simd", "memory64", "multi-memory", "gc", "exceptions", "legacy", "threads",
         "custom-page-sizes", "component/binary", "component/linking", "component/resources", "component/validation",
         "component/values", "component/async")


def area_of(folder, name):
    """`folder` is where the converted file is, `name` the .wast file's."""
    if folder != "core":
        return folder
    if name in OF_NAME:
        return OF_NAME[name]
    if name.startswith("simd_"):
        return "simd"
    if name.endswith("64") and name not in ("i64", "f64"):
        return "memory64"
    return "core"
