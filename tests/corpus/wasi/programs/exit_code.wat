;; Ends itself with 42 from within run; its i32 result is never given.
(component
  (import "wasi:cli/exit@0.2.12"
    (instance $exit (export "exit-with-code" (func (param "status-code" u8)))))
  (alias export $exit "exit-with-code" (func $leave))
  (core func $leave-core (canon lower (func $leave)))
  (core module $m
    (import "e" "leave" (func $leave (param i32)))
    (func (export "run") (result i32) (call $leave (i32.const 42)) (i32.const 0)))
  (core instance $i (instantiate $m (with "e" (instance (export "leave" (func $leave-core))))))
  (func $run (result (result)) (canon lift (core func $i "run")))
  (instance $out (export "run" (func $run)))
  (export "wasi:cli/run@0.2.12" (instance $out)))
