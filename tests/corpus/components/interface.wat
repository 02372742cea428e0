;; Exports a function in interfaces, one of them with a version.
(component
  (core module $M (func (export "f") (result i32) (i32.const 3)))
  (core instance $m (instantiate $M))
  (func $f (result u32) (canon lift (core func $m "f")))
  (instance $i (export "f" (func $f)))
  (export "test:guest/api@0.3.1" (instance $i))
  (export "plain" (instance $i)))
