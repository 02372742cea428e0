;; Imports an interface of types alone.
(component
  (import "test:types/api@1.0.0" (instance $types
    (type $point' (record (field "x" u32) (field "y" u32)))
    (export "point" (type $point (eq $point')))))
  (alias export $types "point" (type $point))
  (core module $M
    (memory (export "mem") 1)
    (func (export "f") (result i32)
      (i32.store (i32.const 8) (i32.const 3))
      (i32.store (i32.const 12) (i32.const 4))
      (i32.const 8)))
  (core instance $m (instantiate $M))
  (func (export "f") (result $point)
    (canon lift (core func $m "f") (memory (core memory $m "mem")))))
