;; Traps two calls deep in the second of its core modules.
(component
  (core module $first (func (export "one") (result i32) (i32.const 1)))
  (core module $second
    (import "e" "one" (func $one (result i32)))
    (func $deep (if (call $one) (then unreachable)))
    (func (export "run") (result i32) (call $deep) (i32.const 0)))
  (core instance $a (instantiate $first))
  (core instance $b (instantiate $second (with "e" (instance $a))))
  (func $run (result (result)) (canon lift (core func $b "run")))
  (instance $out (export "run" (func $run)))
  (export "wasi:cli/run@0.2.12" (instance $out)))
