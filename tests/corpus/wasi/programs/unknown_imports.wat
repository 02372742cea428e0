;; Imports what nobody offers: an interface, a function of one that is offered, a function at the top.
(component
  (import "nobody:knows/this@1.2.3" (instance $this (export "f" (func (result u32)))))
  (import "wasi:cli/exit@0.2.12" (instance $exit (export "exit-loudly" (func))))
  (import "g" (func $g))
  (alias export $this "f" (func $f))
  (core func $f-core (canon lower (func $f)))
  (core module $m
    (import "e" "f" (func $f (result i32)))
    (func (export "run") (result i32) (i32.const 0))
    (func (export "ask") (result i32) (call $f)))
  (core instance $i (instantiate $m (with "e" (instance (export "f" (func $f-core))))))
  (func $run (result (result)) (canon lift (core func $i "run")))
  (func (export "ask") (result u32) (canon lift (core func $i "ask")))
  (instance $out (export "run" (func $run)))
  (export "wasi:cli/run@0.2.12" (instance $out)))
