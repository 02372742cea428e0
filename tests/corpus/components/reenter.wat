;; A parent that hands its child a function of its own (donut wrapping), and a sibling that the
;; child calls twice at once through the parent.
(component
  (component $Sibling
    (import "back" (func $back (param "n" u32) (result u32)))
    (core func $back' (canon lower (func $back)))
    (core module $M
      (import "" "back" (func $back (param i32) (result i32)))
      (func (export "f") (param i32) (result i32) (call $back (local.get 0))))
    (core instance $m (instantiate $M (with "" (instance (export "back" (func $back'))))))
    (func (export "f") (param "n" u32) (result u32) (canon lift (core func $m "f"))))
  (core module $Slot
    (table (export "t") 1 funcref)
    (func (export "f") (param i32) (result i32)
      (if (result i32) (i32.eqz (local.get 0))
        (then (i32.const 100))
        (else (call_indirect (param i32) (result i32) (i32.sub (local.get 0) (i32.const 1))
                             (i32.const 0))))))
  (core instance $slot (instantiate $Slot))
  (func $own (param "n" u32) (result u32) (canon lift (core func $slot "f")))
  (instance $sibling (instantiate $Sibling (with "back" (func $own))))
  (core func $call (canon lower (func $sibling "f")))
  (core module $Fill
    (import "" "t" (table 1 funcref))
    (import "" "call" (func $call (param i32) (result i32)))
    (elem (i32.const 0) $call)
    (func (export "f") (param i32) (result i32) (call $call (local.get 0))))
  (core instance $fill (instantiate $Fill (with "" (instance
    (export "t" (table $slot "t")) (export "call" (func $call))))))
  (func (export "f") (param "n" u32) (result u32) (canon lift (core func $fill "f"))))
