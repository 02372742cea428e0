;; A start function that calls the host: while an instance is made it may leave.
(component
  (import "touch" (func $touch))
  (core func $touch' (canon lower (func $touch)))
  (core module $M
    (import "" "touch" (func $touch))
    (func $start (call $touch))
    (start $start)
    (func (export "f") (result i32) (i32.const 1)))
  (core instance $m (instantiate $M (with "" (instance (export "touch" (func $touch'))))))
  (func (export "f") (result u32) (canon lift (core func $m "f"))))
